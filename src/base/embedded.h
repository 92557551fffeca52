/* embedded.h -- a file that travels inside the program, made by tools/embed.c.
 * The bytes are followed by a NUL that len does not count. */
#pragma once
#include <stddef.h>

struct embedded { const char *name; const unsigned char *data; size_t len; };
