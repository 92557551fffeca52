#include "core/door/crew.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include "base/arena.h"

enum { THREADS_MAX = 16 };

struct crew {
    struct arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t threads[THREADS_MAX];
    int threads_n, queued, queue_max;
    struct crew_task *first, **last;
    bool is_closing;
};

/* NULL: the crew is closing and nothing waits. */
static struct crew_task *next(struct crew *p)
{
    struct crew_task *t;

    pthread_mutex_lock(&p->lock);
    while (p->first == NULL && !p->is_closing) pthread_cond_wait(&p->more, &p->lock);
    t = p->first;
    if (t != NULL) {
        p->first = t->next;
        if (p->first == NULL) p->last = &p->first;
        p->queued--;
    }
    pthread_mutex_unlock(&p->lock);
    return t;
}

static void *work(void *arg)
{
    struct crew *p = arg;

    for (struct crew_task *t = next(p); t != NULL; t = next(p)) t->run(t->arg);
    return NULL;
}

struct crew *crew_open(int threads, int queue_max)
{
    struct arena *arena = arena_open(sizeof(struct crew) + 4096);
    struct crew *p = ARENA_NEW(arena, struct crew);

    assert(threads > 0 && threads <= THREADS_MAX);
    p->arena = arena;
    p->queue_max = queue_max;
    p->last = &p->first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    while (p->threads_n < threads) {
        if (pthread_create(&p->threads[p->threads_n], NULL, work, p) != 0) abort();
        p->threads_n++;
    }
    return p;
}

enum rc crew_submit(struct crew *p, struct crew_task *t)
{
    bool is_taken;

    pthread_mutex_lock(&p->lock);
    is_taken = !p->is_closing && p->queued < p->queue_max;
    if (is_taken) {
        t->next = NULL;
        *p->last = t;
        p->last = &t->next;
        p->queued++;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return is_taken ? RC_OK : RC_BUSY;
}

int crew_queued(struct crew *p)
{
    int n;

    pthread_mutex_lock(&p->lock);
    n = p->queued;
    pthread_mutex_unlock(&p->lock);
    return n;
}

void crew_close(struct crew *p)
{
    if (p == NULL) return;
    pthread_mutex_lock(&p->lock);
    p->is_closing = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads_n; i++) pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    arena_close(p->arena);
}
