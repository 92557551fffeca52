/* calendar.c -- calendars as a kind of configuration, and what they say of a day. */
#include <stdlib.h>
#include <string.h>

#include "app/calendar/calendar_int.h"
#include "core/ctx.h"

/* A version as the program works with it: the days in their order, each once. */
struct calendar {
    int64_t id, config_version, effective_at;
    const struct calendar_day *days; size_t days_n;
    bool is_archived;
    const struct calendar *before;
};
struct calendars { const struct calendar **items; size_t n; };   /* the newest of each, as made */

static int by_date(const void *a, const void *b)
{
    const struct calendar_day *x = a, *y = b;

    return x->date < y->date ? -1 : x->date > y->date;
}

static const struct calendar_day *day_of(const struct calendar *l, int32_t date)
{
    struct calendar_day key = { .date = date };

    return l->days_n ? bsearch(&key, l->days, l->days_n, sizeof key, by_date) : NULL;
}

/* ---- the kind --------------------------------------------------------------------------- */

/* What the document says of a day goes before what the list says. */
static void take_list(struct config_check *k, struct calendar_day *days, size_t *n)
{
    struct calendar_doc *doc = k->doc;
    const struct calendar_days *list = calendar_list(k->c->arena, doc->include);

    for (size_t i = 0; list && i < list->n; i++) {
        size_t at = 0;
        while (at < doc->days_n && doc->days[at].date != list->items[i].date) at++;
        if (at == doc->days_n) days[(*n)++] = list->items[i];
    }
}

static enum rc check(struct config_check *k)
{
    struct calendar_doc *doc = k->doc;
    struct arena *a = k->c->arena;
    const struct calendar_days *list = doc->include ? calendar_list(a, doc->include) : NULL;
    size_t n = doc->days_n;

    if (doc->include && !list)
        return fail_at(k->c, RC_INVALID, "calendar.list_unknown", "/include",
                       "The program brings the list tw_office.");
    struct calendar_day *days = ARENA_ARRAY(a, struct calendar_day, n + (list ? list->n : 0) + 1);
    if (n) memcpy(days, doc->days, n * sizeof *days);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (days[j].date == days[i].date)
                return fail_at(k->c, RC_INVALID, "calendar.day_twice",
                               arena_printf(a, "/days/%zu/date", i), "This day was said before.");
    if (list) take_list(k, days, &n);
    qsort(days, n, sizeof *days, by_date);
    doc->days = days;
    doc->days_n = n;
    return RC_OK;
}

static const void *make(const struct config_make *m)
{
    struct calendar *out = ARENA_NEW(m->arena, struct calendar);
    struct calendar_doc doc;

    if (!config_doc(m->arena, &calendar_kind, m->row, &doc)) return NULL;
    *out = (struct calendar){
        .id = m->row->id, .config_version = m->row->config_version,
        .effective_at = m->row->effective_at, .days = doc.days, .days_n = doc.days_n,
        .is_archived = m->row->is_archived, .before = m->before ? m->before->made : NULL };
    return out;
}

static const void *ready(struct conf *conf, const struct config_set *set)
{
    struct calendars *all = ARENA_NEW(conf->arena, struct calendars);

    all->items = ARENA_ARRAY(conf->arena, const struct calendar *, set->n + 1);
    for (size_t i = 0; i < set->n; i++) {
        const struct calendar *l = set->items[i]->made;
        if (!l) continue;
        if (all->n == 0 || all->items[all->n - 1]->id != l->id) all->n++;
        all->items[all->n - 1] = l;
    }
    return all;
}

const struct config_kind calendar_kind = {
    .name = "calendar", .prefix = "cal", .path = "/v1/calendars", .shape = &calendar_shape,
    .is_dated = true, .unknown = "calendar.unknown", .code_taken = "calendar.code_taken",
    .check = check, .make = make, .ready = ready,
};

/* ---- looking ---------------------------------------------------------------------------- */

/* The version in force; NULL: none was then, or nobody wants it any more. */
static const struct calendar *in_force(const struct calendar *newest, const struct calendar_when *w)
{
    const struct calendar *best = NULL;

    for (const struct calendar *l = newest; l; l = l->before) {
        if (l->config_version > w->config_version || l->effective_at > w->at) continue;
        if (!best || l->effective_at > best->effective_at) best = l;
    }
    return best && !best->is_archived ? best : NULL;
}

void calendar_see(struct arena *a, const struct calendar_when *w, int32_t date,
                  struct calendar_seen *out)
{
    const struct calendars *all = conf_view(w->conf, &calendar_kind);

    *out = (struct calendar_seen){ .is_workday = date_weekday(date) <= 5,
                                   .names = ARENA_ARRAY(a, const char *, all->n + 1) };
    for (size_t i = 0; i < all->n; i++) {
        const struct calendar *l = in_force(all->items[i], w);
        const struct calendar_day *day = l ? day_of(l, date) : NULL;
        if (!day) continue;
        out->names[out->names_n++] = day->name;
        if (str_eq(day->is, "special")) continue;
        out->is_holiday = str_eq(day->is, "holiday");
        out->is_workday = !out->is_holiday;
    }
}
