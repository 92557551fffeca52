#include "core/run/clock.h"

#include <stdatomic.h>
#include "base/time.h"

enum { RUNS = 0 };

/* Setting it is two stores: done at start or by a test, never while requests run. */
static atomic_llong ahead_ms;             /* of the world, when it runs */
static atomic_llong held_at = RUNS;       /* 1970 is not a moment a shop needs */

int64_t clock_now(void)
{
    int64_t at = atomic_load_explicit(&held_at, memory_order_acquire);

    if (at != RUNS) return at;
    return time_wall_ms() + atomic_load_explicit(&ahead_ms, memory_order_relaxed);
}

void clock_be_real(void)
{
    atomic_store(&ahead_ms, 0);
    atomic_store(&held_at, RUNS);
}

void clock_hold(int64_t at)
{
    atomic_store(&held_at, at);
}

void clock_run_from(int64_t at)
{
    atomic_store(&ahead_ms, at - time_wall_ms());
    atomic_store(&held_at, RUNS);
}
