/* time.h -- moments, dates and zones.
 *
 * A moment (names end in _at) is UTC milliseconds since 1970.  A date is a day number: days since
 * 1970-01-01 in the proleptic Gregorian calendar, without a zone.  A zone turns one into the other.
 * Zones are loaded once (ICU), turned into a table of transitions, and are then plain read-only
 * data, safe in every thread and cheap enough for every sale.  The table covers 1900 to 2100;
 * before and after, its first and last offset hold.  Results stay within the years 1 to 9999. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"
#include "base/str.h"

#define TIME_NEVER  INT64_C(253402300799999)   /* 9999-12-31T23:59:59.999Z: "no end" in columns */
#define TIME_BEGIN  (-TIME_NEVER)              /* before everything */
#define TIME_DAY_MS INT64_C(86400000)

struct zone;                                   /* immutable, lives as long as the process */
struct civil { int year, month, day; };        /* month 1..12, day 1..31 */
enum time_unit { TIME_DAYS, TIME_MONTHS, TIME_YEARS };

const struct zone *zone_find(const char *iana_name);      /* NULL if unknown; cached, thread-safe */
const char *zone_name(const struct zone *z);

int64_t time_wall_ms(void);                    /* CLOCK_REALTIME */
int64_t time_mono_ms(void);                    /* CLOCK_MONOTONIC */
int64_t time_mono_us(void);

int32_t      date_of(const struct zone *z, int64_t at);            /* the local day of a moment */
/* The first moment of a local day: the first that exists, where a clock change skips midnight. */
int64_t      date_start(const struct zone *z, int32_t date);
int32_t      date_from_civil(struct civil c);
struct civil date_to_civil(int32_t date);
int          date_weekday(int32_t date);                           /* 1 = Monday … 7 = Sunday */
/* 31 January + 1 month = 28 or 29 February. */
int32_t      date_add(int32_t date, int n, enum time_unit unit);
int          time_minute_of_day(const struct zone *z, int64_t at); /* 0..1439, local */
int          time_offset_min(const struct zone *z, int64_t at);

/* The business date of a moment at a store whose day is cut at cut_min minutes after midnight:
 * 01:30 with a cut at 05:00 (300) belongs to the day before. */
int32_t date_business(const struct zone *z, int64_t at, int cut_min);

/* "N units after a moment": the first moment at which it is over, i.e. the start of the day that
 * follows the later day.  1 March 2025 + 365 days: 2 March 2026 00:00 in the zone. */
int64_t time_after(const struct zone *z, int64_t at, int n, enum time_unit unit);

bool date_parse(struct str s, int32_t *out);                       /* YYYY-MM-DD */
void date_format(int32_t date, char dst[static 11]);
bool time_parse(struct str s, int64_t *out);                       /* RFC 3339, offset required */
/* "1998-07-01T00:00", "…T00:00:00", "1998-07-01": local to the zone; an RFC 3339 offset wins.  A
 * time that a clock change skips is the change; of one that comes twice, the first. */
bool time_parse_local(const struct zone *z, struct str s, int64_t *out);
void time_format(int64_t at, char dst[static 25]);                 /* 2026-11-24T01:02:03.004Z */
