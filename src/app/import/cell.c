/* cell.c -- see cell.h. */
#include "app/import/cell.h"

#include <stdio.h>
#include <string.h>

#include "base/invoice.h"

enum { CELL_MAX = 64, REPUBLIC = 1911, YEAR_MIN = 1970 };

/* The trimmed text in ASCII.  False if it is too long for a date or an amount. */
static bool plain(struct str s, char dst[static CELL_MAX], struct str *out)
{
    if (s.n >= CELL_MAX) return false;
    text_narrow(s, dst);
    *out = str_trim(str_of(dst));
    return true;
}

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static size_t digits_n(struct str s)
{
    size_t n = 0;

    while (n < s.n && is_digit(s.p[n])) n++;
    return n;
}

static int number(const char *p, size_t n)
{
    int v = 0;

    for (size_t i = 0; i < n; i++) v = v * 10 + (p[i] - '0');
    return v;
}

/* Year, month and day with one of - / . between, or without; the length of the year in *year_n. */
static bool parts(struct str s, struct civil *c, size_t *year_n)
{
    size_t n = digits_n(s), at = n;

    if (n == s.n) {
        if (n != 7 && n != 8) return false;
        *year_n = n - 4;
        *c = (struct civil){ number(s.p, n - 4), number(s.p + n - 4, 2), number(s.p + n - 2, 2) };
        return true;
    }
    char between = s.p[at];
    if (n == 0 || n > 4 || !strchr("-/.", between)) return false;
    *year_n = n;
    c->year = number(s.p, n);
    size_t month = digits_n((struct str){ s.p + at + 1, s.n - at - 1 });
    if (month < 1 || month > 2) return false;
    c->month = number(s.p + at + 1, month);
    at += 1 + month;
    if (at >= s.n || s.p[at] != between) return false;
    size_t day = s.n - at - 1;
    if (day < 1 || day > 2 || digits_n((struct str){ s.p + at + 1, day }) != day) return false;
    c->day = number(s.p + at + 1, day);
    return true;
}

/* "9:05" is 09:05, as spreadsheets write it. */
static const char *with_time(const struct zone *z, const char *day, struct str time,
                             struct cell_date *out)
{
    char whole[CELL_MAX + 16];
    bool is_short = digits_n(time) == 1;

    snprintf(whole, sizeof whole, "%sT%s%.*s", day, is_short ? "0" : "", (int)time.n, time.p);
    out->has_time = true;
    if (!time_parse_local(z, str_of(whole), &out->at)) return "the time in the date is none";
    return out->at < 0 ? "the date lies before 1970" : NULL;
}

bool cell_minute(const char *s, int *minute)
{
    static const char most[] = "29:59";

    if (strlen(s) != 5) return false;
    for (size_t i = 0; i < 5; i++)
        if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > most[i]) return false;
    if (s[0] == '2' && s[1] > '3') return false;
    *minute = ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 + s[4] - '0';
    return true;
}

const char *cell_date(const struct zone *z, struct str s, struct cell_date *out)
{
    static const char none[] = "the date is none";
    char text[CELL_MAX], day[16];
    struct civil c = { 0 };
    size_t day_n = 0, year_n = 0;

    *out = (struct cell_date){ 0 };
    if (!plain(s, text, &s)) return none;
    while (day_n < s.n && !strchr("Tt ", s.p[day_n])) day_n++;
    if (!parts((struct str){ s.p, day_n }, &c, &year_n)) return none;
    if (year_n < 3) return "the date has a year of two digits: write four, or three of 民國";
    if (year_n == 3) c.year += REPUBLIC;
    if (c.year < YEAR_MIN) return "the date lies before 1970";
    snprintf(day, sizeof day, "%04u-%02u-%02u", (unsigned)c.year % 10000u,
             (unsigned)c.month % 100u, (unsigned)c.day % 100u);
    if (!date_parse(str_of(day), &out->date)) return "the date is no day of the calendar";
    if (day_n == s.n) return NULL;
    return with_time(z, day, str_trim((struct str){ s.p + day_n + 1, s.n - day_n - 1 }), out);
}

/* Takes the commas out of 1,234,567; false if they do not part thousands. */
static bool ungroup(struct str *s, char dst[static CELL_MAX])
{
    size_t n = 0, since = 0, groups = 0;
    bool is_whole = true;

    for (size_t i = 0; i < s->n; i++) {
        char ch = s->p[i];
        if (ch == ',') {
            if (!is_whole || since == 0 || since > 3 || (groups > 0 && since != 3)) return false;
            groups++;
            since = 0;
            continue;
        }
        if (ch == '.') {
            if (groups > 0 && is_whole && since != 3) return false;
            is_whole = false;
        }
        if (is_whole && is_digit(ch)) since++;
        dst[n++] = ch;
    }
    *s = (struct str){ dst, n };
    return groups == 0 || !is_whole || since == 3;
}

bool cell_amount(struct str s, int decimals, int64_t *minor)
{
    char text[CELL_MAX], bare[CELL_MAX];

    if (!plain(s, text, &s) || !ungroup(&s, bare)) return false;
    const char *point = memchr(s.p, '.', s.n);
    if (point) {
        size_t whole_n = (size_t)(point - s.p), keep = whole_n + 1 + (size_t)decimals;
        if (whole_n + 1 == s.n) return false;
        while (s.n > keep && s.p[s.n - 1] == '0') s.n--;
        if (s.n == whole_n + 1) s.n--;
    }
    return str_to_minor(s, decimals, minor);
}
