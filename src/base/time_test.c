#include "base/time.h"
#include "test/harness/test.h"

static int32_t day(const char *s)
{
    int32_t date;

    if (!date_parse(str_of(s), &date)) FAIL_TEST("no date: %s", s);
    return date;
}

static int64_t utc(const char *s)
{
    int64_t at;

    if (!time_parse(str_of(s), &at)) FAIL_TEST("no time: %s", s);
    return at;
}

static void is_day(int32_t date, const char *wanted)
{
    char s[11];

    date_format(date, s);
    IS_STR(s, wanted);
}

static void is_time(int64_t at, const char *wanted)
{
    char s[25];

    time_format(at, s);
    IS_STR(s, wanted);
}

PURE(dates_count_days_through_ten_thousand_years)
{
    int32_t date = day("0001-01-01");
    struct civil c = { 1, 1, 1 };

    IS_INT(day("1970-01-01"), 0);
    IS_INT(day("1969-12-31"), -1);
    IS_INT(day("2000-02-29"), 11016);
    IS_INT(day("9999-12-31"), 2932896);
    while (c.year < 10000) {
        struct civil back = date_to_civil(date);
        struct civil next = date_to_civil(date + 1);

        if (back.year != c.year || back.month != c.month || back.day != c.day) {
            FAIL_TEST("day %d", date);
        }
        if (date_from_civil(c) != date) FAIL_TEST("day %d", date);
        c = next;
        date++;
    }
    IS_INT(date, 2932897);
}

PURE(date_weekday_is_one_on_monday)
{
    IS_INT(date_weekday(day("1970-01-01")), 4);
    IS_INT(date_weekday(day("2026-11-23")), 1);
    IS_INT(date_weekday(day("2026-11-29")), 7);
    IS_INT(date_weekday(day("1969-12-29")), 1);
    IS_INT(date_weekday(day("1969-12-28")), 7);
    IS_INT(date_weekday(day("0001-01-01")), 1);
}

PURE(date_add_keeps_to_the_end_of_short_months)
{
    static const struct { const char *from; int n; enum time_unit unit; const char *to; } t[] = {
        { "2025-01-31", 1, TIME_MONTHS, "2025-02-28" },
        { "2024-01-31", 1, TIME_MONTHS, "2024-02-29" },
        { "2025-03-31", -1, TIME_MONTHS, "2025-02-28" },
        { "2025-01-15", -1, TIME_MONTHS, "2024-12-15" },
        { "2025-12-31", 2, TIME_MONTHS, "2026-02-28" },
        { "2025-11-30", 13, TIME_MONTHS, "2026-12-30" },
        { "2024-02-29", 1, TIME_YEARS, "2025-02-28" },
        { "2024-02-29", 4, TIME_YEARS, "2028-02-29" },
        { "1896-02-29", 4, TIME_YEARS, "1900-02-28" },
        { "2025-03-01", 365, TIME_DAYS, "2026-03-01" },
        { "2025-03-01", 0, TIME_MONTHS, "2025-03-01" },
        { "1970-01-01", -1, TIME_DAYS, "1969-12-31" },
        { "2025-01-01", INT32_MAX, TIME_DAYS, "9999-12-31" },
        { "2025-01-01", INT32_MAX, TIME_MONTHS, "9999-12-31" },
        { "2025-01-01", INT32_MAX, TIME_YEARS, "9999-12-31" },
        { "2025-01-01", INT32_MIN, TIME_YEARS, "0001-01-01" },
        { "2025-01-01", INT32_MIN, TIME_DAYS, "0001-01-01" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        is_day(date_add(day(t[i].from), t[i].n, t[i].unit), t[i].to);
    }
}

PURE(date_parse_refuses_days_that_are_not)
{
    static const char *const bad[] = {
        "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "2025-01-00",
        "0000-01-01", "25-01-01", "2025-1-1", "2025/01/01", "2025-01-01 ", " 2025-01-01", "",
        "2025-01-01T00:00:00Z", "2025-01-", "20250101", "-025-01-01", "10000-01-01",
    };
    int32_t date;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (date_parse(str_of(bad[i]), &date)) FAIL_TEST("\"%s\"", bad[i]);
    }
    IS_TRUE(date_parse(STR("2000-02-29"), &date));
}

PURE(time_parse_reads_rfc_3339_and_nothing_else)
{
    static const struct { const char *s; bool ok; int64_t at; } t[] = {
        { "1970-01-01T00:00:00Z", true, 0 },
        { "1970-01-01t00:00:00.5z", true, 500 },
        { "1970-01-01 00:00:00Z", true, 0 },
        { "1970-01-01T08:00:00+08:00", true, 0 },
        { "1969-12-31T19:30:00-04:30", true, 0 },
        { "1970-01-01T00:00:00.0019999Z", true, 1 },
        { "1970-01-01T00:00:00.123456789012345678901Z", true, 123 },
        { "1969-12-31T23:59:59.999Z", true, -1 },
        { "1972-06-30T23:59:60Z", true, INT64_C(78796800000) },
        { "9999-12-31T23:59:59.999Z", true, TIME_NEVER },
        { "9999-12-31T23:59:59-01:00", false, 0 },
        { "0001-01-01T00:00:00+01:00", false, 0 },
        { "2025-01-01T00:00:00", false, 0 },            /* whose time? */
        { "2025-01-01T00:00Z", false, 0 }, { "2025-01-01", false, 0 },
        { "2025-01-01T24:00:00Z", false, 0 }, { "2025-01-01T00:60:00Z", false, 0 },
        { "2025-01-01T00:00:61Z", false, 0 }, { "2025-01-01T00:00:00.Z", false, 0 },
        { "2025-01-01T00:00:00+0800", false, 0 }, { "2025-01-01T00:00:00+24:00", false, 0 },
        { "2025-01-01T00:00:00Zx", false, 0 }, { "2025-02-30T00:00:00Z", false, 0 },
        { "2025-01-01T0:00:00Z", false, 0 }, { "", false, 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int64_t at = 0;

        if (time_parse(str_of(t[i].s), &at) != t[i].ok) FAIL_TEST("\"%s\"", t[i].s);
        IS_INT(at, t[i].at);
    }
}

PURE(time_format_writes_what_time_parse_reads)
{
    is_time(0, "1970-01-01T00:00:00.000Z");
    is_time(-1, "1969-12-31T23:59:59.999Z");
    is_time(INT64_C(1795482123004), "2026-11-24T01:02:03.004Z");
    is_time(TIME_NEVER, "9999-12-31T23:59:59.999Z");
    is_time(INT64_MAX, "9999-12-31T23:59:59.999Z");
    is_time(INT64_MIN, "0001-01-01T00:00:00.000Z");
    IS_INT(utc("2026-11-24T01:02:03.004Z"), INT64_C(1795482123004));
    is_day(INT32_MAX, "9999-12-31");
    is_day(INT32_MIN, "0001-01-01");
}

PURE(the_clocks_go_forward)
{
    int64_t wall = time_wall_ms(), ms = time_mono_ms(), us = time_mono_us();

    IS_TRUE(wall > utc("2024-01-01T00:00:00Z"));
    IS_TRUE(time_mono_ms() >= ms);
    IS_TRUE(time_mono_us() >= us);
}
