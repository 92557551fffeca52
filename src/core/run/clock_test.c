#include "core/run/clock.h"

#include "base/time.h"
#include "test/harness/test.h"

PURE(a_clock_is_the_worlds_or_stands_still_or_goes_on_from_a_moment)
{
    int64_t at = INT64_C(883612800000);                    /* 1998-01-01 */

    clock_hold(at);
    IS_INT(clock_now(), at);
    clock_run_from(at);
    IS_TRUE(clock_now() >= at && clock_now() < at + 60000);
    clock_be_real();
    IS_TRUE(clock_now() >= time_wall_ms() - 1000);
}
