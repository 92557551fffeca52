/* checkpointer.h -- copies SQLite's log into the file, without the tills noticing.
 *
 * Quiet: the writer does it itself, a hundred pages at a time, when its queue is empty.  Busy:
 * once the log is long, a helper thread with its own connection copies it while the writer goes
 * on writing, syncs the file, and leaves the last few hundred pages to the writer, who alone
 * can finish them and so let the log begin again.  The two never checkpoint at the same time.  A
 * hard cap bounds the log whatever happens: there the writer waits for the helper and copies
 * the rest. */
#pragma once
#include "db/engine.h"

struct checkpointer;

/* db: the writer's connection.  A long log found at the start is worked off from here on. */
enum rc checkpointer_open(struct engine *e, struct db *db, struct checkpointer **out,
                          char err[static 256]) MUST_CHECK;
void    checkpointer_close(struct checkpointer *p);      /* waits for the helper; NULL is fine */
/* The writer's turn, between two transactions.  is_idle: nothing waits; is_tick: nor came anything
 * for a while.  Not RC_OK: the disk has failed. */
struct checkpointer_turn { bool is_idle, is_tick; };
enum rc checkpointer_turn(struct checkpointer *p, struct checkpointer_turn turn) MUST_CHECK;
/* When the writer should look again though no work comes; 0: never. */
int     checkpointer_tick_ms(struct checkpointer *p);
void    checkpointer_stats(struct checkpointer *p, struct engine_stats *out);
