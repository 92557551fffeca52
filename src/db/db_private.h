/* db_private.h -- what db.c and the two engines share; nobody else includes it.
 *
 * db.c holds what is the same on both: the eye, the rule that nothing runs after a failure, how
 * many rows travel in one statement.  An engine implements struct db_ops. */
#pragma once
#include "db/db.h"

enum { DB_ERROR_MAX = 400, DB_CONNECTION_BYTES = 64 << 20 };

/* One statement about to run. */
struct db_call {
    const struct sql_def *def;
    struct arena *arena;                  /* for text and rows that come back */
    const void *in;                       /* the argument struct; :rows: the first row */
    void       *out;                      /* the same struct, when something comes back */
    int         chunk;                    /* :rows: index in db_chunk_rows, else 0 */
    bool        is_asked;
};
enum { DB_CHUNKS = 3 };
extern const size_t db_chunk_rows[DB_CHUNKS];          /* 1, 4, 16 */

enum db_step { DB_BEGIN, DB_BEGIN_READ, DB_SAVEPOINT, DB_RELEASE, DB_ROLLBACK_TO };
struct db_query { const char *sql; struct arena *arena; struct db_table *out; };  /* out: or NULL */

struct db_ops {
    void    (*close)(struct db *db);
    enum rc (*step)(struct db *db, enum db_step step);
    enum rc (*commit)(struct db *db);
    void    (*rollback)(struct db *db);
    bool    (*in_transaction)(const struct db *db);
    enum rc (*run)(struct db *db, const struct db_call *call);
    enum rc (*collect)(struct db *db);    /* every answer still on its way; errors by db_fail */
    enum rc (*prepare_all)(struct db *db);
    enum rc (*script)(struct db *db, const struct db_query *q);
};

/* The head of both engines' own structs. */
struct db {
    const struct db_ops *ops;
    enum db_kind kind;
    struct arena *memory;                 /* lives as long as the connection */
    db_eye  *eye;
    void    *eye_arg;
    bool     is_begun;                    /* from db_begin to its end, whatever the engine did */
    bool     is_asking;                   /* something was asked and db_sync not yet called */
    enum rc  failed;                      /* in this transaction: the first error */
    enum rc  asked;                       /* since the last sync: the first error of an asked one */
    enum db_failure failure;
    int64_t  begun_ms;
    int64_t  round_trips;
    char     error[DB_ERROR_MAX];
};

/* Record an error: its text (printf) and kind; the transaction, if any, is over for statements. */
enum rc db_fail(struct db *db, enum rc rc, enum db_failure failure, const char *fmt,
                ...) PRINTF(4, 5);
/* What comes back does not fit into the request's memory: an error of this request. */
enum rc db_too_much(struct db *db, const struct db_call *call);
void    db_put_rc(const struct db_call *call, enum rc rc);    /* into v.rc of the argument struct */

/* Do declared and real columns look swapped?  The real name is another declared column's. */
bool    db_is_swapped(const struct sql_def *d, int i, const char *real_name);

enum rc db_sqlite_open(const struct db_config *cfg, struct db **out,
                       char err[static 256]) MUST_CHECK;
enum rc db_postgres_open(const struct db_config *cfg, struct db **out,
                         char err[static 256]) MUST_CHECK;
