/* task.h -- work for one member, carried out in a transaction of its own, usually within a
 * second.
 *
 * A task is unique by (event, rule, effect, member, kind, revision); the same one told twice
 * is one. A loop leases what is due, runs it, and marks it done in the same transaction as its
 * work. */
#pragma once
#include "core/ctx.h"

struct task {
    int64_t id, member_id, event_id, rule_id, effect_n, revision, attempts_n;
    const char *kind, *payload;
};
struct task_kind {
    const char *name;
    enum rc (*run)(struct ctx *c, const struct task *t);
};
const struct task_kind *task_kind_find(const char *name);   /* NULL if no feature brings it */
enum rc task_add(struct ctx *c, const struct task *t) MUST_CHECK;

/* One round: the tasks due now, each in its own transaction.  Answers how many were carried out. */
struct task_round { int64_t lease_ms; int max; };
struct engine;
enum rc task_run_due(struct engine *e, const struct task_round *round, int *done) MUST_CHECK;
