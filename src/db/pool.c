/* The pool: on PostgreSQL each worker has a connection and runs one work in one transaction. */
#include <assert.h>
#include <stdio.h>
#include <time.h>
#include "base/log.h"
#include "base/time.h"
#include "db/engine_private.h"

#define WORKERS_DEFAULT 8

struct worker {
    struct engine *e;
    struct db *db;
    int64_t retries;
    struct engine_turn turn;
    int since_bulk;
};

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

/* One go.  is_again: nothing was kept for certain, and another go may succeed.  A connection lost
 * while COMMIT was on its way is neither: the caller's key will tell what became of it. */
static enum rc go(struct worker *w, enum rc (*fn)(struct db *, void *), void *arg, bool *is_again)
{
    enum rc rc = db_begin(w->db);

    if (rc == RC_OK) {
        rc = fn(w->db, arg);
        if (rc == RC_OK) {
            rc = db_commit(w->db);
            *is_again = rc == RC_BUSY && db_failure(w->db) == DB_BUSY;
            return rc;
        }
        db_rollback(w->db);
    }
    *is_again = rc == RC_BUSY;
    return rc;
}

static bool is_worlds(const struct db *db)
{
    enum db_failure failure = db_failure(db);
    return failure == DB_FULL || failure == DB_IOERR || failure == DB_CORRUPT;
}

static enum rc goes(struct worker *w, enum rc (*fn)(struct db *, void *), void *arg)
{
    static const int pauses_ms[ENGINE_TRIES] = { 0, 2, 10, 100 };
    bool is_again = true;
    enum rc rc = RC_BUSY;

    for (int i = 0; is_again && i < ENGINE_TRIES; i++) {
        if (i > 0) {
            w->retries++;
            pause_ms(pauses_ms[i]);
        }
        rc = go(w, fn, arg, &is_again);
    }
    if (rc == RC_OK || !is_worlds(w->db)) return rc;
    log_line(LOG_ALARM, "db.world", "%s", db_error(w->db));
    return RC_BUSY;
}

/* The crash test's control: the answer leaves before COMMIT does, by as long as a disk may take. */
static bool answer_early(struct worker *w, struct work *it)
{
#ifdef REGULARS_TEST
    if (!w->e->cfg.is_answer_early) return false;
    enum rc rc = db_begin(w->db);
    if (rc == RC_OK) rc = it->run(w->db, it->arg);
    it->done(it->arg, rc);
    pause_ms(5);
    if (rc != RC_OK || db_commit(w->db) != RC_OK) db_rollback(w->db);
    return true;
#else
    (void)w;
    (void)it;
    return false;
#endif
}

static void work(struct worker *w, struct work *it)
{
    enum rc rc = RC_BUSY;

    if (answer_early(w, it)) return;
    if (!engine_is_late(it)) rc = goes(w, it->run, it->arg);
    bool has_notes = rc != RC_OK && rc != RC_BUSY && it->notes != NULL;
    if (has_notes && goes(w, it->notes, it->arg) != RC_OK)
        log_line(LOG_WARN, "db.notes", "lost: %s", db_error(w->db));
    it->done(it->arg, rc);
}

/* With the lock held.  Bulk gets each 32nd turn even while a counter waits. */
static struct work *take(struct worker *w)
{
    struct work *it = NULL;

    w->turn.bulk = w->turn.counters = 0;
    if (++w->since_bulk >= 32) {
        w->since_bulk = 0;
        it = engine_take_bulk(w->e, &w->turn);
    }
    return it != NULL ? it : engine_take(w->e, &w->turn);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct engine *e = w->e;

    while (engine_wait(e, 0) == WAKE_WORK) {
        struct work *it = take(w);
        engine_use_eye(e, w->db);
        pthread_mutex_unlock(&e->lock);
        work(w, it);
        pthread_mutex_lock(&e->lock);
        e->stats.batches++;
        e->stats.requests++;
        e->stats.retries += w->retries;
        w->retries = 0;
        pthread_mutex_unlock(&e->lock);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

enum rc pool_start(struct engine *e, char err[static 256])
{
    int n = e->cfg.workers == 0 ? WORKERS_DEFAULT : e->cfg.workers;
    struct worker *workers;

    if (n < 1 || n > ENGINE_WORKERS_MAX) {
        snprintf(err, 256, "workers: 1 to %d", ENGINE_WORKERS_MAX);
        return RC_INVALID;
    }
    workers = ARENA_ARRAY(e->memory, struct worker, n);
    for (int i = 0; i < n; i++) {
        enum rc rc = db_open(&(struct db_config){ .url = e->cfg.url }, &e->dbs[i], err);
        if (rc == RC_OK && !e->cfg.is_bare) rc = engine_prepare(e->dbs[i], err);
        if (rc != RC_OK) return rc;
        workers[i] = (struct worker){ .e = e, .db = e->dbs[i] };
    }
    for (int i = 0; i < n; i++) engine_thread(e, worker_main, &workers[i]);
    return RC_OK;
}
