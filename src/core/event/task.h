/* task.h -- work that is carried out later, in transactions of its own: for one member, usually
 * within a second; or for the shop, where it is called a job.
 *
 * A task is unique by (event, rule, effect, member, kind, revision); the same one told twice is
 * one.  Several programs share the work: whoever leases a row runs it, step by step, each step a
 * transaction that leaves everything right, and whoever comes after goes on where the last step
 * that was committed ended.  Of one member never two at once.
 *
 *     waiting    due at its moment, or leased and being done
 *     paused     a person said wait; nothing is lost
 *     done       dropped (a person said no)
 *     failed     tried TASK_ATTEMPTS times, ever later, without a step: an alarm is raised, and
 *                `regulars check` says so.  It is tried again by hand, or by the next program.
 *
 * A blocked or frozen member lets its tasks wait, which is no failure. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"
#include "base/text.h"

struct conf;
struct ctx;

enum { TASK_ATTEMPTS = 12, TASK_RETRY_MAX_MS = 3600000, TASK_WAIT_MS = 60000 };

struct task {
    int64_t id, member_id, event_id, rule_id, effect_n, revision, attempts_n;
    const char *kind, *payload;
    const char *cursor, *result;             /* as the last step left them; NULL: none has */
    int64_t done_n, all_n;
};
struct engine;

/* One step of a job: from where the last one ended to where this one does. */
struct job {
    const struct task *task;
    struct arena *arena;                     /* for what it leaves; gone after the step */
    const char *cursor;                      /* in and out; NULL: at the beginning */
    int64_t done_n, all_n;                   /* how much of how much; 0: nobody knows how much */
    const char *result;                      /* JSON: what there is to say; NULL: nothing */
    bool is_done;
};
/* One of these:
 *   run    all of it, in one transaction;
 *   begin, step, end: each step is a transaction that leaves the books right, and may be the last
 *          the program gets to.  begin only reads.  A step that was not committed may run again
 *          from the same state, so it changes only what `kept` makes valid; the step that says
 *          is_done ends the task itself.  `end` is called whenever begin was;
 *   go     a step of a job, in a transaction of some milliseconds, knowing only its cursor;
 *   walk   a page of a job outside any transaction, which runs units of its own, each of them safe
 *          to repeat; where it got to is written afterwards. */
struct task_kind {
    const char *name;
    struct text label;
    enum rc (*run)(struct ctx *c, const struct task *t);
    enum rc (*begin)(struct ctx *c, const struct task *t, void **state);
    enum rc (*step)(struct ctx *c, void *state, bool *is_done);
    void    (*kept)(void *state);
    void    (*end)(void *state);
    enum rc (*go)(struct ctx *c, struct job *j);
    enum rc (*walk)(struct engine *e, struct job *j);
    const char *may;                         /* who may start it by hand; NULL: nobody */
    /* By the clock, caught up once after a pause: so long after it ended last; or each day at a
     * minute in the program's zone, 1 to 1440.  Both 0: only when asked. */
    int64_t every_ms;
    int daily_at_min;
};
const struct task_kind *task_kind_find(const char *name);   /* NULL if no feature brings it */
enum rc task_add(struct ctx *c, const struct task *t) MUST_CHECK;
/* A job of the shop, due now.  Refusal: none. */
enum rc job_add(struct ctx *c, const struct task_kind *kind, const char *payload, int64_t *id)
    MUST_CHECK;
/* The next time of what runs by the clock, after `now`. */
int64_t task_next_at(const struct conf *conf, const struct task_kind *kind, int64_t now);

/* A person's word.  Refusals: task.unknown, task.state (it is not in a state for that). */
enum task_turn { TASK_PAUSE, TASK_RESUME, TASK_CANCEL, TASK_RETRY };
struct task_turning { int64_t id, member_id; enum task_turn turn; };
enum rc task_turn(struct ctx *c, const struct task_turning *t) MUST_CHECK;

/* One round: the tasks due now, each in its own transactions.  Answers how many were carried out.
 * stop, if not NULL, ends it early. */
struct task_round {
    int64_t lease_ms;
    int max;
    const atomic_bool *stop;
    bool is_members_only;                    /* jobs may be long: somebody is there for members */
};
enum rc task_run_due(struct engine *e, const struct task_round *round, int *done) MUST_CHECK;
/* Whatever runs by the clock has a row, and what failed before is due again: at the start of a
 * program. */
enum rc task_start(struct engine *e) MUST_CHECK;
