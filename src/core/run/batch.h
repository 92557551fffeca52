/* batch.h -- many units of work from one request: each its own transaction, its own answer.
 *
 * Called by a handler in the mode SLOW: its thread waits while the engine works the items off in
 * the bulk queue, a bounded number at a time, so that whoever stands at a counter goes first.  What
 * one item refuses takes nothing of another back. */
#pragma once
#include "core/run/run.h"

struct batch_item {
    run_fn *fn;                          /* in a transaction; may run again after RC_BUSY */
    void *arg;
    /* Called once with the result: what is to outlive the item's arena is copied into `to`. */
    void (*keep)(void *arg, const struct err *err, struct arena *to);
    enum rc rc;                          /* the answer */
};
struct batch {
    struct batch_item *items; size_t n;
    struct arena *arena;                 /* what `keep` copies into; nobody else's meanwhile */
};

/* The program's engine; whoever opens the door says it once. */
void    batch_use(struct engine *e);
/* Runs all items as the actor of c and comes back when the last has ended.  The snapshot that the
 * handler was reading from is given up: held for so long, it would hold the log up. */
enum rc batch_run(struct ctx *c, struct batch *b) MUST_CHECK;
