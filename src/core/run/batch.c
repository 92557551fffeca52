/* batch.c -- submitting items and waiting for them. */
#include "core/run/batch.h"
#include "core/ctx.h"

#include <assert.h>
#include <pthread.h>

enum { IN_FLIGHT_MAX = 64 };

static struct engine *engine;

/* What the items of one batch share; the lock also guards the arena of the results. */
struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int in_flight;
    struct arena *arena;
    struct actor actor;
};
struct ticket { struct waiting *waiting; struct batch_item *item; };

void batch_use(struct engine *e)
{
    engine = e;
}

static enum rc run_item(struct ctx *c, void *arg)
{
    const struct ticket *t = arg;

    c->actor = t->waiting->actor;
    return t->item->fn(c, t->item->arg);
}

static void item_ended(void *arg, enum rc rc, const struct err *err)
{
    struct ticket *t = arg;
    struct waiting *w = t->waiting;

    pthread_mutex_lock(&w->lock);
    t->item->rc = rc;
    t->item->keep(t->item->arg, err, w->arena);
    w->in_flight--;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

/* Until there is room for one more; 0: until all have ended. */
static void wait_below(struct waiting *w, int max)
{
    pthread_mutex_lock(&w->lock);
    while (w->in_flight > max) pthread_cond_wait(&w->ended, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

/* A full queue has room again when one of ours has ended; with none of ours in it, we give up. */
static void submit(struct waiting *w, struct ticket *t)
{
    const struct err busy = { 0 };
    struct run run = { .engine = engine, .fn = run_item, .arg = t, .queue = QUEUE_BULK };
    int before;

    do {
        pthread_mutex_lock(&w->lock);
        before = w->in_flight++;
        pthread_mutex_unlock(&w->lock);
        if (run_submit(&run, item_ended) == RC_OK) return;
        pthread_mutex_lock(&w->lock);
        w->in_flight--;
        pthread_mutex_unlock(&w->lock);
        wait_below(w, before > 0 ? before - 1 : 0);
    } while (before > 0);
    t->item->rc = RC_BUSY;
    pthread_mutex_lock(&w->lock);
    t->item->keep(t->item->arg, &busy, w->arena);
    pthread_mutex_unlock(&w->lock);
}

enum rc batch_run(struct ctx *c, struct batch *b)
{
    struct waiting w = { .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER,
                         .arena = b->arena, .actor = c->actor };
    struct ticket *tickets = ARENA_ARRAY(c->arena, struct ticket, b->n + 1);

    if (!engine) return fail(c, RC_INTERNAL, "batch.engine");
    db_rollback(c->db);
    for (size_t i = 0; i < b->n; i++) {
        tickets[i] = (struct ticket){ &w, &b->items[i] };
        wait_below(&w, IN_FLIGHT_MAX - 1);
        submit(&w, &tickets[i]);
    }
    wait_below(&w, 0);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.ended);
    return RC_OK;
}
