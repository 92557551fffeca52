/* ledger_int.h -- shared by ledger.c, lot.c and spend.c only. */
#pragma once
#include "core/ledger/ledger.h"

struct movement {
    int64_t unit_id, amount;
    const char *from_account, *to_account, *kind;
    bool is_pending;                      /* the side of the balance */
};
enum rc books_post(struct books *b, const struct movement *m) MUST_CHECK;
enum rc books_load_lots(struct books *b) MUST_CHECK;
enum rc books_load_debts(struct books *b) MUST_CHECK;
/* One lot, also when nothing is left of it. */
enum rc books_lot(struct books *b, int64_t id, struct lot **out) MUST_CHECK;
struct lot *books_first_lot(struct books *b, int64_t unit_id, bool is_pending_too);
