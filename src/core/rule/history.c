/* history.c -- windows over sales in memory.  A sale judged alone reads the same rows from SQL, so
 * both kinds of history are this code. */
#include "core/rule/history.h"

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

static struct json integer(int64_t i)
{
    return (struct json){ .kind = JSON_INT, .u.i = i };
}

struct json history_value(const struct history_term *t, const struct sale_list *past, int32_t today)
{
    int32_t from = history_from(t, today);
    int64_t n = 0, sum = 0, least = 0, most = 0, first = 0, last = 0;

    for (size_t i = 0; i < past->n; i++) {
        int64_t v = past->items[i].value_minor;
        if (past->items[i].business_date < from || past->items[i].business_date > today) continue;
        if (n == 0 || v < least) least = v;
        if (n == 0 || v > most) most = v;
        if (n == 0) first = v;
        last = v;
        sum += v;
        n++;
    }
    if (t->what == HISTORY_COUNT) return integer(n);
    if (t->what == HISTORY_SUM) return integer(sum);
    if (n == 0) return (struct json){ .kind = JSON_NULL };
    if (t->what == HISTORY_MIN) return integer(least);
    if (t->what == HISTORY_MAX) return integer(most);
    return integer(t->what == HISTORY_FIRST ? first : last);
}

int64_t history_rolling_sum(const struct sale_list *past, int32_t day, int days)
{
    int64_t sum = 0;

    for (size_t i = 0; i < past->n; i++) {
        int32_t d = past->items[i].business_date;
        if (d <= day && d > day - days) sum += past->items[i].value_minor;
    }
    return sum;
}
