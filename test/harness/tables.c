/* tables.c -- see tables.h. */
#include "test/harness/tables.h"

#include <stdio.h>
#include <string.h>

#include "core/ctx.h"
#include "test/harness/test.h"

static uint64_t mix(uint64_t h, const char *text)
{
    for (const char *p = text ? text : "\1"; *p; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return (h ^ 0xff) * UINT64_C(0x100000001b3);      /* the end of a cell: "a","b" is not "ab" */
}

/* A sum of the rows' digests: whatever order they come in. */
static void read_one(struct ctx *c, struct table_digest *out)
{
    struct arena_mark mark = arena_mark(c->arena);
    struct db_table t;
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT * FROM %s", out->name);
    if (db_script_table(c->db, c->arena, sql, &t) != RC_OK) FAIL_TEST("%s", db_error(c->db));
    out->rows = t.rows;
    for (size_t r = 0; r < t.rows; r++) {
        uint64_t h = UINT64_C(0xcbf29ce484222325);
        for (int i = 0; i < t.cols; i++) h = mix(h, t.cells[r * (size_t)t.cols + (size_t)i]);
        out->sum += h;
    }
    arena_rewind(c->arena, mark);
}

void tables_read(struct ctx *c, struct tables *out)
{
    const char *list = db_kind(c->db) == DB_SQLITE
        ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
          " ORDER BY name"
        : "SELECT tablename FROM pg_tables WHERE schemaname = CURRENT_SCHEMA ORDER BY 1";
    struct db_table t;

    *out = (struct tables){ 0 };
    if (db_script_table(c->db, c->arena, list, &t) != RC_OK) FAIL_TEST("%s", db_error(c->db));
    if (t.rows == 0 || t.rows > TABLES_MAX) FAIL_TEST("%zu tables", t.rows);
    for (; out->n < t.rows; out->n++) {
        out->items[out->n].name = t.cells[out->n];
        read_one(c, &out->items[out->n]);
    }
}

const char *tables_differ(const struct tables *a, const struct tables *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const struct table_digest *x = &a->items[i], *y = &b->items[i];
        if (strcmp(x->name, y->name) != 0 || x->rows != y->rows || x->sum != y->sum)
            return x->name;
    }
    return a->n == b->n ? NULL : "the list of tables";
}
