/* explain_test.h -- asks the engine how it would run a statement: a full scan of a table marked
 * large is a mistake.  SQLite: SCAN without an index.  PostgreSQL: a sequential scan though they
 * are switched off, so that there was no index to use. */
#pragma once
#include "db/migrate.h"

struct explain {
    struct db *db;
    struct arena *arena;
    const struct tables *tables;
    const char *const *may_scan;       /* names of statements whose purpose it is; NULL ends it */
};

/* RC_OK and *why NULL: fine.  RC_INVALID: *why says what is scanned. */
enum rc explain_one(const struct explain *x, const struct sql_def *d, const char **why) MUST_CHECK;
/* Every statement of sql_all; *why has a line for each mistake. */
enum rc explain_all(const struct explain *x, const char **why) MUST_CHECK;
/* Statements that ask at once what may lie on several machines (migrate.h, "by"). */
enum rc explain_apart(const struct explain *x, const char **why) MUST_CHECK;
