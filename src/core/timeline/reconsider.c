/* reconsider.c -- the past changed: fold again from there, book the differences under what changed
 * it. */
#include <assert.h>

#include "base/limit.h"
#include "core/conf.h"
#include "core/event/task.h"
#include "core/timeline/timeline_int.h"
#include "sql/effect_sql.h"
#include "sql/task_sql.h"

/* Not told: raised, or a notice. */
static bool is_made(const struct event *e)
{
    return e->made == EVENT_RAISED || e->made == EVENT_NOTICE;
}

/* What this unit of work has found so far must be in the tables before they are read again; the
 * event that is late waits for its facts. */
static enum rc flush(struct timeline *t, const struct event *late)
{
    const struct track *track = track_find();
    struct event **fresh = t->fresh;
    size_t n = t->fresh_n;

    t->fresh = NULL;
    t->fresh_n = t->fresh_cap = 0;
    for (size_t i = 0; i < n; i++) {
        if (fresh[i] == late) {
            timeline_fresh(t, fresh[i]);
            continue;
        }
        enum rc rc = event_add(t->c, t->member_id, fresh[i]);
        if (rc == RC_OK && track && is_made(fresh[i]))
            rc = track->book(t->c, t->member_id, fresh[i]);
        if (rc != RC_OK) return rc;
    }
    enum rc rc = sql_award_add(t->c, t->awards, t->awards_n);
    t->awards = NULL;
    t->awards_n = t->awards_cap = 0;
    return rc;
}

/* Raised events that follow no more end; new ones are written with the rest. */
static enum rc settle_raised(struct timeline *t, const struct refold *r, const struct fold *f,
                             int64_t cause_id)
{
    const struct track *track = track_find();

    for (size_t i = 0; i < f->raised_n; i++)
        if (f->raised[i]->is_new) timeline_fresh(t, f->raised[i]);
    for (size_t i = 0; i < r->events.n; i++) {
        struct event gone = r->events.items[i];
        bool is_standing = gone.made != EVENT_RAISED || !gone.is_live;
        for (size_t k = 0; k < f->raised_n && !is_standing; k++)
            is_standing = f->raised[k]->id == gone.id;
        if (is_standing) continue;
        gone.is_live = false;
        enum rc rc = event_stands(t->c, t->member_id, &gone);
        if (rc == RC_OK && track) rc = track->drop(t->c, t->member_id, &gone, cause_id);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

/* People are told when the level is another one now and no event of the fold says why. */
static void notice(struct timeline *t, const struct fold *f, const struct event *cause)
{
    const struct track *track = track_find();
    struct event *e = ARENA_NEW(t->c->arena, struct event);

    for (size_t i = 0; i < f->raised_n; i++)
        if (f->raised[i]->is_new) return;
    if (!track || !track->notice(t->c, &t->fold.m, &f->m, e)) return;
    e->id = id_next(t->c->ids);
    e->at = t->c->now;
    e->business_date = date_of(t->c->conf->zone, t->c->now);
    e->config_version = t->c->conf->version;
    e->cause_id = cause->id;
    e->made = EVENT_NOTICE;
    e->is_live = true;
    timeline_fresh(t, e);
}

static void take_over(struct timeline *t, struct fold *f)
{
    int64_t fold_at = t->fold.m.fold_at;

    if (f->m.fold_at < fold_at) f->m.fold_at = fold_at;
    f->m.settled_at = t->fold.m.settled_at;
    f->m.due_at = t->fold.m.due_at;
    f->known = NULL;
    f->judge_from_at = TIME_BEGIN;
    t->fold = *f;
    t->booked_n = t->fold.awards.n;
    t->raised_booked_n = t->fold.raised_n;
}

/* A change of the past: which events stand differently, and from where on. */
struct changes { const int64_t *ids; size_t n; int64_t from_at; const struct event *cause; };

static enum rc reconsider(struct timeline *t, const struct changes *p, struct event *fresh)
{
    struct refold r = { .from_at = p->from_at, .changed = p->ids, .changed_n = p->n,
                        .upto = t->c->now };
    struct difference d;
    struct fold f;
    enum rc rc = flush(t, fresh);

    if (rc == RC_OK) rc = refold_load(t, &r, fresh);
    if (rc == RC_OK) rc = refold_run(t, &r, &f);
    if (rc != RC_OK) return rc;
    /* The list holds a copy of what is late: its facts were found there. */
    for (size_t i = 0; fresh && i < r.events.n; i++)
        if (r.events.items[i].id == fresh->id) fresh->facts = r.events.items[i].facts;
    timeline_cause(t, p->cause);
    while (refold_next(t, &r, &f, &d)) {
        rc = timeline_book(t, &d);
        if (rc != RC_OK) return rc;
    }
    rc = settle_raised(t, &r, &f, p->cause->id);
    if (rc != RC_OK) return rc;
    notice(t, &f, p->cause);
    take_over(t, &f);
    return RC_OK;
}

static enum rc defer(struct timeline *t, const struct past_change *p, struct event *fresh)
{
    struct task task = {
        .kind = "reconsider", .member_id = t->member_id, .event_id = p->cause->id,
        .payload = arena_printf(t->c->arena, "%lld %lld", (long long)p->event_id,
                                (long long)p->from_at) };
    struct sale_list none = { 0 };
    struct judging j = { .c = t->c, .member = &t->fold.m, .past = &none, .event = fresh };
    enum rc rc = fresh ? judge_facts(&j) : RC_OK;

    t->is_deferred = true;
    return rc == RC_OK ? task_add(t->c, &task) : rc;
}

/* While a deep change waits, later ones wait behind it: folding from a place that is itself
 * about to move would book what the next fold takes back. */
enum rc timeline_changed(struct timeline *t, const struct past_change *p)
{
    struct sql_task_waiting waiting = { .member_id = t->member_id };
    struct changes one = { &p->event_id, 1, p->from_at, p->cause };
    struct event *fresh = NULL;
    int64_t n = 0;
    enum rc rc = event_count(t->c, t->member_id, p->from_at, &n);

    if (rc == RC_OK) rc = sql_task_waiting(t->c, &waiting);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < t->fresh_n; i++)
        if (t->fresh[i]->id == p->event_id) fresh = t->fresh[i];
    if (n > LIMIT_FOLD_EVENTS || t->c->now - p->from_at > LIMIT_FOLD_DAYS * TIME_DAY_MS
        || waiting.n > 0)
        return defer(t, p, fresh);
    return reconsider(t, &one, fresh);
}

static bool read_payload(const char *payload, int64_t *event_id, int64_t *from_at)
{
    struct str s = str_of(payload);
    size_t space = 0;

    while (space < s.n && s.p[space] != ' ') space++;
    return space < s.n && str_to_i64((struct str){ s.p, space }, event_id)
        && str_to_i64((struct str){ s.p + space + 1, s.n - space - 1 }, from_at);
}

/* Everything that waits for this member is one change: the others find nothing left to do. */
static enum rc gather(struct ctx *c, const struct task *task, struct changes *out)
{
    struct sql_task_pending v = { .member_id = task->member_id, .kind = task->kind };
    enum rc rc = sql_task_pending(c, &v);
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, v.n + 1), from_at;

    if (rc != RC_OK) return rc;
    if (!read_payload(task->payload, &ids[0], &out->from_at)) return broken(c, "task.payload");
    out->n = 1;
    for (size_t i = 0; i < v.n; i++) {
        if (!read_payload(v.rows[i].payload, &ids[out->n], &from_at))
            return broken(c, "task.payload");
        if (ids[out->n] != ids[0]) out->n++;
        if (from_at < out->from_at) out->from_at = from_at;
    }
    out->ids = ids;
    return RC_OK;
}

enum rc timeline_reconsider_task(struct ctx *c, const struct task *task)
{
    struct changes all = { 0 };
    struct timeline t;
    struct event cause;
    enum rc rc;

    timeline_ask(&t, c, task->member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc == RC_OK) rc = event_get(c, task->member_id, task->event_id, &cause);
    if (rc == RC_OK) rc = gather(c, task, &all);
    if (rc != RC_OK) return rc;
    all.cause = &cause;
    rc = books_continue(&t.books, cause.id);
    if (rc != RC_OK) return rc;
    rc = reconsider(&t, &all, NULL);
    return rc == RC_OK ? timeline_close(&t) : rc;
}
