/* fixture.h -- what a test with a database stands on: a fresh migrated one, a still clock, seeded
 * dice, silent channels.  The functions below belong to fixture.c. */
#pragma once

struct ctx;

/* engine: "sqlite" or "postgres".  NULL if there is none to be had. */
struct ctx *fixture_open(const char *engine);
void        fixture_close(struct ctx *c);
/* What a failed test had open is left to the end of the process; only its files go. */
void        fixture_abandon(void);
