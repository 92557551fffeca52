/* db_postgres_private.h -- shared by the db_postgres*.c files only.
 *
 * The connection stays in libpq's pipeline mode.  What is sent is remembered in order in `sent`;
 * collecting sends a sync, then reads one answer for each.  Statements are sent when they are
 * called, so order on the wire is order in the code. */
#pragma once
#include <libpq-fe.h>
#include "db/db_private.h"

enum { SENT_MAX = 256, PARAMS_MAX = 16 * 64 };

enum sent_kind {
    SENT_STATEMENT, SENT_CONTROL, SENT_COMMIT, SENT_PREPARE, SENT_DESCRIBE, SENT_SYNC
};
struct sent {
    enum sent_kind kind;
    struct db_call call;
    enum rc *rc;                          /* where the caller of a :one or :each looks, or NULL */
    const char *name;                     /* of a control command */
};

struct db_postgres_slot {
    const char *name[DB_CHUNKS];          /* of the prepared statement; NULL: not yet */
};

struct db_postgres {
    struct db base;
    PGconn *conn;
    const char *url;
    bool is_readonly, is_begin_due, is_committed, is_warned, is_lost;
    struct db_postgres_slot *slots;       /* by sql_def.id */
    int  slots_n;
    struct sent sent[SENT_MAX];
    int  sent_n;
    const char *values[PARAMS_MAX];
    int  lengths[PARAMS_MAX], formats[PARAMS_MAX];
    unsigned char numbers[PARAMS_MAX][8];
};

enum rc db_postgres_connect(struct db_postgres *p);
/* A usable connection: made anew when it was lost and no transaction is open. */
enum rc db_postgres_ensure(struct db_postgres *p);
enum rc db_postgres_fail(struct db_postgres *p, const PGresult *res, const char *what);
enum rc db_postgres_lost(struct db_postgres *p, const char *what);
enum rc db_postgres_control(struct db_postgres *p, enum sent_kind kind, const char *sql);
enum rc db_postgres_begin_due(struct db_postgres *p);
/* Answers to come are read and thrown away: who asked may be gone. */
void    db_postgres_discard(struct db_postgres *p);
enum rc db_postgres_push(struct db_postgres *p, const struct sent *s);

enum rc db_postgres_run(struct db *db, const struct db_call *call);
enum rc db_postgres_collect(struct db *db);
enum rc db_postgres_prepare_all(struct db *db);
enum rc db_postgres_script(struct db *db, const struct db_query *query);
/* A sync between statements that may each fail alone. */
enum rc db_postgres_part(struct db_postgres *p);
/* One answer into the argument struct. */
enum rc db_postgres_read(struct db_postgres *p, const struct db_call *call, const PGresult *res);
enum rc db_postgres_described(struct db_postgres *p, const struct db_call *call,
                              const PGresult *res);
