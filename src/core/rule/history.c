/* history.c -- windows over sales in memory.  A sale judged alone reads the same rows from SQL, so
 * both kinds of history are this code. */
#include "core/rule/history.h"

#include <string.h>

#include "base/time.h"

static const struct { const char *name; enum window window; } windows[] = {
    { "today", WINDOW_TODAY }, { "week", WINDOW_WEEK },       { "month", WINDOW_MONTH },
    { "year", WINDOW_YEAR },   { "quarter", WINDOW_QUARTER }, { "ever", WINDOW_EVER },
};
static const struct { const char *name; enum history_what what; } whats[] = {
    { "count", HISTORY_COUNT }, { "sum", HISTORY_SUM },     { "min", HISTORY_MIN },
    { "max", HISTORY_MAX },     { "first", HISTORY_FIRST }, { "last", HISTORY_LAST },
};

static bool parse_window(const char *text, struct history_term *out)
{
    struct str s = str_of(text);
    int64_t days;

    for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
        if (!str_eq(text, windows[i].name)) continue;
        out->window = windows[i].window;
        return true;
    }
    if (s.n < 2 || s.p[s.n - 1] != 'd') return false;
    if (!str_to_i64((struct str){ s.p, s.n - 1 }, &days) || days < 1 || days > 36500) return false;
    out->window = WINDOW_DAYS;
    out->days = (int)days;
    return true;
}

static bool parse_args(const struct json *args, struct history_term *out, const char **reason)
{
    const struct json *a = args->u.items;

    *reason = "write [\"purchase\", field, filter, window]";
    if (args->kind != JSON_LIST || args->n < 1 || args->n > 4) return false;
    *reason = "the source must be \"purchase\"";
    if (!json_is_text(&a[0], "purchase")) return false;
    *reason = "the field must be \"total_minor\"";
    if (out->what != HISTORY_COUNT && !(args->n > 1 && json_is_text(&a[1], "total_minor")))
        return false;
    *reason = "a filter is not known here yet: write null";
    if (args->n > 2 && a[2].kind != JSON_NULL) return false;
    out->window = WINDOW_EVER;
    *reason = "the window must be like \"90d\", or today, week, month, quarter, year, ever";
    if (args->n == 4 && !(a[3].kind == JSON_TEXT && parse_window(a[3].u.text, out))) return false;
    *reason = NULL;
    return true;
}

bool history_parse(const struct json *op, struct history_term *out, const char **reason)
{
    *reason = NULL;
    if (op->kind != JSON_OBJECT || op->n != 1) return false;
    for (size_t i = 0; i < ARRAY_LEN(whats); i++) {
        if (!str_eq(op->u.pairs[0].key, whats[i].name)) continue;
        out->what = whats[i].what;
        /* min and max are operators of JsonLogic too: they are history only over a source. */
        const struct json *args = &op->u.pairs[0].value;
        bool is_source = args->kind == JSON_LIST && args->n > 0
                      && args->u.items[0].kind == JSON_TEXT;
        if ((out->what == HISTORY_MIN || out->what == HISTORY_MAX) && !is_source) return false;
        return parse_args(args, out, reason);
    }
    return false;
}

int32_t history_from(const struct history_term *t, int32_t today)
{
    struct civil c = date_to_civil(today);

    c.day = 1;
    switch (t->window) {
    case WINDOW_DAYS:    return today - t->days + 1;
    case WINDOW_TODAY:   return today;
    case WINDOW_WEEK:    return today - date_weekday(today) + 1;
    case WINDOW_MONTH:   return date_from_civil(c);
    case WINDOW_QUARTER: c.month -= (c.month - 1) % 3;  return date_from_civil(c);
    case WINDOW_YEAR:    c.month = 1;                   return date_from_civil(c);
    case WINDOW_EVER:    break;
    }
    return INT32_MIN;
}

int32_t history_to(const struct history_term *t, int32_t today)
{
    int32_t from = history_from(t, today);

    switch (t->window) {
    case WINDOW_TODAY:   return today;
    case WINDOW_WEEK:    return from + 6;
    case WINDOW_MONTH:   return date_add(from, 1, TIME_MONTHS) - 1;
    case WINDOW_QUARTER: return date_add(from, 3, TIME_MONTHS) - 1;
    case WINDOW_YEAR:    return date_add(from, 1, TIME_YEARS) - 1;
    case WINDOW_DAYS:
    case WINDOW_EVER:    break;
    }
    return INT32_MAX;
}

/* ---- the days ----------------------------------------------------------------------------- */

/* Sales come in the order of the fold, so nearly always the last day or one after it. */
static struct sale_day *day_of(struct arena *a, struct history *h, int32_t date)
{
    size_t at = h->n;

    while (at > 0 && h->days[at - 1].date > date) at--;
    if (at > 0 && h->days[at - 1].date == date) return &h->days[at - 1];
    (void)ARENA_PUSH(a, h->days, h->n, h->cap);
    memmove(&h->days[at + 1], &h->days[at], (h->n - 1 - at) * sizeof h->days[0]);
    h->days[at] = (struct sale_day){ .date = date };
    return &h->days[at];
}

static bool is_before(const struct sale_mark *a, const struct sale_mark *b)
{
    return a->at != b->at ? a->at < b->at : a->id < b->id;
}

bool history_add(struct arena *a, struct history *h, const struct sale *s, bool is_in_term)
{
    struct sale_day *d = day_of(a, h, s->business_date);
    struct sale_mark mark = { s->at, s->id, s->value_minor };

    if (d->n == 0 || s->value_minor < d->least_minor) d->least_minor = s->value_minor;
    if (d->n == 0 || s->value_minor > d->most_minor) d->most_minor = s->value_minor;
    if (d->n == 0 || is_before(&mark, &d->first)) d->first = mark;
    if (d->n == 0 || is_before(&d->last, &mark)) d->last = mark;
    d->n++;
    if (is_in_term && __builtin_add_overflow(d->term_minor, s->value_minor, &d->term_minor))
        return false;
    return !__builtin_add_overflow(d->sum_minor, s->value_minor, &d->sum_minor);
}

void history_new_term(struct history *h)
{
    for (size_t i = 0; i < h->n; i++) h->days[i].term_minor = 0;
}

/* ---- what is asked ------------------------------------------------------------------------ */

bool history_is_counted(const struct history_term *t)
{
    return t->window == WINDOW_EVER && (t->what == HISTORY_COUNT || t->what == HISTORY_SUM);
}

static void add_day(struct sale_day *sum, const struct sale_day *d)
{
    if (sum->n == 0 || d->least_minor < sum->least_minor) sum->least_minor = d->least_minor;
    if (sum->n == 0 || d->most_minor > sum->most_minor) sum->most_minor = d->most_minor;
    if (sum->n == 0 || is_before(&d->first, &sum->first)) sum->first = d->first;
    if (sum->n == 0 || is_before(&sum->last, &d->last)) sum->last = d->last;
    sum->n += d->n;
    if (__builtin_add_overflow(sum->sum_minor, d->sum_minor, &sum->sum_minor))
        sum->sum_minor = INT64_MAX;
    if (__builtin_add_overflow(sum->term_minor, d->term_minor, &sum->term_minor))
        sum->term_minor = INT64_MAX;
}

/* The days from one to another, both included, as if they were one. */
static struct sale_day sum_days(const struct history *h, int32_t from, int32_t to)
{
    struct sale_day sum = { 0 };

    for (size_t i = h->n; i > 0 && h->days[i - 1].date >= from; i--)
        if (h->days[i - 1].date <= to) add_day(&sum, &h->days[i - 1]);
    return sum;
}

static struct json integer(int64_t i)
{
    return (struct json){ .kind = JSON_INT, .u.i = i };
}

struct json history_value(const struct history_term *t, const struct history *h, int32_t today)
{
    struct sale_day sum = sum_days(h, history_from(t, today), history_to(t, today));

    if (t->what == HISTORY_COUNT) return integer(sum.n);
    if (t->what == HISTORY_SUM) return integer(sum.sum_minor);
    if (sum.n == 0) return (struct json){ .kind = JSON_NULL };
    if (t->what == HISTORY_MIN) return integer(sum.least_minor);
    if (t->what == HISTORY_MAX) return integer(sum.most_minor);
    return integer(t->what == HISTORY_FIRST ? sum.first.value_minor : sum.last.value_minor);
}

int64_t history_rolling_sum(const struct history *h, int32_t day, int days)
{
    return sum_days(h, day - days + 1, INT32_MAX).sum_minor;
}

int64_t history_term_sum(const struct history *h, int32_t day, int days)
{
    return sum_days(h, day - days + 1, INT32_MAX).term_minor;
}
