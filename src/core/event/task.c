/* task.c -- a task and its loop. */
#include "core/event/task.h"

#include "core/run/run.h"
#include "core/seal/sealed.h"
#include "base/log.h"
#include "sql/task_sql.h"

enum rc task_add(struct ctx *c, const struct task *t)
{
    struct sql_task_add v = { .id = id_next(c->ids), .kind = t->kind, .member_id = t->member_id,
                              .event_id = t->event_id, .rule_id = t->rule_id,
                              .effect_n = t->effect_n, .revision = t->revision,
                              .payload = t->payload, .now = c->now };

    v.seal = TASK_SEAL(c, &v);
    return sql_task_add(c, &v);
}

struct due_list { struct arena *arena; struct task *items; size_t n; };

static enum rc list_due(struct ctx *c, void *arg)
{
    struct due_list *out = arg;
    struct sql_task_due v = { .now = c->now };
    enum rc rc = sql_task_due(c, &v);

    if (rc != RC_OK) return rc;
    out->items = ARENA_ARRAY(out->arena, struct task, v.n + 1);
    out->n = v.n;
    for (size_t i = 0; i < v.n; i++)
        out->items[i] = (struct task){
            .id = v.rows[i].id, .kind = arena_strdup(out->arena, v.rows[i].kind),
            .member_id = v.rows[i].member_id, .event_id = v.rows[i].event_id,
            .rule_id = v.rows[i].rule_id, .effect_n = v.rows[i].effect_n,
            .revision = v.rows[i].revision, .attempts_n = v.rows[i].attempts_n,
            .payload = arena_strdup(out->arena, v.rows[i].payload ? v.rows[i].payload : "") };
    return RC_OK;
}

/* One task being carried out. */
struct carrying {
    struct engine *engine;
    const struct task_round *round;
    const struct task *task;
    const struct task_kind *kind;
    int64_t lease_at, held_at;               /* until when it is ours; if this step is committed */
    void *state;                             /* of a task in steps */
    bool is_done, is_lost;
};

static enum rc write(struct carrying *k, run_fn *fn, struct err *err)
{
    return run_write(&(struct run){ .engine = k->engine, .fn = fn, .arg = k,
                                    .queue = QUEUE_BULK }, err);
}

/* The lease is a transaction of its own: a second runner must see it while we work. */
static enum rc lease(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    struct sql_task_lease v = { .id = k->task->id, .now = c->now,
                                .until_at = c->now + k->round->lease_ms };

    k->lease_at = v.until_at;
    return sql_task_lease(c, &v);
}

static enum rc run_whole(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    struct sql_task_end end = { .id = k->task->id };
    enum rc rc = k->kind->run(c, k->task);

    k->is_done = rc == RC_OK;
    return rc == RC_OK ? sql_task_end(c, &end) : rc;
}

static enum rc begin(struct ctx *c, void *arg)
{
    struct carrying *k = arg;

    return k->kind->begin(c, k->task, &k->state);
}

/* Not ours any more: whoever has it now began from what we have written. */
static enum rc step(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    struct sql_task_hold v = { .id = k->task->id, .lease_at = k->lease_at,
                               .until_at = c->now + k->round->lease_ms };
    enum rc rc = sql_task_hold(c, &v);

    k->is_lost = rc == RC_NOT_FOUND;
    k->held_at = v.until_at;
    return rc == RC_OK ? k->kind->step(c, k->state, &k->is_done) : rc;
}

static bool is_stopping(const struct carrying *k)
{
    return k->round->stop && atomic_load(k->round->stop);
}

static enum rc run_steps(struct carrying *k, struct err *err)
{
    struct run read = { .engine = k->engine, .fn = begin, .arg = k };
    enum rc rc = run_read(&read, err);

    while (rc == RC_OK && !k->is_done && !is_stopping(k)) {
        rc = write(k, step, err);
        if (rc != RC_OK) break;
        k->lease_at = k->held_at;
        k->kind->kept(k->state);
    }
    if (k->state) k->kind->end(k->state);
    return rc;
}

/* ---- what went wrong ----------------------------------------------------------------------- */

struct failure { const struct carrying *carrying; enum rc rc; const char *code; };

static bool is_member_away(const char *code)
{
    return str_eq(code, "member.blocked") || str_eq(code, "member.frozen");
}

static int64_t retry_after_ms(int64_t attempts_n)
{
    int64_t ms = 1000;

    for (int64_t i = 1; i < attempts_n && ms < TASK_RETRY_MAX_MS; i++) ms *= 2;
    return ms < TASK_RETRY_MAX_MS ? ms : TASK_RETRY_MAX_MS;
}

/* The world's trouble and a member who is away are no attempts. */
static enum rc write_failure(struct ctx *c, void *arg)
{
    const struct failure *f = arg;
    const struct task *t = f->carrying->task;
    struct sql_task_fail v = { .id = t->id, .state = "waiting", .attempts_n = t->attempts_n + 1,
                               .error = f->code };

    v.due_at = c->now + retry_after_ms(v.attempts_n);
    if (is_member_away(f->code)) v.due_at = c->now + TASK_WAIT_MS;
    if (is_member_away(f->code) || f->rc == RC_BUSY) v.attempts_n = t->attempts_n;
    if (v.attempts_n >= TASK_ATTEMPTS) v.state = "failed";
    log_line(str_eq(v.state, "failed") ? LOG_ALARM : LOG_WARN, "task.failed",
             "id=%lld kind=%s member=%lld code=%s attempts=%lld state=%s", (long long)t->id,
             t->kind, (long long)t->member_id, f->code ? f->code : "", (long long)v.attempts_n,
             v.state);
    return sql_task_fail(c, &v);
}

static enum rc tell_failure(const struct carrying *k, enum rc rc, const struct err *err)
{
    struct failure f = { k, rc, err->code };

    return run_write(&(struct run){ .engine = k->engine, .fn = write_failure, .arg = &f,
                                    .queue = QUEUE_BULK }, NULL);
}

static enum rc carry_out(struct carrying *k, int *done)
{
    struct err err = { 0 };
    enum rc rc = write(k, lease, NULL);

    if (rc == RC_NOT_FOUND) return RC_OK;             /* another runner has it */
    if (rc != RC_OK) return rc;
    k->kind = task_kind_find(k->task->kind);
    if (!k->kind) {
        rc = RC_INTERNAL;
        err.code = "task.kind_unknown";
    } else {
        rc = k->kind->run ? write(k, run_whole, &err) : run_steps(k, &err);
    }
    if (rc == RC_OK && k->is_done) (*done)++;
    if (rc == RC_OK || k->is_lost) return RC_OK;
    return tell_failure(k, rc, &err);
}

enum rc task_run_due(struct engine *e, const struct task_round *round, int *done)
{
    struct due_list due = { .arena = arena_open(16 << 20) };
    struct run list = { .engine = e, .fn = list_due, .arg = &due };
    enum rc rc = run_read(&list, NULL);

    *done = 0;
    for (size_t i = 0; rc == RC_OK && i < due.n && *done < round->max; i++) {
        struct carrying k = { .engine = e, .round = round, .task = &due.items[i] };
        if (is_stopping(&k)) break;
        rc = carry_out(&k, done);
    }
    arena_close(due.arena);
    return rc;
}

static enum rc retry(struct ctx *c, void *arg)
{
    struct sql_task_retry v = { .now = c->now };

    (void)arg;
    return sql_task_retry(c, &v);
}

enum rc task_retry_failed(struct engine *e)
{
    return run_write(&(struct run){ .engine = e, .fn = retry, .queue = QUEUE_BULK }, NULL);
}
