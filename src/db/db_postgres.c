/* Connecting, settings, transactions and failures of PostgreSQL.  What travels in the pipeline is
 * in db_postgres_pipe.c, values and types in db_postgres_run.c. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/str.h"
#include "db/db_postgres_private.h"

/* ---- failures ------------------------------------------------------------------------------ */

struct state { const char *prefix; enum db_failure failure; enum rc rc; };

/* By SQLSTATE, the longest prefix first.  What another go may cure is RC_BUSY. */
static const struct state states[] = {
    { "23505", DB_OTHER, RC_CONFLICT },          /* unique */
    { "40003", DB_LOST,  RC_BUSY },              /* completion unknown */
    { "40",    DB_BUSY,  RC_BUSY },              /* serialization, deadlock */
    { "55P03", DB_BUSY,  RC_BUSY },              /* lock_timeout */
    { "57014", DB_BUSY,  RC_BUSY },              /* statement_timeout */
    { "57P",   DB_LOST,  RC_BUSY },              /* the server is going away or starting */
    { "25P03", DB_LOST,  RC_BUSY },              /* idle in transaction: cut off */
    { "08",    DB_LOST,  RC_BUSY },
    { "25006", DB_BUSY,  RC_BUSY },              /* read-only: a standby, until the next primary */
    { "53100", DB_FULL,  RC_LIMIT },
    { "53",    DB_BUSY,  RC_BUSY },              /* memory, connections */
    { "58",    DB_IOERR, RC_INTERNAL },
    { "XX",    DB_CORRUPT, RC_INTERNAL },
    { "",      DB_OTHER, RC_INTERNAL },
};

/* Messages of class 22 (data exceptions) quote the value; the code says enough. */
enum rc db_postgres_fail(struct db_postgres *p, const PGresult *res, const char *what)
{
    const char *code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const struct state *s = states;

    if (code == NULL) return db_postgres_lost(p, what);
    if (text == NULL || str_prefix(code, "22")) text = "data exception";
    while (!str_prefix(code, s->prefix)) s++;
    return db_fail(&p->base, s->rc, s->failure, "%s: %s (%s)", what, text, code);
}

enum rc db_postgres_lost(struct db_postgres *p, const char *what)
{
    p->is_lost = true;
    return db_fail(&p->base, RC_BUSY, DB_LOST, "%s: the connection to PostgreSQL is lost", what);
}

/* A warning while a commit waits says that a standby may not have it: then it is no success. */
static void on_notice(void *arg, const PGresult *res)
{
    struct db_postgres *p = arg;
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (!str_eq(severity, "WARNING")) return;
    p->is_warned = true;
    log_line(LOG_WARN, "db.notice", "code=%s %s", code == NULL ? "" : code,
             text == NULL ? "" : text);
}

/* ---- connecting ---------------------------------------------------------------------------- */

static const char session_settings[] =
    "SET client_min_messages = warning; SET statement_timeout = 10000; SET lock_timeout = 3000;"
    "SET idle_in_transaction_session_timeout = 15000; SET standard_conforming_strings = on;"
    "SET timezone = 'UTC'; SET default_transaction_isolation = 'read committed'";

static bool connection_open(struct db_postgres *p)
{
    static const char *const keys[] = { "dbname", "connect_timeout", "client_encoding",
        "fallback_application_name", "keepalives_idle", "tcp_user_timeout", NULL };
    const char *values[] = { p->url, "5", "UTF8", "regulars", "30", "15000", NULL };

    p->conn = PQconnectdbParams(keys, values, 1);
    if (p->conn == NULL || PQstatus(p->conn) != CONNECTION_OK) return false;
    PQsetNoticeReceiver(p->conn, on_notice, p);
    return true;
}

/* What the promise "an answered sale survives" rests on.  Tests switch fsync off to be quick, so a
 * server that could lose sales is told of, loudly, and not refused. */
static enum rc promises_check(struct db_postgres *p)
{
    static const char *const names[] = { "fsync", "full_page_writes", "synchronous_commit" };
    char sql[128];

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        int64_t is_off;
        snprintf(sql, sizeof sql, "SELECT CAST(current_setting('%s') = 'off' AS INT)", names[i]);
        enum rc rc = db_script_i64(&p->base, sql, &is_off);
        if (rc != RC_OK) return rc;
        if (is_off != 0)
            log_line(LOG_ALARM, "db.unsafe", "%s=off: a power cut loses sales", names[i]);
    }
    return RC_OK;
}

static enum rc session_start(struct db_postgres *p)
{
    enum rc rc = db_script(&p->base, session_settings);
    if (rc == RC_OK && p->is_readonly)
        rc = db_script(&p->base, "SET default_transaction_read_only = on");
    return rc == RC_OK ? promises_check(p) : rc;
}

enum rc db_postgres_connect(struct db_postgres *p)
{
    PQfinish(p->conn);
    p->sent_n = 0;
    p->is_begin_due = p->is_lost = false;
    if (p->slots_n > 0) memset(p->slots, 0, sizeof *p->slots * (size_t)p->slots_n);
    if (!connection_open(p)) {
        const char *text = p->conn == NULL ? "no memory" : PQerrorMessage(p->conn);
        return db_fail(&p->base, RC_BUSY, DB_LOST, "connect: %.*s", (int)strcspn(text, "\n"), text);
    }
    if (PQsetnonblocking(p->conn, 1) != 0 || PQenterPipelineMode(p->conn) != 1)
        return db_postgres_lost(p, "connect");
    return session_start(p);
}

/* Statements are prepared again when they are first used: a reconnect is quick. */
enum rc db_postgres_ensure(struct db_postgres *p)
{
    if (PQstatus(p->conn) == CONNECTION_OK) return RC_OK;
    if (p->base.is_begun) return db_postgres_lost(p, "statement");
    enum rc rc = db_postgres_connect(p);
    if (rc == RC_OK) log_line(LOG_INFO, "db.reconnected", "kind=postgres");
    return rc;
}

/* ---- transactions -------------------------------------------------------------------------- */

enum rc db_postgres_control(struct db_postgres *p, enum sent_kind kind, const char *sql)
{
    if (PQsendQueryParams(p->conn, sql, 0, NULL, NULL, NULL, NULL, 1) != 1)
        return db_postgres_lost(p, sql);
    return db_postgres_push(p, &(struct sent){ .kind = kind, .name = sql });
}

enum rc db_postgres_begin_due(struct db_postgres *p)
{
    if (!p->is_begin_due) return RC_OK;
    p->is_begin_due = false;
    return db_postgres_control(p, SENT_CONTROL, p->base.begun_ms == INT64_MAX ?
                               "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
}

static enum rc postgres_step(struct db *db, enum db_step step)
{
    struct db_postgres *p = (struct db_postgres *)db;
    enum rc rc;

    switch (step) {
    case DB_BEGIN: case DB_BEGIN_READ:
        rc = db_postgres_ensure(p);
        p->is_begin_due = rc == RC_OK;           /* it travels with the first statement */
        return rc;
    case DB_SAVEPOINT:
        rc = db_postgres_begin_due(p);
        return rc == RC_OK ? db_postgres_control(p, SENT_CONTROL, "SAVEPOINT unit") : rc;
    case DB_RELEASE:
        return db_postgres_control(p, SENT_CONTROL, "RELEASE SAVEPOINT unit");
    default:
        rc = db_postgres_control(p, SENT_CONTROL, "ROLLBACK TO SAVEPOINT unit");
        return rc == RC_OK ? db_postgres_collect(db) : rc;
    }
}

/* Read what is still on its way, failed or not, then take back. */
static void postgres_rollback(struct db *db)
{
    struct db_postgres *p = (struct db_postgres *)db;
    bool was_due = p->is_begin_due;

    p->is_begin_due = false;
    if (was_due || PQstatus(p->conn) != CONNECTION_OK) return;
    db_postgres_discard(p);
    if (db_postgres_collect(db) != RC_OK && PQstatus(p->conn) != CONNECTION_OK) return;
    if (PQtransactionStatus(p->conn) == PQTRANS_IDLE) return;
    enum rc rc = db_postgres_control(p, SENT_CONTROL, "ROLLBACK");
    if (rc == RC_OK) rc = db_postgres_collect(db);
    if (PQtransactionStatus(p->conn) == PQTRANS_IDLE) return;
    log_line(LOG_WARN, "db.rollback", "failed: the connection is given up");
    PQfinish(p->conn);
    p->conn = NULL;                          /* PQstatus(NULL) is bad: the next begin connects */
}

/* The answer to COMMIT has to be "COMMIT", without a warning; anything else is no success, and if
 * the connection went, nobody knows: the caller's key will tell. */
static enum rc postgres_commit(struct db *db)
{
    struct db_postgres *p = (struct db_postgres *)db;

    if (p->is_begin_due) {
        p->is_begin_due = false;
        return RC_OK;
    }
    p->is_committed = p->is_warned = false;
    enum rc rc = db_postgres_control(p, SENT_COMMIT, "COMMIT");
    if (rc == RC_OK) rc = db_postgres_collect(db);
    if (rc == RC_OK && !p->is_committed)
        rc = db_fail(db, RC_INTERNAL, DB_OTHER, "COMMIT: the server took it back");
    if (rc == RC_OK && p->is_warned)
        rc = db_fail(db, RC_BUSY, DB_OTHER, "COMMIT: a warning came with it; outcome unknown");
    if (rc != RC_OK) postgres_rollback(db);
    return rc;
}

static bool postgres_in_transaction(const struct db *db)
{
    const struct db_postgres *p = (const struct db_postgres *)db;
    return db->is_begun && PQstatus(p->conn) == CONNECTION_OK;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void postgres_close(struct db *db)
{
    PQfinish(((struct db_postgres *)db)->conn);
}

static const struct db_ops postgres_ops = {
    .close = postgres_close, .step = postgres_step, .commit = postgres_commit,
    .rollback = postgres_rollback, .in_transaction = postgres_in_transaction,
    .run = db_postgres_run, .collect = db_postgres_collect,
    .prepare_all = db_postgres_prepare_all, .script = db_postgres_script,
};

/* Text compares by bytes, in the database as in memory. */
static enum rc collation_check(struct db_postgres *p)
{
    int64_t ok;
    enum rc rc = db_script_i64(&p->base,
        "SELECT CAST(datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')"
        " AND pg_encoding_to_char(encoding) = 'UTF8' AS INT)"
        " FROM pg_database WHERE datname = current_database()", &ok);

    if (rc != RC_OK || ok != 0) return rc;
    return db_fail(&p->base, RC_INVALID, DB_OTHER, "the database must be made with ENCODING 'UTF8'"
                   " LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
}

enum rc db_postgres_open(const struct db_config *cfg, struct db **out, char err[static 256])
{
    struct arena *memory = arena_open(DB_CONNECTION_BYTES);
    struct db_postgres *p = ARENA_NEW(memory, struct db_postgres);

    p->base = (struct db){ .ops = &postgres_ops, .kind = DB_POSTGRES, .memory = memory };
    p->url = arena_strdup(memory, cfg->url);
    p->is_readonly = cfg->is_readonly;
    for (size_t i = 0; i < PARAMS_MAX; i++) p->formats[i] = 1;
    enum rc rc = db_postgres_connect(p);
    if (rc == RC_OK && PQserverVersion(p->conn) < 150000)
        rc = db_fail(&p->base, RC_INVALID, DB_OTHER, "PostgreSQL 15 or later is needed");
    if (rc == RC_OK) rc = collation_check(p);
    if (rc == RC_OK) {
        *out = &p->base;
        return RC_OK;
    }
    snprintf(err, 256, "%.250s", p->base.error);
    db_close(&p->base);
    return rc;
}
