/* task.c -- a task and its loop. */
#include "core/event/task.h"

#include "core/run.h"
#include "core/sealed.h"
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

struct leased { const struct task *task; int64_t lease_ms; };

/* The lease is a transaction of its own: a second runner must see it while we work. */
static enum rc lease(struct ctx *c, void *arg)
{
    const struct leased *l = arg;
    struct sql_task_lease v = { .id = l->task->id, .now = c->now,
                                .until_at = c->now + l->lease_ms };

    return sql_task_lease(c, &v);
}

static enum rc carry_out(struct ctx *c, void *arg)
{
    const struct task *t = arg;
    const struct task_kind *kind = task_kind_find(t->kind);
    struct sql_task_end end = { .id = t->id, .state = "done" };
    enum rc rc;

    if (!kind) return fail(c, RC_INTERNAL, "task.kind_unknown");
    rc = kind->run(c, t);
    return rc == RC_OK ? sql_task_end(c, &end) : rc;
}

enum rc task_run_due(struct engine *e, const struct task_round *round, int *done)
{
    struct due_list due = { .arena = arena_open(16 << 20) };
    struct run list = { .engine = e, .fn = list_due, .arg = &due };
    enum rc rc = run_read(&list, NULL);

    *done = 0;
    for (size_t i = 0; rc == RC_OK && i < due.n && *done < round->max; i++) {
        struct leased l = { &due.items[i], round->lease_ms };
        struct err err = { 0 };
        rc = run_write(&(struct run){ .engine = e, .fn = lease, .arg = &l, .queue = QUEUE_BULK },
                       NULL);
        if (rc == RC_NOT_FOUND) {                 /* another runner has it */
            rc = RC_OK;
            continue;
        }
        if (rc != RC_OK) break;
        rc = run_write(&(struct run){ .engine = e, .fn = carry_out, .arg = &due.items[i],
                                      .queue = QUEUE_BULK }, &err);
        if (rc == RC_OK) (*done)++;
        else log_line(LOG_WARN, "task.failed", "id=%lld kind=%s code=%s attempts=%lld",
                      (long long)l.task->id, l.task->kind, err.code ? err.code : "",
                      (long long)l.task->attempts_n + 1);
        rc = RC_OK;                               /* its lease runs out, then it is tried again */
    }
    arena_close(due.arena);
    return rc;
}
