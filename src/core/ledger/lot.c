/* lot.c -- grants and take-backs. */
#include <assert.h>

#include "core/ctx.h"
#include "core/ledger/ledger_int.h"

static void pay(struct balance *bal, struct debt *d, int64_t *left)
{
    int64_t paid = d->owed < *left ? d->owed : *left;

    if (d->unit_id != bal->unit_id || paid == 0) return;
    d->owed -= paid;
    d->is_changed = true;
    bal->owed -= paid;
    *left -= paid;
}

/* The oldest debt first; what was owed only just now is the last.  What a grant pays never becomes
 * a lot. */
static enum rc pay_debts(struct books *b, const struct unit *unit, int64_t *left)
{
    struct balance *bal = books_balance(b, unit->id);
    size_t i = 0;

    while (bal->owed > 0 && *left > 0) {
        for (; i < b->debts_n; i++)
            if (!b->debts[i].is_new) pay(bal, &b->debts[i], left);
        if (b->are_debts_whole || b->debts_n >= books_bounds()->held) break;
        enum rc rc = books_more_debts(b);
        if (rc != RC_OK) return rc;
    }
    for (i = 0; bal->owed > 0 && *left > 0 && i < b->debts_n; i++)
        if (b->debts[i].is_new) pay(bal, &b->debts[i], left);
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
    enum rc rc = RC_OK;

    while (*left > 0) {
        rc = books_first_lot_or_waiting(b, t->unit->id, &l);
        if (rc != RC_OK || !l) break;
        int64_t part = l->remaining < *left ? l->remaining : *left;
        *ARENA_PUSH(b->c->arena, out->parts, out->parts_n, out->parts_cap) =
            (struct taken_part){ l->id, part };
        rc = take_from(b, l, &(struct movement){ .unit_id = l->unit_id, .amount = part,
                                                 .from_account = "member",
                                                 .to_account = t->to_account,
                                                 .kind = t->kind });
        if (rc != RC_OK) return rc;
        out->posted += part;
        *left -= part;
    }
    return rc;
}

static enum rc take_as_debt(struct books *b, const struct take *t, int64_t left)
{
    struct balance *bal = books_balance(b, t->unit->id);

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
    if (rc == RC_OK) rc = take_others(b, t, out, &left);
    bool has_more = rc == RC_LIMIT;
    if ((rc != RC_OK && !has_more) || left == 0) return has_more ? RC_OK : rc;
    const struct unit *u = unit_now(b->c, t->unit);
    if (u->debt_policy == DEBT_FORGIVE && !has_more) {
        out->forgiven = left;
        return RC_OK;
    }
    if (u->debt_policy == DEBT_REFUSE && b->may_refuse)
        return fail(b->c, RC_CONFLICT, "points.take_back_refused");
    out->posted += left;
    out->owed = left;
    return take_as_debt(b, t, left);
}
