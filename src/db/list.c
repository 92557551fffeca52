/* list.c -- see list.h: the one place besides the rule compiler where SQL is put together. */
#include "db/list.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include "base/buf.h"

enum { PARAMS = 64 + DB_LIST_TESTS + DB_LIST_KEYS + 2, SQL_BYTES = 32 << 10 };

/* What the made statement is run with: its cells, and where the rows come. */
struct asked {
    union db_cell cells[PARAMS];
    const void *rows;
    size_t n;
    int64_t count;
    enum rc rc;
};
struct making {
    enum db_kind kind;
    struct arena *arena;
    const struct db_list *list;
    struct buf sql;
    struct sql_field *in;
    int in_n;
    struct asked *asked;
};

static const struct sql_field *column_of(const struct sql_def *d, const char *name)
{
    int i = 0;

    while (i < d->out_n && !str_eq(d->out[i].name, name)) i++;
    assert(i < d->out_n && "a column of this statement");
    return &d->out[i];
}

union db_cell db_list_cell(const struct sql_def *of, const void *row, const char *column)
{
    union db_cell cell;

    memcpy(&cell, (const char *)row + column_of(of, column)->offset, sizeof cell);
    return cell;
}

bool db_list_is_text(const struct sql_def *of, const char *column)
{
    return column_of(of, column)->type == SQL_TEXT;
}

/* ---- parameters ---- */

static void add_cell(struct making *m, const struct sql_field *like, union db_cell value)
{
    int at = m->in_n++;

    assert(at < PARAMS);
    m->asked->cells[at] = value;
    m->in[at] = (struct sql_field){
        .name = like->name, .type = like->type, .is_nullable = like->is_nullable,
        .offset = (uint16_t)(offsetof(struct asked, cells) + (size_t)at * sizeof value) };
}

static void put_cell(struct making *m, const struct sql_field *like, union db_cell value)
{
    add_cell(m, like, value);
    buf_addf(&m->sql, "%c%d", m->kind == DB_SQLITE ? '?' : '$', m->in_n);
}

/* Those of the statement come first: it has their numbers in it. */
static void add_given(struct making *m)
{
    const struct sql_def *d = m->list->of;

    for (int i = 0; i < d->in_n; i++) {
        union db_cell cell = { 0 };
        assert(d->in[i].type != SQL_BLOB);
        if (m->list->arg)
            memcpy(&cell, (const char *)m->list->arg + d->in[i].offset, sizeof cell);
        add_cell(m, &d->in[i], cell);
    }
}

/* ---- conditions ---- */

static void put_tests(struct making *m)
{
    static const char *const words[] = { [DB_IS] = "=", [DB_FROM] = ">=", [DB_TO] = "<=",
                                         [DB_BEFORE] = "<" };

    assert(m->list->tests_n <= DB_LIST_TESTS);
    for (size_t i = 0; i < m->list->tests_n; i++) {
        const struct db_list_test *t = &m->list->tests[i];
        buf_addf(&m->sql, " AND l.%s %s ", t->column, words[t->is]);
        put_cell(m, column_of(m->list->of, t->column), t->value);
    }
}

/* %, _ and \ are letters like others; both engines fold only A to Z. */
static const char *search_pattern(struct arena *a, const char *text)
{
    struct buf b;

    buf_init(&b, a, 2 * strlen(text) + 4);
    buf_addc(&b, '%');
    for (; *text != '\0'; text++) {
        if (strchr("%_\\", *text) != NULL) buf_addc(&b, '\\');
        buf_addc(&b, *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text);
    }
    buf_addc(&b, '%');
    return buf_cstr(&b);
}

static void put_search(struct making *m)
{
    static const struct sql_field text = { .name = "search", .type = SQL_TEXT };
    union db_cell pattern;

    if (!m->list->search) return;
    pattern.text = search_pattern(m->arena, m->list->search);
    for (size_t i = 0; m->list->searched[i]; i++) {
        assert(db_list_is_text(m->list->of, m->list->searched[i]));
        buf_addf(&m->sql, "%s LOWER(l.%s) LIKE ", i == 0 ? " AND (" : " OR",
                 m->list->searched[i]);
        put_cell(m, &text, pattern);
        buf_adds(&m->sql, " ESCAPE '\\'");
    }
    buf_addc(&m->sql, ')');
}

static void put_keys(struct making *m, const char *after)
{
    for (size_t i = 0; m->list->keys[i]; i++) {
        assert(!column_of(m->list->of, m->list->keys[i])->is_nullable);
        buf_addf(&m->sql, "%sl.%s%s", i == 0 ? "" : ", ", m->list->keys[i], after);
    }
}

/* (a, b) < (x, y) is answered from an index on both engines; the same in ANDs and ORs is not. */
static void put_after(struct making *m)
{
    if (!m->list->after) return;
    buf_adds(&m->sql, " AND (");
    put_keys(m, "");
    buf_adds(&m->sql, m->list->is_ascending ? ") > (" : ") < (");
    for (size_t i = 0; m->list->keys[i]; i++) {
        if (i > 0) buf_adds(&m->sql, ", ");
        put_cell(m, column_of(m->list->of, m->list->keys[i]), m->list->after[i]);
    }
    buf_addc(&m->sql, ')');
}

static void put_from(struct making *m)
{
    const struct sql_def *d = m->list->of;

    buf_addf(&m->sql, " FROM (%s) l WHERE 1 = 1",
             m->kind == DB_SQLITE ? d->sqlite[0] : d->postgres[0]);
    put_tests(m);
    put_search(m);
}

static void put_limit(struct making *m, int64_t max)
{
    static const struct sql_field number = { .name = "max", .type = SQL_I64 };

    buf_adds(&m->sql, " LIMIT ");
    put_cell(m, &number, (union db_cell){ .i64 = max });
}

/* ---- statements ---- */

static struct making making(enum db_kind kind, struct arena *a, const struct db_list *list)
{
    struct making m = { .kind = kind, .arena = a, .list = list };

    assert(list->of->kind == SQL_LIST);
    buf_init(&m.sql, a, SQL_BYTES);
    m.in = ARENA_ARRAY(a, struct sql_field, PARAMS);
    m.asked = ARENA_NEW(a, struct asked);
    add_given(&m);
    return m;
}

static struct sql_def *made(struct making *m)
{
    struct sql_def *d = ARENA_NEW(m->arena, struct sql_def);
    const char *sql = buf_cstr(&m->sql);

    assert(!m->sql.full);
    *d = (struct sql_def){ .name = m->list->of->name, .id = SQL_MADE, .in = m->in,
                           .in_n = m->in_n, .rc_offset = offsetof(struct asked, rc) };
    if (m->kind == DB_SQLITE) d->sqlite[0] = sql;
    else                      d->postgres[0] = sql;
    return d;
}

static struct sql_def *made_rows(struct making *m)
{
    buf_adds(&m->sql, "SELECT *");
    put_from(m);
    put_after(m);
    buf_adds(&m->sql, " ORDER BY ");
    put_keys(m, m->list->is_ascending ? "" : " DESC");
    put_limit(m, m->list->max);
    struct sql_def *d = made(m);
    d->kind = SQL_EACH;
    d->out = m->list->of->out;
    d->out_n = m->list->of->out_n;
    d->row_size = m->list->of->row_size;
    d->rows_offset = offsetof(struct asked, rows);
    d->n_offset = offsetof(struct asked, n);
    return d;
}

static struct sql_def *made_count(struct making *m)
{
    static const struct sql_field count[] = {
        { .name = "n", .offset = offsetof(struct asked, count), .type = SQL_I64 } };

    buf_adds(&m->sql, "SELECT COUNT(*) AS n FROM (SELECT 1");
    put_from(m);
    put_limit(m, DB_LIST_COUNTED + 1);
    buf_adds(&m->sql, ") counted");
    struct sql_def *d = made(m);
    d->kind = SQL_ONE;
    d->out = count;
    d->out_n = 1;
    return d;
}

const struct sql_def *db_list_sql(enum db_kind kind, struct arena *a, const struct db_list *list)
{
    struct making m = making(kind, a, list);

    return made_rows(&m);
}

enum rc db_list(struct db *db, struct arena *a, const struct db_list *list,
                struct db_list_rows *out)
{
    struct making m = making(db_kind(db), a, list);
    enum rc rc = db_each(db, a, made_rows(&m), m.asked);

    *out = (struct db_list_rows){ m.asked->rows, m.asked->n };
    return rc;
}

enum rc db_list_count(struct db *db, struct arena *a, const struct db_list *list, int64_t *n)
{
    struct making m = making(db_kind(db), a, list);
    enum rc rc = db_one(db, a, made_count(&m), m.asked);

    *n = m.asked->count;
    return rc;
}
