/* lot_time.c -- what time does to lots: to those at hand one by one, to the others as a sum. */
#include "core/ledger/ledger_int.h"
#include "sql/ledger_sql.h"

struct side_sums { int64_t available, pending; };

static bool is_due_between(int64_t at, int64_t after_at, int64_t upto_at)
{
    return at > after_at && at <= upto_at;
}

/* ---- when ------------------------------------------------------------------------------------ */

/* The rows of lots that are at hand may say a moment at which nothing is left to do. */
enum rc books_due(struct books *b, int64_t *due_at)
{
    struct sql_lot_due v = { .member_id = b->member_id, .after_at = b->ending_upto,
                             .never_at = TIME_NEVER };
    enum rc rc = books_look(b);

    *due_at = TIME_NEVER;
    if (rc == RC_OK && !b->is_whole) {
        rc = sql_lot_due(b->c, &v);
        *due_at = v.at;
    }
    for (size_t i = 0; rc == RC_OK && i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->remaining == 0) continue;
        if (l->is_pending && l->available_at < *due_at) *due_at = l->available_at;
        if (l->expires_at < *due_at) *due_at = l->expires_at;
    }
    return rc;
}

/* ---- released -------------------------------------------------------------------------------- */

static void release(struct books *b, int64_t unit_id, int64_t amount)
{
    struct balance *bal = books_balance(b, unit_id);

    bal->pending -= amount;
    bal->available += amount;
    bal->is_changed = true;
}

/* Less what is at hand: of that each lot says itself. */
static int64_t waits_unseen(const struct books *b, const struct sql_lot_waiting *v,
                            const struct sql_lot_waiting_row *r)
{
    int64_t amount = r->amount;

    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->unit_id == r->unit_id && l->was_pending && l->was_remaining > 0
            && is_due_between(l->available_at, v->after_at, v->upto_at)
            && l->available_at <= l->was_expires_at)
            amount -= l->was_remaining;
    }
    return amount;
}

static enum rc release_unseen(struct books *b, int64_t at)
{
    struct sql_lot_waiting v = { .member_id = b->member_id, .after_at = b->released_at,
                                 .upto_at = at };
    enum rc rc = RC_OK;

    if (b->is_whole || at <= b->released_at) return RC_OK;
    rc = sql_lot_waiting(b->c, &v);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        release(b, v.rows[i].unit_id, waits_unseen(b, &v, &v.rows[i]));
    b->released_at = at;
    b->reach_n = 0;                       /* more can pay: from the first on again */
    return rc;
}

enum rc books_release(struct books *b, int64_t at)
{
    enum rc rc = books_look(b);

    if (rc == RC_OK) rc = release_unseen(b, at);
    for (size_t i = 0; rc == RC_OK && i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (!l->is_pending || l->remaining == 0 || l->available_at > at) continue;
        release(b, l->unit_id, l->remaining);
        l->is_pending = false;
        l->is_changed = true;
    }
    return rc;
}

/* ---- ended ----------------------------------------------------------------------------------- */

static void less_at_hand(const struct books *b, int64_t unit_id, struct side_sums *sums)
{
    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->unit_id != unit_id || l->was_remaining == 0) continue;
        if (!is_due_between(l->was_expires_at, b->ending_after, b->ending_upto)) continue;
        bool is_pending = l->was_pending && (l->available_at > b->released_at
                                             || l->available_at > l->was_expires_at);
        if (is_pending) sums->pending -= l->was_remaining;
        else            sums->available -= l->was_remaining;
    }
}

static enum rc ask_ending(struct books *b, struct sql_lot_ending *v)
{
    *v = (struct sql_lot_ending){ .member_id = b->member_id, .after_at = b->ending_after,
                                  .upto_at = b->ending_upto, .released_at = b->released_at };
    return b->is_whole ? RC_OK : sql_lot_ending(b->c, v);
}

static void add_expiring(struct expiring *list, size_t *n, int64_t unit_id, int64_t amount)
{
    size_t k = 0;

    if (amount == 0) return;
    while (k < *n && list[k].unit_id != unit_id) k++;
    if (k == *n) list[(*n)++] = (struct expiring){ .unit_id = unit_id };
    list[k].amount += amount;
}

enum rc books_expiring(struct books *b, int64_t at, struct expiring **out, size_t *n)
{
    struct sql_lot_ending v;
    enum rc rc;

    b->ending_after = b->ending_upto;
    if (at > b->ending_upto) b->ending_upto = at;
    rc = ask_ending(b, &v);
    if (rc != RC_OK) return rc;
    *n = 0;
    *out = ARENA_ARRAY(b->c->arena, struct expiring, v.n + b->lots_n);
    for (size_t i = 0; i < b->lots_n; i++)
        if (b->lots[i].expires_at <= at)
            add_expiring(*out, n, b->lots[i].unit_id, b->lots[i].remaining);
    for (size_t i = 0; i < v.n; i++) {
        struct side_sums sums = { v.rows[i].available, v.rows[i].pending };
        less_at_hand(b, v.rows[i].unit_id, &sums);
        add_expiring(*out, n, v.rows[i].unit_id, sums.available + sums.pending);
    }
    return RC_OK;
}

static enum rc expire(struct books *b, int64_t unit_id, int64_t amount, bool is_pending)
{
    return books_post(b, &(struct movement){ .unit_id = unit_id, .amount = amount,
                                             .from_account = "member", .to_account = "expired",
                                             .kind = "expiry", .is_pending = is_pending });
}

static enum rc expire_unseen(struct books *b, int64_t unit_id)
{
    struct balance *bal = books_balance(b, unit_id);
    struct side_sums sums = { 0 };
    struct sql_lot_ending v;
    enum rc rc = ask_ending(b, &v);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++)
        if (v.rows[i].unit_id == unit_id)
            sums = (struct side_sums){ v.rows[i].available, v.rows[i].pending };
    if (v.n > 0) less_at_hand(b, unit_id, &sums);
    if (b->ending_upto > bal->ended_at) bal->ended_at = b->ending_upto;
    bal->ended += sums.available + sums.pending;
    if (sums.available > 0) rc = expire(b, unit_id, sums.available, false);
    if (rc == RC_OK && sums.pending > 0) rc = expire(b, unit_id, sums.pending, true);
    return rc;
}

enum rc books_expire(struct books *b, int64_t at, int64_t unit_id)
{
    for (size_t i = 0; i < b->lots_n; i++) {
        struct lot *l = &b->lots[i];
        if (l->unit_id != unit_id || l->remaining == 0 || l->expires_at > at) continue;
        int64_t gone = l->remaining;
        l->expired += gone;
        l->remaining = 0;
        l->is_changed = true;
        enum rc rc = expire(b, unit_id, gone, l->is_pending);
        if (rc != RC_OK) return rc;
    }
    return b->is_whole ? RC_OK : expire_unseen(b, unit_id);
}

/* Before the lots at hand are written: those say what became of them since. */
enum rc books_write_time(struct books *b)
{
    enum rc rc = RC_OK;

    if (b->released_at > TIME_BEGIN)
        rc = sql_lot_release(b->c, &(struct sql_lot_release){
            .member_id = b->member_id, .released_at = b->released_at });
    for (size_t i = 0; rc == RC_OK && i < b->balances_n; i++) {
        const struct balance *bal = &b->balances[i];
        if (bal->ended_at > TIME_BEGIN)
            rc = sql_lot_end(b->c, &(struct sql_lot_end){
                .member_id = b->member_id, .unit_id = bal->unit_id, .ended_at = bal->ended_at });
    }
    return rc;
}
