/* cell.h -- what stands in a cell of a shop's file: dates and amounts as tills and spreadsheets
 * write them.  What could be read in two ways is refused, never guessed. */
#pragma once
#include <stdbool.h>
#include "base/time.h"

struct cell_date { int32_t date; int64_t at; bool has_time; };   /* at: only with a time */

/* 2026-05-01, 2026/5/1, 2026.05.01, 20260501; three digits are a year of the Republic (民國):
 * 115/05/01, 115-05-01, 1150501.  A time may follow: 2026-05-01 13:45, …T13:45:10, with an offset
 * or at the zone.  Years before 1970 are refused, also 0115; so are those of two digits, which
 * may be of either calendar.  NULL, or why it is none. */
const char *cell_date(const struct zone *z, struct str s, struct cell_date *out);

/* "13:45" in minutes after midnight, 00:00 to 23:59.  False if it is none. */
bool cell_minute(const char *s, int *minute);

/* 580, 580.00 (more decimals than the currency has must be zeros), 1,234.50 (groups of three).
 * False if it is none. */
bool cell_amount(struct str s, int decimals, int64_t *minor);
