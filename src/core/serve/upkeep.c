/* upkeep.c -- see upkeep.h. */
#include "core/serve/upkeep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "core/door/answer.h"
#include "core/run/clock.h"
#include "core/event/task.h"
#include "core/run/run.h"
#include "core/timeline/settle_due.h"

enum { TICK_MS = 500, RENEW_MS = NODE_LEASE_MS / 4, WALK_MS = 60000, FORGET_MS = 3600000,
       TASK_LEASE_MS = 30000, TASKS_MAX = 100 };

struct upkeep {
    struct arena *arena;
    struct upkeep_config cfg;
    pthread_t house, tasks;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    atomic_bool is_stopping;
    int64_t renewed_ms, walked_ms, forgot_ms;
    bool is_retried;                     /* what failed before this program began */
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

static enum rc forget(struct ctx *c, void *arg)
{
    return answer_purge(c, arg);
}

static void forget_answers(struct upkeep *u)
{
    bool more = true;

    if (!is_time(&u->forgot_ms, FORGET_MS)) return;
    while (more && !u->is_stopping)
        if (run_write(&(struct run){ .engine = u->cfg.engine, .fn = forget, .arg = &more,
                                     .queue = QUEUE_BULK }, NULL) != RC_OK)
            return;
}

static void keep_house(struct upkeep *u)
{
    keep_number(u);
    if (is_time(&u->walked_ms, WALK_MS) && settle_due(u->cfg.engine, clock_now()) != RC_OK)
        log_line(LOG_WARN, "upkeep.walk", "not everybody could be settled; again in a minute");
    forget_answers(u);
}

static void do_tasks(struct upkeep *u)
{
    struct task_round round = { TASK_LEASE_MS, TASKS_MAX, &u->is_stopping };
    int done = TASKS_MAX;

    if (!u->is_retried) u->is_retried = task_retry_failed(u->cfg.engine) == RC_OK;
    while (done == TASKS_MAX && !u->is_stopping)
        if (task_run_due(u->cfg.engine, &round, &done) != RC_OK) break;
}

/* Every half second, until we stop. */
static void loop(struct upkeep *u, void (*work)(struct upkeep *))
{
    struct timespec until;

    pthread_mutex_lock(&u->lock);
    while (!u->is_stopping) {
        pthread_mutex_unlock(&u->lock);
        work(u);
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
    loop(arg, keep_house);
    return NULL;
}

static void *tasks_main(void *arg)
{
    loop(arg, do_tasks);
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
    u->renewed_ms = u->forgot_ms = time_mono_ms();
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->woken, NULL);
    *out = u;
    if (pthread_create(&u->house, NULL, house_main, u) != 0) {
        arena_close(a);
        return RC_INTERNAL;
    }
    if (pthread_create(&u->tasks, NULL, tasks_main, u) == 0) return RC_OK;
    stop(u);
    pthread_join(u->house, NULL);
    arena_close(a);
    return RC_INTERNAL;
}

void upkeep_close(struct upkeep *u)
{
    stop(u);
    pthread_join(u->house, NULL);
    pthread_join(u->tasks, NULL);
    arena_close(u->arena);
}
