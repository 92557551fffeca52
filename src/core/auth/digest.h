/* digest.h -- fingerprints of text: of secrets for storing, of requests for telling them apart. */
#pragma once
#include <stddef.h>
#include "base/str.h"

#define SHA256_HEX_MAX 65
void digest_sha256(struct str s, char hex[static SHA256_HEX_MAX]);
/* BLAKE2b, 128 bits, over parts whose borders count: ("ab", "c") is not ("a", "bc"). */
void digest_parts(const struct str *parts, size_t n, char hex[static 33]);
