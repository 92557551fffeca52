/* history.h -- what happened before, summed over a window: {"sum": ["purchase", "total_minor",
 * null, "90d"]}.  A window counts by business date, back from the event's; the event itself is
 * left out. */
#pragma once
#include "core/event/event.h"
#include "json/value.h"

enum history_what { HISTORY_COUNT, HISTORY_SUM, HISTORY_MIN, HISTORY_MAX, HISTORY_FIRST,
                    HISTORY_LAST };
enum window { WINDOW_DAYS, WINDOW_TODAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_QUARTER, WINDOW_YEAR,
              WINDOW_EVER };
struct history_term {
    enum history_what what;
    enum window window;
    int days;                            /* WINDOW_DAYS */
};

/* False with a reason if it is no history term.  Only sales are a source yet. */
bool history_parse(const struct json *op, struct history_term *out, const char **reason);
/* The first business date inside the window of a term, seen from a day; INT32_MIN for ever. */
int32_t history_from(const struct history_term *t, int32_t today);
/* Over the sales that came before; null for min, max, first, last of nothing. */
struct json history_value(const struct history_term *t, const struct sale_list *past,
                          int32_t today);
/* The sum over a rolling window of N days ending on a day (the day itself and the N-1 before). */
int64_t history_rolling_sum(const struct sale_list *past, int32_t day, int days);
