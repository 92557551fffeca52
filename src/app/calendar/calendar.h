/* calendar.h -- which days are holidays, which are worked, and which are the brand's own.
 *
 * A calendar says something of some days; the others are what they are in any week.  There may be
 * several (the government's office days, the brand's): of what they say of a day, that of the
 * calendar made last counts, so the brand's own goes before the government's.
 *
 * Days are business dates.  An event is judged by the versions of its moment, for ever: what a
 * calendar takes over from a list of the program is written into its document when it is
 * published. */
#pragma once
#include "core/config/config_kind.h"
#include "core/feature.h"

/* is: "holiday" nobody works; "workday" a Saturday made up for; "special" neither, but named. */
struct calendar_day { int32_t date; const char *name, *is; };

/* The days of the lists that come with the program, for `include`; NULL: there is no such list. */
struct calendar_days { const struct calendar_day *items; size_t n; };
const struct calendar_days *calendar_list(struct arena *a, const char *name);

/* What is known of a day under the versions of a moment. */
struct calendar_when { const struct conf *conf; int64_t config_version, at; };
struct calendar_seen {
    bool is_workday;                     /* a weekday that is no holiday, or a workday by name */
    bool is_holiday;                     /* by name; an ordinary weekend is none */
    const char **names; size_t names_n;  /* of every calendar that names it */
};
void calendar_see(struct arena *a, const struct calendar_when *w, int32_t date,
                  struct calendar_seen *out);

extern const struct config_kind calendar_kind;
extern const struct feature feature_calendar;
