/* lot_read.c -- which lots and debts are at hand, and how more of them come. */
#include "base/limit.h"
#include "core/ledger/ledger_int.h"
#include "sql/ledger_sql.h"

static struct books_bounds bounds = { LIMIT_LOTS_PAGE, LIMIT_LOTS };

const struct books_bounds *books_bounds(void)
{
    return &bounds;
}

#ifdef REGULARS_TEST
void books_bounds_set(size_t page, size_t held)
{
    bounds = (struct books_bounds){ page ? page : LIMIT_LOTS_PAGE, held ? held : LIMIT_LOTS };
}
#endif

/* ---- a row comes to hand --------------------------------------------------------------------- */

static struct lot *at_hand(const struct books *b, int64_t id)
{
    for (size_t i = 0; i < b->lots_n; i++)
        if (b->lots[i].id == id) return &b->lots[i];
    return NULL;
}

/* What time did here already, before its row says so, was booked with the sum. */
static void catch_up(struct books *b, struct lot *l)
{
    if (l->remaining == 0) return;
    if (l->is_pending && l->available_at <= b->released_at && l->available_at <= l->expires_at)
        l->is_pending = false;
    if (l->expires_at > books_balance(b, l->unit_id)->ended_at) return;
    books_balance(b, l->unit_id)->ended -= l->remaining;
    l->expired += l->remaining;
    l->remaining = 0;
    l->is_changed = true;
}

static struct lot *take_in(struct books *b, const struct sql_lot_open_row *r)
{
    struct lot *l = at_hand(b, r->id);

    if (l) return l;
    l = ARENA_PUSH(b->c->arena, b->lots, b->lots_n, b->lots_cap);
    *l = (struct lot){
        .id = r->id, .unit_id = r->unit_id, .event_id = r->event_id, .company_id = r->company_id,
        .granted = r->granted, .remaining = r->remaining, .expired = r->expired,
        .is_pending = r->is_pending != 0, .available_at = r->available_at,
        .expires_at = r->expires_at, .was_remaining = r->remaining,
        .was_expires_at = r->expires_at, .was_pending = r->is_pending != 0 };
    catch_up(b, l);
    return l;
}

/* ---- lots ------------------------------------------------------------------------------------ */

enum rc books_look(struct books *b)
{
    struct sql_lot_open v = { .member_id = b->member_id, .max = (int64_t)bounds.page + 1 };
    enum rc rc;

    if (b->is_looked) return RC_OK;
    rc = sql_lot_open(b->c, &v);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) take_in(b, &v.rows[i]);
    b->is_looked = true;
    b->is_whole = v.n <= bounds.page;
    return RC_OK;
}

/* By itself: a take-back of an old member need not load a thousand lots for one. */
enum rc books_lot(struct books *b, int64_t id, struct lot **out)
{
    struct sql_lot_get v = { .member_id = b->member_id, .id = id };
    enum rc rc;

    *out = at_hand(b, id);
    if (*out) return RC_OK;
    rc = sql_lot_get(b->c, &v);
    if (rc == RC_NOT_FOUND) return broken(b->c, "ledger.lot_missing");
    if (rc != RC_OK) return rc;
    *out = take_in(b, &(struct sql_lot_open_row){
        .id = id, .unit_id = v.unit_id, .event_id = v.event_id, .company_id = v.company_id,
        .granted = v.granted, .remaining = v.remaining, .expired = v.expired,
        .is_pending = v.is_pending, .available_at = v.available_at, .expires_at = v.expires_at });
    return RC_OK;
}

enum rc books_lots_of_spend(struct books *b, int64_t event_id)
{
    struct sql_lot_of_spend v = { .event_id = event_id, .member_id = b->member_id };
    enum rc rc = sql_lot_of_spend(b->c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_lot_of_spend_row *r = &v.rows[i];
        take_in(b, &(struct sql_lot_open_row){
            .id = r->id, .unit_id = r->unit_id, .event_id = r->event_id,
            .company_id = r->company_id, .granted = r->granted, .remaining = r->remaining,
            .expired = r->expired, .is_pending = r->is_pending, .available_at = r->available_at,
            .expires_at = r->expires_at });
    }
    return rc;
}

/* ---- in the order in which they pay --------------------------------------------------------- */

static struct lot_reach *reach_of(struct books *b, int64_t unit_id, bool is_pending)
{
    struct lot_reach *r;

    for (size_t i = 0; i < b->reach_n; i++)
        if (b->reach[i].unit_id == unit_id && b->reach[i].is_pending == is_pending)
            return &b->reach[i];
    r = ARENA_PUSH(b->c->arena, b->reach, b->reach_n, b->reach_cap);
    *r = (struct lot_reach){ .unit_id = unit_id, .is_pending = is_pending,
                             .upto_at = TIME_BEGIN };
    return r;
}

static enum rc next_page(struct books *b, struct lot_reach *r)
{
    struct sql_lot_page v = {
        .member_id = b->member_id, .unit_id = r->unit_id, .is_pending = r->is_pending,
        .released_at = b->released_at, .now = b->c->now, .after_at = r->upto_at,
        .after_id = r->upto_id,
        .max = (int64_t)(bounds.page + b->lots_n / 2) };
    enum rc rc = sql_lot_page(b->c, &v);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_lot_page_row *p = &v.rows[i];
        take_in(b, &(struct sql_lot_open_row){
            .id = p->id, .unit_id = p->unit_id, .event_id = p->event_id,
            .company_id = p->company_id, .granted = p->granted, .remaining = p->remaining,
            .expired = p->expired, .is_pending = p->is_pending, .available_at = p->available_at,
            .expires_at = p->expires_at });
        r->upto_at = p->expires_at;
        r->upto_id = p->id;
    }
    r->is_whole = (int64_t)v.n < v.max;
    return RC_OK;
}

/* What is over and has not been settled yet pays for nothing. */
static struct lot *first_at_hand(const struct books *b, int64_t unit_id, bool is_pending)
{
    struct lot *best = NULL;

    for (size_t i = 0; i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (l->unit_id != unit_id || l->remaining == 0 || l->is_pending != is_pending) continue;
        if (l->expires_at <= b->c->now) continue;
        if (best && (best->expires_at < l->expires_at
                     || (best->expires_at == l->expires_at && best->id < l->id)))
            continue;
        best = l;
    }
    return best;
}

static bool is_within(const struct lot *l, const struct lot_reach *r)
{
    return l->expires_at != r->upto_at ? l->expires_at < r->upto_at : l->id <= r->upto_id;
}

static enum rc first_of_side(struct books *b, int64_t unit_id, bool is_pending, struct lot **out)
{
    struct lot_reach *r;
    enum rc rc = books_look(b);

    if (rc != RC_OK) return rc;
    *out = first_at_hand(b, unit_id, is_pending);
    if (b->is_whole) return RC_OK;
    r = reach_of(b, unit_id, is_pending);
    while (!r->is_whole && (!*out || !is_within(*out, r))) {
        if (b->lots_n >= bounds.held) return RC_LIMIT;
        rc = next_page(b, r);
        if (rc != RC_OK) return rc;
        *out = first_at_hand(b, unit_id, is_pending);
    }
    return RC_OK;
}

enum rc books_first_lot(struct books *b, int64_t unit_id, struct lot **out)
{
    return first_of_side(b, unit_id, false, out);
}

enum rc books_first_lot_or_waiting(struct books *b, int64_t unit_id, struct lot **out)
{
    enum rc rc = first_of_side(b, unit_id, false, out);

    return rc == RC_OK && !*out ? first_of_side(b, unit_id, true, out) : rc;
}

/* ---- debts ----------------------------------------------------------------------------------- */

enum rc books_more_debts(struct books *b)
{
    struct sql_debt_open v = { .member_id = b->member_id, .after_id = b->debts_upto_id,
                               .max = (int64_t)bounds.page };
    enum rc rc = sql_debt_open(b->c, &v);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_debt_open_row *r = &v.rows[i];
        *ARENA_PUSH(b->c->arena, b->debts, b->debts_n, b->debts_cap) = (struct debt){
            .id = r->id, .unit_id = r->unit_id, .event_id = r->event_id, .owed = r->owed,
            .was_owed = r->owed, .at = r->at };
        b->debts_upto_id = r->id;
    }
    b->are_debts_whole = v.n < bounds.page;
    return RC_OK;
}
