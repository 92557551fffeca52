/* ledger.c -- loading the books of a member and writing them back; balances and postings.
 * What happens to lots and debts is in lot.c. */
#include "core/ledger/ledger_int.h"

#include <assert.h>

#include "sql/ledger_sql.h"

void books_begin(struct books *b, struct ctx *c, int64_t member_id)
{
    *b = (struct books){ .c = c, .member_id = member_id, .released_at = TIME_BEGIN,
                         .ending_after = TIME_BEGIN, .ending_upto = TIME_BEGIN };
}

void books_ask(struct books *b, struct ctx *c, int64_t member_id)
{
    struct sql_balance_all *asked = ARENA_NEW(c->arena, struct sql_balance_all);

    books_begin(b, c, member_id);
    b->asked = asked;
    asked->member_id = member_id;
    sql_balance_all_ask(c, asked);
}

enum rc books_ready(struct books *b)
{
    struct sql_balance_all *asked = b->asked;

    if (asked->rc != RC_OK) return asked->rc;
    for (size_t i = 0; i < asked->n; i++)
        books_take_balance(b, &(struct balance){
            .unit_id = asked->rows[i].unit_id, .available = asked->rows[i].available,
            .pending = asked->rows[i].pending, .owed = asked->rows[i].owed });
    return RC_OK;
}

enum rc books_continue(struct books *b, int64_t event_id)
{
    struct sql_posting_next v = { .event_id = event_id, .member_id = b->member_id };
    enum rc rc = sql_posting_next(b->c, &v);

    b->posting_from_n = v.n;
    return rc;
}

struct balance *books_balance(struct books *b, int64_t unit_id)
{
    for (size_t i = 0; i < b->balances_n; i++)
        if (b->balances[i].unit_id == unit_id) return &b->balances[i];
    struct balance *fresh = ARENA_PUSH(b->c->arena, b->balances, b->balances_n, b->balances_cap);
    *fresh = (struct balance){ .unit_id = unit_id, .ended_at = TIME_BEGIN };
    return fresh;
}

void books_take_balance(struct books *b, const struct balance *read)
{
    struct balance *bal = books_balance(b, read->unit_id);

    *bal = *read;
    bal->was = read->available + read->pending;
    bal->ended_at = TIME_BEGIN;
}

static bool is_member(const char *account)
{
    return str_eq(account, "member");
}

/* Moves the amount between accounts and the member's balance with it. */
enum rc books_post(struct books *b, const struct movement *m)
{
    struct balance *bal = books_balance(b, m->unit_id);
    int64_t *side = m->is_pending ? &bal->pending : &bal->available;
    int64_t sign = is_member(m->to_account) ? 1 : -1;

    assert(m->amount > 0);
    assert(is_member(m->to_account) != is_member(m->from_account));
    if (__builtin_add_overflow(*side, sign * m->amount, side))
        return fail(b->c, RC_CONFLICT, "ledger.overflow");
    bal->is_changed = true;
    *ARENA_PUSH(b->c->arena, b->postings, b->postings_n, b->postings_cap) = (struct posting){
        .event_id = b->cause.event_id, .unit_id = m->unit_id, .amount = m->amount,
        .company_id = b->cause.company_id, .store_id = b->cause.store_id, .at = b->cause.at,
        .book_date = b->cause.book_date, .from_account = m->from_account,
        .to_account = m->to_account, .kind = m->kind };
    return RC_OK;
}

static enum rc write_postings(struct books *b)
{
    struct sql_posting_add_row *rows =
        ARENA_ARRAY(b->c->arena, struct sql_posting_add_row, b->postings_n);

    for (size_t i = 0; i < b->postings_n; i++) {
        const struct posting *p = &b->postings[i];
        rows[i] = (struct sql_posting_add_row){
            .event_id = p->event_id, .n = b->posting_from_n + (int64_t)i, .member_id = b->member_id,
            .unit_id = p->unit_id, .from_account = p->from_account, .to_account = p->to_account,
            .amount = p->amount, .kind = p->kind, .company_id = p->company_id,
            .store_id = p->store_id, .at = p->at, .book_date = p->book_date };
    }
    return sql_posting_add(b->c, rows, b->postings_n);
}

static enum rc write_balances(struct books *b)
{
    struct sql_balance_put_row *rows =
        ARENA_ARRAY(b->c->arena, struct sql_balance_put_row, b->balances_n);
    size_t n = 0;

    for (size_t i = 0; i < b->balances_n; i++) {
        const struct balance *bal = &b->balances[i];
        if (!bal->is_changed) continue;
        rows[n++] = (struct sql_balance_put_row){
            .member_id = b->member_id, .unit_id = bal->unit_id, .available = bal->available,
            .pending = bal->pending, .owed = bal->owed };
    }
    return sql_balance_put(b->c, rows, n);
}

static enum rc write_new_lots(struct books *b)
{
    struct sql_lot_add_row *rows = ARENA_ARRAY(b->c->arena, struct sql_lot_add_row, b->lots_n);
    size_t n = 0;

    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (!l->is_new) continue;
        rows[n++] = (struct sql_lot_add_row){
            .member_id = b->member_id, .id = l->id, .unit_id = l->unit_id,
            .event_id = l->event_id, .company_id = l->company_id, .granted = l->granted,
            .remaining = l->remaining, .expired = l->expired, .is_pending = l->is_pending,
            .available_at = l->available_at, .expires_at = l->expires_at };
    }
    return sql_lot_add(b->c, rows, n);
}

static enum rc write_changed_lots(struct books *b)
{
    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->is_new || !l->is_changed) continue;
        struct sql_lot_save s = { .member_id = b->member_id, .id = l->id,
                                  .remaining = l->remaining, .expired = l->expired,
                                  .is_pending = l->is_pending, .expires_at = l->expires_at };
        enum rc rc = sql_lot_save(b->c, &s);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

static enum rc write_debts(struct books *b)
{
    for (size_t i = 0; i < b->debts_n; i++) {
        const struct debt *d = &b->debts[i];
        struct sql_debt_add_row fresh = { .member_id = b->member_id, .id = d->id,
                                          .unit_id = d->unit_id, .event_id = d->event_id,
                                          .owed = d->owed, .at = d->at };
        struct sql_debt_save old = { .member_id = b->member_id, .id = d->id, .owed = d->owed };
        enum rc rc = RC_OK;
        if (d->is_new)          rc = sql_debt_add(b->c, &fresh, 1);
        else if (d->is_changed) rc = sql_debt_save(b->c, &old);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

static enum rc write_uses(struct books *b)
{
    int64_t n = 0;

    for (size_t i = 0; i < b->uses_n; i++) {
        const struct lot_use *u = &b->uses[i];
        struct sql_lot_use_add_row fresh = { .event_id = u->event_id, .n = n,
                                             .member_id = b->member_id, .unit_id = u->unit_id,
                                             .lot_id = u->lot_id, .amount = u->amount };
        struct sql_lot_use_save old = { .event_id = u->event_id, .n = u->n,
                                        .member_id = b->member_id, .returned = u->returned };
        enum rc rc = u->is_new ? sql_lot_use_add(b->c, &fresh, 1) : sql_lot_use_save(b->c, &old);
        if (rc != RC_OK) return rc;
        n += u->is_new;
    }
    return RC_OK;
}

/* Where all lots and debts of a member are at hand, they must say what the balances say. */
static bool is_whole(const struct books *b, const struct balance *bal)
{
    int64_t available = 0, pending = 0, owed = 0;

    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->unit_id != bal->unit_id) continue;
        if (l->is_pending) pending += l->remaining;
        else               available += l->remaining;
    }
    for (size_t i = 0; i < b->debts_n; i++)
        if (b->debts[i].unit_id == bal->unit_id) owed += b->debts[i].owed;
    return available - owed == bal->available && pending == bal->pending && owed == bal->owed;
}

/* Whatever is at hand: the balance moved as its lots and debts did. */
static bool is_moved_alike(const struct books *b, const struct balance *bal)
{
    int64_t moved = -bal->ended;

    for (size_t i = 0; i < b->lots_n; i++) {
        const struct lot *l = &b->lots[i];
        if (l->unit_id != bal->unit_id) continue;
        if (l->remaining < 0 || l->expired < 0) return false;
        moved += l->remaining - l->was_remaining;
    }
    for (size_t i = 0; i < b->debts_n; i++) {
        const struct debt *d = &b->debts[i];
        if (d->unit_id != bal->unit_id) continue;
        if (d->owed < 0) return false;
        moved -= d->owed - d->was_owed;
    }
    return bal->available + bal->pending == bal->was + moved;
}

static enum rc prove(struct books *b)
{
    for (size_t i = 0; i < b->balances_n; i++) {
        const struct balance *bal = &b->balances[i];
        if (bal->owed < 0 || bal->pending < 0 || !is_moved_alike(b, bal))
            return broken(b->c, "ledger.balance");
        if (bal->owed > 0 && !b->are_debts_whole) continue;
        if (b->is_whole && !is_whole(b, bal)) return broken(b->c, "ledger.balance");
    }
    return RC_OK;
}

enum rc books_write(struct books *b)
{
    enum rc (*const steps[])(struct books *) = {
        prove, books_write_time, write_new_lots, write_changed_lots, write_debts, write_uses,
        write_postings, write_balances };

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        enum rc rc = steps[i](b);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}
