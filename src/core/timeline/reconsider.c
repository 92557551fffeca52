/* reconsider.c -- the past changed: fold again from there, book the differences under what changed
 * it.  Within a request if it is light; otherwise as a task, a page at a time. */
#include <assert.h>
#include <stdlib.h>

#include "base/limit.h"
#include "base/order.h"
#include "core/config/conf.h"
#include "core/event/task.h"
#include "core/timeline/timeline_int.h"
#include "sql/task_sql.h"

enum { TASK_PAGE_EVENTS = 250 };         /* the counter waits for a page at most */

#define RECONSIDER "reconsider"

/* Raised events that follow no more end; of the others it may be that they say something else now;
 * new ones are written with the rest. */
static enum rc settle_raised(struct timeline *t, const struct refold *r, int64_t cause_id)
{
    const struct track *track = track_find();

    for (size_t i = 0; i < r->raised.n; i++) timeline_fresh(t, r->raised.items[i]);
    for (size_t i = 0; i < r->revised.n; i++) {
        const struct event *e = r->revised.items[i];
        enum rc rc = event_says(t->c, t->member_id, e);
        if (rc == RC_OK && track) rc = track->revise(t->c, t->member_id, e);
        if (rc != RC_OK) return rc;
    }
    for (size_t i = 0; i < r->gone.n; i++) {
        struct event gone = *r->gone.items[i];
        gone.is_live = false;
        enum rc rc = event_stands(t->c, t->member_id, &gone);
        if (rc == RC_OK && track) rc = track->drop(t->c, t->member_id, &gone, cause_id);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

/* People are told when the level is another one now and no event of the fold says why. */
static void notice(struct timeline *t, const struct refold *r, const struct event *cause)
{
    const struct track *track = track_find();
    struct event *e = ARENA_NEW(t->c->arena, struct event);

    if (r->has_raised || !track || !track->notice(t->c, &t->fold.m, &r->fold.m, e)) return;
    e->id = id_next(t->c->ids);
    e->at = t->c->now;
    e->business_date = date_of(t->c->conf->zone, t->c->now);
    e->config_version = t->c->conf->version;
    e->cause_id = cause->id;
    e->made = EVENT_NOTICE;
    e->is_live = true;
    timeline_fresh(t, e);
}

static void take_over(struct timeline *t, const struct fold *f)
{
    struct member was = t->fold.m;

    t->fold = *f;
    if (t->fold.m.fold_at < was.fold_at) t->fold.m.fold_at = was.fold_at;
    t->fold.m.settled_at = was.settled_at;
    t->fold.m.due_at = was.due_at;
    t->fold.known = NULL;
    t->fold.scratch = NULL;
    t->fold.judge_from_at = TIME_BEGIN;
    t->booked_n = t->fold.awards.n;
    t->raised_booked_n = t->fold.raised_n;
}

/* What the pages found. */
static enum rc book_page(struct timeline *t, const struct refold *r, const struct event *cause)
{
    timeline_cause(t, cause);
    for (size_t i = 0; i < r->differences.n; i++) {
        enum rc rc = timeline_book(t, &r->differences.items[i]);
        if (rc != RC_OK) return rc;
    }
    return settle_raised(t, r, cause->id);
}

/* ---- within a request ---------------------------------------------------------------------- */

/* What a request can bear; nothing is booked before that is known. */
static bool is_heavy(const struct refold *r, size_t used_before)
{
    const struct fold_bounds *b = fold_bounds();

    return arena_used(r->c->arena) - used_before > b->bytes || r->asked_n > b->rules
        || r->differences.n > (size_t)b->differences || r->fold.is_over;
}

/* All pages in one memory.  RC_LIMIT: it is heavy. */
static enum rc fold_light(struct refold *r, struct ctx *c)
{
    size_t before = arena_used(c->arena);
    enum rc rc;

    refold_in(r, c, arena_open_in(c->arena, LIMIT_HISTORY_BYTES));
    rc = refold_prefix(r);
    while (rc == RC_OK && !r->is_ended) {
        rc = refold_page(r);
        if (rc == RC_OK && is_heavy(r, before)) return RC_LIMIT;
    }
    return rc;
}

/* A task refuses nobody: what might have to be refused is judged now or not taken. */
static bool has_refusing_unit(struct timeline *t)
{
    for (size_t i = 0; i < t->books.balances_n; i++) {
        const struct unit *u = conf_unit(t->c->conf, t->books.balances[i].unit_id);
        if (u && u->debt_policy == DEBT_REFUSE) return true;
    }
    return false;
}

static enum rc defer(struct timeline *t, const struct past_change *p)
{
    struct task task = {
        .kind = RECONSIDER, .member_id = t->member_id, .event_id = p->cause->id,
        .payload = arena_printf(t->c->arena, "%lld %lld", (long long)p->event_id,
                                (long long)p->from_at) };

    if (p->may_refuse && has_refusing_unit(t)) return fail(t->c, RC_CONFLICT, "return.unjudged");
    t->is_deferred = true;
    return task_add(t->c, &task);
}

static enum rc reconsider(struct timeline *t, const struct past_change *p, struct event *fresh)
{
    struct arena_mark mark = arena_mark(t->c->arena);
    struct refold *r = ARENA_NEW(t->c->arena, struct refold);
    enum rc rc;

    *r = (struct refold){ .from_at = p->from_at, .upto = t->c->now, .changed = &p->event_id,
                          .changed_n = 1, .fresh = fresh, .events_max = fold_bounds()->events };
    refold_begin(r, t->c, &t->fold.m);
    rc = fold_light(r, t->c);
    if (rc == RC_LIMIT) {
        arena_rewind(t->c->arena, mark);
        return defer(t, p);
    }
    t->is_refolded = true;
    t->books.may_refuse = p->may_refuse;
    if (rc == RC_OK) rc = book_page(t, r, p->cause);
    t->books.may_refuse = false;
    if (rc != RC_OK) return rc;
    notice(t, r, p->cause);
    take_over(t, &r->fold);
    return RC_OK;
}

/* While a heavy change waits, later ones wait behind it: folding from a place that is itself about
 * to move would book what the next fold takes back. */
enum rc timeline_changed(struct timeline *t, const struct past_change *p)
{
    struct sql_task_waiting waiting = { .member_id = t->member_id, .kind = RECONSIDER };
    const struct history none = { 0 };
    struct event *fresh = NULL;
    enum rc rc;

    for (size_t i = 0; i < t->fresh_n; i++)
        if (t->fresh[i]->id == p->event_id) fresh = t->fresh[i];
    if (fresh) {
        struct judging j = { .c = t->c, .member = &t->fold.m, .past = &none, .event = fresh };
        rc = judge_facts(&j);
        if (rc != RC_OK) return rc;
    }
    rc = timeline_flush(t);
    if (rc == RC_OK) rc = sql_task_waiting(t->c, &waiting);
    if (rc != RC_OK) return rc;
    return waiting.n > 0 ? defer(t, p) : reconsider(t, p, fresh);
}

/* ---- as a task ----------------------------------------------------------------------------- */

/* Its state between the steps.  A step works on a copy, `next`, in memory of its own: it may be
 * taken back and run again.  Two memories take turns. */
struct heavy {
    struct arena *home;
    int64_t member_id, cause_id;
    int64_t *tasks; size_t tasks_n;          /* that end with it */
    struct refold now, next;
    struct arena *keeps[2];
    int turn;
};

static bool read_payload(const char *payload, int64_t *event_id, int64_t *from_at)
{
    struct str s = str_of(payload);
    size_t space = 0;

    while (space < s.n && s.p[space] != ' ') space++;
    return space < s.n && str_to_i64((struct str){ s.p, space }, event_id)
        && str_to_i64((struct str){ s.p + space + 1, s.n - space - 1 }, from_at);
}

/* Everything that waits for this member now is one change, and ends with it.  What comes to wait
 * meanwhile is the next task's: what this one books without it, that one corrects. */
static enum rc gather(struct ctx *c, const struct task *task, struct heavy *h)
{
    struct sql_task_pending v = { .member_id = task->member_id, .kind = task->kind };
    enum rc rc = sql_task_pending(c, &v);
    int64_t *ids = ARENA_ARRAY(h->home, int64_t, v.n + 1), from_at;

    if (rc != RC_OK) return rc;
    h->tasks = ARENA_ARRAY(h->home, int64_t, v.n + 1);
    h->tasks[h->tasks_n++] = task->id;
    if (!read_payload(task->payload, &ids[0], &h->now.from_at)) return broken(c, "task.payload");
    for (size_t i = 0; i < v.n; i++) {
        if (v.rows[i].id == task->id) continue;
        if (!read_payload(v.rows[i].payload, &ids[h->tasks_n], &from_at))
            return broken(c, "task.payload");
        h->tasks[h->tasks_n++] = v.rows[i].id;
        if (from_at < h->now.from_at) h->now.from_at = from_at;
    }
    qsort(ids, h->tasks_n, sizeof *ids, order_i64);
    h->now.changed = ids;
    h->now.changed_n = h->tasks_n;
    return RC_OK;
}

static enum rc begin(struct ctx *c, const struct task *task, void **state)
{
    struct arena *home = arena_open((size_t)1 << 20);
    struct heavy *h = ARENA_NEW(home, struct heavy);
    struct member m;
    enum rc rc;

    *state = h;
    h->home = home;
    h->member_id = task->member_id;
    h->cause_id = task->event_id;
    for (size_t i = 0; i < ARRAY_LEN(h->keeps); i++) h->keeps[i] = arena_open(LIMIT_HISTORY_BYTES);
    rc = member_get(c, task->member_id, &m);
    if (rc == RC_OK) rc = gather(c, task, h);
    if (rc != RC_OK) return rc;
    refold_begin(&h->now, c, &m);
    h->now.fold.m.status = NULL;             /* its text ends with this read */
    h->now.fold.bounds = LIMIT_RAISED_WIDER;
    if (h->now.page_events > TASK_PAGE_EVENTS) h->now.page_events = TASK_PAGE_EVENTS;
    refold_in(&h->now, c, h->keeps[0]);
    return refold_prefix(&h->now);
}

static enum rc end_all(struct ctx *c, const struct heavy *h)
{
    for (size_t i = 0; i < h->tasks_n; i++) {
        struct sql_task_end v = { .id = h->tasks[i], .now = c->now };
        enum rc rc = sql_task_end(c, &v);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

static enum rc step(struct ctx *c, void *state, bool *is_done)
{
    struct heavy *h = state;
    struct arena *keep = h->keeps[!h->turn];
    struct refold *r = &h->next;
    struct timeline t;
    struct event cause;
    enum rc rc;

    timeline_ask(&t, c, h->member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc == RC_OK) rc = event_get(c, h->member_id, h->cause_id, &cause);
    if (rc == RC_OK) rc = books_continue(&t.books, cause.id);
    if (rc == RC_OK) rc = timeline_flush(&t);   /* what came due just now */
    if (rc != RC_OK) return rc;
    arena_reset(keep);
    *r = h->now;
    r->upto = c->now;
    refold_in(r, c, keep);
    rc = refold_page(r);
    t.is_refolded = true;
    if (rc == RC_OK) rc = book_page(&t, r, &cause);
    if (rc != RC_OK) return rc;
    *is_done = r->is_ended;
    if (r->is_ended) {
        notice(&t, r, &cause);
        r->fold.m.status = t.fold.m.status;
        r->fold.is_over = false;             /* within the wider bounds: nobody finds more */
        take_over(&t, &r->fold);
        rc = end_all(c, h);
    }
    return rc == RC_OK ? timeline_close(&t) : rc;
}

static void kept(void *state)
{
    struct heavy *h = state;

    h->now = h->next;
    h->turn = !h->turn;
}

static void end(void *state)
{
    struct heavy *h = state;

    for (size_t i = 0; i < ARRAY_LEN(h->keeps); i++) arena_close(h->keeps[i]);
    arena_close(h->home);
}

const struct task_kind timeline_reconsider_task = {
    .name = RECONSIDER, .label = { "重新計算過去", "fold the past again", "過去の再計算" },
    .begin = begin, .step = step, .kept = kept, .end = end,
};
