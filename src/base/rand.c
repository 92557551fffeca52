#include "base/rand.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

void rand_bytes(void *dst, size_t n)
{
    if (sodium_init() < 0) abort();     /* cheap and thread-safe when already done */
    randombytes_buf(dst, n);
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void dice_seed(struct dice *d, uint64_t seed)
{
    for (int i = 0; i < 4; i++) d->s[i] = splitmix(&seed);
}

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t dice_next(struct dice *d)
{
    uint64_t *s = d->s;
    uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

int64_t dice_range(struct dice *d, int64_t lo, int64_t hi)
{
    uint64_t span = (uint64_t)hi - (uint64_t)lo + 1;    /* 0 stands for all 2^64 */
    uint64_t throw = dice_next(d);

    assert(lo <= hi);
    if (span == 0) return (int64_t)throw;
    /* The first 2^64 mod span values would come up once too often. */
    while (throw < (0 - span) % span) throw = dice_next(d);
    return (int64_t)((uint64_t)lo + throw % span);
}
