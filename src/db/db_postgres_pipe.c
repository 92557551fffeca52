/* The pipeline: what is sent is remembered, what comes back is handed out in the same order. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "db/db_postgres_private.h"

/* Longer than the server's own statement_timeout: past it the other side is gone. */
#define ANSWER_MS_MAX 20000

/* A full memory of what was sent is emptied here: answers must not pile up unread in the socket. */
enum rc db_postgres_push(struct db_postgres *p, const struct sent *s)
{
    assert(p->sent_n < SENT_MAX);
    p->sent[p->sent_n++] = *s;
    return p->sent_n < SENT_MAX - 4 ? RC_OK : db_postgres_collect(&p->base);
}

/* ---- waiting ------------------------------------------------------------------------------- */

static bool wait_socket(struct db_postgres *p, bool is_unsent, int64_t until_ms)
{
    struct pollfd fd = { .fd = PQsocket(p->conn), .events = is_unsent ? POLLIN | POLLOUT : POLLIN };
    int64_t left = until_ms - time_mono_ms();
    int n;

    if (left <= 0) return false;
    do n = poll(&fd, 1, (int)left); while (n < 0 && errno == EINTR);
    if (n <= 0) return false;
    return (fd.revents & (POLLIN | POLLERR | POLLHUP)) == 0 || PQconsumeInput(p->conn) == 1;
}

/* The next answer: NULL also marks the end of one statement's, or a lost connection. */
static PGresult *next_result(struct db_postgres *p)
{
    int64_t until_ms = time_mono_ms() + ANSWER_MS_MAX;

    for (;;) {
        int unsent = PQflush(p->conn);
        if (unsent < 0) return NULL;
        if (unsent == 0 && !PQisBusy(p->conn)) return PQgetResult(p->conn);
        if (!wait_socket(p, unsent > 0, until_ms)) return NULL;
    }
}

/* ---- answers ------------------------------------------------------------------------------- */

static const char *sent_name(const struct sent *s)
{
    return s->call.def != NULL ? s->call.def->name : s->name;
}

static enum rc answer_ok(struct db_postgres *p, const struct sent *s, PGresult *res)
{
    switch (s->kind) {
    case SENT_STATEMENT:
        return db_postgres_read(p, &s->call, res);
    case SENT_DESCRIBE:
        return db_postgres_described(p, &s->call, res);
    case SENT_COMMIT:
        p->is_committed = str_eq(PQcmdStatus(res), "COMMIT");
        return RC_OK;
    default:
        return RC_OK;
    }
}

/* On the first error the server skips everything up to the next sync: the rest failed with it. */
static enum rc answer(struct db_postgres *p, const struct sent *s, PGresult *res, enum rc before)
{
    switch (PQresultStatus(res)) {
    case PGRES_TUPLES_OK: case PGRES_COMMAND_OK: case PGRES_EMPTY_QUERY:
        return answer_ok(p, s, res);
    case PGRES_PIPELINE_ABORTED:
        return before != RC_OK ? before : RC_BUSY;
    default:
        break;
    }
    enum rc rc = db_postgres_fail(p, res, sent_name(s));
    bool is_waited_for = s->rc != NULL || s->call.is_asked;
    if (rc != RC_CONFLICT || is_waited_for) return rc;
    /* A unique key broken by :exec is no question somebody asked. */
    if (p->base.failed == RC_CONFLICT) p->base.failed = RC_INTERNAL;
    log_line(LOG_WARN, "db.error", "%s", p->base.error);
    return RC_INTERNAL;
}

static void forget_prepared(struct db_postgres *p, const struct sent *s)
{
    p->slots[s->call.def->id].name[s->call.chunk] = NULL;
}

static void hand_out(struct db_postgres *p, const struct sent *s, enum rc rc)
{
    if (s->rc != NULL) *s->rc = rc;
    if (rc != RC_OK && (s->kind == SENT_PREPARE || s->kind == SENT_DESCRIBE)) forget_prepared(p, s);
    if (!s->call.is_asked || s->kind != SENT_STATEMENT) return;
    db_put_rc(&s->call, rc);
    if (rc != RC_OK && rc != RC_NOT_FOUND && p->base.asked == RC_OK) p->base.asked = rc;
}

/* Returns the error of this one; a row that was not found is none. */
static enum rc collect_one(struct db_postgres *p, const struct sent *s, enum rc before)
{
    PGresult *res = p->is_lost ? NULL : next_result(p);
    enum rc rc = res == NULL ? db_postgres_lost(p, sent_name(s)) : answer(p, s, res, before);

    for (; res != NULL; res = next_result(p)) PQclear(res);
    hand_out(p, s, rc);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc collect_sync(struct db_postgres *p)
{
    PGresult *res = p->is_lost ? NULL : next_result(p);
    bool ok = PQresultStatus(res) == PGRES_PIPELINE_SYNC;

    PQclear(res);
    return ok ? RC_OK : db_postgres_lost(p, "sync");
}

enum rc db_postgres_collect(struct db *db)
{
    struct db_postgres *p = (struct db_postgres *)db;
    enum rc first = RC_OK, before = RC_OK;

    if (p->sent_n == 0) return RC_OK;
    if (PQpipelineSync(p->conn) != 1) db_postgres_lost(p, "sync");
    db->round_trips++;
    p->sent[p->sent_n++] = (struct sent){ .kind = SENT_SYNC, .name = "sync" };
    for (int i = 0; i < p->sent_n; i++) {
        const struct sent *s = &p->sent[i];
        enum rc rc = s->kind == SENT_SYNC ? collect_sync(p) : collect_one(p, s, before);
        if (first == RC_OK) first = rc;
        before = s->kind == SENT_SYNC ? RC_OK : first;
    }
    p->sent_n = 0;
    if (p->is_lost) {
        PQfinish(p->conn);
        p->conn = NULL;
    }
    return first;
}

enum rc db_postgres_part(struct db_postgres *p)
{
    if (PQpipelineSync(p->conn) != 1) return db_postgres_lost(p, "sync");
    return db_postgres_push(p, &(struct sent){ .kind = SENT_SYNC, .name = "sync" });
}

void db_postgres_discard(struct db_postgres *p)
{
    for (int i = 0; i < p->sent_n; i++) {
        struct sent *s = &p->sent[i];
        if (s->kind != SENT_STATEMENT) continue;
        *s = (struct sent){ .kind = SENT_CONTROL, .name = s->call.def->name };
    }
}

/* ---- scripts ------------------------------------------------------------------------------- */

static void table_copy(const struct db_query *query, const PGresult *res)
{
    int rows = PQntuples(res), cols = PQnfields(res);
    const char **cells = ARENA_ARRAY(query->arena, const char *, (size_t)rows * (size_t)cols + 1);

    for (int r = 0; r < rows; r++)
        for (int i = 0; i < cols; i++)
            if (!PQgetisnull(res, r, i))
                cells[r * cols + i] = arena_strdup(query->arena, PQgetvalue(res, r, i));
    *query->out = (struct db_table){ .cols = cols, .rows = (size_t)rows, .cells = cells };
}

/* Several statements in one text need the simple protocol, which a pipeline does not carry. */
enum rc db_postgres_script(struct db *db, const struct db_query *query)
{
    struct db_postgres *p = (struct db_postgres *)db;
    enum rc rc = db_postgres_ensure(p);

    if (rc == RC_OK) rc = db_postgres_begin_due(p);
    if (rc == RC_OK) rc = db_postgres_collect(db);
    if (rc != RC_OK) return rc;
    if (PQexitPipelineMode(p->conn) != 1) return db_postgres_lost(p, "script");
    db->round_trips++;
    PGresult *res = PQexec(p->conn, query->sql);
    ExecStatusType status = PQresultStatus(res);
    if (status == PGRES_TUPLES_OK && query->out != NULL) table_copy(query, res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        rc = db_postgres_fail(p, res, "script");
    PQclear(res);
    if (PQenterPipelineMode(p->conn) != 1 && rc == RC_OK) rc = db_postgres_lost(p, "script");
    return rc;
}
