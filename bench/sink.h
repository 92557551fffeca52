/* sink.h -- rows in bulk into one of the two databases, a table at a time. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct cell { const char *text; int64_t i64; bool is_null; };
#define I64(v)  ((struct cell){ .i64 = (v) })
#define TEXT(s) ((struct cell){ .text = (s) })
#define NONE    ((struct cell){ .is_null = true })

struct table { const char *name, *columns; int columns_n; };

struct sink {
    void    (*begin)(struct sink *s, const struct table *t);
    void    (*row)(struct sink *s, const struct cell *cells, int n);
    void    (*end)(struct sink *s);
    int64_t (*ask)(struct sink *s, const char *sql);      /* one number */
    void    (*close)(struct sink *s);
};
/* "sqlite:FILE" or "postgres://…"; exits with a message when anything fails. */
struct sink *sink_open(const char *url);
struct sink *sink_open_sqlite(const char *file);
struct sink *sink_open_postgres(const char *url);
