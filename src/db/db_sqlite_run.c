/* Statements on SQLite.  This is the inner loop of every purchase: values are bound straight from
 * the argument struct by offset, nothing is allocated but the text that comes back. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "db/db_sqlite_private.h"

/* ---- preparing ----------------------------------------------------------------------------- */

enum rc db_sqlite_prepare(struct db_sqlite *q, const char *sql, sqlite3_stmt **out)
{
    int result = sqlite3_prepare_v3(q->h, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return result == SQLITE_OK ? RC_OK : db_sqlite_fail(q, result, "prepare");
}

static enum rc shape_check(struct db_sqlite *q, const struct sql_def *d, sqlite3_stmt *s)
{
    if (sqlite3_column_count(s) != d->out_n)
        return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: %d columns declared, %d come back",
                       d->name, d->out_n, sqlite3_column_count(s));
    for (int i = 0; i < d->out_n; i++)
        if (db_is_swapped(d, i, sqlite3_column_name(s, i)))
            return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: column %d is declared %s and is"
                           " %s", d->name, i + 1, d->out[i].name, sqlite3_column_name(s, i));
    return RC_OK;
}

static enum rc statement_prepare(struct db_sqlite *q, const struct db_call *call,
                                 sqlite3_stmt **out)
{
    const struct sql_def *d = call->def;
    unsigned flags = d->id == SQL_MADE ? 0 : SQLITE_PREPARE_PERSISTENT;
    int result = sqlite3_prepare_v3(q->h, d->sqlite[call->chunk], -1, flags, out, NULL);

    if (result != SQLITE_OK) return db_sqlite_fail(q, result, d->name);
    enum rc rc = shape_check(q, d, *out);
    if (rc != RC_OK) sqlite3_finalize(*out);
    return rc;
}

/* Test statements lie past those of the product; the table grows for them. */
static void slots_grow(struct db_sqlite *q, int id)
{
    int n = id < sql_all_n ? sql_all_n : id + 64;
    struct db_sqlite_slot *slots = ARENA_ARRAY(q->base.memory, struct db_sqlite_slot, n);

    if (q->slots_n > 0) memcpy(slots, q->slots, sizeof *slots * (size_t)q->slots_n);
    q->slots = slots;
    q->slots_n = n;
}

static enum rc statement_find(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt **out)
{
    const struct sql_def *d = call->def;
    sqlite3_stmt **slot;

    if (d->id == SQL_MADE) return statement_prepare(q, call, out);
    if (d->id >= q->slots_n) slots_grow(q, d->id);
    slot = &q->slots[d->id].stmt[call->chunk];
    if (*slot == NULL) {
        enum rc rc = statement_prepare(q, call, out);
        if (rc != RC_OK) return rc;
        *slot = *out;
    }
    *out = *slot;
    return RC_OK;
}

enum rc db_sqlite_prepare_all(struct db *db)
{
    struct db_sqlite *q = (struct db_sqlite *)db;
    enum rc first = RC_OK;

    assert(!db->is_begun);
    if (q->is_readonly) return RC_OK;
    for (int i = 0; i < sql_all_n; i++) {
        const struct sql_def *d = sql_all[i];
        int chunks = d->kind == SQL_ROWS ? DB_CHUNKS : 1;
        for (int chunk = 0; chunk < chunks; chunk++) {
            sqlite3_stmt *s;
            struct db_call call = { .def = d, .chunk = chunk };
            enum rc rc = statement_find(q, &call, &s);
            if (first == RC_OK) first = rc;
            if (rc != RC_OK) break;
        }
    }
    return first;
}

void db_sqlite_finalize_all(struct db_sqlite *q)
{
    for (int i = 0; i < q->slots_n; i++)
        for (int k = 0; k < DB_CHUNKS; k++) sqlite3_finalize(q->slots[i].stmt[k]);
    q->slots_n = 0;
}

/* ---- binding ------------------------------------------------------------------------------- */

/* Bound by reference: the argument struct outlives the statement's run. */
static int bind_one(sqlite3_stmt *s, int at, const struct sql_field *f, const char *row)
{
    int64_t i64;
    const char *text;
    struct sql_blob blob;

    switch (f->type) {
    case SQL_I64:
        memcpy(&i64, row + f->offset, sizeof i64);
        if (i64 != SQL_NULL) return sqlite3_bind_int64(s, at, i64);
        break;
    case SQL_TEXT:
        memcpy(&text, row + f->offset, sizeof text);
        if (text != NULL) return sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
        break;
    default:
        memcpy(&blob, row + f->offset, sizeof blob);
        if (blob.p != NULL) return sqlite3_bind_blob64(s, at, blob.p, blob.n, SQLITE_STATIC);
        break;
    }
    return f->is_nullable ? sqlite3_bind_null(s, at) : SQLITE_MISMATCH;
}

static enum rc bind_all(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s)
{
    const struct sql_def *d = call->def;
    const char *row = call->in;
    int at = 1;

    if (d->in_n == 0) return RC_OK;
    for (size_t r = 0; r < db_chunk_rows[call->chunk]; r++, row += d->row_size) {
        for (int i = 0; i < d->in_n; i++, at++) {
            int result = bind_one(s, at, &d->in[i], row);
            if (result == SQLITE_OK) continue;
            if (result == SQLITE_MISMATCH)
                return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: parameter %s is absent",
                               d->name, d->in[i].name);
            return db_sqlite_fail(q, result, d->name);
        }
    }
    return RC_OK;
}

/* ---- reading ------------------------------------------------------------------------------- */

static bool read_text(sqlite3_value *v, struct arena *a, char *dst)
{
    if (sqlite3_value_type(v) != SQLITE_TEXT) return false;
    const char *p = (const char *)sqlite3_value_text(v);
    const char *copy = arena_strndup(a, p, (size_t)sqlite3_value_bytes(v));
    memcpy(dst, &copy, sizeof copy);
    return true;
}

static bool read_blob(sqlite3_value *v, struct arena *a, char *dst)
{
    if (sqlite3_value_type(v) != SQLITE_BLOB) return false;
    const void *p = sqlite3_value_blob(v);
    size_t n = (size_t)sqlite3_value_bytes(v);
    void *copy = arena_alloc(a, n + 1);                /* an empty blob is not an absent one */
    if (n > 0) memcpy(copy, p, n);
    memcpy(dst, &(struct sql_blob){ copy, n }, sizeof(struct sql_blob));
    return true;
}

static bool read_i64(sqlite3_value *v, char *dst)
{
    if (sqlite3_value_type(v) != SQLITE_INTEGER) return false;
    int64_t i64 = sqlite3_value_int64(v);
    memcpy(dst, &i64, sizeof i64);
    return true;
}

static bool read_null(sqlite3_value *v, const struct sql_field *f, char *dst)
{
    static const int64_t null = SQL_NULL;
    if (!f->is_nullable || sqlite3_value_type(v) != SQLITE_NULL) return false;
    if (f->type == SQL_I64) memcpy(dst, &null, sizeof null);
    else memset(dst, 0, f->type == SQL_TEXT ? sizeof(char *) : sizeof(struct sql_blob));
    return true;
}

/* Each column is looked up once: the value behind it belongs to this thread, as the connection
 * does. */
static enum rc read_row(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s, char *row)
{
    const struct sql_def *d = call->def;

    for (int i = 0; i < d->out_n; i++) {
        const struct sql_field *f = &d->out[i];
        char *dst = row + f->offset;
        sqlite3_value *v = sqlite3_column_value(s, i);
        bool ok;
        if (f->type == SQL_I64) ok = read_i64(v, dst);
        else if (f->type == SQL_TEXT) ok = read_text(v, call->arena, dst);
        else ok = read_blob(v, call->arena, dst);
        if (!ok && !read_null(v, f, dst))
            return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: column %s is %s", d->name, f->name,
                           sqlite3_value_type(v) == SQLITE_NULL ? "NULL" : "of another type");
    }
    return RC_OK;
}

/* ---- running ------------------------------------------------------------------------------- */

struct rows { char *items; size_t n, cap; };

static void rows_store(const struct db_call *call, const struct rows *rows)
{
    memcpy((char *)call->out + call->def->rows_offset, &rows->items, sizeof rows->items);
    memcpy((char *)call->out + call->def->n_offset, &rows->n, sizeof rows->n);
}

/* Growing leaves the old storage behind: there must be room for the next size of it. */
static bool has_room(const struct db_call *call, const struct rows *rows)
{
    size_t next = rows->n < rows->cap ? 0 : rows->cap * 2 * call->def->row_size;

    return arena_room(call->arena) > next;
}

static enum rc step_each(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s)
{
    struct rows rows = { 0 };
    size_t size = call->def->row_size;
    int result;

    while ((result = sqlite3_step(s)) == SQLITE_ROW) {
        if (!has_room(call, &rows)) return db_too_much(&q->base, call);
        rows.items = arena_grow(call->arena, rows.items, rows.n, &rows.cap, size);
        enum rc rc = read_row(q, call, s, rows.items + rows.n * size);
        if (rc != RC_OK) return rc;
        rows.n++;
    }
    if (result != SQLITE_DONE) return db_sqlite_fail(q, result, call->def->name);
    rows_store(call, &rows);
    return RC_OK;
}

static enum rc step_one(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s)
{
    int result = sqlite3_step(s);

    if (result == SQLITE_DONE) return RC_NOT_FOUND;
    if (result != SQLITE_ROW) return db_sqlite_fail(q, result, call->def->name);
    enum rc rc = read_row(q, call, s, call->out);
    if (rc != RC_OK) return rc;
    result = sqlite3_step(s);
    if (result == SQLITE_DONE) return RC_OK;
    if (result != SQLITE_ROW) return db_sqlite_fail(q, result, call->def->name);
    return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: more than one row", call->def->name);
}

/* A unique key broken by :exec is no question somebody asked, on PostgreSQL it shows too late to be
 * answered: the same here. */
static enum rc step_exec(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s)
{
    int result = sqlite3_step(s);

    if (result == SQLITE_DONE) return RC_OK;
    if ((result & 0xff) == SQLITE_CONSTRAINT)
        return db_fail(&q->base, RC_INTERNAL, DB_OTHER, "%s: %s", call->def->name,
                       sqlite3_errmsg(q->h));
    return db_sqlite_fail(q, result, call->def->name);
}

static enum rc step(struct db_sqlite *q, const struct db_call *call, sqlite3_stmt *s)
{
    switch (call->def->kind) {
    case SQL_ONE:  return step_one(q, call, s);
    case SQL_EACH: return step_each(q, call, s);
    default:       return step_exec(q, call, s);
    }
}

enum rc db_sqlite_run(struct db *db, const struct db_call *call)
{
    struct db_sqlite *q = (struct db_sqlite *)db;
    sqlite3_stmt *s;
    enum rc rc = statement_find(q, call, &s);

    if (rc != RC_OK) return rc;
    rc = bind_all(q, call, s);
    if (rc == RC_OK) rc = step(q, call, s);
    /* Both repeat the error of the step, which is already recorded. */
    if (call->def->id == SQL_MADE) sqlite3_finalize(s);
    else                           sqlite3_reset(s);
    if (call->is_asked) db_put_rc(call, rc);
    return rc;
}

/* ---- scripts ------------------------------------------------------------------------------- */

struct cells { const char **items; size_t n, cap; };

static enum rc script_step(struct db_sqlite *q, const struct db_query *query, sqlite3_stmt *s)
{
    struct cells cells = { 0 };
    struct db_table table = { .cols = sqlite3_column_count(s) };
    int result;

    while ((result = sqlite3_step(s)) == SQLITE_ROW) {
        table.rows++;
        for (int i = 0; query->out != NULL && i < table.cols; i++) {
            const char *text = (const char *)sqlite3_column_text(s, i);
            const char *copy = text == NULL ? NULL : arena_strdup(query->arena, text);
            *ARENA_PUSH(query->arena, cells.items, cells.n, cells.cap) = copy;
        }
    }
    if (result != SQLITE_DONE) return db_sqlite_fail(q, result, "script");
    table.cells = cells.items;
    if (query->out != NULL && table.cols > 0) *query->out = table;
    return RC_OK;
}

enum rc db_sqlite_script(struct db *db, const struct db_query *query)
{
    struct db_sqlite *q = (struct db_sqlite *)db;
    const char *p = query->sql;
    enum rc rc = RC_OK;

    while (rc == RC_OK && *p != '\0') {
        sqlite3_stmt *s = NULL;
        int result = sqlite3_prepare_v2(q->h, p, -1, &s, &p);
        if (result != SQLITE_OK) return db_sqlite_fail(q, result, "script");
        if (s == NULL) continue;                               /* a comment, white space */
        rc = script_step(q, query, s);
        sqlite3_finalize(s);
    }
    return rc;
}
