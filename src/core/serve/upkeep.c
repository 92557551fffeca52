/* upkeep.c -- see upkeep.h. */
#include "core/serve/upkeep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "core/event/task.h"

enum { TICK_MS = 500, RENEW_MS = NODE_LEASE_MS / 4, TASK_LEASE_MS = 30000, TASKS_MAX = 100,
       LANES = 3 };

struct upkeep {
    struct arena *arena;
    struct upkeep_config cfg;
    pthread_t house, lanes[LANES];
    int lanes_n;
    atomic_int next_lane;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    atomic_bool is_stopping;
    int64_t renewed_ms;
    atomic_bool is_started;              /* what runs by the clock has its row */
};

static bool is_time(int64_t *last_ms, int64_t every_ms)
{
    int64_t now = time_mono_ms();

    if (*last_ms && now - *last_ms < every_ms) return false;
    *last_ms = now;
    return true;
}

/* A lease that cannot be renewed for a while runs out; only one that is another's is lost. */
static void keep_number(struct upkeep *u)
{
    if (!u->cfg.node || !is_time(&u->renewed_ms, RENEW_MS)) return;
    if (node_renew(u->cfg.engine, u->cfg.node) == RC_NOT_FOUND)
        u->cfg.on_fatal(NULL, "the number of this program is another's");
}

static void keep_house(struct upkeep *u)
{
    keep_number(u);
    if (!u->is_started) u->is_started = task_start(u->cfg.engine) == RC_OK;
}

/* The first lane is kept for members: jobs may be long. */
static void do_tasks(struct upkeep *u, int lane)
{
    struct task_round round = { TASK_LEASE_MS, TASKS_MAX, &u->is_stopping, lane == 0 };
    int done = TASKS_MAX;

    while (done == TASKS_MAX && !u->is_stopping)
        if (task_run_due(u->cfg.engine, &round, &done) != RC_OK) break;
}

/* Every half second, until we stop. */
static void loop(struct upkeep *u, int lane)
{
    struct timespec until;

    pthread_mutex_lock(&u->lock);
    while (!u->is_stopping) {
        pthread_mutex_unlock(&u->lock);
        if (lane < 0) keep_house(u);
        else          do_tasks(u, lane);
        pthread_mutex_lock(&u->lock);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (!u->is_stopping) pthread_cond_timedwait(&u->woken, &u->lock, &until);
    }
    pthread_mutex_unlock(&u->lock);
}

static void *house_main(void *arg)
{
    loop(arg, -1);
    return NULL;
}

static void *lane_main(void *arg)
{
    struct upkeep *u = arg;

    loop(u, atomic_fetch_add(&u->next_lane, 1));
    return NULL;
}

static void stop(struct upkeep *u)
{
    pthread_mutex_lock(&u->lock);
    u->is_stopping = true;
    pthread_cond_broadcast(&u->woken);
    pthread_mutex_unlock(&u->lock);
}

enum rc upkeep_open(const struct upkeep_config *cfg, struct upkeep **out)
{
    struct arena *a = arena_open(1 << 16);
    struct upkeep *u = ARENA_NEW(a, struct upkeep);

    u->arena = a;
    u->cfg = *cfg;
    u->renewed_ms = time_mono_ms();
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->woken, NULL);
    *out = u;
    if (pthread_create(&u->house, NULL, house_main, u) != 0) {
        arena_close(a);
        return RC_INTERNAL;
    }
    while (u->lanes_n < LANES
           && pthread_create(&u->lanes[u->lanes_n], NULL, lane_main, u) == 0)
        u->lanes_n++;
    if (u->lanes_n == LANES) return RC_OK;
    upkeep_close(u);
    return RC_INTERNAL;
}

void upkeep_close(struct upkeep *u)
{
    stop(u);
    pthread_join(u->house, NULL);
    while (u->lanes_n > 0) pthread_join(u->lanes[--u->lanes_n], NULL);
    arena_close(u->arena);
}
