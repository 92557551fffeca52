/* timeline.c -- opening a member, booking what a step of the fold found, writing the rows. */
#include <assert.h>

#include "base/limit.h"
#include "core/event/event_kind.h"
#include "core/timeline/timeline_int.h"
#include "sql/conf_sql.h"
#include "sql/effect_sql.h"
#include "sql/event_sql.h"
#include "sql/member_sql.h"

static struct member from_lock(const struct sql_member_lock *v)
{
    return (struct member){
        .id = v->id, .status = v->status, .created_at = v->created_at,
        .tier_level = v->tier_level, .tier_since_at = v->tier_since_at,
        .tier_until_at = v->tier_until_at, .tier_in_grace = v->tier_in_grace,
        .purchases_n = v->purchases_n, .spend_minor = v->spend_minor,
        .first_purchase_at = v->first_purchase_at, .last_purchase_at = v->last_purchase_at,
        .last_purchase_date = v->last_purchase_date,
        .fold_at = v->fold_at, .settled_at = v->settled_at, .due_at = v->due_at };
}

/* What a request asks when it locks a member. */
struct asked_lock { struct sql_member_lock row; struct sql_config_newest config; };

/* Nodes share PostgreSQL, and another may have published: whoever holds the lock sees at least what
 * every holder before was judged by.  SQLite has one program. */
void timeline_ask(struct timeline *t, struct ctx *c, int64_t member_id)
{
    struct asked_lock *lock = ARENA_NEW(c->arena, struct asked_lock);

    *t = (struct timeline){ .c = c, .member_id = member_id, .asked = lock };
    c->member_id = member_id;
    lock->row.id = member_id;
    sql_member_lock_ask(c, &lock->row);
    if (db_kind(c->db) == DB_POSTGRES) sql_config_newest_ask(c, &lock->config);
    books_ask(&t->books, c, member_id);
}

void timeline_ask_view(struct timeline *t, struct ctx *c, int64_t member_id)
{
    struct sql_member_view *rows = ARENA_NEW(c->arena, struct sql_member_view);

    *t = (struct timeline){ .c = c, .member_id = member_id, .asked = rows, .is_view = true };
    books_begin(&t->books, c, member_id);
    rows->id = member_id;
    sql_member_view_ask(c, rows);
}

static void take_balances(struct timeline *t, const struct sql_member_view *v)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct sql_member_view_row *r = &v->rows[i];
        if (r->unit_id == SQL_NULL) continue;
        books_take_balance(&t->books, &(struct balance){
            .unit_id = r->unit_id, .available = r->available, .pending = r->pending,
            .owed = r->owed });
    }
}

static enum rc open_view(struct timeline *t)
{
    const struct sql_member_view *asked = t->asked;
    const struct sql_member_view_row *v = asked->rows;

    if (asked->rc != RC_OK) return asked->rc;
    if (asked->n == 0) return fail(t->c, RC_NOT_FOUND, "member.unknown");
    take_balances(t, asked);
    t->name = v->name;
    t->before = (struct member){
        .id = t->member_id, .status = v->status, .created_at = v->created_at,
        .tier_level = v->tier_level, .tier_since_at = v->tier_since_at,
        .tier_until_at = v->tier_until_at, .tier_in_grace = v->tier_in_grace,
        .purchases_n = v->purchases_n, .spend_minor = v->spend_minor,
        .first_purchase_at = v->first_purchase_at, .last_purchase_at = v->last_purchase_at,
        .last_purchase_date = v->last_purchase_date,
        .fold_at = v->fold_at, .settled_at = v->settled_at, .due_at = v->due_at };
    return RC_OK;
}

static enum rc open_locked(struct timeline *t)
{
    const struct asked_lock *asked = t->asked;
    const struct sql_member_lock *v = &asked->row;

    if (v->rc == RC_NOT_FOUND) return fail(t->c, RC_NOT_FOUND, "member.unknown");
    if (v->rc != RC_OK) return v->rc;
    if (str_eq(v->status, "blocked")) return fail(t->c, RC_CONFLICT, "member.blocked");
    if (str_eq(v->status, "frozen")) return fail(t->c, RC_CONFLICT, "member.frozen");
    if (asked->config.rc != RC_OK) return asked->config.rc;
    if (asked->config.version > t->c->conf->version) return conf_refresh(t->c);
    t->before = from_lock(v);
    return RC_OK;
}

enum rc timeline_load_view(struct timeline *t)
{
    enum rc rc = open_view(t);

    fold_resume(&t->fold, t->c, &t->before);
    return rc;
}

enum rc timeline_open(struct timeline *t)
{
    enum rc rc = t->is_view ? open_view(t) : open_locked(t);

    if (rc == RC_OK && !t->is_view) rc = books_ready(&t->books);
    if (rc != RC_OK) return rc;
    /* What was settled stays settled, also when the clock steps back or an import's rows do. */
    if (t->c->now < t->before.settled_at) t->c->now = t->before.settled_at;
    fold_resume(&t->fold, t->c, &t->before);
    enum rc settled = timeline_settle(t, t->c->now);
    if (!t->is_view) t->given_n = 0;     /* what time did is not the request's doing */
    return settled;
}

static bool is_by_time(const struct event *e)
{
    return str_eq(e->name, EVENT_EXPIRED) || (e->made == EVENT_RAISED && e->cause_id == 0);
}

void timeline_cause(struct timeline *t, const struct event *e)
{
    const struct zone *zone = t->c->conf->zone;

    t->books.cause = (struct cause){
        .event_id = e->id, .at = e->at, .company_id = e->company_id, .store_id = e->store_id,
        .book_date = date_of(zone, t->c->now) };
    /* What time did belongs to the day that ended, whenever it was noticed: also what a rule gives
     * for it. */
    if (is_by_time(e))
        t->books.cause.book_date = date_of(zone, e->at - 1);
}

void timeline_fresh(struct timeline *t, struct event *e)
{
    *ARENA_PUSH(t->c->arena, t->fresh, t->fresh_n, t->fresh_cap) = e;
}

static struct sql_award_add_row award_row(struct timeline *t, const struct booking *b,
                                          const struct difference *d)
{
    const struct award *a = d->award;

    return (struct sql_award_add_row){
        .event_id = d->event->id, .member_id = t->member_id,
        .is_dependent = d->event->made == EVENT_RAISED ||
                        (a ? a->is_dependent : d->before->is_dependent),
        .unit_id = b->unit ? b->unit->id : 0, .subject = b->subject, .amount = d->delta,
        .cause_id = t->books.cause.event_id, .at = t->c->now,
        .rule_id = a ? a->rule_id : d->before->rule_id,
        .rule_version = a ? a->rule_version : d->before->rule_version,
        .effect_n = a ? a->step->n : d->before->effect_n,
        .effect = a ? a->step->effect->name : d->before->effect,
        .basis_minor = a ? a->basis_minor : 0 };
}

static void add_award(struct timeline *t, const struct sql_award_add_row *row)
{
    struct sql_award_add_row *rows = t->awards;
    struct sql_award_add_row *to = ARENA_PUSH(t->c->arena, rows, t->awards_n, t->awards_cap);

    t->awards = rows;
    *to = *row;
    to->n = t->is_refolded ? id_next(t->c->ids) : t->award_n++;
}

/* A row for each part that its effect told apart; one difference in the answer. */
static void remember(struct timeline *t, const struct booking *b, const struct difference *d)
{
    struct sql_award_add_row row = award_row(t, b, d);

    if (b->parts_n == 0) add_award(t, &row);
    for (size_t i = 0; i < b->parts_n; i++) {
        const struct booking_part *p = &b->parts[i];
        row.amount = p->amount;
        row.lot_id = p->lot_id;
        row.posted = p->posted;
        row.owed = p->owed;
        row.lapsed = p->lapsed;
        row.forgiven = p->forgiven;
        add_award(t, &row);
    }
    *ARENA_PUSH(t->c->arena, t->given, t->given_n, t->given_cap) = (struct given){
        .event = d->event, .rule_id = row.rule_id, .rule_version = row.rule_version,
        .unit_id = row.unit_id, .amount = d->delta, .basis_minor = row.basis_minor,
        .rule_name = d->award ? d->award->rule_name : NULL, .effect = row.effect,
        .subject = b->subject };
}

enum rc timeline_book(struct timeline *t, const struct difference *d)
{
    const struct effect *effect = d->award ? d->award->step->effect
                                           : effect_find(d->before->effect);
    struct booking b = { .c = t->c, .books = &t->books, .member_id = t->member_id,
                         .award = d->award, .before = d->before, .delta = d->delta };
    enum rc rc;

    assert(d->delta != 0);
    if (arena_room(t->c->arena) == 0) return fail(t->c, RC_INTERNAL, "server.memory");
    if (!effect) return broken(t->c, "award.effect");
    b.unit = conf_unit(t->c->conf, d->award ? d->award->step->unit_id : d->before->unit_id);
    b.subject = d->award ? d->award->step->subject : d->before->subject;
    if (t->is_view && !effect->is_in_memory) return RC_OK;
    rc = d->before ? effect->revise(&b) : effect->apply(&b);
    if (rc == RC_OK) remember(t, &b, d);
    return rc;
}

enum rc timeline_book_new(struct timeline *t)
{
    for (; t->raised_booked_n < t->fold.raised_n; t->raised_booked_n++)
        timeline_fresh(t, t->fold.raised[t->raised_booked_n]);
    for (; t->booked_n < t->fold.awards.n; t->booked_n++) {
        const struct award *a = &t->fold.awards.items[t->booked_n];
        timeline_cause(t, a->event);
        enum rc rc = timeline_book(t, &(struct difference){ .event = a->event, .award = a,
                                                            .delta = a->amount });
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

/* Ids are made before the member's lock is had: of two workers with sales of one moment, the one
 * with the earlier id may come second. */
static enum rc is_late(struct timeline *t, const struct event *e, bool *out)
{
    struct sql_event_behind v = { .member_id = t->member_id, .at = e->at, .id = e->id };
    enum rc rc = RC_OK;

    *out = e->at < t->fold.m.fold_at;
    if (e->at == t->fold.m.fold_at) rc = sql_event_behind(t->c, &v);
    if (rc == RC_OK && v.n > 0) *out = true;
    return rc;
}

enum rc timeline_tell(struct timeline *t, struct event *e)
{
    bool is_out_of_order;
    enum rc rc;

    assert(!t->is_view);
    if (e->id == 0) e->id = id_next(t->c->ids);
    e->is_new = e->is_changed = e->is_live = true;
    e->config_version = t->c->conf->version;
    rc = is_late(t, e, &is_out_of_order);
    if (rc != RC_OK) return rc;
    timeline_fresh(t, e);
    if (is_out_of_order)
        return timeline_changed(t, &(struct past_change){ .event_id = e->id, .from_at = e->at,
                                                          .cause = e });
    rc = fold_event(&t->fold, e);
    return rc == RC_OK ? timeline_book_new(t) : rc;
}

enum rc timeline_write_events(struct timeline *t)
{
    const struct track *track = track_find();

    for (size_t i = 0; i < t->fresh_n; i++) {
        struct event *e = t->fresh[i];
        if (e->is_written) continue;
        e->is_written = true;
        enum rc rc = event_add(t->c, t->member_id, e);
        if (rc != RC_OK) return rc;
        if (track && (e->made == EVENT_RAISED || e->made == EVENT_NOTICE))
            rc = track->book(t->c, t->member_id, e);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

/* The next moment at which anything is due, without looking at lots that were due later anyway. */
static void note_due(struct timeline *t)
{
    const struct track *track = track_find();
    struct member *m = &t->fold.m;
    int64_t track_at = track && track->is_on(t->c->conf) ? track->due(m) : TIME_NEVER;

    if (track_at < m->due_at) m->due_at = track_at;
    for (size_t i = 0; i < t->books.lots_n; i++) {
        const struct lot *l = &t->books.lots[i];
        if (!l->is_changed || l->remaining == 0) continue;
        if (l->is_pending && l->available_at < m->due_at) m->due_at = l->available_at;
        if (l->expires_at < m->due_at) m->due_at = l->expires_at;
    }
}

/* The bounds of raised events were met: what was left out is a task's to find. */
static enum rc defer_rest(struct timeline *t)
{
    const struct event *from = t->fresh_n ? t->fresh[0] : NULL;
    struct task task = { .kind = "reconsider", .member_id = t->member_id };

    if (!t->fold.is_over || !from) return RC_OK;
    task.event_id = from->id;
    task.payload = arena_printf(t->c->arena, "%lld %lld", (long long)from->id,
                                (long long)from->at);
    return task_add(t->c, &task);
}

enum rc timeline_flush(struct timeline *t)
{
    enum rc rc = timeline_write_events(t);

    if (rc == RC_OK) rc = sql_award_add(t->c, t->awards, t->awards_n);
    t->awards = NULL;
    t->awards_n = t->awards_cap = 0;
    return rc;
}

enum rc timeline_close(struct timeline *t)
{
    enum rc rc;

    assert(!t->is_view);
    note_due(t);
    rc = timeline_settle(t, t->c->now);
    if (rc == RC_OK) rc = defer_rest(t);
    if (rc == RC_OK) rc = timeline_flush(t);
    if (rc == RC_OK) rc = books_write(&t->books);
    if (rc != RC_OK) return rc;
    if (t->c->now > t->fold.m.settled_at) t->fold.m.settled_at = t->c->now;
    return member_save(t->c, &t->fold.m, t->before.due_at);
}

enum rc timeline_settle_member(struct ctx *c, int64_t member_id)
{
    struct timeline t;
    enum rc rc;

    timeline_ask(&t, c, member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    return rc == RC_OK ? timeline_close(&t) : rc;
}
