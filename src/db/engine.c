/* Queues, state, start and end: what is the same for the writer and the pool. */
#include "db/engine.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/limit.h"
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "db/checkpointer.h"
#include "db/db_sqlite.h"
#include "db/engine_private.h"

static const int queue_max[ENGINE_QUEUES] = { LIMIT_QUEUE_COUNTER, LIMIT_QUEUE_OTHER,
                                              LIMIT_QUEUE_BULK };

/* ---- waiting ------------------------------------------------------------------------------- */

void engine_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool engine_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };
    return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}

static bool has_work(const struct engine *e)
{
    return e->queues[QUEUE_COUNTER].n + e->queues[QUEUE_OTHER].n + e->queues[QUEUE_BULK].n > 0;
}

enum engine_wake engine_wait(struct engine *e, int tick_ms)
{
    int64_t until_ms = time_mono_ms() + tick_ms;

    pthread_mutex_lock(&e->lock);
    for (;;) {
        if (e->state == ENGINE_DEAD) return WAKE_STOP;
        if (has_work(e)) return WAKE_WORK;
        if (e->state == ENGINE_DRAINS) return WAKE_STOP;
        if (tick_ms == 0) pthread_cond_wait(&e->filled, &e->lock);
        else if (!engine_cond_wait(&e->filled, &e->lock, until_ms)) return WAKE_TICK;
    }
}

bool engine_is_late(const struct work *w)
{
    return w->deadline_ms != 0 && time_mono_ms() >= w->deadline_ms;
}

/* ---- queues -------------------------------------------------------------------------------- */

static void push(struct engine_list *l, struct work *w)
{
    w->next = NULL;
    if (l->n == 0) l->first = w;
    else l->last->next = w;
    l->last = w;
    l->n++;
}

static struct work *pop(struct engine_list *l)
{
    struct work *w = l->first;
    if (w == NULL) return NULL;
    l->first = w->next;
    l->n--;
    return w;
}

struct work *engine_take_bulk(struct engine *e, struct engine_turn *turn)
{
    if (turn->bulk > 0 && turn->counters > 0) return NULL;
    struct work *w = pop(&e->queues[QUEUE_BULK]);
    if (w != NULL) turn->bulk++;
    return w;
}

struct work *engine_take(struct engine *e, struct engine_turn *turn)
{
    struct engine_list *counter = &e->queues[QUEUE_COUNTER], *other = &e->queues[QUEUE_OTHER];
    bool is_others_turn = counter->n == 0 || turn->since_other >= 7;

    if (other->n > 0 && is_others_turn) {
        turn->since_other = 0;
        return pop(other);
    }
    if (counter->n > 0) {
        turn->counters++;
        turn->since_other++;
        return pop(counter);
    }
    return engine_take_bulk(e, turn);
}

enum rc engine_submit(struct engine *e, struct work *w)
{
    enum rc rc = RC_BUSY;

    assert(w->run != NULL && w->done != NULL);
    assert(w->queue >= QUEUE_COUNTER && w->queue <= QUEUE_BULK);
    pthread_mutex_lock(&e->lock);
    struct engine_list *l = &e->queues[w->queue];
    if (e->state == ENGINE_RUNS && !e->is_readonly && l->n < queue_max[w->queue]) {
        push(l, w);
        rc = RC_OK;
        pthread_cond_signal(&e->filled);
    } else {
        e->stats.refused_busy++;
    }
    pthread_mutex_unlock(&e->lock);
    return rc;
}

void engine_refuse_waiting(struct engine *e, enum rc rc)
{
    struct engine_list all = { 0 };

    pthread_mutex_lock(&e->lock);
    for (int q = 0; q < ENGINE_QUEUES; q++) {
        for (struct work *w = pop(&e->queues[q]); w != NULL; w = pop(&e->queues[q])) push(&all, w);
    }
    e->stats.refused_busy += all.n;
    pthread_mutex_unlock(&e->lock);
    for (struct work *w = pop(&all); w != NULL; w = pop(&all)) w->done(w->arg, rc);
}

/* ---- state --------------------------------------------------------------------------------- */

void engine_readonly(struct engine *e, bool is_readonly, const char *why)
{
    pthread_mutex_lock(&e->lock);
    bool was = e->is_readonly;
    e->is_readonly = is_readonly;
    pthread_mutex_unlock(&e->lock);
    if (was != is_readonly)
        log_line(LOG_ALARM, is_readonly ? "db.readonly" : "db.writable", "why=%s", why);
}

void engine_fatal(struct engine *e, const char *why)
{
    pthread_mutex_lock(&e->lock);
    bool was_dead = e->state == ENGINE_DEAD;
    e->state = ENGINE_DEAD;
    pthread_cond_broadcast(&e->filled);
    pthread_mutex_unlock(&e->lock);
    engine_refuse_waiting(e, RC_BUSY);
    if (was_dead) return;
    log_line(LOG_ALARM, "db.fatal", "%s", why);
    if (e->cfg.on_fatal == NULL) abort();
    e->cfg.on_fatal(e->cfg.on_fatal_arg, why);
}

void engine_use_eye(struct engine *e, struct db *db)
{
    db_watch(db, e->eye, e->eye_arg);
}

void engine_watch(struct engine *e, db_eye *eye, void *arg)
{
    pthread_mutex_lock(&e->lock);
    e->eye = eye;
    e->eye_arg = arg;
    pthread_mutex_unlock(&e->lock);
}

/* Signals are the main thread's to hear. */
void engine_thread(struct engine *e, void *(*main)(void *), void *arg)
{
    sigset_t all, before;

    assert(e->threads_n < ENGINE_WORKERS_MAX);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&e->threads[e->threads_n], NULL, main, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        log_line(LOG_ALARM, "db.thread", "error=%d", failed);
        abort();
    }
    e->threads_n++;
}

enum rc engine_prepare(struct db *db, char err[static 256])
{
    enum rc rc = db_prepare_all(db);
    if (rc != RC_OK) snprintf(err, 256, "statements do not fit the database: %.200s", db_error(db));
    return rc;
}

/* ---- start and end ------------------------------------------------------------------------- */

enum rc engine_open(const struct engine_config *cfg, struct engine **out, char err[static 256])
{
    struct arena *memory = arena_open(16 << 20);
    struct engine *e = ARENA_NEW(memory, struct engine);

    *out = NULL;
    err[0] = '\0';
    e->memory = memory;
    e->cfg = *cfg;
    e->cfg.url = arena_strdup(memory, cfg->url);
    e->kind = str_prefix(cfg->url, "sqlite:") ? DB_SQLITE : DB_POSTGRES;
    pthread_mutex_init(&e->lock, NULL);
    engine_cond_init(&e->filled);
    engine_readers_init(e);
    enum rc rc = RC_OK;
    if (cfg->is_reader) e->state = ENGINE_DRAINS;
    else rc = e->kind == DB_SQLITE ? writer_start(e, err) : pool_start(e, err);
    if (rc == RC_OK) *out = e;
    else engine_close(e);
    return rc;
}

void engine_drain(struct engine *e)
{
    pthread_mutex_lock(&e->lock);
    if (e->state == ENGINE_RUNS) e->state = ENGINE_DRAINS;
    pthread_cond_broadcast(&e->filled);
    pthread_mutex_unlock(&e->lock);
    for (; e->threads_joined < e->threads_n; e->threads_joined++)
        pthread_join(e->threads[e->threads_joined], NULL);
    engine_refuse_waiting(e, RC_BUSY);             /* only what a dead engine left */
}

void engine_close(struct engine *e)
{
    struct db_log log;

    if (e == NULL) return;
    engine_drain(e);
    checkpointer_close(e->checkpointer);
    engine_readers_close(e);
    if (e->kind == DB_SQLITE && e->dbs[0] != NULL && e->state != ENGINE_DEAD && !e->is_readonly &&
        db_checkpoint(e->dbs[0], CHECKPOINT_TRUNCATE, &log) != RC_OK)
        log_line(LOG_WARN, "db.checkpoint", "the last one: %s", db_error(e->dbs[0]));
    for (int i = 0; i < ENGINE_WORKERS_MAX; i++) db_close(e->dbs[i]);
    pthread_cond_destroy(&e->filled);
    pthread_mutex_destroy(&e->lock);
    arena_close(e->memory);
}

enum db_kind engine_kind(const struct engine *e)
{
    return e->kind;
}

void engine_stats(struct engine *e, struct engine_stats *out)
{
    pthread_mutex_lock(&e->lock);
    *out = e->stats;
    for (int q = 0; q < ENGINE_QUEUES; q++) out->queued[q] = e->queues[q].n;
    out->is_readonly = e->is_readonly;
    pthread_mutex_unlock(&e->lock);
    if (e->checkpointer != NULL) checkpointer_stats(e->checkpointer, out);
}

/* ---- submit and wait ----------------------------------------------------------------------- */

struct waiting {
    const struct work *work;
    pthread_mutex_t lock;
    pthread_cond_t  ended;
    bool is_done;
    enum rc rc;
};

static enum rc waiting_run(struct db *db, void *arg)
{
    const struct work *w = ((struct waiting *)arg)->work;
    return w->run(db, w->arg);
}

static enum rc waiting_notes(struct db *db, void *arg)
{
    const struct work *w = ((struct waiting *)arg)->work;
    return w->notes(db, w->arg);
}

static void waiting_done(void *arg, enum rc rc)
{
    struct waiting *q = arg;
    pthread_mutex_lock(&q->lock);
    q->rc = rc;
    q->is_done = true;
    pthread_cond_signal(&q->ended);
    pthread_mutex_unlock(&q->lock);
}

enum rc engine_run(struct engine *e, struct work *w)
{
    struct waiting q = { .work = w };
    struct work mine = { .run = waiting_run, .notes = w->notes == NULL ? NULL : waiting_notes,
                         .done = waiting_done, .arg = &q, .queue = w->queue,
                         .deadline_ms = w->deadline_ms };

    pthread_mutex_init(&q.lock, NULL);
    pthread_cond_init(&q.ended, NULL);
    enum rc rc = engine_submit(e, &mine);
    if (rc == RC_OK) {
        pthread_mutex_lock(&q.lock);
        while (!q.is_done) pthread_cond_wait(&q.ended, &q.lock);
        pthread_mutex_unlock(&q.lock);
        rc = q.rc;
    }
    pthread_cond_destroy(&q.ended);
    pthread_mutex_destroy(&q.lock);
    return rc;
}
