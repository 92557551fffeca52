/* check_row.c -- each posting, lot, use, debt and award against what it hangs on. */
#include "core/check/check_int.h"
#include "core/effect/effect.h"
#include "core/event/event.h"
#include "core/timeline/fold.h"

static bool has_unit(const struct check *k, int64_t unit_id)
{
    return conf_unit(k->c->conf, unit_id) != NULL;
}

/* ---- postings -------------------------------------------------------------------------------- */

static void wrong_posting(struct check *k, const struct sql_check_postings_row *p, const char *what)
{
    check_wrong(k, "posting %lld of event %lld: %s", (long long)p->n, (long long)p->event_id, what);
}

static bool is_between(const struct sql_check_postings_row *p, const char *from, const char *to)
{
    return str_eq(p->from_account, from) && str_eq(p->to_account, to);
}

/* Each kind moves between the member and one account of the brand's, so that all accounts of a unit
 * add up to nothing. */
static bool is_kind_whole(const struct sql_check_postings_row *p)
{
    if (str_eq(p->kind, "award"))     return is_between(p, "issued", "member");
    if (str_eq(p->kind, "give_back")) return is_between(p, "issued", "member");
    if (str_eq(p->kind, "take_back")) return is_between(p, "member", "issued");
    if (str_eq(p->kind, "spend"))     return is_between(p, "member", "redeemed");
    if (str_eq(p->kind, "reversal"))  return is_between(p, "redeemed", "member");
    if (str_eq(p->kind, "expiry"))    return is_between(p, "member", "expired");
    return str_eq(p->kind, "adjustment")
        && (is_between(p, "member", "adjusted") || is_between(p, "adjusted", "member"));
}

bool check_is_of_award(const struct sql_check_postings_row *p)
{
    return str_eq(p->kind, "award") || str_eq(p->kind, "take_back") || str_eq(p->kind, "give_back");
}

/* The days of awards are compared with the awards, in check_sum.c. */
static bool is_day_right(const struct check *k, const struct sql_check_postings_row *p,
                         const struct sql_check_events_row *e)
{
    if (check_is_of_award(p) || p->book_date == check_book_date(k, e, e->booked_at)) return true;
    /* What lapsed as it was given back went with an award, perhaps of a later day: a task's. */
    for (size_t i = 0; i < k->awards.n && str_eq(p->kind, "expiry"); i++)
        if (k->awards.rows[i].cause_id == e->id
            && check_book_date(k, e, k->awards.rows[i].at) == p->book_date)
            return true;
    return false;
}

static bool has_balance(const struct check *k, int64_t unit_id)
{
    for (size_t i = 0; i < k->balances.n; i++)
        if (k->balances.rows[i].unit_id == unit_id) return true;
    return false;
}

static void check_posting(struct check *k, const struct sql_check_postings_row *p)
{
    const struct sql_check_events_row *e = check_event_of(k, p->event_id);

    if (!e) {
        wrong_posting(k, p, "it hangs on no event");
        return;
    }
    if (!has_unit(k, p->unit_id)) wrong_posting(k, p, "there is no such unit");
    if (p->amount <= 0) wrong_posting(k, p, "it moves nothing");
    if (!is_kind_whole(p)) wrong_posting(k, p, "its accounts are not those of its kind");
    if (p->at != e->at) wrong_posting(k, p, "its date is not its event's");
    if (p->company_id != e->company_id || p->store_id != e->store_id)
        wrong_posting(k, p, "it was booked elsewhere than its event happened");
    if (!is_day_right(k, p, e)) wrong_posting(k, p, "its day in the books is another");
    if (!has_balance(k, p->unit_id)) wrong_posting(k, p, "there is no balance it could have moved");
}

/* ---- lots ------------------------------------------------------------------------------------ */

static void wrong_lot(struct check *k, const struct sql_check_lots_row *l, const char *what)
{
    check_wrong(k, "lot %lld: %s", (long long)l->id, what);
}

/* What was given by hand: its unit says how long it lives, as it was then. */
static void check_adjusted(struct check *k, const struct sql_check_lots_row *l,
                           const struct sql_check_events_row *e)
{
    const struct unit *u = conf_unit(k->c->conf, l->unit_id);
    int64_t expires_at = TIME_NEVER;

    if (!str_eq(e->name, "points.adjusted")) {
        wrong_lot(k, l, "no award made it");
        return;
    }
    if (l->available_at != 0) wrong_lot(k, l, "it is not available when it was given");
    if (!u) return;
    u = unit_at(u, &(struct unit_when){ e->config_version, e->at });
    if (u->valid_days)
        expires_at = time_after(k->c->conf->zone, e->at, u->valid_days, TIME_DAYS);
    if (l->expires_at != expires_at && !check_is_revived(k, l))
        wrong_lot(k, l, "it does not expire when its unit says");
}

static bool is_used(const struct check *k, int64_t lot_id)
{
    for (size_t i = 0; i < k->uses.n; i++)
        if (k->uses.rows[i].lot_id == lot_id) return true;
    return false;
}

/* A lot waits, then it is released at its moment; one that is empty then is left as it was. */
static bool is_release_right(const struct check *k, const struct sql_check_lots_row *l,
                             const struct sql_check_events_row *e)
{
    if (l->is_pending == 0) return l->available_at <= k->member.settled_at;
    if (l->is_pending != 1 || l->available_at <= e->booked_at || is_used(k, l->id)) return false;
    if (l->expired > 0 && l->expires_at > l->available_at) return false;
    return l->remaining == 0 || l->available_at > k->member.settled_at;
}

static int64_t left_of(const struct check *k, const struct sql_check_lots_row *l)
{
    int64_t left = l->granted - l->remaining - l->expired;

    for (size_t i = 0; i < k->uses.n; i++)
        if (k->uses.rows[i].lot_id == l->id)
            left -= k->uses.rows[i].amount - k->uses.rows[i].returned;
    return left;
}

static void check_lot(struct check *k, const struct sql_check_lots_row *l)
{
    const struct sql_check_events_row *e = check_event_of(k, l->event_id);
    size_t awards_n = check_awards_of_lot(k, l->id);

    if (!e) {
        wrong_lot(k, l, "what it was given for is missing");
        return;
    }
    if (!has_unit(k, l->unit_id)) wrong_lot(k, l, "there is no such unit");
    if (l->company_id != e->company_id) wrong_lot(k, l, "its issuer is not its event's company");
    if (l->granted <= 0 || l->remaining < 0 || l->expired < 0) wrong_lot(k, l, "it is below zero");
    else if (left_of(k, l) < 0) wrong_lot(k, l, "more came out of it than went in");
    if (!is_release_right(k, l, e)) wrong_lot(k, l, "it is released too early or too late");
    if (l->expires_at != TIME_NEVER && !check_is_day_start(k, l->expires_at))
        wrong_lot(k, l, "it does not expire when a day ends");
    if (awards_n > 1) wrong_lot(k, l, "more than one award made it");
    if (awards_n == 0) check_adjusted(k, l, e);
}

/* ---- uses and debts -------------------------------------------------------------------------- */

static void check_use(struct check *k, size_t i)
{
    const struct sql_check_uses_row *u = &k->uses.rows[i], *before = u - 1;
    const struct sql_check_lots_row *l = check_lot_of(k, u->lot_id);
    int64_t n = i > 0 && before->event_id == u->event_id ? before->n + 1 : 0;

    if (!l || l->unit_id != u->unit_id || u->n != n || u->returned < 0 || u->returned > u->amount)
        check_wrong(k, "use %lld of event %lld does not fit a lot", (long long)u->n,
                    (long long)u->event_id);
}

static void check_debt(struct check *k, const struct sql_check_debts_row *d)
{
    const struct sql_check_events_row *e = check_event_of(k, d->event_id);

    if (!e || e->at != d->at || d->owed < 0 || !has_unit(k, d->unit_id))
        check_wrong(k, "debt %lld does not fit what made it", (long long)d->id);
}

/* ---- awards ---------------------------------------------------------------------------------- */

static void wrong_award(struct check *k, const struct sql_check_awards_row *a, const char *what)
{
    check_wrong(k, "award %lld of event %lld: %s", (long long)a->n, (long long)a->event_id, what);
}

/* What was put off is booked later than its cause. */
static bool is_in_time(const struct check *k, const struct sql_check_awards_row *a,
                       const struct sql_check_events_row *cause)
{
    if (a->at == cause->booked_at) return true;
    return a->at > cause->booked_at && a->at <= k->member.settled_at
        && check_is_put_off(k, cause->id);
}

/* What a row can be is known to its effect. */
static const char *wrong_for_effect(const struct check *k, const struct sql_check_awards_row *a,
                                    const struct sql_check_events_row *e)
{
    const struct effect *effect = effect_find(a->effect);
    const struct sql_check_lots_row *l = a->lot_id ? check_lot_of(k, a->lot_id) : NULL;
    struct award_lot lot = { 0 };

    if (!effect) return "there is no such effect";
    if (l) lot = (struct award_lot){ l->unit_id, l->event_id, l->granted };
    return effect->check(&(struct award_check){
        .unit_id = a->unit_id, .amount = a->amount, .basis_minor = a->basis_minor,
        .lot_id = a->lot_id, .posted = a->posted, .owed = a->owed, .lapsed = a->lapsed,
        .forgiven = a->forgiven, .cause_id = a->cause_id, .subject = a->subject,
        .has_unit = has_unit(k, a->unit_id), .has_value = str_eq(e->name, EVENT_SALE),
        .lot = l ? &lot : NULL });
}

static void check_award(struct check *k, const struct sql_check_awards_row *a)
{
    const struct sql_check_events_row *e = check_event_of(k, a->event_id);
    const struct sql_check_events_row *cause = check_event_of(k, a->cause_id);
    const char *wrong;

    if (!e || !cause) {
        wrong_award(k, a, "its event or its cause is missing");
        return;
    }
    if (a->amount == 0) wrong_award(k, a, "it is no difference");
    if (!is_in_time(k, a, cause)) wrong_award(k, a, "it was not booked when its cause arrived");
    wrong = wrong_for_effect(k, a, e);
    if (wrong) wrong_award(k, a, wrong);
}

void check_rows(struct check *k)
{
    for (size_t i = 0; i < k->postings.n; i++) check_posting(k, &k->postings.rows[i]);
    for (size_t i = 0; i < k->lots.n; i++) check_lot(k, &k->lots.rows[i]);
    for (size_t i = 0; i < k->uses.n; i++) check_use(k, i);
    for (size_t i = 0; i < k->debts.n; i++) check_debt(k, &k->debts.rows[i]);
    for (size_t i = 0; i < k->awards.n; i++) check_award(k, &k->awards.rows[i]);
    for (size_t i = 0; i < k->balances.n; i++)
        if (!has_unit(k, k->balances.rows[i].unit_id))
            check_wrong(k, "a balance is of no unit");
}
