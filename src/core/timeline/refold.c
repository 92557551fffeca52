/* refold.c -- folding a member again: loading the whole timeline and what is booked, running the
 * fold, and finding what differs. */
#include <assert.h>
#include <stdlib.h>

#include "core/event/event_kind.h"
#include "core/timeline/timeline_int.h"
#include "sql/effect_sql.h"

static void insert_in_order(struct event_list *list, const struct event *e)
{
    size_t i = list->n;

    for (; i > 0 && event_compare(&list->items[i - 1], e) > 0; i--)
        list->items[i] = list->items[i - 1];
    list->items[i] = *e;
    list->n++;
}

static bool is_same(const struct booked *b, const struct sql_award_timeline_row *r)
{
    return b->event_id == r->event_id && b->rule_id == r->rule_id && b->effect_n == r->effect_n
        && b->unit_id == r->unit_id && str_eq(b->subject, r->subject);
}

static void add_booked(struct timeline *t, struct booked_list *list,
                       const struct sql_award_timeline_row *r)
{
    struct booked *b = NULL;

    for (size_t i = list->n; i > 0 && list->items[i - 1].event_id == r->event_id && !b; i--)
        if (is_same(&list->items[i - 1], r)) b = &list->items[i - 1];
    if (!b) {
        b = ARENA_PUSH(t->c->arena, list->items, list->n, list->cap);
        *b = (struct booked){ .event_id = r->event_id, .n = r->n, .rule_id = r->rule_id,
                              .effect_n = r->effect_n, .effect = r->effect,
                              .subject = r->subject, .unit_id = r->unit_id };
    }
    b->rule_version = r->rule_version;
    b->amount += r->amount;
    b->lapsed += r->lapsed;
    if (r->lot_id) *ARENA_PUSH(t->c->arena, b->lot_ids, b->lots_n, b->lots_cap) = r->lot_id;
    if (r->n > list->max_n) list->max_n = r->n;
}

/* Newest first: a take-back asks the lot that was given last. */
static void reverse_lots(struct booked_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct booked *b = &list->items[i];
        for (size_t k = 0; k < b->lots_n / 2; k++) {
            int64_t swap = b->lot_ids[k];
            b->lot_ids[k] = b->lot_ids[b->lots_n - 1 - k];
            b->lot_ids[b->lots_n - 1 - k] = swap;
        }
    }
}

static int compare_booked(const void *a, const void *b)
{
    const struct booked *x = a, *y = b;

    if (x->event_id != y->event_id) return x->event_id < y->event_id ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* They come in the order of the fold; what was told late has an id that lies elsewhere. */
static void sort_booked(struct booked_list *list)
{
    size_t i = 1;

    while (i < list->n && list->items[i - 1].event_id <= list->items[i].event_id) i++;
    if (i < list->n) qsort(list->items, list->n, sizeof *list->items, compare_booked);
}

static bool is_changed(const struct refold *r, int64_t id)
{
    for (size_t i = 0; i < r->changed_n; i++)
        if (r->changed[i] == id) return true;
    return r->is_all_changed;
}

enum rc refold_load(struct timeline *t, struct refold *r, struct event *fresh)
{
    struct sql_award_timeline v = { .member_id = t->member_id, .from_at = r->from_at };
    enum rc rc = event_timeline(t->c, t->member_id, TIME_BEGIN, &r->events);

    if (rc != RC_OK) return rc;
    if (fresh) insert_in_order(&r->events, fresh);
    for (size_t i = 0; i < r->events.n; i++)
        r->events.items[i].is_changed = is_changed(r, r->events.items[i].id);
    rc = event_details(t->c, t->member_id, &r->events, r->from_at);
    if (rc == RC_OK) rc = sql_award_timeline(t->c, &v);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) add_booked(t, &r->booked, &v.rows[i]);
    sort_booked(&r->booked);
    reverse_lots(&r->booked);
    if (r->booked.max_n >= t->award_n) t->award_n = r->booked.max_n + 1;
    return RC_OK;
}

enum rc refold_run(struct timeline *t, struct refold *r, struct fold *out)
{
    fold_begin(out, t->c, &t->fold.m);
    out->known = &r->events;
    out->judge_from_at = r->from_at;
    for (size_t i = 0; i < r->events.n; i++) {
        struct event *e = &r->events.items[i];
        if ((e->made != EVENT_TOLD && e->made != EVENT_SILENT) || !e->is_live) continue;
        enum rc rc = fold_settle(out, e->at);
        if (rc == RC_OK) rc = fold_event(out, e);
        if (rc != RC_OK) return rc;
    }
    return fold_settle(out, r->upto);
}

/* ---- what differs ------------------------------------------------------------------------- */

/* The first of the booked of an event: the list is in order of the event's id. */
static size_t first_of(const struct booked_list *list, int64_t event_id)
{
    size_t lo = 0, hi = list->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (list->items[mid].event_id < event_id) lo = mid + 1;
        else                                      hi = mid;
    }
    return lo;
}

static const char *subject_of(const struct award *a)
{
    return a->step->subject;
}

static struct booked *booked_for(struct refold *r, const struct award *a)
{
    int64_t unit_id = a->step->unit ? a->step->unit->id : 0;

    for (size_t i = first_of(&r->booked, a->event_id);
         i < r->booked.n && r->booked.items[i].event_id == a->event_id; i++) {
        struct booked *b = &r->booked.items[i];
        if (b->rule_id == a->rule_id && b->effect_n == a->step->n && b->unit_id == unit_id
            && str_eq(b->subject, subject_of(a)))
            return b;
    }
    return NULL;
}

static const struct event *event_of(const struct refold *r, const struct fold *f, int64_t id)
{
    for (size_t i = 0; i < f->raised_n; i++)
        if (f->raised[i]->id == id) return f->raised[i];
    for (size_t i = 0; i < r->events.n; i++)
        if (r->events.items[i].id == id) return &r->events.items[i];
    return NULL;
}

static bool is_raised_by(const struct fold *f, int64_t id)
{
    for (size_t i = 0; i < f->raised_n; i++)
        if (f->raised[i]->id == id) return true;
    return false;
}

/* Whether the fold asked this rule about this event again; otherwise what is booked stands. */
static bool was_judged(struct timeline *t, const struct fold *f, const struct event *e,
                       const struct booked *b)
{
    const struct judges *by;

    if (!e->is_live || e->is_changed) return true;
    if (e->made == EVENT_RAISED && !is_raised_by(f, e->id)) return true;
    by = rules_for(t->c->conf, e);
    for (size_t i = 0; i < by->n; i++)
        if (by->rules[i]->id == b->rule_id) return by->rules[i]->is_dependent;
    return false;
}

/* Awards first, in the order of the fold, then what is booked and follows no more. */
bool refold_next(struct timeline *t, struct refold *r, const struct fold *f,
                 struct difference *out)
{
    while (r->award_at < f->awards.n) {
        const struct award *a = &f->awards.items[r->award_at++];
        struct booked *b = booked_for(r, a);
        int64_t delta = a->amount - (b ? b->amount : 0);
        if (b) b->is_seen = true;
        *out = (struct difference){ .event = a->event, .award = a, .before = b, .delta = delta };
        if (delta != 0) return true;
    }
    while (r->booked_at < r->booked.n) {
        struct booked *b = &r->booked.items[r->booked_at++];
        const struct event *e = b->is_seen || b->amount == 0 ? NULL : event_of(r, f, b->event_id);
        if (!e || !was_judged(t, f, e, b)) continue;
        *out = (struct difference){ .event = e, .before = b, .delta = -b->amount };
        return true;
    }
    return false;
}
