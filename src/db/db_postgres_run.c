/* Statements on PostgreSQL: preparing them with types, sending values, reading answers, all
 * binary. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "db/db_postgres_private.h"

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_VARCHAR = 1043 };

static void i64_to_wire(int64_t v, unsigned char dst[8])
{
    uint64_t u = (uint64_t)v;
    for (int i = 7; i >= 0; i--, u >>= 8) dst[i] = (unsigned char)(u & 0xff);
}

static int64_t i64_from_wire(const char *src)
{
    uint64_t u = 0;
    for (int i = 0; i < 8; i++) u = u << 8 | (unsigned char)src[i];
    return (int64_t)u;
}

/* ---- preparing ----------------------------------------------------------------------------- */

static bool type_fits(enum sql_type type, Oid oid)
{
    switch (type) {
    case SQL_I64:  return oid == OID_INT8;
    case SQL_TEXT: return oid == OID_TEXT || oid == OID_VARCHAR;
    default:       return oid == OID_BYTEA;
    }
}

/* The server's own word on the columns: nothing else can be read as declared. */
enum rc db_postgres_described(struct db_postgres *p, const struct db_call *call,
                              const PGresult *res)
{
    static const char *const names[] = { "int8 (CAST … AS BIGINT)", "text", "bytea" };
    const struct sql_def *d = call->def;

    if (PQnfields(res) != d->out_n)
        return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: %d columns declared, %d come back",
                       d->name, d->out_n, PQnfields(res));
    for (int i = 0; i < d->out_n; i++) {
        if (!type_fits((enum sql_type)d->out[i].type, PQftype(res, i)))
            return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: column %s is of type %u, not %s",
                           d->name, d->out[i].name, PQftype(res, i), names[d->out[i].type]);
        if (db_is_swapped(d, i, PQfname(res, i)))
            return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: column %d is declared %s and is"
                           " %s", d->name, i + 1, d->out[i].name, PQfname(res, i));
    }
    return RC_OK;
}

static void slots_grow(struct db_postgres *p, int id)
{
    int n = id < sql_all_n ? sql_all_n : id + 64;
    struct db_postgres_slot *slots = ARENA_ARRAY(p->base.memory, struct db_postgres_slot, n);

    if (p->slots_n > 0) memcpy(slots, p->slots, sizeof *slots * (size_t)p->slots_n);
    p->slots = slots;
    p->slots_n = n;
}

static const char *statement_name(struct db_postgres *p, const struct db_call *call)
{
    if (call->def->id == SQL_MADE) return "";          /* the next one takes its place */
    if (call->chunk == 0) return call->def->name;
    return arena_printf(p->base.memory, "%s_%zu", call->def->name, db_chunk_rows[call->chunk]);
}

static enum rc statement_prepare(struct db_postgres *p, const struct db_call *call)
{
    static const Oid oids[] = { OID_INT8, OID_TEXT, OID_BYTEA };
    const struct sql_def *d = call->def;
    int n = d->in_n * (int)db_chunk_rows[call->chunk];
    const char *name = statement_name(p, call);
    Oid types[PARAMS_MAX];
    struct db_call about = { .def = d, .chunk = call->chunk };

    assert(n <= PARAMS_MAX);
    for (int i = 0; i < n; i++) types[i] = oids[d->in[i % d->in_n].type];
    if (PQsendPrepare(p->conn, name, d->postgres[call->chunk], n, types) != 1)
        return db_postgres_lost(p, name);
    if (d->id != SQL_MADE) p->slots[d->id].name[call->chunk] = name;
    enum rc rc = db_postgres_push(p, &(struct sent){ .kind = SENT_PREPARE, .call = about });
    if (rc != RC_OK) return rc;
    if (PQsendDescribePrepared(p->conn, name) != 1) return db_postgres_lost(p, name);
    return db_postgres_push(p, &(struct sent){ .kind = SENT_DESCRIBE, .call = about });
}

static enum rc statement_find(struct db_postgres *p, const struct db_call *call, const char **name)
{
    const struct sql_def *d = call->def;
    enum rc rc = RC_OK;

    *name = "";
    if (d->id == SQL_MADE) return statement_prepare(p, call);
    if (d->id >= p->slots_n) slots_grow(p, d->id);
    if (p->slots[d->id].name[call->chunk] == NULL) rc = statement_prepare(p, call);
    *name = p->slots[d->id].name[call->chunk];
    return rc;
}

/* A part for each statement, so that one mistake does not hide the next. */
enum rc db_postgres_prepare_all(struct db *db)
{
    struct db_postgres *p = (struct db_postgres *)db;
    enum rc first = db_postgres_ensure(p);

    assert(!db->is_begun);
    for (int i = 0; i < sql_all_n && !p->is_lost; i++) {
        int chunks = sql_all[i]->kind == SQL_ROWS ? DB_CHUNKS : 1;
        for (int chunk = 0; chunk < chunks; chunk++) {
            const char *name;
            struct db_call about = { .def = sql_all[i], .chunk = chunk };
            enum rc rc = statement_find(p, &about, &name);
            if (rc == RC_OK) rc = db_postgres_part(p);
            if (first == RC_OK) first = rc;
        }
    }
    enum rc rc = db_postgres_collect(db);
    return first == RC_OK ? rc : first;
}

/* ---- sending ------------------------------------------------------------------------------- */

static bool value_put(struct db_postgres *p, int at, const struct sql_field *f, const char *row)
{
    int64_t i64;
    const char *text;
    struct sql_blob blob;

    p->values[at] = NULL;
    switch (f->type) {
    case SQL_I64:
        memcpy(&i64, row + f->offset, sizeof i64);
        if (i64 == SQL_NULL) break;
        i64_to_wire(i64, p->numbers[at]);
        p->values[at] = (const char *)p->numbers[at];
        p->lengths[at] = 8;
        break;
    case SQL_TEXT:
        memcpy(&text, row + f->offset, sizeof text);
        p->values[at] = text;
        p->lengths[at] = text == NULL ? 0 : (int)strlen(text);
        break;
    default:
        memcpy(&blob, row + f->offset, sizeof blob);
        p->values[at] = blob.p;
        p->lengths[at] = (int)blob.n;
        break;
    }
    return p->values[at] != NULL || f->is_nullable;
}

static enum rc values_put(struct db_postgres *p, const struct db_call *call)
{
    const struct sql_def *d = call->def;
    const char *row = call->in;
    int at = 0;

    if (d->in_n == 0) return RC_OK;
    for (size_t r = 0; r < db_chunk_rows[call->chunk]; r++, row += d->row_size)
        for (int i = 0; i < d->in_n; i++, at++)
            if (!value_put(p, at, &d->in[i], row))
                return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: parameter %s is absent",
                               d->name, d->in[i].name);
    return RC_OK;
}

static enum rc statement_send(struct db_postgres *p, const struct db_call *call, enum rc *waited)
{
    const char *name;
    int n = call->def->in_n * (int)db_chunk_rows[call->chunk];
    enum rc rc = db_postgres_begin_due(p);

    if (rc == RC_OK) rc = statement_find(p, call, &name);
    if (rc == RC_OK) rc = values_put(p, call);
    if (rc != RC_OK) return rc;
    if (PQsendQueryPrepared(p->conn, name, n, p->values, p->lengths, p->formats, 1) != 1)
        return db_postgres_lost(p, name);
    return db_postgres_push(p, &(struct sent){ SENT_STATEMENT, *call, waited, NULL });
}

/* Who needs the answer now waits for it; outside a transaction everybody does. */
enum rc db_postgres_run(struct db *db, const struct db_call *call)
{
    struct db_postgres *p = (struct db_postgres *)db;
    bool has_answer = call->def->kind == SQL_ONE || call->def->kind == SQL_EACH;
    bool is_waited_for = !call->is_asked && (has_answer || !db->is_begun);
    enum rc answer = RC_OK;
    enum rc rc = db_postgres_ensure(p);

    if (rc == RC_OK) rc = statement_send(p, call, is_waited_for && has_answer ? &answer : NULL);
    if (rc == RC_OK && is_waited_for) rc = db_postgres_collect(db);
    if (!is_waited_for) return rc;
    return rc != RC_OK ? rc : answer;
}

/* ---- reading ------------------------------------------------------------------------------- */

static bool read_null(const struct sql_field *f, char *dst)
{
    static const int64_t null = SQL_NULL;
    if (!f->is_nullable) return false;
    if (f->type == SQL_I64) memcpy(dst, &null, sizeof null);
    else memset(dst, 0, f->type == SQL_TEXT ? sizeof(char *) : sizeof(struct sql_blob));
    return true;
}

static bool read_value(const struct sql_field *f, struct arena *a, struct sql_blob v, char *dst)
{
    if (f->type == SQL_I64) {
        if (v.n != 8) return false;          /* its description, just read, was refused as well */
        int64_t i64 = i64_from_wire(v.p);
        memcpy(dst, &i64, sizeof i64);
    } else if (f->type == SQL_TEXT) {
        const char *copy = arena_strndup(a, v.p, v.n);
        memcpy(dst, &copy, sizeof copy);
    } else {
        void *copy = arena_alloc(a, v.n + 1);          /* an empty blob is not an absent one */
        if (v.n > 0) memcpy(copy, v.p, v.n);
        memcpy(dst, &(struct sql_blob){ copy, v.n }, sizeof v);
    }
    return true;
}

struct place { const PGresult *res; int row; };

static enum rc read_row(struct db_postgres *p, const struct db_call *call, struct place at,
                        char *dst)
{
    const struct sql_def *d = call->def;

    for (int i = 0; i < d->out_n; i++) {
        const struct sql_field *f = &d->out[i];
        struct sql_blob v = { PQgetvalue(at.res, at.row, i),
                              (size_t)PQgetlength(at.res, at.row, i) };
        bool is_null = PQgetisnull(at.res, at.row, i) != 0;
        if (is_null ? read_null(f, dst + f->offset)
                    : read_value(f, call->arena, v, dst + f->offset)) continue;
        return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: column %s is %s", d->name, f->name,
                       is_null ? "NULL" : "of another type");
    }
    return RC_OK;
}

static enum rc read_each(struct db_postgres *p, const struct db_call *call, const PGresult *res)
{
    size_t n = (size_t)PQntuples(res), size = call->def->row_size;

    if (arena_room(call->arena) <= n * size) return db_too_much(&p->base, call);
    char *rows = n == 0 ? NULL : arena_alloc(call->arena, n * size);
    for (size_t i = 0; i < n; i++) {
        if (arena_room(call->arena) == 0) return db_too_much(&p->base, call);
        enum rc rc = read_row(p, call, (struct place){ res, (int)i }, rows + i * size);
        if (rc != RC_OK) return rc;
    }
    memcpy((char *)call->out + call->def->rows_offset, &rows, sizeof rows);
    memcpy((char *)call->out + call->def->n_offset, &n, sizeof n);
    return RC_OK;
}

enum rc db_postgres_read(struct db_postgres *p, const struct db_call *call, const PGresult *res)
{
    switch (call->def->kind) {
    case SQL_EACH:
        return read_each(p, call, res);
    case SQL_ONE:
        if (PQntuples(res) == 0) return RC_NOT_FOUND;
        if (PQntuples(res) == 1) return read_row(p, call, (struct place){ res, 0 }, call->out);
        return db_fail(&p->base, RC_INTERNAL, DB_OTHER, "%s: more than one row", call->def->name);
    default:
        return RC_OK;
    }
}
