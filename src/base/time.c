#include "base/moment.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_ns(clockid_t id)
{
    struct timespec ts;
    int bad = clock_gettime(id, &ts);

    assert(bad == 0);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t time_wall_ms(void)
{
    return clock_ns(CLOCK_REALTIME) / 1000000;
}

int64_t time_mono_ms(void)
{
    return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t time_mono_us(void)
{
    return clock_ns(CLOCK_MONOTONIC) / 1000;
}

/* --- dates ------------------------------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days of a civil date, counting years from March so that the leap day comes last (the method of
 * Howard Hinnant's "chrono-compatible low-level date algorithms"). */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400), of_era = y - era * 400;
    int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int32_t date_from_civil(struct civil c)
{
    assert(c.month >= 1 && c.month <= 12);
    assert(c.day >= 1 && c.day <= 31);
    assert(c.year > -5000000 && c.year < 5000000);
    return (int32_t)days_from_civil(c.year, c.month, c.day);
}

struct civil date_to_civil(int32_t date)
{
    int64_t z = (int64_t)date + 719468;
    int64_t era = floor_div(z, 146097), of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    int day = (int)(of_year - (153 * month + 2) / 5) + 1;

    month = month < 10 ? month + 3 : month - 9;
    return (struct civil){ (int)(year + era * 400) + (month <= 2), month, day };
}

int date_weekday(int32_t date)
{
    return (int)(((int64_t)date % 7 + 10) % 7) + 1;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static int32_t within_calendar(int64_t date)
{
    if (date < DATE_FIRST) return DATE_FIRST;
    return date > DATE_LAST ? DATE_LAST : (int32_t)date;
}

int32_t date_add(int32_t date, int n, enum time_unit unit)
{
    if (unit == TIME_DAYS) return within_calendar((int64_t)date + n);

    struct civil c = date_to_civil(date);
    int64_t step = unit == TIME_YEARS ? 12 : 1;
    int64_t months = (int64_t)c.year * 12 + c.month - 1 + n * step;
    int64_t year = floor_div(months, 12);
    int month = (int)(months - year * 12) + 1;
    int last = days_in_month(year, month);

    return within_calendar(days_from_civil(year, month, c.day > last ? last : c.day));
}

/* --- reading ----------------------------------------------------------------------------- */

struct cursor { const char *p, *end; };

static bool eat(struct cursor *at, const char *any)
{
    if (at->p == at->end || strchr(any, *at->p) == NULL || *at->p == '\0') return false;
    at->p++;
    return true;
}

static bool number(struct cursor *at, int digits, int *out)
{
    *out = 0;
    for (int i = 0; i < digits; i++, at->p++) {
        if (at->p == at->end || *at->p < '0' || *at->p > '9') return false;
        *out = *out * 10 + (*at->p - '0');
    }
    return true;
}

static bool calendar_date(struct cursor *at, int32_t *out)
{
    int year, month, day;

    if (!number(at, 4, &year) || !eat(at, "-")) return false;
    if (!number(at, 2, &month) || !eat(at, "-") || !number(at, 2, &day)) return false;
    if (year < 1 || month < 1 || month > 12) return false;
    if (day < 1 || day > days_in_month(year, month)) return false;
    *out = (int32_t)days_from_civil(year, month, day);
    return true;
}

/* Digits past the milliseconds are cut off, so that a moment never moves into the next second. */
static bool fraction(struct cursor *at, int64_t *ms)
{
    int64_t unit = 100;
    const char *first = at->p;

    for (; at->p < at->end && *at->p >= '0' && *at->p <= '9'; at->p++, unit /= 10) {
        *ms += (*at->p - '0') * unit;
    }
    return at->p > first;
}

static bool clock_time(struct cursor *at, struct moment *m)
{
    int hour, minute, second = 0;

    if (!number(at, 2, &hour) || !eat(at, ":") || !number(at, 2, &minute)) return false;
    m->has_time = true;
    m->has_seconds = eat(at, ":");
    if (m->has_seconds && !number(at, 2, &second)) return false;
    if (hour > 23 || minute > 59 || second > 60) return false;     /* 60: a leap second */
    m->ms_of_day = ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
    return !(m->has_seconds && eat(at, ".")) || fraction(at, &m->ms_of_day);
}

static bool offset(struct cursor *at, struct moment *m)
{
    bool west = at->p < at->end && *at->p == '-';
    int hours, minutes;

    m->has_offset = true;
    if (eat(at, "Zz")) return true;
    if (!eat(at, "+-") || !number(at, 2, &hours) || !eat(at, ":")) return false;
    if (!number(at, 2, &minutes) || hours > 23 || minutes > 59) return false;
    m->offset_min = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

bool moment_parse(struct str s, struct moment *out)
{
    struct cursor at = { s.p, s.p + s.n };

    *out = (struct moment){ 0 };
    if (!calendar_date(&at, &out->date)) return false;
    if (at.p == at.end) return true;
    if (!eat(&at, "Tt ") || !clock_time(&at, out)) return false;
    return at.p == at.end || (offset(&at, out) && at.p == at.end);
}

bool moment_utc(const struct moment *m, int64_t *out)
{
    int64_t at = m->date * TIME_DAY_MS + m->ms_of_day - m->offset_min * INT64_C(60000);

    if (at < TIME_FIRST || at > TIME_NEVER) return false;
    *out = at;
    return true;
}

bool date_parse(struct str s, int32_t *out)
{
    struct moment m;

    if (!moment_parse(s, &m) || m.has_time) return false;
    *out = m.date;
    return true;
}

bool time_parse(struct str s, int64_t *out)
{
    struct moment m;

    return moment_parse(s, &m) && m.has_seconds && m.has_offset && moment_utc(&m, out);
}

/* --- writing ----------------------------------------------------------------------------- */

static char *digits(char *dst, int v, int n)
{
    for (int i = n - 1; i >= 0; i--, v /= 10) dst[i] = (char)('0' + v % 10);
    return dst + n;
}

void date_format(int32_t date, char dst[static 11])
{
    struct civil c = date_to_civil(within_calendar(date));
    char *p = digits(dst, c.year, 4);

    *p++ = '-';
    p = digits(p, c.month, 2);
    *p++ = '-';
    *digits(p, c.day, 2) = '\0';
}

void time_format(int64_t at, char dst[static 25])
{
    if (at < TIME_FIRST) at = TIME_FIRST;
    if (at > TIME_NEVER) at = TIME_NEVER;

    int32_t date = (int32_t)floor_div(at, TIME_DAY_MS);
    int ms = (int)(at - date * TIME_DAY_MS);

    date_format(date, dst);
    dst[10] = 'T';
    digits(dst + 11, ms / 3600000, 2);
    dst[13] = ':';
    digits(dst + 14, ms / 60000 % 60, 2);
    dst[16] = ':';
    digits(dst + 17, ms / 1000 % 60, 2);
    dst[19] = '.';
    digits(dst + 20, ms % 1000, 3);
    dst[23] = 'Z';
    dst[24] = '\0';
}
