#include "base/moment.h"
#include "base/str.h"
#include "test/harness/test.h"

static const struct zone *zone(const char *name)
{
    const struct zone *z = zone_find(name);

    if (z == NULL) FAIL_TEST("no zone: %s", name);
    return z;
}

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

static void is_time(int64_t at, const char *wanted)
{
    char s[25];

    time_format(at, s);
    IS_STR(s, wanted);
}

PURE(zone_find_knows_the_worlds_zones_and_no_others)
{
    static const char *const bad[] = {
        "", "Asia/Taipeh", "asia/taipei", "GMT+8", "BST", "CST", "Etc/Unknown", "Mars/Base",
        "../etc/passwd", "SystemV/EST5", " Asia/Taipei",
        "a name that is much longer than the name of any zone could be, in any database",
    };

    IS_STR(zone_name(zone("Asia/Taipei")), "Asia/Taipei");
    IS_TRUE(zone("Asia/Taipei") == zone("Asia/Taipei"));
    NOT_NULL(zone("UTC"));
    NOT_NULL(zone("Etc/GMT-8"));
    NOT_NULL(zone("America/Argentina/Buenos_Aires"));
    IS_NULL(zone_find(NULL));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (zone_find(bad[i]) != NULL) FAIL_TEST("\"%s\"", bad[i]);
    }
}

PURE(zone_offsets_follow_history)
{
    static const struct { const char *zone, *at; int minutes; } t[] = {
        { "Asia/Taipei", "2026-11-24T00:00:00Z", 480 },
        { "Asia/Taipei", "1979-08-01T00:00:00Z", 540 },     /* the last summer time there */
        { "Asia/Taipei", "1942-01-01T00:00:00Z", 540 },     /* Japanese years */
        { "America/New_York", "2026-01-15T00:00:00Z", -300 },
        { "America/New_York", "2026-03-08T06:59:59.999Z", -300 },
        { "America/New_York", "2026-03-08T07:00:00Z", -240 },
        { "America/New_York", "2026-11-01T05:59:59.999Z", -240 },
        { "America/New_York", "2026-11-01T06:00:00Z", -300 },
        { "America/New_York", "2099-07-01T00:00:00Z", -240 },
        { "Asia/Kathmandu", "2026-01-01T00:00:00Z", 345 },
        { "Asia/Kolkata", "2026-01-01T00:00:00Z", 330 },
        { "Australia/Lord_Howe", "2026-01-01T00:00:00Z", 660 },
        { "Australia/Lord_Howe", "2026-07-01T00:00:00Z", 630 },
        { "Pacific/Apia", "2011-12-30T09:59:59Z", -600 },
        { "Pacific/Apia", "2011-12-30T10:00:00Z", 840 },
        { "UTC", "0001-01-01T00:00:00Z", 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int is = time_offset_min(zone(t[i].zone), utc(t[i].at));

        if (is != t[i].minutes) FAIL_TEST("%s %s: %d", t[i].zone, t[i].at, is);
    }
}

PURE(date_of_is_the_local_day)
{
    const struct zone *taipei = zone("Asia/Taipei");

    IS_INT(date_of(taipei, utc("2026-11-23T15:59:59.999Z")), day("2026-11-23"));
    IS_INT(date_of(taipei, utc("2026-11-23T16:00:00Z")), day("2026-11-24"));
    IS_INT(date_of(taipei, utc("1960-01-01T12:00:00Z")), day("1960-01-01"));
    IS_INT(time_minute_of_day(taipei, utc("2026-11-23T15:59:59.999Z")), 1439);
    IS_INT(time_minute_of_day(taipei, utc("2026-11-23T16:00:59.999Z")), 0);
    IS_INT(time_minute_of_day(taipei, utc("1960-01-01T00:30:00Z")), 8 * 60 + 30 + 0);
    IS_INT(date_of(taipei, TIME_NEVER), day("9999-12-31") + 1);
    IS_INT(date_of(taipei, INT64_MAX), day("9999-12-31") + 1);
    IS_INT(date_of(zone("UTC"), INT64_MIN), day("0001-01-01"));
}

PURE(date_start_is_the_first_moment_that_exists)
{
    static const struct { const char *zone, *date, *at; } t[] = {
        { "Asia/Taipei", "2026-11-24", "2026-11-23T16:00:00.000Z" },
        { "America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z" },
        { "America/New_York", "2026-03-09", "2026-03-09T04:00:00.000Z" },
        { "America/New_York", "2026-11-02", "2026-11-02T05:00:00.000Z" },
        /* midnight does not exist: the day begins at one o'clock */
        { "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z" },
        { "Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00.000Z" },
        { "Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00.000Z" },
        /* midnight comes twice: the day before is 25 hours, this one begins at the later */
        { "America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00.000Z" },
        { "America/Havana", "2024-11-03", "2024-11-03T04:00:00.000Z" },
        /* a minute after midnight the clock went back into the day before */
        { "America/St_Johns", "2010-11-07", "2010-11-07T02:30:00.000Z" },
        /* days that were left out begin with the day after */
        { "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z" },
        { "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000Z" },
        { "Pacific/Apia", "2012-01-01", "2011-12-31T10:00:00.000Z" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        is_time(date_start(zone(t[i].zone), day(t[i].date)), t[i].at);
    }
}

/* Every day of two centuries: the start belongs to the day, the moment before does not. */
static void check_days(const char *name)
{
    const struct zone *z = zone(name);

    for (int32_t d = day("1900-01-02"); d < day("2100-01-01"); d++) {
        int64_t at = date_start(z, d);

        if (date_of(z, at) < d || date_of(z, at - 1) >= d) FAIL_TEST("%s day %d", name, d);
        if (date_of(z, at) > d && date_start(z, d + 1) != at) FAIL_TEST("%s day %d", name, d);
    }
}

PURE(date_start_and_date_of_agree_on_every_day)
{
    check_days("Asia/Taipei");
    check_days("America/Sao_Paulo");
    check_days("America/St_Johns");
    check_days("Pacific/Apia");
    check_days("Pacific/Kwajalein");
    check_days("Africa/Casablanca");
    check_days("Europe/Amsterdam");
    check_days("Africa/Monrovia");
}

PURE(date_business_ends_with_the_stores_night)
{
    const struct zone *z = zone("Asia/Taipei");

    IS_INT(date_business(z, utc("2026-11-24T01:30:00+08:00"), 300), day("2026-11-23"));
    IS_INT(date_business(z, utc("2026-11-24T04:59:59.999+08:00"), 300), day("2026-11-23"));
    IS_INT(date_business(z, utc("2026-11-24T05:00:00+08:00"), 300), day("2026-11-24"));
    IS_INT(date_business(z, utc("2026-11-24T00:00:00+08:00"), 0), day("2026-11-24"));
    IS_INT(date_business(z, utc("2026-11-24T23:58:00+08:00"), 1439), day("2026-11-23"));
}

PURE(time_after_ends_with_the_later_day)
{
    static const struct {
        const char *zone, *from; int n; enum time_unit unit; const char *to;
    } t[] = {
        { "Asia/Taipei", "2025-03-01T10:00:00+08:00", 365, TIME_DAYS, "2026-03-01T16:00:00.000Z" },
        { "Asia/Taipei", "2025-03-01T00:00:00+08:00", 0, TIME_DAYS, "2025-03-01T16:00:00.000Z" },
        { "Asia/Taipei", "2024-02-29T12:00:00+08:00", 1, TIME_YEARS, "2025-02-28T16:00:00.000Z" },
        { "Asia/Taipei", "2025-01-31T12:00:00+08:00", 1, TIME_MONTHS, "2025-02-28T16:00:00.000Z" },
        { "America/Sao_Paulo", "2018-11-02T12:00:00-03:00", 1, TIME_DAYS,
          "2018-11-04T03:00:00.000Z" },
        { "Asia/Taipei", "2025-03-01T10:00:00+08:00", 9000, TIME_YEARS,
          "9999-12-31T16:00:00.000Z" },
        { "America/New_York", "2025-03-01T10:00:00+08:00", 9000, TIME_YEARS,
          "9999-12-31T23:59:59.999Z" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        is_time(time_after(zone(t[i].zone), utc(t[i].from), t[i].n, t[i].unit), t[i].to);
    }
}

PURE(time_parse_local_believes_an_offset_before_the_zone)
{
    static const struct { const char *zone, *s, *at; } t[] = {
        { "Asia/Taipei", "1998-07-01", "1998-06-30T16:00:00.000Z" },
        { "Asia/Taipei", "1998-07-01T00:00", "1998-06-30T16:00:00.000Z" },
        { "Asia/Taipei", "1998-07-01T12:34:56", "1998-07-01T04:34:56.000Z" },
        { "Asia/Taipei", "1998-07-01 12:34:56.789", "1998-07-01T04:34:56.789Z" },
        { "Asia/Taipei", "1998-07-01T00:00:00Z", "1998-07-01T00:00:00.000Z" },
        { "Asia/Taipei", "1998-07-01T00:00:00-05:00", "1998-07-01T05:00:00.000Z" },
        /* skipped: the change itself; twice: the first */
        { "America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:00:00.000Z" },
        { "America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00.000Z" },
        { "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z" },
    };
    static const char *const bad[] = {
        "", "1998-07", "1998-07-01T", "1998-07-01T25:00", "1998-07-01T00:00Z", "1998-07-01Z",
        "01/07/1998", "1998-07-01T00:00:00+8",
    };
    int64_t at;

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        if (!time_parse_local(zone(t[i].zone), str_of(t[i].s), &at)) FAIL_TEST("%s", t[i].s);
        is_time(at, t[i].at);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (time_parse_local(zone("Asia/Taipei"), str_of(bad[i]), &at)) FAIL_TEST("%s", bad[i]);
    }
    IS_FALSE(time_parse_local(zone("America/New_York"), STR("9999-12-31T23:00"), &at));
    IS_FALSE(time_parse_local(zone("Asia/Taipei"), STR("0001-01-01"), &at));
}
