/* lot.c -- grants, take-backs, and what time does to lots. */
#include <assert.h>

#include "core/ledger/ledger_int.h"
#include "sql/ledger_sql.h"

enum rc books_load_lots(struct books *b)
{
    struct sql_lot_open v = { .member_id = b->member_id };
    size_t known_n = b->lots_n;
    enum rc rc;

    if (b->are_lots_loaded) return RC_OK;
    rc = sql_lot_open(b->c, &v);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_lot_open_row *r = &v.rows[i];
        bool is_known = false;
        for (size_t k = 0; k < known_n && !is_known; k++) is_known = b->lots[k].id == r->id;
        if (is_known) continue;
        *ARENA_PUSH(b->c->arena, b->lots, b->lots_n, b->lots_cap) = (struct lot){
            .id = r->id, .unit_id = r->unit_id, .event_id = r->event_id,
            .company_id = r->company_id, .granted = r->granted, .remaining = r->remaining,
            .expired = r->expired, .is_pending = r->is_pending != 0,
            .available_at = r->available_at, .expires_at = r->expires_at };
    }
    b->are_lots_loaded = true;
    return RC_OK;
}

enum rc books_load_debts(struct books *b)
{
    struct sql_debt_open v = { .member_id = b->member_id };
    size_t known_n = b->debts_n;
    enum rc rc;

    if (b->are_debts_loaded) return RC_OK;
    rc = sql_debt_open(b->c, &v);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) {
        bool is_known = false;
        for (size_t k = 0; k < known_n && !is_known; k++)
            is_known = b->debts[k].id == v.rows[i].id;
        if (is_known) continue;
        *ARENA_PUSH(b->c->arena, b->debts, b->debts_n, b->debts_cap) = (struct debt){
            .id = v.rows[i].id, .unit_id = v.rows[i].unit_id, .event_id = v.rows[i].event_id,
            .owed = v.rows[i].owed, .at = v.rows[i].at };
    }
    b->are_debts_loaded = true;
    return RC_OK;
}

/* By itself: a take-back of an old member need not load a thousand lots for one. */
enum rc books_lot(struct books *b, int64_t id, struct lot **out)
{
    struct sql_lot_get v = { .member_id = b->member_id, .id = id };
    enum rc rc;

    for (size_t i = 0; i < b->lots_n; i++) {
        *out = &b->lots[i];
        if (b->lots[i].id == id) return RC_OK;
    }
    rc = sql_lot_get(b->c, &v);
    if (rc == RC_NOT_FOUND) return broken(b->c, "ledger.lot_missing");
    if (rc != RC_OK) return rc;
    *out = ARENA_PUSH(b->c->arena, b->lots, b->lots_n, b->lots_cap);
    **out = (struct lot){ .id = id, .unit_id = v.unit_id, .event_id = v.event_id,
                          .company_id = v.company_id, .granted = v.granted,
                          .remaining = v.remaining, .expired = v.expired,
                          .is_pending = v.is_pending != 0, .available_at = v.available_at,
                          .expires_at = v.expires_at };
    return RC_OK;
}

/* The oldest debt first.  What a grant pays never becomes a lot. */
static enum rc pay_debts(struct books *b, const struct unit *unit, int64_t *left)
{
    struct balance *bal = books_balance(b, unit->id);

    if (bal->owed == 0) return RC_OK;
    enum rc rc = books_load_debts(b);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < b->debts_n && *left > 0; i++) {
        struct debt *d = &b->debts[i];
        int64_t paid = d->owed < *left ? d->owed : *left;
        if (d->unit_id != unit->id || paid == 0) continue;
        d->owed -= paid;
        d->is_changed = true;
        bal->owed -= paid;
        *left -= paid;
    }
    return RC_OK;
}

/* Past its end before it was booked: such points can pay for nothing any more. */
static bool is_over(const struct books *b, int64_t expires_at)
{
    return expires_at <= b->c->now;
}

enum rc books_grant(struct books *b, const struct grant *g, int64_t *lot_id)
{
    bool is_pending = g->available_at > b->c->now;
    int64_t left = g->amount, paid;
    enum rc rc = is_over(b, g->expires_at) ? RC_OK : pay_debts(b, g->unit, &left);

    if (rc != RC_OK) return rc;
    /* What pays a debt counts at once, also when the rest of the grant has to wait. */
    paid = g->amount - left;
    *lot_id = 0;
    if (paid > 0)
        rc = books_post(b, &(struct movement){ .unit_id = g->unit->id, .amount = paid,
                                               .from_account = g->from_account,
                                               .to_account = "member", .kind = g->kind });
    if (rc != RC_OK || left == 0) return rc;
    rc = books_post(b, &(struct movement){ .unit_id = g->unit->id, .amount = left,
                                           .from_account = g->from_account,
                                           .to_account = "member", .kind = g->kind,
                                           .is_pending = is_pending });
    *lot_id = id_next(b->c->ids);
    *ARENA_PUSH(b->c->arena, b->lots, b->lots_n, b->lots_cap) = (struct lot){
        .id = *lot_id, .unit_id = g->unit->id, .event_id = b->cause.event_id,
        .company_id = b->cause.company_id, .granted = left, .remaining = left,
        .available_at = g->available_at, .expires_at = g->expires_at,
        .is_pending = is_pending, .is_new = true, .is_changed = true };
    return rc;
}

static enum rc take_from(struct books *b, struct lot *l, const struct movement *m)
{
    struct movement whole = *m;

    assert(m->amount <= l->remaining);
    l->remaining -= m->amount;
    l->is_changed = true;
    whole.is_pending = l->is_pending;
    return books_post(b, &whole);
}

/* The lot that is spent first: released before pending, then by expiry, then the oldest.  What is
 * over and has not been settled yet pays for nothing. */
struct lot *books_first_lot(struct books *b, int64_t unit_id, bool is_pending_too)
{
    struct lot *best = NULL;

    for (size_t i = 0; i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (l->unit_id != unit_id || l->remaining == 0) continue;
        if (l->is_pending && !is_pending_too) continue;
        if (is_over(b, l->expires_at)) continue;
        if (best && best->is_pending != l->is_pending ? l->is_pending
            : best && (best->expires_at < l->expires_at
                       || (best->expires_at == l->expires_at && best->id < l->id)))
            continue;
        best = l;
    }
    return best;
}

/* Of the award's own lots: first what is still there, then what expired, which is not asked for. */
static enum rc take_own(struct books *b, const struct take *t, struct taken *out, int64_t *left)
{
    int64_t lapsed_before = t->lapsed_before;

    for (size_t i = 0; i < t->lots_n && *left > 0; i++) {
        struct lot *l;
        enum rc rc = books_lot(b, t->lot_ids[i], &l);
        if (rc != RC_OK) return rc;
        int64_t part = l->remaining < *left ? l->remaining : *left;
        if (part > 0)
            rc = take_from(b, l, &(struct movement){ .unit_id = l->unit_id, .amount = part,
                                                     .from_account = "member",
                                                     .to_account = t->to_account,
                                                     .kind = t->kind });
        if (rc != RC_OK) return rc;
        out->posted += part;
        *left -= part;
        int64_t gone = l->expired - (lapsed_before < l->expired ? lapsed_before : l->expired);
        lapsed_before -= l->expired - gone;
        part = gone < *left ? gone : *left;
        out->lapsed += part;
        *left -= part;
    }
    return RC_OK;
}

static enum rc take_others(struct books *b, const struct take *t, struct taken *out, int64_t *left)
{
    struct lot *l;

    while (*left > 0 && (l = books_first_lot(b, t->unit->id, true)) != NULL) {
        int64_t part = l->remaining < *left ? l->remaining : *left;
        enum rc rc = take_from(b, l, &(struct movement){ .unit_id = l->unit_id, .amount = part,
                                                         .from_account = "member",
                                                         .to_account = t->to_account,
                                                         .kind = t->kind });
        if (rc != RC_OK) return rc;
        *ARENA_PUSH(b->c->arena, out->parts, out->parts_n, out->parts_cap) =
            (struct taken_part){ l->id, part };
        out->posted += part;
        *left -= part;
    }
    return RC_OK;
}

static enum rc take_as_debt(struct books *b, const struct take *t, int64_t left)
{
    struct balance *bal = books_balance(b, t->unit->id);
    enum rc rc = books_load_debts(b);

    if (rc != RC_OK) return rc;
    *ARENA_PUSH(b->c->arena, b->debts, b->debts_n, b->debts_cap) = (struct debt){
        .id = id_next(b->c->ids), .unit_id = t->unit->id, .event_id = b->cause.event_id,
        .owed = left, .at = b->cause.at, .is_new = true };
    bal->owed += left;
    return books_post(b, &(struct movement){ .unit_id = t->unit->id, .amount = left,
                                             .from_account = "member",
                                             .to_account = t->to_account, .kind = t->kind });
}

enum rc books_take_back(struct books *b, const struct take *t, struct taken *out)
{
    int64_t left = t->amount;
    enum rc rc;

    *out = (struct taken){ 0 };
    rc = take_own(b, t, out, &left);
    if (rc == RC_OK && left > 0) rc = books_load_lots(b);
    if (rc == RC_OK) rc = take_others(b, t, out, &left);
    if (rc != RC_OK || left == 0) return rc;
    if (t->unit->debt_policy == DEBT_FORGIVE) {
        out->forgiven = left;
        return RC_OK;
    }
    if (t->unit->debt_policy == DEBT_REFUSE && b->may_refuse)
        return fail(b->c, RC_CONFLICT, "points.take_back_refused");
    out->posted += left;
    out->owed = left;
    return take_as_debt(b, t, left);
}

enum rc books_due(struct books *b, int64_t *due_at)
{
    enum rc rc = books_load_lots(b);

    *due_at = TIME_NEVER;
    for (size_t i = 0; rc == RC_OK && i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->remaining == 0) continue;
        if (l->is_pending && l->available_at < *due_at) *due_at = l->available_at;
        if (l->expires_at < *due_at) *due_at = l->expires_at;
    }
    return rc;
}

enum rc books_release(struct books *b, int64_t at)
{
    for (size_t i = 0; i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (!l->is_pending || l->available_at > at) continue;
        struct balance *bal = books_balance(b, l->unit_id);
        bal->pending -= l->remaining;
        bal->available += l->remaining;
        bal->is_changed = true;
        l->is_pending = false;
        l->is_changed = true;
    }
    return RC_OK;
}

size_t books_expiring(struct books *b, int64_t at, struct expiring *dst, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        size_t k = 0;
        if (l->remaining == 0 || l->expires_at > at) continue;
        while (k < n && dst[k].unit_id != l->unit_id) k++;
        if (k == max) continue;
        if (k == n) dst[n++] = (struct expiring){ .unit_id = l->unit_id };
        dst[k].amount += l->remaining;
    }
    return n;
}

enum rc books_expire(struct books *b, int64_t at, int64_t unit_id)
{
    for (size_t i = 0; i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (l->unit_id != unit_id || l->remaining == 0 || l->expires_at > at) continue;
        int64_t gone = l->remaining;
        l->expired += gone;
        enum rc rc = take_from(b, l, &(struct movement){ .unit_id = unit_id, .amount = gone,
                                                         .from_account = "member",
                                                         .to_account = "expired",
                                                         .kind = "expiry" });
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}
