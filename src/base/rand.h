/* rand.h -- chance.
 *
 * rand_bytes is the operating system's (secrets, codes).  struct dice is a seeded generator for
 * games, tests and samples: the same seed gives the same throws, for ever. */
#pragma once
#include <stddef.h>
#include <stdint.h>

void     rand_bytes(void *dst, size_t n);               /* CSPRNG; aborts if the system has none */
struct dice { uint64_t s[4]; };
void     dice_seed(struct dice *d, uint64_t seed);      /* xoshiro256** seeded by splitmix64 */
uint64_t dice_next(struct dice *d);
int64_t  dice_range(struct dice *d, int64_t lo, int64_t hi);   /* lo..hi inclusive, unbiased */
