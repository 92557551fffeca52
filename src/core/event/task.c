/* task.c -- making tasks, and what a person says of them. */
#include "core/event/task.h"

#include "core/config/conf.h"
#include "core/seal/sealed.h"
#include "sql/task_sql.h"

static const char *by_of(const struct actor *actor)
{
    if (actor->kind == ACTOR_KEY) return "key";
    return actor->kind == ACTOR_STAFF ? "staff" : "system";
}

static enum rc add(struct ctx *c, const struct task *t, int64_t due_at)
{
    struct sql_task_add v = { .id = t->id ? t->id : id_next(c->ids), .kind = t->kind,
                              .member_id = t->member_id, .event_id = t->event_id,
                              .rule_id = t->rule_id, .effect_n = t->effect_n,
                              .revision = t->revision, .payload = t->payload, .now = due_at,
                              .by_kind = by_of(&c->actor), .by_id = c->actor.id,
                              .created_at = c->now };

    v.seal = TASK_SEAL(c, &v);
    return sql_task_add(c, &v);
}

enum rc task_add(struct ctx *c, const struct task *t)
{
    return add(c, t, c->now);
}

enum rc job_add(struct ctx *c, const struct task_kind *kind, const char *payload, int64_t *id)
{
    *id = id_next(c->ids);
    return add(c, &(struct task){ .id = *id, .kind = kind->name, .revision = *id,
                                  .payload = payload }, c->now);
}

int64_t task_next_at(const struct conf *conf, const struct task_kind *kind, int64_t now)
{
    int32_t today = date_of(conf->zone, now);
    int64_t at;

    if (kind->every_ms) return now + kind->every_ms;
    at = date_start(conf->zone, today) + (int64_t)kind->daily_at_min * 60000;
    return at > now ? at : date_start(conf->zone, today + 1)
                           + (int64_t)kind->daily_at_min * 60000;
}

/* ---- a person's word ------------------------------------------------------------------------ */

/* From which states a word leads, and to which.  A member's task is never dropped: what it was to
 * book would be missing for ever. */
static const struct { const char *from, *or_from, *to; bool is_jobs_only; } turns[] = {
    [TASK_PAUSE]  = { "waiting", "waiting", "paused", true },
    [TASK_RESUME] = { "paused", "paused", "waiting", true },
    [TASK_CANCEL] = { "waiting", "paused", "dropped", true },
    [TASK_RETRY]  = { "failed", "failed", "waiting", false },
};

enum rc task_turn(struct ctx *c, const struct task_turning *t)
{
    struct sql_task_get is = { .id = t->id, .member_id = t->member_id };
    struct sql_task_turn v = { .id = t->id, .member_id = t->member_id, .now = c->now,
                               .from_state = turns[t->turn].from,
                               .or_state = turns[t->turn].or_from,
                               .state = turns[t->turn].to };
    enum rc rc = sql_task_get(c, &is);

    if (rc == RC_NOT_FOUND) return fail(c, rc, "task.unknown");
    if (rc != RC_OK) return rc;
    if (turns[t->turn].is_jobs_only && t->member_id != 0) return fail(c, RC_CONFLICT, "task.state");
    /* What runs by the clock is there again tomorrow. */
    if (t->turn == TASK_CANCEL && is.revision == 0) return fail(c, RC_CONFLICT, "task.state");
    rc = sql_task_turn(c, &v);
    return rc == RC_NOT_FOUND ? fail(c, RC_CONFLICT, "task.state") : rc;
}
