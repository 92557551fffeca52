/* Prepared inserts, 50,000 to a transaction, nothing synced before the end. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/sink.h"

enum { ROWS_EACH = 50000 };

struct sqlite_sink { struct sink base; sqlite3 *db; sqlite3_stmt *insert; int pending; };

static void check(const struct sqlite_sink *s, int result)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    fprintf(stderr, "bench: %s\n", sqlite3_errmsg(s->db));
    exit(1);
}

static void run(struct sqlite_sink *s, const char *sql)
{
    check(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

static void begin(struct sink *base, const struct table *t)
{
    struct sqlite_sink *s = (struct sqlite_sink *)base;
    char sql[1024];
    int n = snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (?", t->name, t->columns);

    for (int i = 1; i < t->columns_n; i++) n += snprintf(sql + n, sizeof sql - (size_t)n, ",?");
    snprintf(sql + n, sizeof sql - (size_t)n, ")");
    check(s, sqlite3_prepare_v2(s->db, sql, -1, &s->insert, NULL));
    run(s, "BEGIN");
}

static void row(struct sink *base, const struct cell *cells, int n)
{
    struct sqlite_sink *s = (struct sqlite_sink *)base;

    for (int i = 0; i < n; i++) {
        const struct cell *c = &cells[i];
        if (c->is_null)   check(s, sqlite3_bind_null(s->insert, i + 1));
        else if (c->text) check(s, sqlite3_bind_text(s->insert, i + 1, c->text, -1, SQLITE_STATIC));
        else              check(s, sqlite3_bind_int64(s->insert, i + 1, c->i64));
    }
    check(s, sqlite3_step(s->insert));
    check(s, sqlite3_reset(s->insert));
    if (++s->pending < ROWS_EACH) return;
    run(s, "COMMIT; BEGIN");
    s->pending = 0;
}

static void end(struct sink *base)
{
    struct sqlite_sink *s = (struct sqlite_sink *)base;

    run(s, "COMMIT");
    s->pending = 0;
    sqlite3_finalize(s->insert);
}

static int64_t ask(struct sink *base, const char *sql)
{
    struct sqlite_sink *s = (struct sqlite_sink *)base;
    sqlite3_stmt *q;

    check(s, sqlite3_prepare_v2(s->db, sql, -1, &q, NULL));
    if (sqlite3_step(q) != SQLITE_ROW) {
        fprintf(stderr, "bench: no row for %s\n", sql);
        exit(1);
    }
    int64_t v = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return v;
}

static void close_sink(struct sink *base)
{
    struct sqlite_sink *s = (struct sqlite_sink *)base;

    run(s, "PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(s->db);
}

struct sink *sink_open_sqlite(const char *file)
{
    static struct sqlite_sink s = { .base = { begin, row, end, ask, close_sink } };

    check(&s, sqlite3_open_v2(file, &s.db, SQLITE_OPEN_READWRITE, NULL));
    run(&s, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -1048576");
    return &s.base;
}

struct sink *sink_open(const char *url)
{
    if (strncmp(url, "sqlite:", 7) == 0) return sink_open_sqlite(url + 7);
    return sink_open_postgres(url);
}
