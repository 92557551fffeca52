#include "db/checkpointer.h"

#include <assert.h>
#include <stdio.h>
#include "base/log.h"
#include "base/time.h"
#include "db/db_sqlite.h"
#include "db/engine_private.h"

enum {
    QUIET_PAGES = 100,           /* the writer copies from here on when nothing waits */
    LAST_PAGES  = 600,           /* what the writer copies itself: a few milliseconds */
    LAST_BUSY_PAGES = 4096,      /* and of a long log: more than a batch adds, or it never ends */
    CALM_PAGES  = 2000,          /* the helper starts when the writer often has nothing to do */
    BUSY_PAGES  = 48000,         /* the helper starts whatever waits */
    CAP_PAGES   = 96000,         /* the writer stops everything and copies */
    TICK_MS     = 20,
    AGAIN_MS    = 100,           /* after a reader was in the way */
    FULL_MS     = 1000,          /* after the file could not grow: the log still holds everything */
    REST        = 50,            /* after a short log: this many times as long as it took */
    PASSES_MAX  = 8
};
enum helper_state { HELPER_RESTS, HELPER_WORKS, HELPER_ENDS };

struct checkpointer {
    struct db *writer, *helper;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    enum helper_state state;
    bool is_hurried;             /* the writer waits: end after this pass */
    enum rc failed;
    struct db_log log;           /* as last known */
    int64_t done;
    int64_t not_before_ms;       /* the writer's next own checkpoint */
};

/* A log that grows while it is copied is begun again only by ending it once: what the file grows
 * by costs more than the copy. */
static int last_pages(const struct db_log *log)
{
    return log->pages >= BUSY_PAGES ? LAST_BUSY_PAGES : LAST_PAGES;
}

/* ---- the helper ---------------------------------------------------------------------------- */

/* A pass that does not reach the end of the log leaves its pages unsynced in the system's
 * cache.  They are flushed here, so that the writer's last step has only its own few to wait
 * for. */
static enum rc helper_pass(struct checkpointer *p, struct db_log *log)
{
    enum rc rc = db_checkpoint(p->helper, CHECKPOINT_PASSIVE, log);
    if (rc == RC_OK) rc = db_sync_file(p->helper);
    if (rc == RC_OK) rc = db_checkpoint(p->helper, CHECKPOINT_LOOK, log);
    return rc;
}

static bool is_hurried(struct checkpointer *p)
{
    pthread_mutex_lock(&p->lock);
    bool yes = p->is_hurried || p->state == HELPER_ENDS;
    pthread_mutex_unlock(&p->lock);
    return yes;
}

static enum rc helper_work(struct checkpointer *p, struct db_log *log)
{
    int copied = -1;
    enum rc rc = RC_OK;

    for (int pass = 0; rc == RC_OK && pass < PASSES_MAX; pass++) {
        rc = helper_pass(p, log);
        bool is_stuck = log->copied <= copied;          /* a reader still needs the old pages */
        copied = log->copied;
        if (is_stuck || log->pages - log->copied <= last_pages(log) / 2 || is_hurried(p)) break;
    }
    return rc;
}

static void *helper_main(void *arg)
{
    struct checkpointer *p = arg;

    pthread_mutex_lock(&p->lock);
    while (p->state != HELPER_ENDS) {
        if (p->state == HELPER_RESTS) {
            pthread_cond_wait(&p->changed, &p->lock);
            continue;
        }
        pthread_mutex_unlock(&p->lock);
        struct db_log log;
        enum rc rc = helper_work(p, &log);
        pthread_mutex_lock(&p->lock);
        if (rc == RC_OK) p->log = log;
        else if (rc == RC_LIMIT) p->not_before_ms = time_mono_ms() + FULL_MS;
        else if (rc != RC_BUSY) p->failed = rc;
        if (p->state == HELPER_WORKS) p->state = HELPER_RESTS;
        p->is_hurried = false;
        p->done++;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void helper_start(struct checkpointer *p)
{
    assert(p->state == HELPER_RESTS);
    p->state = HELPER_WORKS;
    pthread_cond_broadcast(&p->changed);
}

static void helper_hurry(struct checkpointer *p)
{
    while (p->state == HELPER_WORKS) {
        p->is_hurried = true;
        pthread_cond_wait(&p->changed, &p->lock);
    }
}

/* ---- the writer's turn --------------------------------------------------------------------- */

/* With the lock held: the helper cannot start meanwhile. */
static enum rc writer_copy(struct checkpointer *p)
{
    int64_t began_us = time_mono_us();
    enum rc rc = db_checkpoint(p->writer, CHECKPOINT_PASSIVE, &p->log);
    int64_t took_ms = (time_mono_us() - began_us) / 1000;
    bool is_stuck = p->log.copied < p->log.pages;
    int64_t rest_ms = p->log.pages >= BUSY_PAGES ? 0 : took_ms * REST;

    p->done++;
    p->not_before_ms = time_mono_ms() + (is_stuck ? AGAIN_MS : rest_ms);
    if (rc == RC_LIMIT) p->not_before_ms = time_mono_ms() + FULL_MS;
    return rc == RC_BUSY || rc == RC_LIMIT ? RC_OK : rc;
}

/* A log that has begun again is shorter than what was copied of the old one. */
static int left_to_copy(struct checkpointer *p)
{
    int pages = db_log_pages(p->writer);

    if (pages > 0 && pages < p->log.copied) p->log = (struct db_log){ 0 };
    if (pages > p->log.pages) p->log.pages = pages;
    return p->log.pages - p->log.copied;
}

static bool is_writers(struct checkpointer *p, struct checkpointer_turn turn, int left)
{
    if (left > last_pages(&p->log) || time_mono_ms() < p->not_before_ms) return false;
    if (p->log.pages >= BUSY_PAGES) return true;           /* the end of what the helper began */
    return turn.is_tick || (turn.is_idle && left >= QUIET_PAGES);
}

enum rc checkpointer_turn(struct checkpointer *p, struct checkpointer_turn turn)
{
    pthread_mutex_lock(&p->lock);
    enum rc rc = p->failed;
    int left = left_to_copy(p);
    bool is_rested = time_mono_ms() >= p->not_before_ms;
    if (rc == RC_OK && left >= CAP_PAGES && is_rested) {
        helper_hurry(p);
        rc = writer_copy(p);
    } else if (rc == RC_OK && left > 0 && p->state == HELPER_RESTS) {
        bool is_long = p->log.pages >= BUSY_PAGES || turn.is_tick ||
                       (turn.is_idle && left >= CALM_PAGES);
        if (is_writers(p, turn, left)) rc = writer_copy(p);
        else if (is_long && left > last_pages(&p->log) && is_rested) helper_start(p);
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

int checkpointer_tick_ms(struct checkpointer *p)
{
    pthread_mutex_lock(&p->lock);
    bool is_due = left_to_copy(p) > 0 || p->state == HELPER_WORKS;
    pthread_mutex_unlock(&p->lock);
    return is_due ? TICK_MS : 0;
}

void checkpointer_stats(struct checkpointer *p, struct engine_stats *out)
{
    pthread_mutex_lock(&p->lock);
    out->checkpoints = p->done;
    out->wal_pages = p->log.pages - p->log.copied;
    pthread_mutex_unlock(&p->lock);
}

/* ---- start and end ------------------------------------------------------------------------- */

enum rc checkpointer_open(struct engine *e, struct db *db, struct checkpointer **out,
                          char err[static 256])
{
    struct checkpointer *p = ARENA_NEW(e->memory, struct checkpointer);
    enum rc rc = db_sqlite_open_helper(e->cfg.url, &p->helper, err);

    if (rc == RC_OK) rc = db_checkpoint(db, CHECKPOINT_LOOK, &p->log);
    if (rc != RC_OK) {
        if (err[0] == '\0') snprintf(err, 256, "%.250s", db_error(db));
        db_close(p->helper);
        return rc;
    }
    p->writer = db;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    if (p->log.pages > LAST_PAGES)
        log_line(LOG_INFO, "db.log", "pages=%d to work off", p->log.pages);
    engine_thread(e, helper_main, p);
    p->thread = e->threads[--e->threads_n];              /* joined here, not with the engine's */
    if (p->log.pages - p->log.copied > LAST_PAGES) {
        pthread_mutex_lock(&p->lock);
        helper_start(p);
        pthread_mutex_unlock(&p->lock);
    }
    *out = p;
    return RC_OK;
}

void checkpointer_close(struct checkpointer *p)
{
    if (p == NULL) return;
    pthread_mutex_lock(&p->lock);
    p->state = HELPER_ENDS;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    db_close(p->helper);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
}
