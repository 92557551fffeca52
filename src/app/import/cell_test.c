#include <string.h>

#include "app/import/cell.h"
#include "test/harness/test.h"

PURE(cell_date_reads_what_tills_write)
{
    static const struct { const char *text, *day, *moment; } t[] = {
        { "2026-05-01", "2026-05-01", NULL }, { "2026/05/01", "2026-05-01", NULL },
        { "2026/5/1", "2026-05-01", NULL }, { "2026.05.01", "2026-05-01", NULL },
        { "20260501", "2026-05-01", NULL }, { " 2026-05-01 ", "2026-05-01", NULL },
        { "115/05/01", "2026-05-01", NULL }, { "115-05-01", "2026-05-01", NULL },
        { "115.5.1", "2026-05-01", NULL }, { "1150501", "2026-05-01", NULL },
        { "099/12/31", "2010-12-31", NULL }, { "113/02/29", "2024-02-29", NULL },
        { "２０２６／０５／０１", "2026-05-01", NULL }, { "1970-01-01", "1970-01-01", NULL },
        { "2026-05-01 13:45", "2026-05-01", "2026-05-01T13:45:00+08:00" },
        { "2026/5/1 9:05", "2026-05-01", "2026-05-01T09:05:00+08:00" },
        { "2026-05-01  13:45:10", "2026-05-01", "2026-05-01T13:45:10+08:00" },
        { "2026-05-01T13:45:10Z", "2026-05-01", "2026-05-01T13:45:10Z" },
        { "115/05/01 23:59:59", "2026-05-01", "2026-05-01T23:59:59+08:00" },
        { "20260501 00:30", "2026-05-01", "2026-05-01T00:30:00+08:00" },
        { "2026-05-01 13:45:00+09:00", "2026-05-01", "2026-05-01T13:45:00+09:00" },
    };
    const struct zone *z = zone_find("Asia/Taipei");

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct cell_date d;
        int64_t at;
        char day[11];
        const char *why = cell_date(z, str_of(t[i].text), &d);

        if (why) FAIL_TEST("\"%s\": %s", t[i].text, why);
        date_format(d.date, day);
        IS_STR(day, t[i].day);
        if (d.has_time != (t[i].moment != NULL)) FAIL_TEST("\"%s\": a time", t[i].text);
        if (!d.has_time) continue;
        IS_TRUE(time_parse(str_of(t[i].moment), &at));
        if (d.at != at) FAIL_TEST("\"%s\" is another moment", t[i].text);
    }
}

PURE(cell_date_refuses_what_could_be_two_days_or_none)
{
    static const struct { const char *text, *why; } t[] = {
        { "", "is none" }, { "never", "is none" }, { "2026-05", "is none" },
        { "2026-05/01", "is none" }, { "2026-05-01x", "is none" }, { "-2026-05-01", "is none" },
        { "260501", "is none" }, { "2026-005-01", "is none" }, { "2026-05-", "is none" },
        { "12026-05-01", "is none" }, { "1777593600", "is none" }, { "46143", "is none" },
        { "26-05-01", "two digits" }, { "05/01/2026", "is none" }, { "99/05/01", "two digits" },
        { "01/05/26", "two digits" }, { "0115-05-01", "before 1970" },
        { "01150501", "before 1970" }, { "000/05/01", "before 1970" },
        { "058/12/31", "before 1970" }, { "1969-12-31", "before 1970" },
        { "1970-01-01 07:59", "before 1970" }, { "2026-02-29", "no day" },
        { "115-02-29", "no day" }, { "2026-13-01", "no day" }, { "2026-00-10", "no day" },
        { "2026-05-01 25:00", "the time" }, { "2026-05-01 13:45 PM", "the time" },
        { "2026-05-01 13", "the time" }, { "2026-05-01T", "the time" },
    };
    const struct zone *z = zone_find("Asia/Taipei");

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct cell_date d;
        const char *why = cell_date(z, str_of(t[i].text), &d);

        if (!why || !strstr(why, t[i].why))
            FAIL_TEST("\"%s\": %s, not %s", t[i].text, why ? why : "taken", t[i].why);
    }
}

PURE(cell_amount_reads_what_spreadsheets_write_and_guesses_nothing)
{
    static const struct { const char *text; int decimals; int64_t minor; } t[] = {
        { "580", 0, 580 }, { "580.00", 0, 580 }, { "580.0", 0, 580 }, { " 580 ", 0, 580 },
        { "1,234", 0, 1234 }, { "1,234,567", 0, 1234567 }, { "12,345.00", 0, 12345 },
        { "1,234.5", 2, 123450 }, { "11.77", 2, 1177 }, { "11.7700", 2, 1177 },
        { "-1,234", 0, -1234 }, { "５８０", 0, 580 }, { "0", 0, 0 }, { "0.00", 0, 0 },
        { "580.50", 0, -1 }, { "580.", 0, -1 }, { "580.01", 0, -1 }, { "11.775", 2, -1 },
        { "1,23", 0, -1 }, { "12,34", 0, -1 }, { "1,2345", 0, -1 }, { ",234", 0, -1 },
        { "1234,567", 0, -1 }, { "1,234,56", 0, -1 }, { "1,,234", 0, -1 }, { "1,234,", 0, -1 },
        { "1.234,00", 2, -1 }, { "1,23.45", 2, -1 }, { "1.000,000", 0, -1 }, { "", 0, -1 },
        { "NT$580", 0, -1 }, { "5e3", 0, -1 }, { "1 234", 0, -1 }, { ".", 0, -1 },
        { "99999999999999999999", 0, -1 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int64_t minor = -1;
        if (cell_amount(str_of(t[i].text), t[i].decimals, &minor) != (t[i].minor != -1))
            FAIL_TEST("\"%s\"", t[i].text);
        if (t[i].minor != -1 && minor != t[i].minor)
            FAIL_TEST("\"%s\" is %lld", t[i].text, (long long)minor);
    }
}
