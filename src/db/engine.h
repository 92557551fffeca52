/* engine.h -- who runs a unit of work: one writer thread with group commit (SQLite) or a pool
 * of workers (PostgreSQL).  Nothing else in the program begins or ends a write transaction.
 *
 * A unit runs in a transaction (PostgreSQL) or in a savepoint of a batch (SQLite).  It is done
 * only after COMMIT has returned OK; anything but RC_OK from `run` takes all of it back.  What
 * must survive that is written by `notes` in a second savepoint or transaction, before `done`.
 * RC_BUSY from `run` or COMMIT: run again, three times at most; `run` must start afresh each
 * time.
 *
 * After an error of the world (CORE.md §8): a full disk answers RC_BUSY to the whole batch and
 * turns the engine read-only, probing each second; an I/O error, a failed sync or COMMIT
 * answers RC_BUSY to the whole batch and stops the process through on_fatal (the supervisor
 * restarts it). */
#pragma once
#include "db/db.h"

enum engine_queue { QUEUE_COUNTER, QUEUE_OTHER, QUEUE_BULK };

struct work {
    enum rc (*run)(struct db *db, void *arg);
    enum rc (*notes)(struct db *db, void *arg);    /* may be NULL; after anything but OK and BUSY */
    void    (*done)(void *arg, enum rc rc);        /* called once, from an engine's thread; quick */
    void     *arg;
    enum engine_queue queue;
    int64_t   deadline_ms;                         /* time_mono_ms(); 0: none.  Past it: RC_BUSY,
                                                      unrun */
    struct work *next;                             /* the engine's */
};

struct engine_config {
    const char *url;
    int   workers;                                 /* PostgreSQL; 0: 8 */
    bool  is_new_ok;
    void (*on_fatal)(void *arg, const char *why);  /* NULL: log and abort() */
    void *on_fatal_arg;
    bool  is_reader;                               /* only engine_reader: beside a running server */
    bool  is_bare;                                 /* do not prepare sql_all: not migrated yet */
    int   probe_ms;                                /* how often a full disk is tried; 0: 1000 */
    bool  is_answer_early;                         /* REGULARS_TEST only: a control, must fail */
};
struct engine_stats {
    int64_t batches, requests, retries, refused_busy, checkpoints, wal_pages;
    int     queued[3];
    bool    is_readonly;
};

struct engine;
/* The database has been migrated; all statements are prepared here, on every connection. */
enum rc engine_open(const struct engine_config *cfg, struct engine **out,
                    char err[static 256]) MUST_CHECK;
/* Takes the work or answers RC_BUSY at once (queue full, stopping, read-only); then done is not
 * called. */
enum rc engine_submit(struct engine *e, struct work *w) MUST_CHECK;
/* Submit and wait; for the command line, jobs and tests.  Returns what done would get. */
enum rc engine_run(struct engine *e, struct work *w) MUST_CHECK;
void    engine_drain(struct engine *e);            /* refuse new, finish what waits */
void    engine_close(struct engine *e);            /* drains; SQLite: last checkpoint */
enum db_kind engine_kind(const struct engine *e);
void    engine_stats(struct engine *e, struct engine_stats *out);
/* A connection for reads, lent to the calling thread and given back; RC_BUSY if none comes free
 * within a second. */
enum rc engine_reader(struct engine *e, struct db **out) MUST_CHECK;
void    engine_reader_return(struct engine *e, struct db *db);
/* Tests only: the eye of db_watch on the writer's (every worker's) connection. */
void    engine_watch(struct engine *e, db_eye *eye, void *arg);
