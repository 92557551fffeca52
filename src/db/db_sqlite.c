/* Opening, settings, transactions and failures of SQLite.  Statements are in db_sqlite_run.c. */
#include "db/db_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/str.h"
#include "db/db_sqlite_private.h"
#include "db/file_lock.h"

#define BUSY_MS 2000

/* ---- failures ------------------------------------------------------------------------------ */

static enum db_failure failure_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY: case SQLITE_LOCKED:      return DB_BUSY;
    case SQLITE_FULL:                          return DB_FULL;
    case SQLITE_NOMEM:                         return DB_NOMEM;
    case SQLITE_CORRUPT: case SQLITE_NOTADB:   return DB_CORRUPT;
    case SQLITE_IOERR:
        return result == SQLITE_IOERR_NOMEM ? DB_NOMEM : DB_IOERR;
    default:                                   return DB_OTHER;
    }
}

static bool is_unique(int result)
{
    return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ||
           result == SQLITE_CONSTRAINT_ROWID;
}

enum rc db_sqlite_fail(struct db_sqlite *q, int result, const char *what)
{
    enum db_failure failure = failure_of(result);
    enum rc rc = RC_INTERNAL;

    if (failure == DB_NOMEM) {
        log_line(LOG_ALARM, "db.memory", "out of memory in %s", what);
        abort();
    }
    if (failure == DB_BUSY) rc = RC_BUSY;
    if (failure == DB_FULL) rc = RC_LIMIT;
    if (is_unique(result)) rc = RC_CONFLICT;
    return db_fail(&q->base, rc, failure, "%s: %s (%d)", what, sqlite3_errmsg(q->h), result);
}

/* What SQLite itself finds worth telling, less what callers handle or what names no fault. */
static void tell(void *arg, int result, const char *text)
{
    (void)arg;
    switch (result & 0xff) {
    case SQLITE_CONSTRAINT: case SQLITE_SCHEMA: case SQLITE_BUSY: return;
    case SQLITE_NOTICE: log_line(LOG_INFO, "db.sqlite", "code=%d %s", result, text); return;
    default:            log_line(LOG_WARN, "db.sqlite", "code=%d %s", result, text);
    }
}

static void configure_once(void)
{
    sqlite3_config(SQLITE_CONFIG_LOG, tell, NULL);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

bool db_sqlite_version_ok(int number)
{
    return number >= SQLITE_VERSION_LEAST;
}

/* ---- settings ------------------------------------------------------------------------------ */

/* "RGLR", in the header of each file of ours. */
#define APPLICATION_ID      0x52474c52
#define APPLICATION_ID_TEXT "1380404306"

struct setting { const char *set, *get; int64_t want; };

static const struct setting common_settings[] = {
    { "PRAGMA foreign_keys = ON",     "PRAGMA foreign_keys", 1 },
    { "PRAGMA trusted_schema = OFF",  "PRAGMA trusted_schema", 0 },
    { "PRAGMA mmap_size = 0",         NULL, 0 },
    { "PRAGMA temp_store = MEMORY",   "PRAGMA temp_store", 2 },
};
/* FULL: an acknowledged sale survives a power cut; NORMAL loses it (notes/reliability.md §0). */
static const struct setting writer_settings[] = {
    { "PRAGMA cell_size_check = ON",    "PRAGMA cell_size_check", 1 },
    { "PRAGMA page_size = 4096",        NULL, 0 },
    { "PRAGMA journal_mode = WAL",      NULL, 0 },
    { "PRAGMA synchronous = FULL",      "PRAGMA synchronous", 2 },
    { "PRAGMA wal_autocheckpoint = 0",  "PRAGMA wal_autocheckpoint", 0 },
    { "PRAGMA secure_delete = ON",      "PRAGMA secure_delete", 1 },
    { "PRAGMA cache_size = -65536",     NULL, 0 },
};
/* No cell_size_check: a reader of a large shop misses its cache with every row, and would walk all
 * cells of each page for one of them.  The writer looks. */
static const struct setting reader_settings[] = {
    { "PRAGMA query_only = ON",    "PRAGMA query_only", 1 },
    { "PRAGMA cache_size = -16384", NULL, 0 },
};

static enum rc settings_apply(struct db *db, const struct setting *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t is = 0;
        enum rc rc = db_script(db, list[i].set);
        if (rc == RC_OK && list[i].get != NULL) rc = db_script_i64(db, list[i].get, &is);
        if (rc != RC_OK) return rc;
        if (list[i].get != NULL && is != list[i].want)
            return db_fail(db, RC_INTERNAL, DB_OTHER, "%s has no effect", list[i].set);
    }
    return RC_OK;
}

static enum rc journal_check(struct db *db)
{
    struct arena *a = arena_open(1 << 16);
    struct db_table t;
    enum rc rc = db_script_table(db, a, "PRAGMA journal_mode", &t);

    if (rc == RC_OK && (t.rows != 1 || !str_eq(t.cells[0], "wal")))
        rc = db_fail(db, RC_INTERNAL, DB_OTHER, "the journal is not in WAL mode");
    arena_close(a);
    return rc;
}

/* Nobody but sqlgen and the rule compiler writes SQL here; bounds keep a mistake small. */
static void limits_apply(sqlite3 *h)
{
    static const struct { int which, value; } limits[] = {
        { SQLITE_LIMIT_LENGTH, 16 << 20 },       { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
        { SQLITE_LIMIT_COLUMN, 200 },            { SQLITE_LIMIT_EXPR_DEPTH, 500 },
        { SQLITE_LIMIT_COMPOUND_SELECT, 50 },    { SQLITE_LIMIT_VDBE_OP, 250000 },
        { SQLITE_LIMIT_FUNCTION_ARG, 32 },       { SQLITE_LIMIT_ATTACHED, 0 },
        { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 4000 },
        { SQLITE_LIMIT_TRIGGER_DEPTH, 10 },      { SQLITE_LIMIT_WORKER_THREADS, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        sqlite3_limit(h, limits[i].which, limits[i].value);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* Else the planner looks at what is bound (to LIMIT, too), and a statement is compiled again
     * each time that it is bound anew: a fifth of a late sale. */
    sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
}

/* ---- transactions -------------------------------------------------------------------------- */

static int on_commit(void *arg, sqlite3 *h, const char *schema, int pages)
{
    (void)h;
    (void)schema;
    ((struct db_sqlite *)arg)->log_pages = pages;
    return SQLITE_OK;
}

static int step_once(sqlite3_stmt *s)
{
    int result = sqlite3_step(s);
    int reset = sqlite3_reset(s);
    return result == SQLITE_DONE ? reset : result;
}

static enum rc sqlite_step(struct db *db, enum db_step step)
{
    static const char *const names[] = { "BEGIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO" };
    struct db_sqlite *q = (struct db_sqlite *)db;
    int result = step_once(q->steps[step]);
    return result == SQLITE_OK ? RC_OK : db_sqlite_fail(q, result, names[step]);
}

static void sqlite_rollback(struct db *db)
{
    struct db_sqlite *q = (struct db_sqlite *)db;
    if (q->h == NULL || sqlite3_get_autocommit(q->h)) return;
    int result = step_once(q->rollback);
    if (result != SQLITE_OK) db_sqlite_fail(q, result, "ROLLBACK");
}

static enum rc sqlite_commit(struct db *db)
{
    struct db_sqlite *q = (struct db_sqlite *)db;

    /* A statement that failed may have taken the transaction with it. */
    if (sqlite3_get_autocommit(q->h))
        return db_fail(db, RC_INTERNAL, DB_OTHER, "COMMIT: the transaction is gone");
    int result = step_once(q->commit);
    if (result == SQLITE_OK) return RC_OK;
    enum rc rc = db_sqlite_fail(q, result, "COMMIT");
    sqlite_rollback(db);
    return rc;
}

static bool sqlite_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(((const struct db_sqlite *)db)->h);
}

static enum rc sqlite_collect(struct db *db)
{
    (void)db;
    return RC_OK;
}

static enum rc steps_prepare(struct db_sqlite *q)
{
    static const char *const sql[] = { [DB_BEGIN] = "BEGIN IMMEDIATE", [DB_BEGIN_READ] = "BEGIN",
        [DB_SAVEPOINT] = "SAVEPOINT unit", [DB_RELEASE] = "RELEASE unit",
        [DB_ROLLBACK_TO] = "ROLLBACK TO unit" };
    enum rc rc = db_sqlite_prepare(q, "COMMIT", &q->commit);

    if (rc == RC_OK) rc = db_sqlite_prepare(q, "ROLLBACK", &q->rollback);
    for (size_t i = 0; rc == RC_OK && i < ARRAY_LEN(sql); i++)
        rc = db_sqlite_prepare(q, sql[i], &q->steps[i]);
    return rc;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void sqlite_close(struct db *db)
{
    struct db_sqlite *q = (struct db_sqlite *)db;

    sqlite_rollback(db);
    db_sqlite_finalize_all(q);
    sqlite3_finalize(q->commit);
    sqlite3_finalize(q->rollback);
    for (size_t i = 0; i < ARRAY_LEN(q->steps); i++) sqlite3_finalize(q->steps[i]);
    if (sqlite3_close(q->h) != SQLITE_OK)
        log_line(LOG_WARN, "db.close", "a statement is still open");
    file_lock_release(q->lock);
}

static const struct db_ops sqlite_ops = {
    .close = sqlite_close, .step = sqlite_step, .commit = sqlite_commit,
    .rollback = sqlite_rollback, .in_transaction = sqlite_in_transaction, .run = db_sqlite_run,
    .collect = sqlite_collect, .prepare_all = db_sqlite_prepare_all, .script = db_sqlite_script,
};

static enum rc settings_all(struct db_sqlite *q)
{
    struct db *db = &q->base;
    enum rc rc = settings_apply(db, common_settings, ARRAY_LEN(common_settings));

    if (rc != RC_OK) return rc;
    if (q->is_readonly) return settings_apply(db, reader_settings, ARRAY_LEN(reader_settings));
    rc = settings_apply(db, writer_settings, ARRAY_LEN(writer_settings));
    if (rc == RC_OK) rc = journal_check(db);
    sqlite3_wal_hook(q->h, on_commit, q);           /* takes the place of wal_autocheckpoint */
    return rc;
}

/* What only the first connection of a server does: make the file, take the lock. */
static bool file_prepare(struct db_sqlite *q, const struct db_config *cfg, char err[static 256])
{
    const char *file = cfg->url + strlen("sqlite:");

    if (!cfg->is_new_ok && access(file, F_OK) != 0) {
        snprintf(err, 256, "%.200s: %s", file, strerror(errno));
        return false;
    }
    return file_lock_take(file, &q->lock, err) == RC_OK;
}

/* A file of another program is left alone; an empty one becomes ours. */
static enum rc owner_check(struct db *db, bool *is_new)
{
    int64_t is = 0, tables_n = 0;
    enum rc rc = db_script_i64(db, "PRAGMA application_id", &is);

    *is_new = is != APPLICATION_ID;
    if (rc != RC_OK || !*is_new) return rc;
    rc = db_script_i64(db, "SELECT COUNT(*) FROM sqlite_master", &tables_n);
    if (rc != RC_OK || (is == 0 && tables_n == 0)) return rc;
    return db_fail(db, RC_INTERNAL, DB_OTHER, "this file is another program's");
}

static enum rc open_file(struct db_sqlite *q, const char *file)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (q->is_readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    int result = sqlite3_open_v2(file, &q->h, flags, NULL);

    if (result != SQLITE_OK) return db_sqlite_fail(q, result, "open");
    sqlite3_busy_timeout(q->h, BUSY_MS);
    limits_apply(q->h);
    bool is_new;
    enum rc rc = owner_check(&q->base, &is_new);
    if (rc == RC_OK) rc = steps_prepare(q);
    if (rc == RC_OK) rc = settings_all(q);
    if (rc != RC_OK || !is_new || q->is_readonly) return rc;
    return db_script(&q->base, "PRAGMA application_id = " APPLICATION_ID_TEXT);
}

static enum rc open_any(struct db_sqlite *q, const char *url, char err[static 256])
{
    enum rc rc = open_file(q, url + strlen("sqlite:"));
    if (rc != RC_OK) snprintf(err, 256, "%.250s", q->base.error);
    return rc;
}

static struct db_sqlite *sqlite_new(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct arena *memory = arena_open(DB_CONNECTION_BYTES);
    struct db_sqlite *q = ARENA_NEW(memory, struct db_sqlite);

    pthread_once(&once, configure_once);
    q->base = (struct db){ .ops = &sqlite_ops, .kind = DB_SQLITE, .memory = memory };
    return q;
}

static enum rc finish(struct db_sqlite *q, enum rc rc, struct db **out)
{
    if (rc == RC_OK) *out = &q->base;
    else db_close(&q->base);
    return rc;
}

enum rc db_sqlite_open(const struct db_config *cfg, struct db **out, char err[static 256])
{
    int version = sqlite3_libversion_number();

    if (!db_sqlite_version_ok(version)) {
        snprintf(err, 256, "SQLite %s can lose rows; 3.51.3 or later is needed",
                 sqlite3_libversion());
        return RC_INTERNAL;
    }
    assert(sqlite3_threadsafe() != 0);
    struct db_sqlite *q = sqlite_new();
    q->is_readonly = cfg->is_readonly;
    enum rc rc = RC_OK;
    if (!cfg->is_readonly && !file_prepare(q, cfg, err)) rc = RC_BUSY;
    if (rc == RC_OK) rc = open_any(q, cfg->url, err);
    return finish(q, rc, out);
}

enum rc db_sqlite_open_helper(const char *url, struct db **out, char err[static 256])
{
    struct db_sqlite *q = sqlite_new();
    return finish(q, open_any(q, url, err), out);
}

/* ---- the log ------------------------------------------------------------------------------- */

enum rc db_checkpoint(struct db *db, enum db_checkpoint how, struct db_log *out)
{
    static const int modes[] = { SQLITE_CHECKPOINT_NOOP, SQLITE_CHECKPOINT_PASSIVE,
                                 SQLITE_CHECKPOINT_TRUNCATE };
    struct db_sqlite *q = (struct db_sqlite *)db;

    assert(db->kind == DB_SQLITE && !db->is_begun);
    *out = (struct db_log){ 0 };
    int result = sqlite3_wal_checkpoint_v2(q->h, NULL, modes[how], &out->pages, &out->copied);
    if (result != SQLITE_OK) return db_sqlite_fail(q, result, "checkpoint");
    if (out->pages < 0) *out = (struct db_log){ 0 };
    return RC_OK;
}

enum rc db_sync_file(struct db *db)
{
    struct db_sqlite *q = (struct db_sqlite *)db;
    sqlite3_file *file = NULL;

    sqlite3_file_control(q->h, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    assert(file != NULL && file->pMethods != NULL);
    int result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    return result == SQLITE_OK ? RC_OK : db_sqlite_fail(q, result, "sync");
}

int db_log_pages(const struct db *db)
{
    assert(db->kind == DB_SQLITE);
    return ((const struct db_sqlite *)db)->log_pages;
}

/* Setting a header field writes page 1 also when the value stays the same. */
enum rc db_sqlite_probe(struct db *db)
{
    int64_t version;
    char sql[64];
    enum rc rc = db_script_i64(db, "PRAGMA user_version", &version);

    if (rc == RC_OK) rc = db_begin(db);
    if (rc != RC_OK) return rc;
    snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)version);
    rc = db_script(db, sql);
    if (rc != RC_OK) {
        db_rollback(db);
        return rc;
    }
    return db_commit(db);
}
