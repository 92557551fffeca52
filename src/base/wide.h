/* wide.h -- 128 bits for the middle of a fraction: products that are divided again at once. */
#pragma once

__extension__ typedef __int128 i128;
