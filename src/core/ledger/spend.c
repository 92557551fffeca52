/* spend.c -- spending, and giving back what was spent to the lots it came from. */
#include <assert.h>

#include "core/ledger/ledger_int.h"
#include "sql/ledger_sql.h"

static enum rc use(struct books *b, const struct spend *s, struct lot *l, int64_t part)
{
    l->remaining -= part;
    l->is_changed = true;
    *ARENA_PUSH(b->c->arena, b->uses, b->uses_n, b->uses_cap) = (struct lot_use){
        .event_id = b->cause.event_id, .unit_id = l->unit_id, .lot_id = l->id, .amount = part,
        .is_new = true };
    return books_post(b, &(struct movement){ .unit_id = l->unit_id, .amount = part,
                                             .from_account = "member",
                                             .to_account = s->to_account, .kind = s->kind });
}

static enum rc scattered(struct books *b, int64_t at_once)
{
    return fail_at(b->c, RC_CONFLICT, "points.scattered", "/amount",
                   arena_printf(b->c->arena, "They lie in very many small lots: spend at most %lld "
                                             "at once.", (long long)at_once));
}

enum rc books_spend(struct books *b, const struct spend *s)
{
    struct balance *bal = books_balance(b, s->unit->id);
    int64_t left = s->amount;
    enum rc rc;

    assert(s->amount > 0);
    if (bal->available < s->amount) return fail(b->c, RC_CONFLICT, "points.insufficient");
    while (left > 0) {
        struct lot *l;
        rc = books_first_lot(b, s->unit->id, &l);
        if (rc == RC_LIMIT) return scattered(b, s->amount - left);
        if (rc != RC_OK) return rc;
        if (!l) return broken(b->c, "ledger.balance");
        int64_t part = l->remaining < left ? l->remaining : left;
        left -= part;
        rc = use(b, s, l, part);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

/* A lot that is past its end takes the points and loses them at once: both are booked, so that the
 * statement shows what happened.  Its account of what expired grows with it. */
static enum rc lapse(struct books *b, struct lot *l, int64_t part)
{
    l->remaining -= part;
    l->expired += part;
    return books_post(b, &(struct movement){ .unit_id = l->unit_id, .amount = part,
                                             .from_account = "member",
                                             .to_account = "expired", .kind = "expiry",
                                             .is_pending = l->is_pending });
}

enum rc books_give_back(struct books *b, const struct give_back *g)
{
    struct lot *l;
    enum rc rc = books_lot(b, g->lot_id, &l);

    if (rc != RC_OK) return rc;
    /* What was empty at its moment was not released then: there was nothing to release. */
    if (l->remaining == 0 && l->available_at <= b->c->now) l->is_pending = false;
    l->remaining += g->amount;
    l->is_changed = true;
    rc = books_post(b, &(struct movement){ .unit_id = l->unit_id, .amount = g->amount,
                                           .from_account = g->from_account,
                                           .to_account = "member", .kind = g->kind,
                                           .is_pending = l->is_pending });
    if (rc != RC_OK || l->expires_at > b->c->now) return rc;
    const struct unit *u = unit_now(b->c, g->unit);
    if (!u->is_revived) return lapse(b, l, g->amount);
    l->expires_at = time_after(b->c->conf->zone, b->c->now, u->revive_days, TIME_DAYS);
    return RC_OK;
}

enum rc books_reverse(struct books *b, const struct reversal *r)
{
    struct sql_lot_use_of v = { .event_id = r->spend_event_id, .member_id = b->member_id };
    int64_t left = r->amount;
    enum rc rc = books_lots_of_spend(b, r->spend_event_id);

    if (rc == RC_OK) rc = sql_lot_use_of(b->c, &v);
    if (rc != RC_OK) return rc;
    if (v.n == 0) return fail(b->c, RC_NOT_FOUND, "spend.unknown");
    for (size_t i = 0; i < v.n && left > 0; i++) {
        const struct sql_lot_use_of_row *u = &v.rows[i];
        int64_t part = u->amount - u->returned < left ? u->amount - u->returned : left;
        if (part == 0) continue;
        left -= part;
        *ARENA_PUSH(b->c->arena, b->uses, b->uses_n, b->uses_cap) = (struct lot_use){
            .event_id = r->spend_event_id, .n = u->n, .returned = u->returned + part };
        rc = books_give_back(b, &(struct give_back){ .unit = r->unit, .lot_id = u->lot_id,
                                                     .amount = part, .kind = "reversal",
                                                     .from_account = "redeemed" });
        if (rc != RC_OK) return rc;
    }
    return left > 0 ? fail(b->c, RC_CONFLICT, "spend.reversed") : RC_OK;
}
