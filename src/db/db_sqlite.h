/* db_sqlite.h -- what only SQLite has: a log to be checkpointed, a file to be locked.  For
 * engine.c, writer.c and checkpointer.c; the rooms with sqlite3.h in them are db_sqlite*.c.
 *
 * Committed pages go to the log (FILE-wal) and are copied into FILE by checkpoints.  A log that has
 * been copied and synced whole is begun again by the next write. */
#pragma once
#include "db/db.h"

/* Below 3.51.3 a write racing two checkpoints can corrupt the file or lose committed rows. */
enum { SQLITE_VERSION_LEAST = 3051003 };
bool db_sqlite_version_ok(int number);

/* A second read-write connection of the server that holds the lock already: for the
 * checkpointer. */
enum rc db_sqlite_open_helper(const char *url, struct db **out, char err[static 256]) MUST_CHECK;

struct db_log { int pages, copied; };          /* in the log; of those already in the file */
enum db_checkpoint {
    CHECKPOINT_LOOK,                           /* only says how long the log is */
    CHECKPOINT_PASSIVE,                        /* what can be copied without waiting for anybody */
    CHECKPOINT_TRUNCATE                        /* all of it, then the log file is cut to nothing */
};
enum rc db_checkpoint(struct db *db, enum db_checkpoint how, struct db_log *out) MUST_CHECK;
/* Flush what the system still holds of FILE.  Through the connection's own descriptor: closing any
 * other one of that file would drop SQLite's locks in this process. */
enum rc db_sync_file(struct db *db) MUST_CHECK;
/* Pages in the log as of this connection's last commit. */
int     db_log_pages(const struct db *db);
/* Write a page and commit: is there room again? */
enum rc db_sqlite_probe(struct db *db) MUST_CHECK;
