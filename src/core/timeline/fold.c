/* fold.c -- one step of the fold, and the queue of what it raises. */
#include "core/timeline/fold.h"

#include <assert.h>

#include "base/limit.h"
#include "base/log.h"
#include "core/timeline/track.h"
#include "sql/event_sql.h"

enum { SALES_PAGE = 1000, MARGIN_DAYS = LIMIT_DATE_DAYS + 2 };

void fold_resume(struct fold *f, struct ctx *c, const struct member *m)
{
    *f = (struct fold){ .c = c, .m = *m, .past_from_at = TIME_NEVER,
                        .judge_from_at = TIME_BEGIN };
}

void fold_begin(struct fold *f, struct ctx *c, const struct member *m)
{
    *f = (struct fold){ .c = c, .past_from_at = TIME_BEGIN, .judge_from_at = TIME_BEGIN,
                        .m = { .id = m->id, .status = m->status, .created_at = m->created_at,
                               .tier_until_at = TIME_NEVER, .first_purchase_at = TIME_NEVER,
                               .settled_at = m->settled_at, .due_at = m->due_at } };
}

static enum rc add_past(struct fold *f, const struct sale *s)
{
    bool is_in_term = s->at > f->m.tier_since_at;

    return history_add(f->keep, &f->past, s, is_in_term) ? RC_OK : broken(f->c, "event.value");
}

/* A page of rows is summed and forgotten: a million sales take no more memory than a thousand. */
static enum rc load_past(struct fold *f, int64_t from_at)
{
    struct sql_event_sales v = { .member_id = f->m.id, .from_at = from_at, .max = SALES_PAGE };
    enum rc rc;

    do {
        struct arena_mark mark = arena_mark(f->c->arena);
        rc = sql_event_sales(f->c, &v);
        for (size_t i = 0; rc == RC_OK && i < v.n; i++)
            rc = add_past(f, &(struct sale){ .id = v.rows[i].id, .at = v.rows[i].at,
                                             .value_minor = v.rows[i].value_minor,
                                             .business_date = (int32_t)v.rows[i].business_date });
        if (rc != RC_OK) return rc;
        if (v.n > 0) {
            v.from_at = v.rows[v.n - 1].at;
            v.after_id = v.rows[v.n - 1].id;
        }
        arena_rewind(f->c->arena, mark);
    } while (v.n == SALES_PAGE);
    return RC_OK;
}

/* Some days more than asked on the moment's side: a till may give a sale another business date than
 * the one of its moment (LIMIT_DATE_DAYS), the day is cut late, and zones of stores differ. */
enum rc fold_need(struct fold *f, int32_t day, int days)
{
    int64_t from_at = TIME_BEGIN;

    if (days < day) from_at = date_start(f->c->conf->zone, day - days - MARGIN_DAYS);
    if (from_at >= f->past_from_at) return RC_OK;
    if (!f->keep) f->keep = arena_open_in(f->c->arena, LIMIT_HISTORY_BYTES);
    f->past = (struct history){ 0 };
    enum rc rc = load_past(f, from_at);
    for (size_t i = 0; rc == RC_OK && i < f->own_n; i++) rc = add_past(f, &f->own[i]);
    f->past_from_at = from_at;
    return rc;
}

static bool is_alike(const struct event *a, const struct event *b)
{
    return a->at == b->at && a->cause_id == b->cause_id && str_eq(a->name, b->name);
}

/* A raised event that was booked before is the same one: its gifts are revised, not given again.
 * It is known by what it is, what raised it and when, and its place among several of that; what
 * it says may have changed. */
static const struct event *match(const struct fold *f, const struct event *proto)
{
    size_t place = 0;

    for (size_t i = 0; i < f->raised_n; i++)
        if (is_alike(f->raised[i], proto)) place++;
    for (size_t i = 0; f->known && i < f->known->n; i++) {
        const struct event *k = &f->known->items[i];
        if (k->made == EVENT_RAISED && k->is_live && is_alike(k, proto) && place-- == 0) return k;
    }
    return NULL;
}

enum rc fold_raise(struct fold *f, const struct event *proto)
{
    const struct event *known;
    struct event *e;
    int depth = f->root ? f->root->depth + 1 : 1, times = f->bounds ? f->bounds : 1;

    if (proto->at < f->judge_from_at) return RC_OK;      /* it stands, and is not asked about */
    if (depth > LIMIT_RAISED_DEPTH * times
        || f->raised_n - f->queue_at >= (size_t)(LIMIT_RAISED_EVENTS * times)) {
        log_line(LOG_ALARM, "event.raised_limit", "member=%lld event=%s",
                 (long long)f->m.id, proto->name);
        f->is_over = true;
        return RC_OK;
    }
    known = match(f, proto);
    e = ARENA_NEW(f->c->arena, struct event);
    *e = *proto;
    e->made = EVENT_RAISED;
    e->is_live = true;
    e->depth = depth;
    if (known) {
        e->id = known->id;
        e->config_version = known->config_version;
        e->facts = known->facts;
        e->is_revised = !str_eq(known->payload, proto->payload);
        e->is_changed = known->is_changed || e->is_revised;
    } else {
        e->id = id_next(f->c->ids);
        e->config_version = f->root ? f->root->config_version : f->c->conf->version;
        e->is_new = e->is_changed = true;
    }
    if (f->root) {
        e->is_silent = f->root->is_silent;
        e->store_id = f->root->store_id;
        e->company_id = f->root->company_id;
    }
    *ARENA_PUSH(f->c->arena, f->raised, f->raised_n, f->raised_cap) = e;
    return RC_OK;
}

static enum rc judge_step(struct fold *f, struct event *e)
{
    struct judging j = { .c = f->c, .member = &f->m, .past = &f->past, .event = e,
                         .scratch = f->scratch, .is_dependent_only = !e->is_changed };

    if (e->at < f->judge_from_at || e->is_silent) return RC_OK;
    return judge(&j, &f->awards);
}

/* Rules that look back: how far, in days before the event's business date. */
static enum rc need_for_rules(struct fold *f, const struct event *e)
{
    const struct judges *by = rules_for(f->c->conf, e);
    int32_t from = INT32_MAX;

    for (size_t i = 0; i < by->terms_n; i++) {
        int32_t first = history_from(by->terms[i], e->business_date);
        if (!history_is_counted(by->terms[i]) && first < from) from = first;
    }
    if (from == INT32_MAX || f->past_from_at == TIME_BEGIN) return RC_OK;
    return fold_need(f, e->business_date,
                     from == INT32_MIN ? INT32_MAX : e->business_date - from + 1);
}

static enum rc drain(struct fold *f)
{
    while (f->queue_at < f->raised_n) {
        struct event *e = f->raised[f->queue_at++];
        f->root = e;
        enum rc rc = need_for_rules(f, e);
        if (rc == RC_OK) rc = judge_step(f, e);
        if (rc != RC_OK) return rc;
    }
    f->root = NULL;
    return RC_OK;
}

static enum rc count_sale(struct fold *f, const struct event *e)
{
    struct member *m = &f->m;
    struct sale s = { .id = e->id, .at = e->at, .value_minor = e->value_minor,
                      .business_date = e->business_date };

    if (!str_eq(e->name, EVENT_SALE)) return RC_OK;
    enum rc rc = f->past_from_at != TIME_NEVER ? add_past(f, &s) : RC_OK;
    if (rc != RC_OK) return rc;
    if (f->past_from_at != TIME_BEGIN)
        *ARENA_PUSH(f->c->arena, f->own, f->own_n, f->own_cap) = s;
    m->purchases_n++;
    if (__builtin_add_overflow(m->spend_minor, e->value_minor, &m->spend_minor))
        return broken(f->c, "member.spend");
    if (e->at < m->first_purchase_at) m->first_purchase_at = e->at;
    if (e->at >= m->last_purchase_at) {
        m->last_purchase_at = e->at;
        m->last_purchase_date = e->business_date;
    }
    return RC_OK;
}

static bool matters(const struct fold *f, const struct event *e)
{
    return str_eq(e->name, EVENT_SALE) || rules_for(f->c->conf, e)->n > 0;
}

/* A sale earns at the level held before it; what it reaches counts from the next. */
enum rc fold_event(struct fold *f, struct event *e)
{
    const struct track *track = track_find();
    bool is_moved = track && track->is_on(f->c->conf);
    int days;
    enum rc rc = arena_room(f->c->arena) > 0 ? need_for_rules(f, e)
                                             : fail(f->c, RC_INTERNAL, "server.memory");

    assert(e->is_live);
    e->is_silent = e->made == EVENT_SILENT;
    if (rc != RC_OK) return rc;
    days = is_moved ? track->window_days(f, e) : 0;
    if (days > 0) rc = fold_need(f, e->business_date, days);
    if (rc == RC_OK) rc = judge_step(f, e);
    if (rc != RC_OK) return rc;
    if (matters(f, e) && e->at > f->m.fold_at) f->m.fold_at = e->at;
    rc = count_sale(f, e);
    if (rc != RC_OK) return rc;
    f->root = e;
    if (is_moved) rc = track->event(f, e);
    return rc == RC_OK ? drain(f) : rc;
}

enum rc fold_settle_one(struct fold *f, int64_t at)
{
    const struct track *track = track_find();
    enum rc rc;

    f->root = NULL;
    rc = track->settle(f, at);
    if (at > f->m.fold_at) f->m.fold_at = at;
    return rc == RC_OK ? drain(f) : rc;
}

enum rc fold_settle(struct fold *f, int64_t upto)
{
    const struct track *track = track_find();

    while (track && track->is_on(f->c->conf) && track->due(&f->m) <= upto) {
        enum rc rc = fold_settle_one(f, track->due(&f->m));
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}
