/* refold.c -- folding a member again: loading the whole timeline and what is booked, running the
 * fold, and finding what differs. */
#include <assert.h>

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
        *b = (struct booked){ .event_id = r->event_id, .event_at = r->event_at,
                              .rule_id = r->rule_id, .effect_n = r->effect_n,
                              .effect = r->effect, .is_dependent = r->is_dependent != 0,
                              .subject = r->subject, .unit_id = r->unit_id };
    }
    b->rule_version = r->rule_version;
    b->amount += r->amount;
    b->lapsed += r->lapsed;
    if (r->lot_id) *ARENA_PUSH(t->c->arena, b->lot_ids, b->lots_n, b->lots_cap) = r->lot_id;
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

static bool is_changed(const struct refold *r, int64_t id)
{
    for (size_t i = 0; i < r->changed_n; i++)
        if (r->changed[i] == id) return true;
    return r->is_all_changed;
}

enum rc refold_load(struct timeline *t, struct refold *r, struct event *fresh)
{
    bool is_one = r->changed_n == 1 && !r->is_all_changed;
    struct sql_award_timeline v = { .member_id = t->member_id, .from_at = r->from_at,
                                    .event_id = is_one ? r->changed[0] : 0, .is_all = !is_one };
    enum rc rc = event_timeline(t->c, t->member_id, TIME_BEGIN, &r->events);

    if (rc != RC_OK) return rc;
    if (fresh) insert_in_order(&r->events, fresh);
    for (size_t i = 0; i < r->events.n; i++)
        r->events.items[i].is_changed = is_changed(r, r->events.items[i].id);
    rc = event_details(t->c, t->member_id, &r->events, r->from_at);
    if (rc == RC_OK) rc = sql_award_timeline(t->c, &v);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) add_booked(t, &r->booked, &v.rows[i]);
    reverse_lots(&r->booked);
    t->is_refolded = true;
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

/* Both lists are in the order of the fold. */
static size_t first_of(const struct booked_list *list, const struct event *e)
{
    size_t lo = 0, hi = list->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const struct booked *b = &list->items[mid];
        bool is_before = b->event_at != e->at ? b->event_at < e->at : b->event_id < e->id;
        if (is_before) lo = mid + 1;
        else           hi = mid;
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

    for (size_t i = first_of(&r->booked, a->event);
         i < r->booked.n && r->booked.items[i].event_id == a->event_id; i++) {
        struct booked *b = &r->booked.items[i];
        if (b->rule_id == a->rule_id && b->effect_n == a->step->n && b->unit_id == unit_id
            && str_eq(b->subject, subject_of(a)))
            return b;
    }
    return NULL;
}

static const struct event *event_of(const struct refold *r, const struct fold *f,
                                    const struct booked *b)
{
    const struct event wanted = { .at = b->event_at, .id = b->event_id };
    size_t lo = 0, hi = r->events.n;

    for (size_t i = 0; i < f->raised_n; i++)
        if (f->raised[i]->id == b->event_id) return f->raised[i];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (event_compare(&r->events.items[mid], &wanted) < 0) lo = mid + 1;
        else                                                   hi = mid;
    }
    return lo < r->events.n && r->events.items[lo].id == b->event_id ? &r->events.items[lo] : NULL;
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
        if (b->is_seen || b->amount == 0) continue;
        if (!r->event || r->event->id != b->event_id) r->event = event_of(r, f, b);
        const struct event *e = r->event;
        if (!e || !was_judged(t, f, e, b)) continue;
        *out = (struct difference){ .event = e, .before = b, .delta = -b->amount };
        return true;
    }
    return false;
}
