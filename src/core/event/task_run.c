/* task_run.c -- the loop: leases what is due, runs it step by step, and minds what fails. */
#include "core/ctx.h"
#include "core/event/task.h"

#include "base/log.h"
#include "core/feature.h"
#include "core/run/run.h"
#include "sql/task_sql.h"

enum { JOB_BYTES = 1 << 20 };

static const char *copy(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

struct due_list { struct arena *arena; struct task *items; size_t n; bool is_members_only; };

static enum rc list_due(struct ctx *c, void *arg)
{
    struct due_list *out = arg;
    struct sql_task_due v = { .now = c->now, .is_members_only = out->is_members_only };
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
            .payload = arena_strdup(out->arena, v.rows[i].payload ? v.rows[i].payload : ""),
            .cursor = copy(out->arena, v.rows[i].cursor),
            .result = copy(out->arena, v.rows[i].result), .done_n = v.rows[i].done_n,
            .all_n = v.rows[i].all_n };
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
    struct job now, next;                    /* of a job: as kept; if this step is committed */
    struct arena *keeps[2];                  /* what the two point into, in turn */
    int turn;
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
    struct sql_task_end end = { .id = k->task->id, .now = c->now };
    enum rc rc = k->kind->run(c, k->task);

    k->is_done = rc == RC_OK;
    return rc == RC_OK ? sql_task_end(c, &end) : rc;
}

static enum rc begin(struct ctx *c, void *arg)
{
    struct carrying *k = arg;

    return k->kind->begin(c, k->task, &k->state);
}

/* Not ours any more: whoever has it now began from what we have written; or nobody is to. */
static enum rc hold(struct ctx *c, struct carrying *k)
{
    struct sql_task_hold v = { .id = k->task->id, .lease_at = k->lease_at,
                               .until_at = c->now + k->round->lease_ms };
    enum rc rc = sql_task_hold(c, &v);

    k->is_lost = rc == RC_NOT_FOUND;
    k->held_at = v.until_at;
    return rc;
}

static enum rc step(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    enum rc rc = hold(c, k);

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

/* ---- jobs ----------------------------------------------------------------------------------- */

static bool is_by_the_clock(const struct carrying *k)
{
    return k->task->member_id == 0 && k->task->revision == 0;
}

/* Where the step ended is written with it; the last one ends the job, until its next time. */
static enum rc keep_place(struct ctx *c, struct carrying *k)
{
    const struct job *j = &k->next;
    struct sql_task_advance v = { .id = k->task->id, .cursor = j->cursor, .done_n = j->done_n,
                                  .all_n = j->all_n, .result = j->result };
    struct sql_task_end end = { .id = k->task->id, .now = c->now };
    struct sql_task_again again = { .id = k->task->id, .now = c->now };
    enum rc rc = sql_task_advance(c, &v);

    if (rc != RC_OK || !j->is_done) return rc;
    if (!is_by_the_clock(k)) return sql_task_end(c, &end);
    again.due_at = task_next_at(c->conf, k->kind, c->now);
    return sql_task_again(c, &again);
}

static void remember(struct carrying *k)
{
    struct arena *a = k->keeps[!k->turn];

    arena_reset(a);
    k->next.cursor = copy(a, k->next.cursor);
    k->next.result = copy(a, k->next.result);
}

static enum rc go(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    enum rc rc = hold(c, k);

    k->next = k->now;
    k->next.arena = c->arena;
    if (rc == RC_OK) rc = k->kind->go(c, &k->next);
    if (rc == RC_OK) rc = keep_place(c, k);
    if (rc == RC_OK) remember(k);
    return rc;
}

static enum rc after_page(struct ctx *c, void *arg)
{
    struct carrying *k = arg;
    enum rc rc = hold(c, k);

    return rc == RC_OK ? keep_place(c, k) : rc;
}

static enum rc walk(struct carrying *k, struct err *err)
{
    struct arena *a = arena_open(JOB_BYTES);
    enum rc rc;

    k->next = k->now;
    k->next.arena = a;
    rc = k->kind->walk(k->engine, &k->next);
    remember(k);
    arena_close(a);
    return rc == RC_OK ? write(k, after_page, err) : rc;
}

static enum rc run_job(struct carrying *k, struct err *err)
{
    const struct task *t = k->task;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < ARRAY_LEN(k->keeps); i++) k->keeps[i] = arena_open(JOB_BYTES);
    k->now = (struct job){ .task = t, .cursor = t->cursor, .result = t->result,
                           .done_n = t->cursor ? t->done_n : 0, .all_n = t->all_n };
    while (rc == RC_OK && !k->is_done && !is_stopping(k)) {
        rc = k->kind->walk ? walk(k, err) : write(k, go, err);
        if (rc != RC_OK) break;
        k->lease_at = k->held_at;
        k->now = k->next;
        k->turn = !k->turn;
        k->is_done = k->now.is_done;
    }
    for (size_t i = 0; i < ARRAY_LEN(k->keeps); i++) arena_close(k->keeps[i]);
    return rc;
}

/* A program that stops gives back what it has begun, for the next one to go on with at once. */
static enum rc let_go(struct ctx *c, void *arg)
{
    const struct carrying *k = arg;
    struct sql_task_hold v = { .id = k->task->id, .lease_at = k->lease_at, .until_at = 0 };
    enum rc rc = sql_task_hold(c, &v);

    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- what went wrong ------------------------------------------------------------------------ */

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
    } else if (k->kind->go || k->kind->walk) {
        rc = run_job(k, &err);
    } else {
        rc = k->kind->run ? write(k, run_whole, &err) : run_steps(k, &err);
    }
    if (rc == RC_OK && k->is_done) (*done)++;
    if (rc == RC_OK && !k->is_done) return write(k, let_go, NULL);
    if (rc == RC_OK || k->is_lost) return RC_OK;
    return tell_failure(k, rc, &err);
}

enum rc task_run_due(struct engine *e, const struct task_round *round, int *done)
{
    struct due_list due = { .arena = arena_open(16 << 20),
                            .is_members_only = round->is_members_only };
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

/* ---- at the start --------------------------------------------------------------------------- */

static enum rc plan(struct ctx *c)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && features[i]; i++)
        for (size_t k = 0; rc == RC_OK && features[i]->tasks && k < features[i]->tasks->n; k++) {
            const struct task_kind *kind = features[i]->tasks->items[k];
            if (kind->every_ms || kind->daily_at_min)
                rc = task_add(c, &(struct task){ .kind = kind->name });
        }
    return rc;
}

static enum rc begin_program(struct ctx *c, void *arg)
{
    struct sql_task_retry v = { .now = c->now };
    enum rc rc = sql_task_retry(c, &v);

    (void)arg;
    if (rc == RC_OK && db_kind(c->db) == DB_SQLITE) rc = sql_task_free(c);
    return rc == RC_OK ? plan(c) : rc;
}

enum rc task_start(struct engine *e)
{
    return run_write(&(struct run){ .engine = e, .fn = begin_program, .queue = QUEUE_BULK }, NULL);
}
