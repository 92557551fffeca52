/* ledger_int.h -- shared within this room only. */
#pragma once
#include "core/ledger/ledger.h"

struct movement {
    int64_t unit_id, amount;
    const char *from_account, *to_account, *kind;
    bool is_pending;                      /* the side of the balance */
};
enum rc books_post(struct books *b, const struct movement *m) MUST_CHECK;
struct books_bounds { size_t page, held; };      /* LIMIT_LOTS_PAGE, LIMIT_LOTS */
const struct books_bounds *books_bounds(void);
/* One lot, also when nothing is left of it. */
enum rc books_lot(struct books *b, int64_t id, struct lot **out) MUST_CHECK;
/* The lots that a spend took from come to hand. */
enum rc books_lots_of_spend(struct books *b, int64_t event_id) MUST_CHECK;
/* The lot that pays first: released before pending, then by expiry, then the oldest.  NULL: none.
 * RC_LIMIT: too many are at hand already. */
enum rc books_first_lot(struct books *b, int64_t unit_id, struct lot **out) MUST_CHECK;
/* The same, and what waits pays last. */
enum rc books_first_lot_or_waiting(struct books *b, int64_t unit_id, struct lot **out) MUST_CHECK;
/* The first page of the open lots: of nearly everybody, all. */
enum rc books_look(struct books *b) MUST_CHECK;
/* Debts after those at hand. */
enum rc books_more_debts(struct books *b) MUST_CHECK;
/* What time did to the lots that are not at hand. */
enum rc books_write_time(struct books *b) MUST_CHECK;
