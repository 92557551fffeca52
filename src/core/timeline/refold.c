/* refold.c -- the fold over a member's whole timeline, a page at a time, and how it differs from
 * what is booked. */
#include <stdlib.h>
#include <string.h>

#include "base/limit.h"
#include "base/order.h"
#include "core/event/event_kind.h"
#include "core/timeline/timeline_int.h"
#include "sql/effect_sql.h"
#include "sql/event_sql.h"

enum { PREFIX_PAGE = 2000, SCRATCH_BYTES = LIMIT_REQUEST_ARENA + LIMIT_REQUEST_RESERVE };

static const struct fold_bounds usual = {
    .page_events = 1000, .page_rows = 4000, .bytes = LIMIT_FOLD_BYTES,
    .events = LIMIT_FOLD_EVENTS, .rules = LIMIT_FOLD_RULES,
    .differences = LIMIT_FOLD_DIFFERENCES,
};
static const struct fold_bounds *bounds = &usual;

const struct fold_bounds *fold_bounds(void)
{
    return bounds;
}

#ifdef REGULARS_TEST
void fold_bounds_set(const struct fold_bounds *b)
{
    bounds = b ? b : &usual;
}
#endif

void refold_forget(struct refold *r)
{
    r->differences = (struct difference_list){ 0 };
    r->raised = r->revised = r->gone = (struct event_refs){ 0 };
}

void refold_in(struct refold *r, struct ctx *c, struct arena *keep)
{
    struct sale_day *days = ARENA_ARRAY(keep, struct sale_day, r->fold.past.n);
    int64_t *seen = ARENA_ARRAY(keep, int64_t, r->seen.n);

    if (r->fold.past.n) memcpy(days, r->fold.past.days, r->fold.past.n * sizeof *days);
    if (r->seen.n) memcpy(seen, r->seen.items, r->seen.n * sizeof *seen);
    r->fold.past = (struct history){ days, r->fold.past.n, r->fold.past.n };
    r->seen = (struct id_list){ seen, r->seen.n, r->seen.n };
    r->c = r->fold.c = c;
    refold_forget(r);
    r->fold.keep = keep;
    r->fold.scratch = arena_open_in(c->arena, SCRATCH_BYTES);
    arena_reserve(r->fold.scratch, LIMIT_REQUEST_RESERVE);
}

void refold_begin(struct refold *r, struct ctx *c, const struct member *m)
{
    r->member_id = m->id;
    r->at = TIME_BEGIN;
    r->page_events = bounds->page_events;
    if (r->events_max == 0) r->events_max = INT64_MAX;
    fold_begin(&r->fold, c, m);
    r->fold.judge_from_at = r->from_at;
}

/* ---- before from_at ------------------------------------------------------------------------ */

/* Time goes on to what counts for nothing too: up to where the fold is, everything followed. */
static enum rc fold_one(struct refold *r, struct event *e)
{
    enum rc rc = fold_settle(&r->fold, e->at);

    if (rc == RC_OK && e->is_live) rc = fold_event(&r->fold, e);
    r->at = e->at;
    r->id = e->id;
    if (++r->read_n > r->events_max) return RC_LIMIT;
    return rc;
}

enum rc refold_prefix(struct refold *r)
{
    struct event_range in = { .member_id = r->member_id, .before_at = r->from_at,
                              .max = PREFIX_PAGE };
    struct event_list list;
    enum rc rc = RC_OK;

    if (r->from_at == TIME_BEGIN) return RC_OK;
    do {
        struct arena_mark mark = arena_mark(r->c->arena);
        in.at = r->at;
        in.id = r->id;
        rc = event_told_before(r->c, &in, &list);
        for (size_t i = 0; rc == RC_OK && i < list.n; i++) rc = fold_one(r, &list.items[i]);
        if (rc == RC_OK) arena_rewind(r->c->arena, mark);
    } while (rc == RC_OK && list.n == PREFIX_PAGE);
    return rc;
}

/* ---- a page: what was told ----------------------------------------------------------------- */

static bool is_changed(const struct refold *r, int64_t id)
{
    if (r->is_all_changed) return true;
    return bsearch(&id, r->changed, r->changed_n, sizeof id, order_i64) != NULL;
}

/* What is told in this unit of work has its lines still in memory only. */
static enum rc load_told(struct refold *r, struct refold_page *p)
{
    const struct fold_bounds *b = bounds;
    enum rc rc = event_told(r->c, &(struct event_range){ .member_id = r->member_id, .at = r->at,
                                                         .id = r->id, .max = r->page_events },
                            &p->told);

    if (rc != RC_OK) return rc;
    p->is_last = p->told.n < r->page_events;
    for (size_t i = 0; i < p->told.n; i++) {
        struct event *e = &p->told.items[i];
        e->is_changed = is_changed(r, e->id);
        if (r->fresh && e->id == r->fresh->id) e->detail = r->fresh->detail;
    }
    size_t n = p->told.n;
    rc = event_details(r->c, r->member_id, &p->told, b->page_rows);
    if (p->told.n < n) p->is_last = false;
    return rc;
}

/* ---- a page: what is booked ---------------------------------------------------------------- */

static bool is_same(const struct booked *b, const struct sql_award_timeline_row *r)
{
    return b->event_id == r->event_id && b->rule_id == r->rule_id && b->effect_n == r->effect_n
        && b->unit_id == r->unit_id && str_eq(b->subject, r->subject);
}

static void add_lot(struct refold *r, struct booked *b, const struct sql_award_timeline_row *row)
{
    size_t i = 0;

    while (i < b->lots_n && b->lots[i].id != row->lot_id) i++;
    if (i == b->lots_n)
        *ARENA_PUSH(r->c->arena, b->lots, b->lots_n, b->lots_cap) =
            (struct booked_lot){ .id = row->lot_id };
    b->lots[i].amount += row->amount;
}

static enum rc add_booked(struct refold *r, struct booked_list *list,
                       const struct sql_award_timeline_row *row)
{
    struct booked *b = NULL;

    for (size_t i = list->n; i > 0 && list->items[i - 1].event_id == row->event_id && !b; i--)
        if (is_same(&list->items[i - 1], row)) b = &list->items[i - 1];
    if (!b) {
        b = ARENA_PUSH(r->c->arena, list->items, list->n, list->cap);
        *b = (struct booked){ .event_id = row->event_id, .event_at = row->event_at,
                              .rule_id = row->rule_id, .effect_n = row->effect_n,
                              .effect = row->effect, .is_dependent = row->is_dependent != 0,
                              .subject = row->subject, .unit_id = row->unit_id };
    }
    b->rule_version = row->rule_version;
    if (row->lot_id) add_lot(r, b, row);
    if (__builtin_add_overflow(b->amount, row->amount, &b->amount)
        || __builtin_add_overflow(b->lapsed, row->lapsed, &b->lapsed))
        return broken(r->c, "award.amount");
    return RC_OK;
}

/* Newest first: a take-back asks the lot that was given last. */
static void reverse_lots(struct booked_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct booked *b = &list->items[i];
        for (size_t k = 0; k < b->lots_n / 2; k++) {
            struct booked_lot swap = b->lots[k];
            b->lots[k] = b->lots[b->lots_n - 1 - k];
            b->lots[b->lots_n - 1 - k] = swap;
        }
    }
}

static enum rc take_booked(struct refold *r, struct booked_list *list,
                           const struct sql_award_timeline *v)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < v->n; i++) rc = add_booked(r, list, &v->rows[i]);
    reverse_lots(list);
    return rc;
}

static bool is_seen(const struct refold *r, int64_t id)
{
    return bsearch(&id, r->seen.items, r->seen.n, sizeof id, order_i64) != NULL;
}

static void take_known(struct refold *r, struct refold_page *p, const struct sql_event_raised *v)
{
    p->known.items = ARENA_ARRAY(r->c->arena, struct event, v->n);
    for (size_t i = 0; i < v->n; i++) {
        const struct sql_event_raised_row *k = &v->rows[i];
        if (is_seen(r, k->id)) continue;
        p->known.items[p->known.n++] = (struct event){
            .id = k->id, .at = k->at, .name = k->name, .made = EVENT_RAISED,
            .business_date = (int32_t)k->business_date, .store_id = k->store_id,
            .company_id = k->company_id, .config_version = k->config_version,
            .cause_id = k->cause_id, .is_live = k->is_live != 0, .payload = k->payload,
            .facts = k->facts, .is_changed = r->is_all_changed };
    }
}

/* Of one event that changed only its own; of several in one page, or for a proof, everything. */
static void ask_all_of(const struct refold *r, const struct refold_page *p,
                       struct sql_award_timeline *v)
{
    int64_t n = 0;

    v->is_all = r->is_all_changed;
    for (size_t i = 0; i < p->told.n && !r->is_all_changed; i++) {
        if (!p->told.items[i].is_changed) continue;
        v->event_id = p->told.items[i].id;
        n++;
    }
    if (n > 1) v->is_all = 1;
}

/* The last event whose awards did not all come is the next page's; alone, it gets all it has. */
static enum rc cut_at_awards(struct refold *r, struct refold_page *p, struct sql_award_timeline *v)
{
    size_t n = 0;

    if (v->n < (size_t)v->max) return RC_OK;
    while (n < p->told.n && p->told.items[n].id != v->rows[v->n - 1].event_id) n++;
    p->is_last = false;
    p->told.n = n > 0 ? n : 1;
    if (n > 0) return RC_OK;
    v->max = 1000000;
    v->upto_at = p->told.items[0].at;
    v->upto_id = p->told.items[0].id;
    return sql_award_timeline(r->c, v);
}

static enum rc load_booked(struct refold *r, struct refold_page *p)
{
    const struct event *last = p->told.n ? &p->told.items[p->told.n - 1] : NULL;
    int64_t from_at = r->at > r->from_at ? r->at : r->from_at;
    int64_t upto_at = p->is_last || !last ? TIME_NEVER : last->at;
    struct sql_event_raised known = { .member_id = r->member_id, .from_at = from_at,
                                      .upto_at = upto_at };
    struct sql_award_timeline told = { .member_id = r->member_id, .from_at = r->at,
                                       .after_id = r->id, .upto_at = last ? last->at : r->at,
                                       .upto_id = last ? last->id : r->id,
                                       .max = (int64_t)bounds->page_rows };
    struct sql_award_timeline raised = { .member_id = r->member_id, .from_at = from_at,
                                         .upto_at = upto_at, .upto_id = INT64_MAX, .is_made = 1,
                                         .is_all = r->is_all_changed, .max = 1000000 };
    enum rc rc;

    ask_all_of(r, p, &told);
    sql_event_raised_ask(r->c, &known);
    sql_award_timeline_ask(r->c, &told);
    sql_award_timeline_ask(r->c, &raised);
    rc = db_sync(r->c->db);
    if (rc == RC_OK) rc = cut_at_awards(r, p, &told);
    if (rc != RC_OK) return rc;
    take_known(r, p, &known);
    rc = take_booked(r, &p->booked[0], &told);
    return rc == RC_OK ? take_booked(r, &p->booked[1], &raised) : rc;
}

/* ---- a page: folded ------------------------------------------------------------------------ */

/* What a page asks and gives may be more than fits; it ends where that is seen. */
static enum rc fold_page(struct refold *r, struct refold_page *p)
{
    for (size_t i = 0; i < p->told.n; i++) {
        enum rc rc = fold_one(r, &p->told.items[i]);
        if (rc != RC_OK) return rc;
        bool is_full = r->fold.awards.n >= bounds->page_rows
                    || r->fold.awards.asked_n >= bounds->rules;
        if (!is_full || i + 1 == p->told.n) continue;
        p->told.n = i + 1;
        p->is_last = false;
    }
    r->is_ended = p->is_last;
    return p->is_last ? fold_settle(&r->fold, r->upto) : RC_OK;
}

static struct event *raised_again(const struct refold *r, int64_t id)
{
    for (size_t i = 0; i < r->fold.raised_n; i++)
        if (r->fold.raised[i]->id == id) return r->fold.raised[i];
    return NULL;
}

/* The fold has passed its moment: what did not follow by now does not follow. */
static bool is_passed(const struct refold *r, const struct event *e)
{
    return r->is_ended || e->at < r->at;
}

static void sort_out_raised(struct refold *r, const struct refold_page *p)
{
    for (size_t i = 0; i < r->fold.raised_n; i++) {
        struct event *e = r->fold.raised[i];
        if (e->is_revised)
            *ARENA_PUSH(r->c->arena, r->revised.items, r->revised.n, r->revised.cap) = e;
        if (!e->is_new) continue;
        *ARENA_PUSH(r->c->arena, r->raised.items, r->raised.n, r->raised.cap) = e;
        r->has_raised = true;
    }
    for (size_t i = 0; i < p->known.n; i++) {
        struct event *e = &p->known.items[i];
        if (!e->is_live || !is_passed(r, e) || raised_again(r, e->id)) continue;
        *ARENA_PUSH(r->c->arena, r->gone.items, r->gone.n, r->gone.cap) = e;
    }
}

/* The next page may begin within this very moment. */
static void remember_seen(struct refold *r, int64_t at_before)
{
    if (r->at != at_before) r->seen.n = 0;
    for (size_t i = 0; i < r->fold.raised_n; i++)
        if (r->fold.raised[i]->at == r->at)
            *ARENA_PUSH(r->fold.keep, r->seen.items, r->seen.n, r->seen.cap) =
                r->fold.raised[i]->id;
    qsort(r->seen.items, r->seen.n, sizeof *r->seen.items, order_i64);
}

/* ---- what differs -------------------------------------------------------------------------- */

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

static struct booked *booked_for(struct refold_page *p, const struct award *a)
{
    struct booked_list *list = &p->booked[a->event->made == EVENT_RAISED];
    int64_t unit_id = a->step->unit_id;

    for (size_t i = first_of(list, a->event);
         i < list->n && list->items[i].event_id == a->event_id; i++) {
        struct booked *b = &list->items[i];
        if (b->rule_id == a->rule_id && b->effect_n == a->step->n && b->unit_id == unit_id
            && str_eq(b->subject, a->step->subject))
            return b;
    }
    return NULL;
}

static void differ(struct refold *r, const struct difference *d)
{
    if (d->delta == 0) return;
    *ARENA_PUSH(r->c->arena, r->differences.items, r->differences.n, r->differences.cap) = *d;
}

/* Whether the fold asked this rule about this event again; otherwise what is booked stands. */
static bool was_judged(const struct refold *r, const struct event *e, const struct booked *b)
{
    const struct judges *by;

    if (!e->is_live) return true;
    if (e->made == EVENT_RAISED && !raised_again(r, e->id)) return true;
    if (rule_is_unreadable(r->c->conf, e, b->rule_id)) return false;
    if (e->is_changed) return true;
    by = rules_for(r->c->conf, e);
    for (size_t i = 0; i < by->n; i++)
        if (by->rules[i]->id == b->rule_id) return by->rules[i]->is_dependent;
    return false;
}

static const struct event *in_order(const struct event_list *list, const struct booked *b)
{
    const struct event wanted = { .at = b->event_at, .id = b->event_id };
    size_t lo = 0, hi = list->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (event_compare(&list->items[mid], &wanted) < 0) lo = mid + 1;
        else                                               hi = mid;
    }
    return lo < list->n && list->items[lo].id == b->event_id ? &list->items[lo] : NULL;
}

/* NULL: the fold has not come there yet, or was there before this page. */
static const struct event *event_of(const struct refold *r, const struct refold_page *p,
                                    const struct booked *b)
{
    const struct event *e = in_order(&p->told, b);

    if (e) return e;
    e = raised_again(r, b->event_id);
    if (e) return e;
    e = in_order(&p->known, b);
    return e && is_passed(r, e) ? e : NULL;
}

/* Awards first, in the order of the fold, then what is booked and follows no more. */
static void compare(struct refold *r, struct refold_page *p)
{
    const struct event *e = NULL;

    for (size_t i = 0; i < r->fold.awards.n; i++) {
        const struct award *a = &r->fold.awards.items[i];
        struct booked *b = booked_for(p, a);
        if (b) b->is_seen = true;
        differ(r, &(struct difference){ .event = a->event, .award = a, .before = b,
                                        .delta = a->amount - (b ? b->amount : 0) });
    }
    for (size_t k = 0; k < ARRAY_LEN(p->booked); k++)
        for (size_t i = 0; i < p->booked[k].n; i++) {
            const struct booked *b = &p->booked[k].items[i];
            if (b->is_seen || b->amount == 0) continue;
            if (!e || e->id != b->event_id) e = event_of(r, p, b);
            if (e && was_judged(r, e, b))
                differ(r, &(struct difference){ .event = e, .before = b, .delta = -b->amount });
        }
}

enum rc refold_page(struct refold *r)
{
    struct refold_page *p = ARENA_NEW(r->c->arena, struct refold_page);
    int64_t at_before = r->at;
    enum rc rc;

    r->page = p;
    r->fold.awards = (struct award_list){ 0 };
    r->fold.raised = NULL;
    r->fold.raised_n = r->fold.raised_cap = r->fold.queue_at = 0;
    r->fold.known = &p->known;
    rc = load_told(r, p);
    if (rc == RC_OK) rc = load_booked(r, p);
    if (rc == RC_OK) rc = fold_page(r, p);
    if (rc != RC_OK) return rc;
    r->asked_n += r->fold.awards.asked_n;
    sort_out_raised(r, p);
    compare(r, p);
    remember_seen(r, at_before);
    return RC_OK;
}
