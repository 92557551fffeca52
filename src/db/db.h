/* db.h -- one connection to one of two engines, and the statements that run on it.
 *
 * Statements are made by tools/sqlgen from *.sql files: a struct with the parameters (and, for
 * :one, the columns), and a function.  Nobody else writes SQL.
 *
 * On SQLite a statement runs at once.  On PostgreSQL a connection is in pipeline mode: `:exec`
 * and asked statements are sent and their answers collected at the next sync, so that a
 * purchase costs two round trips.  Code that asks must therefore not look at an answer before
 * db_sync:
 *
 *     struct sql_member_lock m = { .id = id };
 *     struct sql_balance_all b = { .member_id = id };
 *     sql_member_lock_ask(c, &m);  sql_balance_all_ask(c, &b);
 *     rc = db_sync(c->db);                 one round trip; m.rc and b.rc say what each found
 *
 * `:one`   sql_x(c, &v)       fills v; RC_NOT_FOUND when there is no row (several: RC_INTERNAL)
 * `:each`  sql_x(c, &v)       fills v.rows, v.n in the arena; the SQL bounds the number of rows
 * `:list`                     has no function: db/list.h asks from it
 * `:exec`  sql_x(c, &v)       no answer; on PostgreSQL a failure shows at the next sync or commit
 * `:rows`  sql_x(c, rows, n)  an :exec with one VALUES tuple, sent as 16, 4 and 1 rows at a time
 * `:one` and `:each` also have   sql_x_ask(c, &v)   which leaves its result in v.rc at db_sync
 *
 * Errors: RC_NOT_FOUND as above; RC_CONFLICT for a violated unique key on :one and :each;
 * RC_BUSY for a lock, a deadlock, a serialization failure, a lost connection; RC_LIMIT when the
 * disk is full; RC_INTERNAL otherwise, also when the rows do not fit into the arena.  After any of
 * them but RC_NOT_FOUND inside a transaction nothing more runs, on both engines: each call returns
 * that same error until db_rollback or db_rollback_to. A connection belongs to one thread at a
 * time. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/rc.h"

enum db_kind { DB_SQLITE, DB_POSTGRES };
#define SQL_NULL INT64_MIN                /* an absent i64, in and out; absent text is NULL */

struct db;

struct db_config {
    const char *url;                      /* "sqlite:FILE" or "postgres://…" */
    bool        is_readonly;              /* SQLite: opened read-only, query_only */
    bool        is_new_ok;                /* SQLite: create the file if missing */
};

/* The address for messages: without its password. */
#define DB_URL_SHOWN_MAX 256
const char *db_url_shown(const char *url, char dst[static DB_URL_SHOWN_MAX]);

enum rc      db_open(const struct db_config *cfg, struct db **out, char err[static 256]) MUST_CHECK;
void         db_close(struct db *db);
enum db_kind db_kind(const struct db *db);

/* Transactions.  On PostgreSQL begin is queued and travels with the first statements; commit is one
 * round trip together with everything queued before it. */
enum rc db_begin(struct db *db) MUST_CHECK;          /* SQLite: BEGIN IMMEDIATE */
enum rc db_begin_read(struct db *db) MUST_CHECK;     /* a snapshot: at most a second */
enum rc db_commit(struct db *db) MUST_CHECK;         /* RC_OK: durable.  Anything else: rolled back
                                                        or unknown; never call it a success */
void    db_rollback(struct db *db);
bool    db_in_transaction(const struct db *db);      /* SQLite: really asks (autocommit) */
enum rc db_savepoint(struct db *db) MUST_CHECK;      /* one level; SQLite's writer uses it */
enum rc db_release(struct db *db) MUST_CHECK;
enum rc db_rollback_to(struct db *db) MUST_CHECK;    /* RC_INTERNAL if the transaction is gone */

enum rc db_sync(struct db *db) MUST_CHECK;           /* collects; the first error that is not a
                                                        RC_NOT_FOUND of an asked statement */
int64_t db_round_trips(const struct db *db);         /* PostgreSQL: counted since open */

/* The text of the last engine error, for the log: never for a client, may hold no data values. */
const char *db_error(const struct db *db);
/* Which failure it was, when the writer must decide (CORE.md §8). */
enum db_failure { DB_FINE, DB_BUSY, DB_FULL, DB_IOERR, DB_NOMEM, DB_CORRUPT, DB_LOST, DB_OTHER };
enum db_failure db_failure(const struct db *db);

/* ---- what sqlgen makes, and who runs it ---------------------------------------------------- */

enum sql_type { SQL_I64, SQL_TEXT, SQL_BLOB };
struct sql_blob  { const void *p; size_t n; };
struct sql_field { const char *name; uint16_t offset; uint8_t type; bool is_nullable; };
enum sql_kind { SQL_ONE, SQL_EACH, SQL_LIST, SQL_EXEC, SQL_ROWS };
enum { SQL_MADE = -1 };                   /* id of a statement made at run time (db/list.h) */

struct sql_def {
    const char *name;                       /* "voucher_claim" */
    enum sql_kind kind;
    const char *sqlite[3], *postgres[3];    /* [0] one row; :rows also [1] four, [2] sixteen */
    const struct sql_field *in;   int in_n;     /* offsets in the argument struct (or row struct) */
    const struct sql_field *out;  int out_n;    /* :one in the argument struct; :each in a row */
    uint16_t rc_offset;                     /* :one, :each: where v.rc is */
    uint16_t rows_offset, n_offset;         /* :each, :list: where v.rows and v.n are */
    uint16_t row_size;                      /* :each, :list: of one row; :rows: of one input row */
    int      id;                            /* index in sql_all[]; *_test.sql: past its end;
                                               SQL_MADE: prepared for one run */
};
extern const struct sql_def *const sql_all[];   /* made by sqlgen over every .sql file */
extern const int sql_all_n;

/* Prepare everything, check types of parameters and columns; each mistake is logged with the
 * name of its statement.  At boot, on every connection; what was not, is prepared when first
 * used.  Nothing to do on a read-only SQLite connection: it prepares what it uses, to stay
 * small. */
enum rc db_prepare_all(struct db *db) MUST_CHECK;

enum rc db_one(struct db *db, struct arena *a, const struct sql_def *d, void *arg) MUST_CHECK;
enum rc db_each(struct db *db, struct arena *a, const struct sql_def *d, void *arg) MUST_CHECK;
enum rc db_exec(struct db *db, const struct sql_def *d, const void *arg) MUST_CHECK;
void    db_ask(struct db *db, struct arena *a, const struct sql_def *d, void *arg);
struct sql_many { const void *rows; size_t n; };
enum rc db_rows(struct db *db, const struct sql_def *d, struct sql_many many) MUST_CHECK;

/* DDL and other text that is no statement of a feature: migrations, pragmas, checks of the schema,
 * the rule compiler.  Several statements separated by ';' are allowed without parameters. */
enum rc db_script(struct db *db, const char *sql) MUST_CHECK;
/* One value of the first row of a query without parameters (i64 or text), for checks and tests. */
enum rc db_script_i64(struct db *db, const char *sql, int64_t *out) MUST_CHECK;
/* Every row as text cells, NULL as NULL pointer: for schema walks, `check`, tests that compare all
 * tables. */
struct db_table { int cols; size_t rows; const char *const *cells; };
enum rc db_script_table(struct db *db, struct arena *a, const char *sql,
                        struct db_table *out) MUST_CHECK;

/* What the planner knows of the tables is looked at anew: after much was written at once, since
 * PostgreSQL's own look comes a minute later and plans for empty tables until then.  SQLite plans
 * by its keys. */
enum rc db_analyze(struct db *db) MUST_CHECK;

/* An eye on every statement that is about to run: the bench records them, tests break the n-th.
 * `row` is the argument struct; of :rows the first of the `rows` rows (16, 4 or 1) in this
 * statement, row_size apart.  The eye's answer other than RC_OK is returned in place of running it,
 * and counts as the statement's failure.  NULL takes the eye off. */
typedef enum rc db_eye(void *arg, const struct sql_def *d, const void *row, size_t rows);
void db_watch(struct db *db, db_eye *eye, void *arg);
