/* migrate.h -- forward-only migrations: numbered, one transaction each, recorded with a hash.
 *
 * The files are written once, for PostgreSQL's words; for SQLite BIGINT becomes INTEGER and BYTEA
 * becomes BLOB (exactly, as words), STRICT is added to each table, and each is one tree: PRIMARY
 * KEY (id, member_id) becomes (id), another key of several columns WITHOUT ROWID.  What only one
 * engine has (triggers) stands between the comment lines `-- :sqlite` or `-- :postgres`, and `--
 * :both`.  A released file never changes: another hash for a recorded name refuses to start, as
 * does a database newer than the program, and a gap in what was applied. */
#pragma once
#include "db/db.h"

struct migration { const char *name; const char *sql; size_t len; };

/* RC_CONFLICT: the database does not fit this program.  err says why. */
enum rc migrate_run(struct db *db, const struct migration *list, size_t n,
                    char err[static 256]) MUST_CHECK;
enum rc migrate_pending(struct db *db, const struct migration *list, size_t n,
                        size_t *pending) MUST_CHECK;

/* What each table says of itself on the comment line above CREATE TABLE, "-- kind: member | lookup
 * | config | queue", and "-- large" where a full scan is a mistake.  On Citus the tables of members
 * are distributed by member_id, those of lookups and queues by the column behind "by" ("-- kind:
 * lookup by subject"; left out, id), each apart but for what is by member_id; configuration is
 * everywhere (reference). */
enum table_kind { TABLE_MEMBER, TABLE_LOOKUP, TABLE_CONFIG, TABLE_QUEUE };
struct table_info {
    const char *name, *by;                   /* by NULL: not distributed */
    enum table_kind kind;
    bool is_large;
};
struct tables { const struct table_info *list; size_t n; };
/* RC_INVALID and a line in the log for a table without a kind. */
enum rc migrate_tables(struct arena *a, const struct migration *list, size_t n,
                       struct tables *out) MUST_CHECK;

/* The catalogue as the engine has it, against the kinds: every table is known; primary key and
 * unique indexes of a table contain the column that it is distributed by; foreign keys only among
 * one member's tables, with member_id on both sides; on SQLite every table is STRICT.  RC_INVALID:
 * *why lists each mistake. */
enum rc migrate_check_kinds(struct db *db, struct arena *a, const struct tables *tables,
                            const char **why) MUST_CHECK;

/* One statement that distributes a table on Citus, which migrate_run gives after a migration's own
 * where the database has the extension; migrations/citus.sql has them all, to be read. */
const char *migrate_distribution(struct arena *a, const struct table_info *t);

/* The text of a migration as this engine gets it. */
const char *migrate_text(struct arena *a, const struct migration *m, enum db_kind kind);
