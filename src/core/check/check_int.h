/* check_int.h -- shared by check.c and check_*.c only: all rows of one member, what is wrong. */
#pragma once
#include "core/check/check.h"
#include "sql/check_sql.h"
#include "sql/conf_sql.h"
#include "sql/ledger_sql.h"
#include "sql/member_sql.h"

struct check {
    struct ctx *c;
    int64_t member_id;
    const char *why;                         /* the first thing that is wrong; NULL: nothing yet */
    struct sql_config_get config;
    struct sql_member_row member;
    struct sql_check_events events;        /* in order of (at, id) */
    struct sql_check_postings postings;
    struct sql_check_awards awards;
    struct sql_check_lots lots;              /* in order of id */
    struct sql_check_uses uses;              /* in order of (event_id, n) */
    struct sql_check_debts debts;
    struct sql_balance_all balances;
    struct sql_check_tasks tasks;            /* in order of event_id */
    struct sql_check_identities identities;
    const struct sql_check_events_row **by_id;
    int64_t *lots_of_awards;                 /* the lots that awards name, in order of id */
    size_t lots_of_awards_n;
};

/* RC_NOT_FOUND: there is no such member. */
enum rc check_load(struct check *k) MUST_CHECK;
/* Keeps the first sentence. */
void check_wrong(struct check *k, const char *fmt, ...) PRINTF(2, 3);

const struct sql_check_events_row *check_event_of(const struct check *k, int64_t id);
const struct sql_check_lots_row *check_lot_of(const struct check *k, int64_t id);
/* How many awards say that they made this lot. */
size_t check_awards_of_lot(const struct check *k, int64_t lot_id);
bool check_is_put_off(const struct check *k, int64_t event_id);
/* The day in the books of what was booked under an event at a moment: what time did belongs to the
 * day that ended, whenever it was noticed. */
int64_t check_book_date(const struct check *k, const struct sql_check_events_row *e, int64_t at);
/* Something was given back to it after it had expired: it may live longer than it was to. */
bool check_is_revived(const struct check *k, const struct sql_check_lots_row *l);
bool check_is_day_start(const struct check *k, int64_t at);
/* "amount" of the JSON of a points event; false: there is none. */
bool check_payload_amount(const struct check *k, const struct sql_check_events_row *e,
                          int64_t *amount);

/* check_event.c: the member's row and the timeline by themselves. */
void check_events(struct check *k);
/* check_row.c: each posting, lot, use, debt and award against what it hangs on. */
void check_rows(struct check *k);
/* check_sum.c: what must add up. */
void check_sums(struct check *k);
/* check_seal.c: what only a seal can show: the member's tasks and identities; and page by page,
 * what is nobody's. */
void check_seals(struct check *k);
/* Makes the seals of its events, tasks and identities again. */
enum rc check_seal_anew(struct check *k) MUST_CHECK;
enum rc check_sealed(struct ctx *c, struct check_walk *w, const struct check_ear *ear) MUST_CHECK;
/* What rules gave, took back and gave back. */
bool check_is_of_award(const struct sql_check_postings_row *p);
