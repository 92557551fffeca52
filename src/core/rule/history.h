/* history.h -- what happened before, summed over a window: {"sum": ["purchase", "total_minor",
 * null, "90d"]}.  What counts is what stands before the event in the order of the fold.  A rolling
 * window bounds how far back, by business date, and never forward: a day cut, or a till closed
 * early, gives an earlier sale a later date, and it happened all the same.  A named period is that
 * of the event's own business date. */
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
/* The last one; INT32_MAX but for the named periods. */
int32_t history_to(const struct history_term *t, int32_t today);

/* What stands before an event, summed by business date: as many days as there are, however many
 * sales.  The dates rise. */
struct sale { int64_t id, at, value_minor; int32_t business_date; };
struct sale_mark { int64_t at, id, value_minor; };
struct sale_day {
    int32_t date;
    int64_t n, sum_minor, least_minor, most_minor;
    int64_t term_minor;                  /* of the sum: sold since the term of the tier began */
    struct sale_mark first, last;        /* in the order of the fold */
};
struct history { struct sale_day *days; size_t n, cap; };

/* False: a sum would not fit, which the door makes impossible (LIMIT_SPEND_MINOR). */
bool    history_add(struct arena *a, struct history *h, const struct sale *s, bool is_in_term);
void    history_new_term(struct history *h);
/* True if the member's counters hold it (all sales ever, counted or summed): no sale is read. */
bool    history_is_counted(const struct history_term *t);
/* Over the sales that came before; null for min, max, first, last of nothing. */
struct json history_value(const struct history_term *t, const struct history *h, int32_t today);
/* The sum over a rolling window of N days: a day, the N-1 before it, and what is dated later. */
int64_t history_rolling_sum(const struct history *h, int32_t day, int days);
/* The same of what was sold since the term began. */
int64_t history_term_sum(const struct history *h, int32_t day, int days);
