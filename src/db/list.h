/* list.h -- a `:list` statement, asked in many ways: filtered, searched, sorted, from a row on, or
 * only counted.
 *
 * It has neither ORDER BY nor LIMIT: they are added here, around it.  What is asked about are the
 * columns it names, and what a person sends is a parameter: nothing of it becomes SQL.  A made
 * statement is prepared for its one run and forgotten, since most are never asked again.
 *
 * The rows are ordered by their keys, of which the last are unique; the place in a list is the keys
 * of a row, so that no page repeats or skips one, whatever is added meanwhile. */
#pragma once
#include "base/str.h"
#include "db/db.h"

enum { DB_LIST_KEYS = 5, DB_LIST_TESTS = 16, DB_LIST_COUNTED = 100000 };

/* A value of a column: of its type. */
union db_cell { int64_t i64; const char *text; };

enum db_list_is { DB_IS, DB_FROM, DB_TO, DB_BEFORE };          /* =  >=  <=  < */
struct db_list_test { const char *column; enum db_list_is is; union db_cell value; };

struct db_list {
    const struct sql_def *of;                /* the `:list` statement */
    const void *arg;                         /* its parameters: struct sql_…; NULL: it has none */
    const char *const *keys;                 /* columns, never NULL in a row; NULL ends them */
    bool is_ascending;
    const union db_cell *after;              /* keys of the last row that was shown; NULL: none */
    const struct db_list_test *tests;
    size_t tests_n;
    const char *const *searched;             /* text columns of which one must hold `search` */
    const char *search;                      /* NULL: no search.  A to z and A to Z are alike */
    int64_t max;
};

/* Rows of the statement (struct sql_…_row), in the arena. */
struct db_list_rows { const void *rows; size_t n; };
enum rc db_list(struct db *db, struct arena *a, const struct db_list *list,
                struct db_list_rows *out) MUST_CHECK;
/* How many there are in all, counted as far as DB_LIST_COUNTED + 1. */
enum rc db_list_count(struct db *db, struct arena *a, const struct db_list *list, int64_t *n)
    MUST_CHECK;
/* The cell of a row, by its column. */
union db_cell db_list_cell(const struct sql_def *of, const void *row, const char *column);
bool db_list_is_text(const struct sql_def *of, const char *column);

/* The statement that db_list() would run, for whoever looks at its plan. */
const struct sql_def *db_list_sql(enum db_kind kind, struct arena *a, const struct db_list *list);
