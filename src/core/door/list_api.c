/* list_api.c -- see list_api.h. */
#include <assert.h>
#include <string.h>

#include "base/limit.h"
#include "core/config/conf.h"
#include "core/ctx.h"
#include "core/door/list_private.h"

enum { SEARCH_MAX = 100 };

struct list_count { int64_t n; bool is_exact; };
struct list_page {
    const void *items;
    size_t n;
    const char *next;
    const struct list_count *count;
};
JSON_SHAPE(count_shape, struct list_count,
    { "n", JT_I64, offsetof(struct list_count, n) },
    { "exact", JT_BOOL, offsetof(struct list_count, is_exact) });

/* ---- shapes --------------------------------------------------------------------------------- */

static const char *const formats[] = { "json", "csv", NULL };
static const char *const truths[] = { "true", "false", NULL };

static const char *const *sort_names(struct arena *a, const struct list *list)
{
    const char **names = ARENA_ARRAY(a, const char *, 2 * list->sorts_n + 1);

    for (size_t i = 0; i < list->sorts_n; i++) {
        names[2 * i] = list->sorts[i].name;
        names[2 * i + 1] = arena_printf(a, "-%s", list->sorts[i].name);
    }
    return names;
}

/* A truth is read as a text: it can be left out, which a JT_BOOL cannot. */
static struct json_field filter_field(const struct list *list, size_t i)
{
    const struct list_filter *f = &list->filters[i];
    struct json_field out = {
        .name = f->name, .type = f->type, .among = f->among,
        .offset = offsetof(struct list_query, values) + i * sizeof(union list_value) };

    if (f->type == JT_BOOL) {
        out.type = JT_TEXT;
        out.among = truths;
    }
    if (out.type == JT_TEXT) {
        out.min = 1;
        out.max = LIMIT_CODE;
    }
    return out;
}

static const struct json_shape *query_shape(struct arena *a, const struct list *list)
{
    const struct json_field fixed[] = {
        { "limit", JT_I64, offsetof(struct list_query, limit), .min = 1, .max = LIMIT_LIST_MAX },
        { "cursor", JT_TEXT, offsetof(struct list_query, cursor), .min = 1,
          .max = LIST_CURSOR_MAX },
        { "sort", JT_TEXT, offsetof(struct list_query, sort), .among = sort_names(a, list) },
        { "format", JT_TEXT, offsetof(struct list_query, format), .among = formats },
        { "count", JT_BOOL, offsetof(struct list_query, is_counted) },
        { "q", JT_TEXT, offsetof(struct list_query, q), .min = 1, .max = SEARCH_MAX } };
    size_t n = ARRAY_LEN(fixed) - (list->searched ? 0 : 1);
    struct json_field *fields = ARENA_ARRAY(a, struct json_field, n + list->filters_n);
    struct json_shape *shape = ARENA_NEW(a, struct json_shape);

    memcpy(fields, fixed, n * sizeof *fields);
    for (size_t i = 0; i < list->filters_n; i++) fields[n + i] = filter_field(list, i);
    *shape = (struct json_shape){ list->name, sizeof(struct list_query), fields,
                                  n + list->filters_n };
    return shape;
}

static const struct json_shape *answer_shape(struct arena *a, const struct list *list)
{
    const struct json_field answer[] = {
        { "data", JT_LIST, offsetof(struct list_page, items),
          .count_offset = offsetof(struct list_page, n), .of = list->item },
        { "next", JT_TEXT, offsetof(struct list_page, next) },
        { "count", JT_OBJECT, offsetof(struct list_page, count), .of = &count_shape,
          .flags = JF_POINTER | JF_OMIT } };
    struct json_field *fields = ARENA_ARRAY(a, struct json_field, ARRAY_LEN(answer));
    struct json_shape *shape = ARENA_NEW(a, struct json_shape);

    memcpy(fields, answer, sizeof answer);
    *shape = (struct json_shape){ list->name, sizeof(struct list_page), fields,
                                  ARRAY_LEN(answer) };
    return shape;
}

void list_shapes(struct arena *a, const struct list *list, struct route *route)
{
    assert(list->filters_n <= LIST_FILTERS && list->sorts_n > 0);
    route->query = query_shape(a, list);
    route->answer = answer_shape(a, list);
    if (!route->run) route->run = list_api;
}

/* ---- what is asked -------------------------------------------------------------------------- */

const char *list_asked(const struct call *call, const char *filter)
{
    const struct list_query *q = call->query;
    size_t i = 0;

    while (i < call->list->filters_n && !str_eq(call->list->filters[i].name, filter)) i++;
    assert(i < call->list->filters_n && "a filter of this list");
    return q->values[i].text;
}

bool list_read_store(struct ctx *c, const char *text, int64_t *out)
{
    const struct store *s = conf_store_by_code(c->conf, text);

    if (s) *out = s->id;
    return s != NULL;
}

bool list_read_unit(struct ctx *c, const char *text, int64_t *out)
{
    const struct unit *u = conf_unit_by_code(c->conf, text);

    if (u) *out = u->id;
    return u != NULL;
}

static bool is_absent(const struct list_filter *f, const union list_value *v)
{
    switch (f->type) {
    case JT_TEXT: case JT_BOOL: return v->text == NULL;
    case JT_DATE:               return v->date == JSON_ABSENT_DATE;
    default:                    return v->i64 == JSON_ABSENT;
    }
}

/* A list being read. */
struct reading {
    struct ctx *c;
    struct call *call;
    const struct list *list;
    const struct list_query *q;
    const char *sort;
    struct db_list ask;
};
struct got { char *items; size_t n; const char *next; };

static enum rc read_filter(struct ctx *c, const struct list_filter *f, const union list_value *v,
                           union db_cell *out)
{
    switch (f->type) {
    case JT_BOOL:
        out->i64 = str_eq(v->text, "true");
        return RC_OK;
    case JT_DATE:
        out->i64 = v->date;
        return RC_OK;
    case JT_TEXT:
        out->text = v->text;
        if (!f->read || f->read(c, v->text, &out->i64)) return RC_OK;
        return fail_at(c, RC_INVALID, "request.parameter", arena_printf(c->arena, "?%s", f->name),
                       "names nothing that there is");
    default:
        out->i64 = v->i64;
        return RC_OK;
    }
}

static enum rc read_filters(struct reading *r)
{
    struct db_list_test *tests = ARENA_ARRAY(r->c->arena, struct db_list_test, LIST_FILTERS);
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < r->list->filters_n; i++) {
        const struct list_filter *f = &r->list->filters[i];
        if (!f->column || is_absent(f, &r->q->values[i])) continue;
        struct db_list_test *t = &tests[r->ask.tests_n++];
        *t = (struct db_list_test){ .column = f->column, .is = f->is };
        rc = read_filter(r->c, f, &r->q->values[i], &t->value);
    }
    r->ask.tests = tests;
    return rc;
}

/* The first, the newest first, is taken for said. */
static void read_sort(struct reading *r)
{
    r->sort = r->q->sort ? r->q->sort
                         : arena_printf(r->c->arena, "-%s", r->list->sorts[0].name);
    r->ask.is_ascending = r->sort[0] != '-';
    for (size_t i = 0; i < r->list->sorts_n; i++)
        if (str_eq(r->list->sorts[i].name, r->sort + (r->ask.is_ascending ? 0 : 1)))
            r->ask.keys = r->list->sorts[i].keys;
}

/* from: where the last page ended; NULL: at the beginning. */
static enum rc read_place(struct reading *r, const char *from)
{
    if (!from) return RC_OK;
    r->ask.after = list_place_read(r->c->arena, &r->ask, r->sort, from);
    if (r->ask.after) return RC_OK;
    return fail_at(r->c, RC_INVALID, "request.cursor", NULL,
                   "The cursor is none that this list, sorted so, has given.");
}

/* One row more than is wanted tells whether there are more. */
static enum rc read_rows(struct reading *r, int64_t max, struct got *out)
{
    const struct list *list = r->list;
    struct db_list_rows rows;
    enum rc rc;

    r->ask.max = max + 1;
    rc = db_list(r->c->db, r->c->arena, &r->ask, &rows);
    if (rc != RC_OK) return rc;
    if ((int64_t)rows.n > max) {
        rows.n = (size_t)max;
        out->next = list_place(r->c->arena, &r->ask, r->sort,
                               (const char *)rows.rows + (rows.n - 1) * list->rows->row_size);
    }
    out->n = rows.n;
    out->items = arena_alloc(r->c->arena, list->item->size * (rows.n + 1));
    for (size_t i = 0; rc == RC_OK && i < rows.n; i++)
        rc = list->show(r->c, r->call, (const char *)rows.rows + i * list->rows->row_size,
                        out->items + i * list->item->size);
    return rc;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static enum rc count(struct reading *r, struct list_page *out)
{
    struct list_count *n = ARENA_NEW(r->c->arena, struct list_count);
    enum rc rc = db_list_count(r->c->db, r->c->arena, &r->ask, &n->n);

    n->is_exact = n->n <= DB_LIST_COUNTED;
    if (!n->is_exact) n->n = DB_LIST_COUNTED;
    out->count = n;
    return rc;
}

static enum rc answer_page(struct reading *r)
{
    struct list_page *out = ARENA_NEW(r->c->arena, struct list_page);
    struct got got = { 0 };
    enum rc rc = read_place(r, r->q->cursor);

    if (rc == RC_OK)
        rc = read_rows(r, r->q->limit == JSON_ABSENT ? LIMIT_LIST_DEFAULT : r->q->limit, &got);
    if (rc == RC_OK && r->q->is_counted) rc = count(r, out);
    if (rc != RC_OK) return rc;
    out->items = got.items;
    out->n = got.n;
    out->next = got.next;
    r->call->answer = out;
    return RC_OK;
}

/* The file goes on where its last piece ended; a cursor says where it begins. */
static enum rc answer_file(struct reading *r)
{
    struct piece *piece = ARENA_NEW(r->c->arena, struct piece);
    const char *from = r->call->from ? r->call->from : r->q->cursor;
    struct got got = { 0 };
    char day[11];
    enum rc rc = read_place(r, from);

    if (rc == RC_OK) rc = read_rows(r, LIST_PIECE_ROWS, &got);
    if (rc != RC_OK) return rc;
    date_format(date_of(r->c->conf->zone, r->c->now), day);
    *piece = (struct piece){
        .name = arena_printf(r->c->arena, "%s-%s.csv", r->list->name, day),
        .type = "text/csv; charset=utf-8", .next = got.next,
        .text = list_lines(r->c, r->call, &(struct list_lines){
            .list = r->list, .items = got.items, .n = got.n, .is_first = !r->call->from }) };
    r->call->piece = piece;
    return RC_OK;
}

enum rc list_answer(struct ctx *c, struct call *call, const struct list *list)
{
    struct reading r = { .c = c, .call = call, .list = list, .q = call->query,
                         .ask = { .of = list->rows, .searched = list->searched } };
    enum rc rc = read_filters(&r);

    read_sort(&r);
    if (list->searched) r.ask.search = r.q->q;
    if (rc == RC_OK && list->ask) rc = list->ask(c, call, &r.ask.arg);
    if (rc != RC_OK) return rc;
    return str_eq(r.q->format, "csv") ? answer_file(&r) : answer_page(&r);
}

enum rc list_api(struct ctx *c, struct call *call)
{
    return list_answer(c, call, call->list);
}

/* ---- examples ------------------------------------------------------------------------------- */

bool list_example(struct arena *a, const struct list *list, size_t n, struct db_list *out)
{
    static const union db_cell cells[DB_LIST_KEYS] = { 0 };
    size_t sorts = 2 * list->sorts_n;
    struct db_list_test *t = ARENA_NEW(a, struct db_list_test);
    const union db_cell *after = cells;

    if (n >= sorts + list->filters_n) return false;
    *out = (struct db_list){ .of = list->rows, .keys = list->sorts[n < sorts ? n / 2 : 0].keys,
                             .after = after, .is_ascending = n < sorts && n % 2 == 0, .max = 50 };
    if (n < sorts || !list->filters[n - sorts].column) return true;
    *t = (struct db_list_test){ .column = list->filters[n - sorts].column,
                                .is = list->filters[n - sorts].is };
    out->tests = t;
    out->tests_n = 1;
    return true;
}
