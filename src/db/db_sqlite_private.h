/* db_sqlite_private.h -- shared by the db_sqlite*.c files only. */
#pragma once
#include <sqlite3.h>
#include "db/db_private.h"

struct db_sqlite_slot { sqlite3_stmt *stmt[DB_CHUNKS]; };

struct db_sqlite {
    struct db base;
    sqlite3 *h;
    struct file_lock *lock;                   /* NULL: this connection holds none */
    bool is_readonly;
    int  log_pages;
    struct db_sqlite_slot *slots;             /* by sql_def.id */
    int  slots_n;
    sqlite3_stmt *steps[DB_ROLLBACK_TO + 1], *commit, *rollback;
};

/* Turn SQLite's result into ours and record it; `what` names the statement or act.  Aborts when out
 * of memory: no promise can be kept then. */
enum rc db_sqlite_fail(struct db_sqlite *q, int result, const char *what);
enum rc db_sqlite_prepare(struct db_sqlite *q, const char *sql, sqlite3_stmt **out);
enum rc db_sqlite_run(struct db *db, const struct db_call *call);
enum rc db_sqlite_prepare_all(struct db *db);
enum rc db_sqlite_script(struct db *db, const struct db_query *query);
void    db_sqlite_finalize_all(struct db_sqlite *q);
