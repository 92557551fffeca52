/* COPY, a table at a time. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/sink.h"

enum { BUFFER = 1 << 20, ROW_MAX = 4096 };

struct postgres_sink { struct sink base; PGconn *db; char buffer[BUFFER]; size_t n; };

static void stop(const struct postgres_sink *s)
{
    fprintf(stderr, "bench: %s\n", PQerrorMessage(s->db));
    exit(1);
}

static void flush_rows(struct postgres_sink *s)
{
    if (s->n > 0 && PQputCopyData(s->db, s->buffer, (int)s->n) != 1) stop(s);
    s->n = 0;
}

static void begin(struct sink *base, const struct table *t)
{
    struct postgres_sink *s = (struct postgres_sink *)base;
    char sql[1024];

    snprintf(sql, sizeof sql, "COPY %s (%s) FROM STDIN", t->name, t->columns);
    PGresult *r = PQexec(s->db, sql);
    if (PQresultStatus(r) != PGRES_COPY_IN) stop(s);
    PQclear(r);
}

static void row(struct sink *base, const struct cell *cells, int n)
{
    struct postgres_sink *s = (struct postgres_sink *)base;

    for (int i = 0; i < n; i++) {
        const struct cell *c = &cells[i];
        char *dst = s->buffer + s->n, last = i + 1 < n ? '\t' : '\n';
        int len;
        if (c->is_null)   len = snprintf(dst, ROW_MAX, "\\N%c", last);
        else if (c->text) len = snprintf(dst, ROW_MAX, "%s%c", c->text, last);
        else              len = snprintf(dst, ROW_MAX, "%lld%c", (long long)c->i64, last);
        s->n += (size_t)len;
    }
    if (s->n > BUFFER - 32 * ROW_MAX) flush_rows(s);
}

static void end(struct sink *base)
{
    struct postgres_sink *s = (struct postgres_sink *)base;

    flush_rows(s);
    if (PQputCopyEnd(s->db, NULL) != 1) stop(s);
    for (PGresult *r = PQgetResult(s->db); r; r = PQgetResult(s->db)) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK) stop(s);
        PQclear(r);
    }
}

static int64_t ask(struct sink *base, const char *sql)
{
    struct postgres_sink *s = (struct postgres_sink *)base;
    PGresult *r = PQexec(s->db, sql);

    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) == 0) stop(s);
    int64_t v = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return v;
}

static void close_sink(struct sink *base)
{
    struct postgres_sink *s = (struct postgres_sink *)base;

    PQclear(PQexec(s->db, "VACUUM ANALYZE"));
    PQclear(PQexec(s->db, "CHECKPOINT"));
    PQfinish(s->db);
}

struct sink *sink_open_postgres(const char *url)
{
    static struct postgres_sink s = { .base = { begin, row, end, ask, close_sink } };

    s.db = PQconnectdb(url);
    if (PQstatus(s.db) != CONNECTION_OK) stop(&s);
    return &s.base;
}
