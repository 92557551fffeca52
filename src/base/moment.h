/* moment.h -- a written date or time taken apart; shared by time.c and zone.c, nobody else. */
#pragma once
#include "base/time.h"

#define DATE_FIRST (-719162)                   /* 0001-01-01 */
#define DATE_LAST  2932896                     /* 9999-12-31 */
#define TIME_FIRST (DATE_FIRST * TIME_DAY_MS)

struct moment {
    int32_t date;
    int64_t ms_of_day;          /* may be the whole day, after a leap second */
    int     offset_min;
    bool    has_time, has_seconds, has_offset;
};

bool moment_parse(struct str s, struct moment *out);

/* A moment with an offset as UTC.  False outside the years 1 to 9999. */
bool moment_utc(const struct moment *m, int64_t *out);
