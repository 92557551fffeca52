#include "db/db.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "db/db_private.h"

const size_t db_chunk_rows[DB_CHUNKS] = { 1, 4, 16 };

/* Readers that follow the ids look back 30 s (CORE.md §3): what commits later would be
 * overlooked. */
#define TRANSACTION_MS_MAX 10000

enum rc db_open(const struct db_config *cfg, struct db **out, char err[static 256])
{
    assert(cfg != NULL && cfg->url != NULL && out != NULL);
    *out = NULL;
    if (str_prefix(cfg->url, "sqlite:")) return db_sqlite_open(cfg, out, err);
    if (str_prefix(cfg->url, "postgres://") || str_prefix(cfg->url, "postgresql://"))
        return db_postgres_open(cfg, out, err);
    snprintf(err, 256, "a database is \"sqlite:FILE\" or \"postgres://...\"");
    return RC_INVALID;
}

/* Of "postgres://user:secret@host/db?password=secret" what is no secret. */
const char *db_url_shown(const char *url, char dst[static DB_URL_SHOWN_MAX])
{
    bool is_file = str_prefix(url, "sqlite:");
    const char *name = strstr(url, "://"), *query = is_file ? NULL : strchr(url, '?');
    const char *colon = NULL, *at = NULL;
    size_t n = query ? (size_t)(query - url) : strlen(url);

    name = name ? name + 3 : url;
    for (const char *p = name; !is_file && p < url + n && *p != '/'; p++) {
        if (*p == '@') at = p;               /* the last: a password may hold one */
        if (*p == ':' && colon == NULL) colon = p;
    }
    if (at == NULL || colon == NULL || colon > at)
        snprintf(dst, DB_URL_SHOWN_MAX, "%.*s", (int)n, url);
    else
        snprintf(dst, DB_URL_SHOWN_MAX, "%.*s:***%.*s", (int)(colon - url), url,
                 (int)(n - (size_t)(at - url)), at);
    return dst;
}

void db_close(struct db *db)
{
    if (db == NULL) return;
    struct arena *memory = db->memory;
    db->ops->close(db);
    arena_close(memory);
}

enum db_kind db_kind(const struct db *db)
{
    return db->kind;
}

const char *db_error(const struct db *db)
{
    return db->error;
}

enum db_failure db_failure(const struct db *db)
{
    return db->failure;
}

int64_t db_round_trips(const struct db *db)
{
    return db->round_trips;
}

void db_watch(struct db *db, db_eye *eye, void *arg)
{
    db->eye = eye;
    db->eye_arg = arg;
}

/* ---- failures ------------------------------------------------------------------------------ */

enum rc db_fail(struct db *db, enum rc rc, enum db_failure failure, const char *fmt, ...)
{
    va_list ap;

    assert(rc != RC_OK && rc != RC_NOT_FOUND);
    if (db->is_begun && db->failed != RC_OK) return db->failed;     /* the first one is the cause */
    if (db->is_begun) db->failed = rc;
    db->failure = failure;
    va_start(ap, fmt);
    vsnprintf(db->error, sizeof db->error, fmt, ap);
    va_end(ap);
    if (rc == RC_INTERNAL || rc == RC_LIMIT) log_line(LOG_WARN, "db.error", "%s", db->error);
    return rc;
}

enum rc db_too_much(struct db *db, const struct db_call *call)
{
    log_line(LOG_ALARM, "request.memory", "statement=%s", call->def->name);
    return db_fail(db, RC_INTERNAL, DB_OTHER, "%s: more than fits into a request", call->def->name);
}

void db_put_rc(const struct db_call *call, enum rc rc)
{
    memcpy((char *)call->out + call->def->rc_offset, &rc, sizeof rc);
}

bool db_is_swapped(const struct sql_def *d, int i, const char *real_name)
{
    if (real_name == NULL || str_eq(d->out[i].name, real_name)) return false;
    for (int k = 0; k < d->out_n; k++)
        if (str_eq(d->out[k].name, real_name)) return true;
    return false;
}

static void failures_clear(struct db *db)
{
    db->failed = db->asked = RC_OK;
    db->failure = DB_FINE;
    db->is_asking = false;
}

/* ---- transactions -------------------------------------------------------------------------- */

static enum rc begin(struct db *db, enum db_step step)
{
    assert(!db->is_begun);
    failures_clear(db);
    db->begun_ms = step == DB_BEGIN ? time_mono_ms() : INT64_MAX;
    enum rc rc = db->ops->step(db, step);
    db->is_begun = rc == RC_OK;
    return rc;
}

enum rc db_begin(struct db *db)
{
    return begin(db, DB_BEGIN);
}

enum rc db_begin_read(struct db *db)
{
    return begin(db, DB_BEGIN_READ);
}

/* SQLite would not notice, PostgreSQL would put the answer where nothing is any more. */
static void check_asked(struct db *db)
{
    if (db->is_asking)
        db_fail(db, RC_INTERNAL, DB_OTHER, "a statement was asked and db_sync not called");
}

/* SQLite's one writer makes ids visible in order whatever it takes. */
static bool is_late(const struct db *db)
{
    return db->kind == DB_POSTGRES && db->begun_ms < time_mono_ms() - TRANSACTION_MS_MAX;
}

enum rc db_commit(struct db *db)
{
    enum rc rc;

    assert(db->is_begun);
    check_asked(db);
    if (is_late(db))
        db_fail(db, RC_BUSY, DB_OTHER, "a transaction took more than %d ms", TRANSACTION_MS_MAX);
    if (db->failed != RC_OK) {
        rc = db->failed;
        db->ops->rollback(db);
    } else {
        rc = db->ops->commit(db);
    }
    db->is_begun = db->is_asking = false;
    db->failed = db->asked = RC_OK;         /* the failure stays readable */
    return rc;
}

void db_rollback(struct db *db)
{
    if (!db->is_begun) return;
    db->ops->rollback(db);
    db->is_begun = db->is_asking = false;
    db->failed = db->asked = RC_OK;
}

bool db_in_transaction(const struct db *db)
{
    return db->ops->in_transaction(db);
}

enum rc db_savepoint(struct db *db)
{
    assert(db->is_begun);
    return db->failed != RC_OK ? db->failed : db->ops->step(db, DB_SAVEPOINT);
}

enum rc db_release(struct db *db)
{
    assert(db->is_begun);
    check_asked(db);
    return db->failed != RC_OK ? db->failed : db->ops->step(db, DB_RELEASE);
}

/* When SQLite has rolled the whole transaction back there is nothing to go back to, and the next
 * SAVEPOINT would open a transaction of its own: so the connection stays failed. */
enum rc db_rollback_to(struct db *db)
{
    enum rc was = db->failed;

    assert(db->is_begun);
    if (!db->ops->in_transaction(db)) {
        if (was == RC_OK) db_fail(db, RC_INTERNAL, DB_OTHER, "the transaction is gone");
        return RC_INTERNAL;
    }
    db->failed = RC_OK;
    enum rc rc = db->ops->step(db, DB_ROLLBACK_TO);
    if (rc == RC_OK) failures_clear(db);
    return rc;
}

/* ---- statements ---------------------------------------------------------------------------- */

static enum rc run(struct db *db, const struct db_call *call)
{
    if (db->failed != RC_OK) return db->failed;
    if (db->eye != NULL) {
        enum rc rc = db->eye(db->eye_arg, call->def, call->in, db_chunk_rows[call->chunk]);
        if (rc == RC_NOT_FOUND) return rc;
        if (rc != RC_OK)
            return db_fail(db, rc, DB_OTHER, "%s: stopped by the eye on it", call->def->name);
    }
    return db->ops->run(db, call);
}

enum rc db_one(struct db *db, struct arena *a, const struct sql_def *d, void *arg)
{
    return run(db, &(struct db_call){ .def = d, .arena = a, .in = arg, .out = arg });
}

enum rc db_each(struct db *db, struct arena *a, const struct sql_def *d, void *arg)
{
    return run(db, &(struct db_call){ .def = d, .arena = a, .in = arg, .out = arg });
}

enum rc db_exec(struct db *db, const struct sql_def *d, const void *arg)
{
    return run(db, &(struct db_call){ .def = d, .in = arg });
}

/* SQLite has the answer at once; PostgreSQL puts it in place of this one when it collects. */
void db_ask(struct db *db, struct arena *a, const struct sql_def *d, void *arg)
{
    struct db_call call = { .def = d, .arena = a, .in = arg, .out = arg, .is_asked = true };

    db->is_asking = true;
    db_put_rc(&call, RC_INTERNAL);
    enum rc rc = run(db, &call);
    if (rc == RC_OK) return;
    db_put_rc(&call, rc);
    if (rc != RC_NOT_FOUND && db->asked == RC_OK) db->asked = rc;
}

enum rc db_rows(struct db *db, const struct sql_def *d, struct sql_many many)
{
    const char *row = many.rows;

    while (many.n > 0) {
        int chunk = DB_CHUNKS - 1;
        while (db_chunk_rows[chunk] > many.n) chunk--;
        enum rc rc = run(db, &(struct db_call){ .def = d, .in = row, .chunk = chunk });
        if (rc != RC_OK) return rc;
        row += db_chunk_rows[chunk] * d->row_size;
        many.n -= db_chunk_rows[chunk];
    }
    return RC_OK;
}

enum rc db_sync(struct db *db)
{
    enum rc rc = db->failed;

    if (rc == RC_OK) rc = db->ops->collect(db);
    if (rc == RC_OK) rc = db->asked;
    db->asked = RC_OK;
    db->is_asking = false;
    return rc;
}

enum rc db_prepare_all(struct db *db)
{
    return db->ops->prepare_all(db);
}

/* ---- scripts ------------------------------------------------------------------------------- */

enum rc db_script(struct db *db, const char *sql)
{
    if (db->failed != RC_OK) return db->failed;
    return db->ops->script(db, &(struct db_query){ .sql = sql });
}

enum rc db_analyze(struct db *db)
{
    /* Ours only: of the system's own tables it would say that it may not. */
    static const char ours[] =
        "DO $$ DECLARE t text; BEGIN"
        " FOR t IN SELECT quote_ident(tablename) FROM pg_tables"
        " WHERE schemaname = current_schema()"
        " LOOP EXECUTE 'ANALYZE ' || t; END LOOP; END $$";

    return db->kind == DB_POSTGRES ? db_script(db, ours) : RC_OK;
}

enum rc db_script_table(struct db *db, struct arena *a, const char *sql, struct db_table *out)
{
    *out = (struct db_table){ 0 };
    if (db->failed != RC_OK) return db->failed;
    return db->ops->script(db, &(struct db_query){ .sql = sql, .arena = a, .out = out });
}

enum rc db_script_i64(struct db *db, const char *sql, int64_t *out)
{
    struct arena *a = arena_open(1 << 20);
    struct db_table t;
    enum rc rc = db_script_table(db, a, sql, &t);

    if (rc == RC_OK && t.rows == 0) rc = RC_NOT_FOUND;
    if (rc == RC_OK && t.cells[0] == NULL) *out = SQL_NULL;
    else if (rc == RC_OK && !str_to_i64(str_of(t.cells[0]), out))
        rc = db_fail(db, RC_INTERNAL, DB_OTHER, "not a number: %.80s", sql);
    arena_close(a);
    return rc;
}
