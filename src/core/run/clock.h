/* clock.h -- what time it is in the shop: the world's, a still one (tests), or one that was set and
 * runs on (a shop simulated over years).  Deadlines and timings use time_mono_ms, never this. */
#pragma once
#include <stdint.h>

int64_t clock_now(void);                  /* UTC milliseconds; safe in every thread */
void    clock_be_real(void);
void    clock_hold(int64_t at);           /* stands still at a moment */
void    clock_run_from(int64_t at);       /* goes on from a moment at its usual pace */
