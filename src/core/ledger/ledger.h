/* ledger.h -- the books of one member: balances, lots, debts, and the postings that move them.
 *
 * Value moves only here.  Every movement is one posting between the member's account in a unit
 * and one of the brand's.  A grant makes a lot with its own availability and expiry, after
 * paying what the member owes; a spend takes from the lots that expire first; a take-back
 * takes from the award's own lot, then from others, then becomes a debt, is forgiven, or
 * refused, by the unit's policy. Always: available + pending = sum of lots - sum of debts =
 * sum of postings.
 *
 * Work happens in memory on `struct books` and is written once, by books_write: so a sale is
 * planned before its rows are sent, and a reader can look into the future without writing.
 *
 * A member may have a million lots.  What is at hand of them is what was asked for, in pages, in
 * the order in which they pay; what time does to the others is a sum here and one statement at
 * the end.  One request holds LIMIT_LOTS lots and as many debts. */
#pragma once
#include "core/config/conf.h"

struct balance {
    int64_t unit_id, available, pending, owed;
    int64_t was;                          /* available + pending, when it was read */
    int64_t ended;                        /* of lots that are not at hand */
    int64_t ended_at;                     /* up to here its lots ended; TIME_BEGIN: not looked */
    bool is_changed;
};

struct lot {
    int64_t id, unit_id, event_id, company_id;
    int64_t granted, remaining, expired;
    int64_t available_at, expires_at;     /* available_at 0: at once */
    bool is_pending, is_new, is_changed;
    /* As its row says; nothing, of a new one. */
    int64_t was_remaining, was_expires_at;
    bool was_pending;
};
struct debt { int64_t id, unit_id, event_id, owed, was_owed, at; bool is_new, is_changed; };

/* The lots of one unit that can pay, one side: up to here they are at hand. */
struct lot_reach {
    int64_t unit_id, upto_at, upto_id;
    bool is_pending, is_whole;
};

/* What movements are booked for: a row of `event`, where it happened, and its days. */
struct cause {
    int64_t event_id, at, company_id, store_id;
    int32_t book_date;
};

struct posting {
    int64_t event_id, unit_id, amount, company_id, store_id, at, book_date;
    const char *from_account, *to_account, *kind;
};
struct lot_use { int64_t event_id, unit_id, lot_id, amount, returned; int64_t n; bool is_new; };

struct books {
    struct ctx *c;
    int64_t member_id;
    struct cause cause;
    struct balance *balances;  size_t balances_n, balances_cap;
    struct lot *lots;          size_t lots_n, lots_cap;
    bool is_looked, is_whole;             /* the first page was read; it was all */
    struct lot_reach *reach;   size_t reach_n, reach_cap;
    int64_t released_at;                  /* up to here lots were released, or TIME_BEGIN */
    int64_t ending_after, ending_upto;    /* the moments books_expiring looks at */
    struct debt *debts;        size_t debts_n, debts_cap;
    int64_t debts_upto_id;
    bool are_debts_whole;
    struct posting *postings;  size_t postings_n, postings_cap;
    int64_t posting_from_n;               /* of the first of them: books_continue */
    bool may_refuse;                      /* a person takes something back: who may be told no */
    struct lot_use *uses;      size_t uses_n, uses_cap;
    void *asked;
};

/* Books without a balance yet: a reader brings those it has. */
void    books_begin(struct books *b, struct ctx *c, int64_t member_id);
void    books_take_balance(struct books *b, const struct balance *read);
/* books_ask queues the loading of balances; books_ready takes them after db_sync. */
void    books_ask(struct books *b, struct ctx *c, int64_t member_id);
enum rc books_ready(struct books *b) MUST_CHECK;
/* "ledger.balance" broken if not whole */
enum rc books_write(struct books *b)
    MUST_CHECK;

/* What is booked from now on stands beside what an earlier transaction booked under this event. */
enum rc books_continue(struct books *b, int64_t event_id) MUST_CHECK;

struct balance *books_balance(struct books *b, int64_t unit_id);

struct grant {
    const struct unit *unit;
    int64_t amount;                       /* > 0, smallest parts of the unit */
    int64_t available_at, expires_at;     /* available_at 0: at once */
    const char *from_account, *kind;      /* "issued", "award" */
};
/* The id of the lot, or 0 when debts took all of it. */
enum rc books_grant(struct books *b, const struct grant *g, int64_t *lot_id) MUST_CHECK;

struct taken_part { int64_t lot_id, amount; };
struct taken {
    int64_t posted, owed, lapsed, forgiven;
    struct taken_part *parts; size_t parts_n, parts_cap;    /* of posted: what came from lots */
};
struct take {
    const struct unit *unit;
    int64_t amount;                       /* > 0 */
    const int64_t *lot_ids;               /* the award's own lots, newest first; may be none */
    size_t lots_n;
    int64_t lapsed_before;                /* of these lots, what earlier take-backs let lapse */
    const char *to_account, *kind;        /* "issued", "take_back" */
};
/* What more than LIMIT_LOTS lots would have to pay becomes a debt beside them.
 * Refusal: points.take_back_refused, with debt_policy refuse, and only while may_refuse: a sale
 * that happened can always be told, and what time brings always happens; there it is a debt. */
enum rc books_take_back(struct books *b, const struct take *t, struct taken *out) MUST_CHECK;
/* To a lot, with its old dates; one that is over lapses at once or lives again, by the policy. */
struct give_back {
    const struct unit *unit;
    int64_t lot_id, amount;
    const char *from_account, *kind;
};
enum rc books_give_back(struct books *b, const struct give_back *g) MUST_CHECK;

struct spend { const struct unit *unit; int64_t amount; const char *to_account, *kind; };
/* Refusals: points.insufficient, points.scattered (more than LIMIT_LOTS lots would pay for it). */
enum rc books_spend(struct books *b, const struct spend *s) MUST_CHECK;

struct reversal { const struct unit *unit; int64_t spend_event_id, amount; };
/* Gives `amount` of a spend back to the lots it came from, last taken first.  What had expired
 * meanwhile lapses at once or lives again, by the unit's policy.  Refusals: spend.unknown,
 * spend.reversed (less than `amount` is left of it). */
enum rc books_reverse(struct books *b, const struct reversal *r) MUST_CHECK;

/* ---- settlement: what time does ----------------------------------------------------------- */

/* The next moment at which a lot is released or expires, or may do; TIME_NEVER if none. */
enum rc books_due(struct books *b, int64_t *due_at) MUST_CHECK;
/* Releases what becomes available up to `at`, and answers what expires up to it, by unit, without
 * doing it (the caller makes the event first). */
struct expiring { int64_t unit_id, amount; };
enum rc books_release(struct books *b, int64_t at) MUST_CHECK;
enum rc books_expiring(struct books *b, int64_t at, struct expiring **out, size_t *n) MUST_CHECK;
/* under the cause */
enum rc books_expire(struct books *b, int64_t at, int64_t unit_id)
    MUST_CHECK;

#ifdef REGULARS_TEST
void    books_bounds_set(size_t page, size_t held);      /* 0: as usual again */
#endif
