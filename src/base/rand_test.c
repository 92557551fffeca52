#include <string.h>
#include "base/rand.h"
#include "test/harness/test.h"

PURE(dice_throw_the_same_for_the_same_seed_for_ever)
{
    struct dice d;

    /* From the reference implementations of splitmix64 and xoshiro256**. */
    dice_seed(&d, 0);
    IS_INT(d.s[0], INT64_C(-2152535657050944081));
    IS_INT(dice_next(&d), UINT64_C(11091344671253066420));
    IS_INT(dice_next(&d), UINT64_C(13793997310169335082));
    IS_INT(dice_next(&d), UINT64_C(1900383378846508768));
}

PURE(dice_range_reaches_both_ends_and_nothing_beyond)
{
    struct dice d;
    int count[6] = { 0 };

    dice_seed(&d, 42);
    for (int i = 0; i < 6000; i++) {
        int64_t v = dice_range(&d, -2, 3);

        IS_TRUE(v >= -2 && v <= 3);
        count[v + 2]++;
    }
    for (int i = 0; i < 6; i++) IS_TRUE(count[i] > 850 && count[i] < 1150);
    IS_INT(dice_range(&d, 7, 7), 7);
    dice_range(&d, INT64_MIN, INT64_MAX);
    IS_TRUE(dice_range(&d, INT64_MAX - 1, INT64_MAX) >= INT64_MAX - 1);
    IS_TRUE(dice_range(&d, INT64_MIN, INT64_MIN + 1) <= INT64_MIN + 1);
}

/* Three quarters of all 64-bit values: a plain remainder would favour the lower third twofold. */
PURE(dice_range_favours_no_number)
{
    struct dice d;
    int low = 0;

    dice_seed(&d, 1);
    for (int i = 0; i < 9000; i++) {
        low += dice_range(&d, INT64_MIN, INT64_MIN / 2 + INT64_MAX) < INT64_MIN / 2;
    }
    IS_TRUE(low > 2800 && low < 3200);
}

PURE(rand_bytes_fills_everything_and_never_repeats)
{
    unsigned char a[32] = { 0 }, b[32] = { 0 };

    rand_bytes(a, sizeof a);
    rand_bytes(b, sizeof b);
    IS_TRUE(memcmp(a, b, sizeof a) != 0);
    rand_bytes(a, 0);
}
