#include "db/explain_test.h"

#include <ctype.h>
#include <string.h>
#include "base/buf.h"
#include "db/db_kit_test.h"
#include "sql/db_test_sql.h"

/* ---- reading a plan ------------------------------------------------------------------------ */

static bool is_name(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

static struct str word_at(const char *p)
{
    size_t n = 0;
    while (*p == ' ') p++;
    while (is_name(p[n])) n++;
    return (struct str){ p, n };
}

/* Is `name`, as a plan has it, this table, or does the text call the table so ("member AS m")? */
static bool is_called(const char *sql, const char *table, struct str name)
{
    size_t n = strlen(table);

    if (str_is(name, table)) return true;
    for (const char *p = strstr(sql, table); p != NULL; p = strstr(p + 1, table)) {
        if ((p > sql && is_name(p[-1])) || is_name(p[n])) continue;
        struct str next = word_at(p + n);
        if (str_is(next, "AS")) next = word_at(next.p + 2);
        if (next.n == name.n && memcmp(next.p, name.p, name.n) == 0) return true;
    }
    return false;
}

static const char *large_called(const struct explain *x, const char *sql, struct str name)
{
    for (size_t i = 0; i < x->tables->n; i++) {
        const struct table_info *t = &x->tables->list[i];
        if (t->is_large && is_called(sql, t->name, name)) return t->name;
    }
    return NULL;
}

/* ---- asking -------------------------------------------------------------------------------- */

static enum rc sqlite_plan(const struct explain *x, const struct sql_def *d, const char **scanned)
{
    struct db_table t;
    const char *sql = arena_printf(x->arena, "EXPLAIN QUERY PLAN %s", d->sqlite[0]);
    enum rc rc = db_script_table(x->db, x->arena, sql, &t);

    for (size_t i = 0; rc == RC_OK && *scanned == NULL && i < t.rows; i++) {
        const char *detail = t.cells[i * 4 + 3];
        if (!str_prefix(detail, "SCAN ") || strstr(detail, " USING ") != NULL) continue;
        *scanned = large_called(x, d->sqlite[0], word_at(detail + 5));
    }
    return rc;
}

static const char *postgres_execute(const struct explain *x, const struct sql_def *d)
{
    struct buf b;

    buf_init(&b, x->arena, 1 << 16);
    buf_addf(&b, "EXPLAIN EXECUTE explained");
    for (int i = 0; i < d->in_n; i++) buf_adds(&b, i == 0 ? " (NULL" : ", NULL");
    if (d->in_n > 0) buf_addc(&b, ')');
    return buf_cstr(&b);
}

static const char *postgres_prepare(const struct explain *x, const struct sql_def *d)
{
    static const char *const types[] = { "bigint", "text", "bytea" };
    struct buf b;

    buf_init(&b, x->arena, 1 << 20);
    buf_adds(&b, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
                 "PREPARE explained");
    for (int i = 0; i < d->in_n; i++)
        buf_addf(&b, "%s%s", i == 0 ? " (" : ", ", types[d->in[i].type]);
    buf_addf(&b, "%s AS %s", d->in_n > 0 ? ")" : "", d->postgres[0]);
    return buf_cstr(&b);
}

static enum rc postgres_plan(const struct explain *x, const struct sql_def *d, const char **scanned)
{
    struct db_table t = { 0 };
    enum rc rc = db_script(x->db, postgres_prepare(x, d));

    if (rc == RC_OK) rc = db_script_table(x->db, x->arena, postgres_execute(x, d), &t);
    for (size_t i = 0; rc == RC_OK && *scanned == NULL && i < t.rows; i++) {
        const char *scan = strstr(t.cells[i], "Seq Scan on ");
        if (scan != NULL) *scanned = large_called(x, d->postgres[0], word_at(scan + 12));
    }
    if (rc == RC_OK) rc = db_script(x->db, "DEALLOCATE explained; RESET plan_cache_mode;"
                                           "RESET enable_seqscan");
    return rc;
}

static bool may_scan(const struct explain *x, const struct sql_def *d)
{
    for (const char *const *p = x->may_scan; p != NULL && *p != NULL; p++)
        if (str_eq(*p, d->name)) return true;
    return false;
}

enum rc explain_one(const struct explain *x, const struct sql_def *d, const char **why)
{
    const char *scanned = NULL;
    enum rc rc = db_kind(x->db) == DB_SQLITE ? sqlite_plan(x, d, &scanned)
                                             : postgres_plan(x, d, &scanned);

    *why = NULL;
    if (rc != RC_OK) *why = arena_printf(x->arena, "%s: %s", d->name, db_error(x->db));
    if (rc != RC_OK || scanned == NULL || may_scan(x, d)) return rc;
    *why = arena_printf(x->arena, "%s: scans all of %s", d->name, scanned);
    return RC_INVALID;
}

enum rc explain_all(const struct explain *x, const char **why)
{
    struct buf b;

    buf_init(&b, x->arena, 1 << 20);
    for (int i = 0; i < sql_all_n; i++) {
        const char *one;
        if (explain_one(x, sql_all[i], &one) != RC_OK) buf_addf(&b, "%s\n", one);
    }
    *why = buf_cstr(&b);
    return **why == '\0' ? RC_OK : RC_INVALID;
}

/* ---- what lies apart ------------------------------------------------------------------------ */

/* Tables by member_id lie together, any other by itself, and configuration everywhere. */
static const char *place_of(const struct table_info *t)
{
    if (t->by == NULL) return NULL;
    return str_eq(t->by, "member_id") ? "members" : t->name;
}

static const struct table_info *table_at(const struct explain *x, const char *p)
{
    struct str name = word_at(p);

    for (size_t i = 0; i < x->tables->n; i++)
        if (str_is(name, x->tables->list[i].name)) return &x->tables->list[i];
    return NULL;
}

static const char *apart(const struct explain *x, const char *sql)
{
    static const char *const before[] = { "FROM ", "JOIN ", "UPDATE ", "INTO " };
    const char *first = NULL;

    for (const char *p = sql; *p != '\0'; p++) {
        for (size_t i = 0; i < ARRAY_LEN(before); i++) {
            if (strncmp(p, before[i], strlen(before[i])) != 0) continue;
            const struct table_info *t = table_at(x, p + strlen(before[i]));
            const char *place = t ? place_of(t) : NULL;
            if (place == NULL) continue;
            if (first != NULL && !str_eq(first, place))
                return arena_printf(x->arena, "%s and %s", first, place);
            first = place;
        }
    }
    return NULL;
}

enum rc explain_apart(const struct explain *x, const char **why)
{
    struct buf b;

    buf_init(&b, x->arena, 1 << 20);
    for (int i = 0; i < sql_all_n; i++) {
        const char *both = apart(x, sql_all[i]->postgres[0]);
        if (both != NULL) buf_addf(&b, "%s: asks %s at once\n", sql_all[i]->name, both);
    }
    *why = buf_cstr(&b);
    return **why == '\0' ? RC_OK : RC_INVALID;
}

/* ---- its own tests ------------------------------------------------------------------------- */

static const struct table_info large_t = { .name = "t", .is_large = true };
static const struct table_info small_t = { .name = "t", .is_large = false };

BOTH(a_scan_of_a_large_table_is_found_and_a_search_is_fine)
{
    const char *why;
    struct tables tables = { &large_t, 1 };
    struct explain x = { .db = k->c.db, .arena = k->c.arena, .tables = &tables };

    IS_INT(explain_one(&x, &sql_def_t_get, &why), RC_OK);
    IS_INT(explain_one(&x, &sql_def_t_list, &why), RC_OK);
    IS_INT(explain_one(&x, &sql_def_t_fill, &why), RC_OK);
    IS_INT(explain_one(&x, &sql_def_t_by_words, &why), RC_INVALID);
    IS_STR(why, "t_by_words: scans all of t");
    x.may_scan = (const char *const []){ "t_by_words", NULL };
    IS_INT(explain_one(&x, &sql_def_t_by_words, &why), RC_OK);
    x.may_scan = NULL;
    tables.list = &small_t;
    IS_INT(explain_one(&x, &sql_def_t_by_words, &why), RC_OK);
}

BOTH(a_statement_that_asks_what_lies_apart_is_found)
{
    static const struct table_info together[] = {
        { .name = "a", .by = "member_id" }, { .name = "b", .by = "member_id" },
        { .name = "c" }, { .name = "d", .by = "id" } };
    struct tables tables = { together, ARRAY_LEN(together) };
    struct explain x = { .db = k->c.db, .arena = k->c.arena, .tables = &tables };

    IS_NULL(apart(&x, "SELECT 1 FROM a JOIN b ON 1 = 1 LEFT JOIN c ON 1 = 1"));
    IS_NULL(apart(&x, "SELECT 1 FROM d WHERE EXISTS (SELECT 1 FROM c)"));
    IS_STR(apart(&x, "SELECT 1 FROM d JOIN a ON 1 = 1"), "d and members");
    IS_STR(apart(&x, "SELECT (SELECT 1 FROM b), (SELECT 1 FROM d)"), "members and d");
}
