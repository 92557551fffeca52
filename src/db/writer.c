/* The writer: one thread, one connection, one transaction for all that waits (CORE.md §8).
 *
 * What makes it exact: an answer leaves only after COMMIT returned OK; after anything but a refusal
 * the writer asks SQLite whether the transaction still is there, since a full disk takes all of it
 * along, and what then ran on would be committed piece by piece. */
#include <assert.h>
#include <stdio.h>
#include "base/limit.h"
#include "base/log.h"
#include "base/time.h"
#include "db/checkpointer.h"
#include "db/db_sqlite.h"
#include "db/engine_private.h"

#define PROBE_MS_DEFAULT 1000

struct item { struct work *work; enum rc rc; bool is_answered; };
struct writer {
    struct engine *e;
    struct db *db;
    struct item items[LIMIT_BATCH_REQUESTS + 1];        /* and one bulk step */
    int n;
    int64_t retries;
    bool is_damaged;                                    /* the file is corrupt: no probe helps */
};

/* ---- one request --------------------------------------------------------------------------- */

/* Is this failure the world's and not the request's? */
static bool is_batch_lost(const struct db *db)
{
    enum db_failure failure = db_failure(db);
    return !db_in_transaction(db) || failure == DB_FULL || failure == DB_IOERR ||
           failure == DB_CORRUPT;
}

/* Run in a savepoint; false: the whole batch is lost. */
static bool in_savepoint(struct writer *w, enum rc (*fn)(struct db *, void *), void *arg,
                         enum rc *rc)
{
    *rc = db_savepoint(w->db);
    if (*rc == RC_OK) *rc = fn(w->db, arg);
    if (*rc == RC_OK) *rc = db_release(w->db);
    if (is_batch_lost(w->db)) return false;
    if (*rc == RC_OK) return true;
    enum rc back = db_rollback_to(w->db);
    if (back == RC_OK) back = db_release(w->db);
    return back == RC_OK;
}

static bool run_item(struct writer *w, struct item *it)
{
    bool ok = true;
    enum rc rc;

    it->rc = RC_BUSY;
    for (int i = 0; ok && it->rc == RC_BUSY && i < ENGINE_TRIES; i++) {
        w->retries += i > 0;
        ok = in_savepoint(w, it->work->run, it->work->arg, &it->rc);
    }
    if (!ok || it->rc == RC_OK || it->rc == RC_BUSY || it->work->notes == NULL) return ok;
    ok = in_savepoint(w, it->work->notes, it->work->arg, &rc);
    if (ok && rc != RC_OK) log_line(LOG_WARN, "db.notes", "lost: %s", db_error(w->db));
    return ok;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void answer_early(struct writer *w, struct item *it)
{
#ifdef REGULARS_TEST
    if (!w->e->cfg.is_answer_early || it->rc != RC_OK) return;
    it->is_answered = true;
    it->work->done(it->work->arg, RC_OK);
#else
    (void)w;
    (void)it;
#endif
}

static void answer_all(struct writer *w, enum rc in_place)
{
    for (int i = 0; i < w->n; i++) {
        struct item *it = &w->items[i];
        struct work *work = it->work;
        if (!it->is_answered) work->done(work->arg, in_place == RC_OK ? it->rc : in_place);
    }
}

/* ---- failures of the world ----------------------------------------------------------------- */

static void world_failed(struct writer *w, enum db_failure failure)
{
    char why[256];

    snprintf(why, sizeof why, "%.250s", db_error(w->db));
    bool is_fatal = failure != DB_FULL && failure != DB_CORRUPT;
    db_rollback(w->db);
    w->is_damaged = w->is_damaged || failure == DB_CORRUPT;
    if (!is_fatal) engine_readonly(w->e, true, why);      /* before somebody answered comes again */
    answer_all(w, RC_BUSY);
    if (is_fatal) engine_fatal(w->e, why);
    else engine_refuse_waiting(w->e, RC_BUSY);
}

static void probe(struct writer *w)
{
    if (w->is_damaged) return;
    if (db_sqlite_probe(w->db) == RC_OK) {
        engine_readonly(w->e, false, "a write succeeded");
        return;
    }
    enum db_failure failure = db_failure(w->db);
    if (failure != DB_FULL && failure != DB_BUSY) world_failed(w, failure);
}

/* ---- a batch ------------------------------------------------------------------------------- */

static struct work *take(struct writer *w, struct engine_turn *turn, bool is_bulk)
{
    pthread_mutex_lock(&w->e->lock);
    struct work *work = is_bulk ? engine_take_bulk(w->e, turn) : engine_take(w->e, turn);
    pthread_mutex_unlock(&w->e->lock);
    return work;
}

/* Past its deadline nobody waits for it any more, and the till will ask again. */
static bool run_or_drop(struct writer *w, struct work *work)
{
    if (engine_is_late(work)) {
        work->done(work->arg, RC_BUSY);
        return true;
    }
    struct item *it = &w->items[w->n++];
    *it = (struct item){ .work = work };
    bool ok = run_item(w, it);
    if (ok) answer_early(w, it);
    return ok;
}

static bool batch_fill(struct writer *w)
{
    struct engine_turn turn = { 0 };
    int64_t until_us = time_mono_us() + LIMIT_BATCH_MS * 1000;
    struct work *work;

    while (w->n < LIMIT_BATCH_REQUESTS && time_mono_us() < until_us) {
        work = take(w, &turn, false);
        if (work == NULL) break;
        if (!run_or_drop(w, work)) return false;
    }
    if (turn.bulk > 0) return true;
    work = take(w, &turn, true);
    return work == NULL || run_or_drop(w, work);
}

static void count(struct writer *w)
{
    pthread_mutex_lock(&w->e->lock);
    w->e->stats.batches++;
    w->e->stats.requests += w->n;
    w->e->stats.retries += w->retries;
    pthread_mutex_unlock(&w->e->lock);
    w->retries = 0;
}

static void batch(struct writer *w)
{
    w->n = 0;
    enum rc rc = db_begin(w->db);
    if (rc == RC_BUSY) return;             /* somebody's shell holds the lock: what waits goes on */
    if (rc != RC_OK || !batch_fill(w)) {
        world_failed(w, db_failure(w->db));
        return;
    }
    rc = db_commit(w->db);
    count(w);
    if (rc == RC_OK) answer_all(w, RC_OK);
    else world_failed(w, db_failure(w->db));
}

/* ---- the thread ---------------------------------------------------------------------------- */

static void checkpoint(struct writer *w, struct checkpointer_turn turn)
{
    if (checkpointer_turn(w->e->checkpointer, turn) == RC_OK) return;
    w->n = 0;
    world_failed(w, DB_IOERR);
}

static bool nothing_waits(struct engine *e)
{
    pthread_mutex_lock(&e->lock);
    bool yes = e->queues[QUEUE_COUNTER].n + e->queues[QUEUE_OTHER].n == 0;
    pthread_mutex_unlock(&e->lock);
    return yes;
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct engine *e = w->e;
    int probe_ms = e->cfg.probe_ms == 0 ? PROBE_MS_DEFAULT : e->cfg.probe_ms;

    for (;;) {
        int tick_ms = e->is_readonly ? probe_ms : checkpointer_tick_ms(e->checkpointer);
        enum engine_wake wake = engine_wait(e, tick_ms);
        engine_use_eye(e, w->db);
        pthread_mutex_unlock(&e->lock);
        if (wake == WAKE_STOP) return NULL;
        if (wake == WAKE_WORK) batch(w);
        else if (e->is_readonly) probe(w);
        if (e->is_readonly) continue;
        checkpoint(w, (struct checkpointer_turn){ .is_tick = wake == WAKE_TICK,
                                                  .is_idle = nothing_waits(e) });
    }
}

enum rc writer_start(struct engine *e, char err[static 256])
{
    struct writer *w = ARENA_NEW(e->memory, struct writer);
    struct db_config cfg = { .url = e->cfg.url, .is_new_ok = e->cfg.is_new_ok };
    enum rc rc = db_open(&cfg, &e->dbs[0], err);

    if (rc != RC_OK) return rc;
    if (!e->cfg.is_bare) rc = engine_prepare(e->dbs[0], err);
    if (rc == RC_OK) rc = checkpointer_open(e, e->dbs[0], &e->checkpointer, err);
    if (rc != RC_OK) return rc;
    w->e = e;
    w->db = e->dbs[0];
    engine_thread(e, writer_main, w);
    return RC_OK;
}
