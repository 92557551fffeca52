/* sale_sheet.h -- a shop's file as rows for the books: which column is what, what each cell says,
 * and a receipt for rows that have none.
 *
 * Such a receipt is made from what the row says (who, when, how much), not from where it stands,
 * with a count for rows that say the same: a file that was corrected and is told again books only
 * what is new in it, and two equal sales of one day stay two. */
#pragma once
#include "app/import/import.h"
#include "app/import/sheet.h"
#include "core/config/conf.h"

enum { MAP_MEMBER, MAP_DATE, MAP_TOTAL, MAP_RECEIPT, MAP_N };

struct sale_sheet {
    struct arena *arena;
    const struct conf *conf;
    const char *provider;
    int hour_min;                            /* minutes after midnight of a date without a time */
    int64_t now;                             /* nothing lies after it */
    void (*rejected)(void *arg, const struct import_row *row, const struct import_fault *why);
    void *arg;

    struct sheet sheet;
    int columns[MAP_N];
    struct import_row *rows; size_t rows_n, rows_cap;
};

/* Opens the file (delimiter and the fields above are set) and finds the columns:
 * "member=customer_id,date=date,total=4".  Columns given by number alone: a first row whose date
 * and total can be read is data.  False with a reason. */
bool sale_sheet_open(struct sale_sheet *s, const char *file, const char *map, const char **why);
bool sale_sheet_open_text(struct sale_sheet *s, struct str text, const char *map,
                          const char **why);
/* All rows, sorted for import_run; the bad ones to rejected(). */
void sale_sheet_read(struct sale_sheet *s);
/* The same in parts: one row into s->rows; then, when each knows how many equal ones came before
 * these (earlier_n), their receipts and their order. */
void sale_sheet_row(struct sale_sheet *s, const struct sheet_row *r);
void sale_sheet_receipts(struct sale_sheet *s);
