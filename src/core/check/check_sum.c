/* check_sum.c -- what must add up: each figure is put down for one side and against the other,
 * under the name of what it should equal; then nothing may be left under any name. */
#include <stdlib.h>

#include "base/wide.h"
#include "core/check/check_int.h"
#include "core/event/event.h"

enum claim {
    AVAILABLE, PENDING, OWED, POSTED, GRANTED, EXPIRED,    /* of a unit */
    BOOKED, DEBTS, SPENT, RETURNED, TOLD                   /* of an event */
};
static const char *const claims[] = {
    [AVAILABLE] = "the balance and released lots less debts",
    [PENDING]   = "what is pending and the lots that wait",
    [OWED]      = "what is owed and the debts",
    [POSTED]    = "the balances and all postings",
    [GRANTED]   = "what was granted and the lots with the debts it paid",
    [EXPIRED]   = "what expired and what the lots say of it",
    [BOOKED]    = "its awards and their postings",
    [DEBTS]     = "the number of its debts and of awards that made one",
    [SPENT]     = "what was spent and its uses of lots",
    [RETURNED]  = "what was given back of it and what its uses say",
    [TOLD]      = "what was told and what was posted",
};

struct entry { enum claim claim; int64_t event_id, unit_id, day, amount; };
struct tally { struct entry *items; size_t n, cap; struct arena *arena; };

static void add(struct tally *t, const struct entry *e)
{
    *ARENA_PUSH(t->arena, t->items, t->n, t->cap) = *e;
}

static void for_unit(struct tally *t, enum claim claim, int64_t unit_id, int64_t amount)
{
    add(t, &(struct entry){ .claim = claim, .unit_id = unit_id, .amount = amount });
}

static bool is_word(const char *kind, const char *a, const char *b)
{
    return str_eq(kind, a) || str_eq(kind, b);
}

/* ---- both sides ------------------------------------------------------------------------------ */

static void put_posting(const struct check *k, struct tally *t,
                        const struct sql_check_postings_row *p)
{
    const struct sql_check_events_row *e = check_event_of(k, p->event_id);
    bool is_in = str_eq(p->to_account, "member");
    int64_t signed_amount = is_in ? p->amount : -p->amount;
    struct entry of_event = { .event_id = p->event_id, .unit_id = p->unit_id, .amount = p->amount };

    for_unit(t, POSTED, p->unit_id, -signed_amount);
    if (is_in && is_word(p->kind, "award", "adjustment"))
        for_unit(t, GRANTED, p->unit_id, p->amount);
    if (str_eq(p->kind, "expiry")) for_unit(t, EXPIRED, p->unit_id, p->amount);
    if (check_is_of_award(p)) {
        of_event.claim = BOOKED;
        of_event.day = p->book_date;
        of_event.amount = signed_amount;
        add(t, &of_event);
        return;
    }
    if (!is_in && is_word(p->kind, "spend", "adjustment")) {
        of_event.claim = SPENT;
        add(t, &of_event);
    }
    if (str_eq(p->kind, "reversal")) {
        of_event.claim = RETURNED;
        of_event.event_id = e->cause_id;
        add(t, &of_event);
    }
    if (str_eq(p->kind, "expiry") && !str_eq(e->name, "points.expired")) return;
    add(t, &(struct entry){ .claim = TOLD, .event_id = p->event_id,
                            .amount = str_eq(p->kind, "adjustment") ? signed_amount : p->amount });
}

static void put_award(const struct check *k, struct tally *t, const struct sql_check_awards_row *a)
{
    if (a->unit_id == 0) return;
    add(t, &(struct entry){ .claim = BOOKED, .event_id = a->cause_id, .unit_id = a->unit_id,
                            .day = check_book_date(k, check_event_of(k, a->cause_id), a->at),
                            .amount = -a->posted });
    for_unit(t, GRANTED, a->unit_id, -a->owed);
    if (a->owed > 0)
        add(t, &(struct entry){ .claim = DEBTS, .event_id = a->cause_id, .unit_id = a->unit_id,
                                .amount = 1 });
}

static void put_lot(struct tally *t, const struct sql_check_lots_row *l)
{
    for_unit(t, l->is_pending ? PENDING : AVAILABLE, l->unit_id, -l->remaining);
    for_unit(t, GRANTED, l->unit_id, -l->granted);
    for_unit(t, EXPIRED, l->unit_id, -l->expired);
}

static void put_use(struct tally *t, const struct sql_check_uses_row *u)
{
    add(t, &(struct entry){ .claim = SPENT, .event_id = u->event_id, .unit_id = u->unit_id,
                            .amount = -u->amount });
    add(t, &(struct entry){ .claim = RETURNED, .event_id = u->event_id, .unit_id = u->unit_id,
                            .amount = -u->returned });
}

static void put_debt(struct tally *t, const struct sql_check_debts_row *d)
{
    for_unit(t, AVAILABLE, d->unit_id, d->owed);
    for_unit(t, OWED, d->unit_id, -d->owed);
    for_unit(t, GRANTED, d->unit_id, d->owed);
    add(t, &(struct entry){ .claim = DEBTS, .event_id = d->event_id, .unit_id = d->unit_id,
                            .amount = -1 });
}

static void put_balance(struct tally *t, const struct sql_balance_all_row *b)
{
    for_unit(t, AVAILABLE, b->unit_id, b->available);
    for_unit(t, PENDING, b->unit_id, b->pending);
    for_unit(t, OWED, b->unit_id, b->owed);
    for_unit(t, POSTED, b->unit_id, b->available);
    for_unit(t, POSTED, b->unit_id, b->pending);
}

static void put_told(struct check *k, struct tally *t, const struct sql_check_events_row *e)
{
    struct entry told = { .claim = TOLD, .event_id = e->id };
    int64_t amount;

    if (!str_prefix(e->name, "points.")) return;
    if (!check_payload_amount(k, e, &amount)) {
        check_wrong(k, "event %lld (%s): it does not say how much", (long long)e->id, e->name);
        return;
    }
    told.amount = -amount;
    add(t, &told);
}

/* ---- what is left ---------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->claim != y->claim) return x->claim < y->claim ? -1 : 1;
    if (x->event_id != y->event_id) return x->event_id < y->event_id ? -1 : 1;
    if (x->unit_id != y->unit_id) return x->unit_id < y->unit_id ? -1 : 1;
    return x->day < y->day ? -1 : x->day > y->day;
}

static void say(struct check *k, const struct entry *e, i128 left)
{
    const struct unit *u = conf_unit(k->c->conf, e->unit_id);
    const char *of = e->event_id ? arena_printf(k->c->arena, "event %lld", (long long)e->event_id)
                   : u ? u->code : "";

    if (left > INT64_MAX || left < INT64_MIN)
        check_wrong(k, "%s: %s differ beyond measure", of, claims[e->claim]);
    else
        check_wrong(k, "%s: %s differ by %lld", of, claims[e->claim], (long long)left);
}

void check_sums(struct check *k)
{
    struct tally t = { .arena = k->c->arena };
    i128 left = 0;

    if (k->why) return;                      /* what hangs on nothing cannot be put anywhere */
    for (size_t i = 0; i < k->postings.n; i++) put_posting(k, &t, &k->postings.rows[i]);
    for (size_t i = 0; i < k->awards.n; i++) put_award(k, &t, &k->awards.rows[i]);
    for (size_t i = 0; i < k->lots.n; i++) put_lot(&t, &k->lots.rows[i]);
    for (size_t i = 0; i < k->uses.n; i++) put_use(&t, &k->uses.rows[i]);
    for (size_t i = 0; i < k->debts.n; i++) put_debt(&t, &k->debts.rows[i]);
    for (size_t i = 0; i < k->balances.n; i++) put_balance(&t, &k->balances.rows[i]);
    for (size_t i = 0; i < k->events.n; i++) put_told(k, &t, &k->events.rows[i]);
    if (t.n > 0) qsort(t.items, t.n, sizeof *t.items, compare);
    for (size_t i = 0; i < t.n && !k->why; i++) {
        left += t.items[i].amount;
        if (i + 1 < t.n && compare(&t.items[i], &t.items[i + 1]) == 0) continue;
        if (left != 0) say(k, &t.items[i], left);
        left = 0;
    }
}
