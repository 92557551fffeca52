/* task.h -- work for one member, carried out in transactions of its own, usually within a second.
 *
 * A task is unique by (event, rule, effect, member, kind, revision); the same one told twice is
 * one.  A loop leases what is due, runs it, and marks it done in the transaction of its last work.
 * What goes wrong is tried again, ever later; after TASK_ATTEMPTS it has failed: an alarm is
 * raised, and `regulars check` says so.  A blocked or frozen member lets its tasks wait, which is
 * no failure. */
#pragma once
#include <stdatomic.h>

#include "core/ctx.h"

enum { TASK_ATTEMPTS = 12, TASK_RETRY_MAX_MS = 3600000, TASK_WAIT_MS = 60000 };

struct task {
    int64_t id, member_id, event_id, rule_id, effect_n, revision, attempts_n;
    const char *kind, *payload;
};
/* Either `run`, in one transaction; or begin, step by step, end: each step is a transaction that
 * leaves the books right, and may be the last the program gets to.  begin only reads.  A step that
 * was not committed may run again from the same state, so it changes only what `kept` makes valid;
 * the step that says is_done ends the task itself.  `end` is called whenever begin was. */
struct task_kind {
    const char *name;
    enum rc (*run)(struct ctx *c, const struct task *t);
    enum rc (*begin)(struct ctx *c, const struct task *t, void **state);
    enum rc (*step)(struct ctx *c, void *state, bool *is_done);
    void    (*kept)(void *state);
    void    (*end)(void *state);
};
const struct task_kind *task_kind_find(const char *name);   /* NULL if no feature brings it */
enum rc task_add(struct ctx *c, const struct task *t) MUST_CHECK;

/* One round: the tasks due now, each in its own transactions.  Answers how many were carried out.
 * stop, if not NULL, ends it early. */
struct task_round { int64_t lease_ms; int max; const atomic_bool *stop; };
struct engine;
enum rc task_run_due(struct engine *e, const struct task_round *round, int *done) MUST_CHECK;
/* What failed before is due again: at the start of a program. */
enum rc task_retry_failed(struct engine *e) MUST_CHECK;
