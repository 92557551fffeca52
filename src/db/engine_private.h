/* engine_private.h -- shared by engine.c, engine_reader.c, writer.c, checkpointer.c and pool.c.
 *
 * One lock guards the queues and the state.  Whoever runs work (the writer, or each worker of the
 * pool) takes from the queues and never touches a work again after its done(). */
#pragma once
#include <pthread.h>
#include "db/engine.h"

enum {
    ENGINE_TRIES = 4,                    /* a first time and three more on RC_BUSY */
    ENGINE_WORKERS_MAX = 64,
    ENGINE_READERS_MAX = 4,
    ENGINE_QUEUES = QUEUE_BULK + 1
};
enum engine_state { ENGINE_RUNS, ENGINE_DRAINS, ENGINE_DEAD };

struct engine_list { struct work *first, *last; int n; };

struct engine_readers {
    pthread_mutex_t lock;
    pthread_cond_t  freed;
    struct db *free[ENGINE_READERS_MAX];
    int free_n, made_n;
};

struct engine {
    struct engine_config cfg;
    enum db_kind kind;
    struct arena *memory;
    pthread_mutex_t lock;
    pthread_cond_t  filled;              /* work came, or the state changed */
    struct engine_list queues[ENGINE_QUEUES];
    enum engine_state state;
    bool is_readonly;                    /* the disk is full, or the file damaged */
    db_eye *eye;
    void   *eye_arg;
    struct engine_stats stats;
    pthread_t threads[ENGINE_WORKERS_MAX];
    int threads_n, threads_joined;
    struct db *dbs[ENGINE_WORKERS_MAX];
    struct checkpointer *checkpointer;   /* SQLite */
    struct engine_readers readers;
};

/* What the writer has had in this batch: see engine_take. */
struct engine_turn { int counters, since_other, bulk; };

/* The next work by the rules of the queues, or NULL; with the lock held.  Counters come first, each
 * eighth place is another's if one waits, a bulk step comes when nothing else waits: once, if the
 * batch has a counter in it, which waits for the commit. */
struct work *engine_take(struct engine *e, struct engine_turn *turn);
struct work *engine_take_bulk(struct engine *e, struct engine_turn *turn);

enum engine_wake { WAKE_WORK, WAKE_TICK, WAKE_STOP };
/* Wait until there is work, tick_ms are over (0: for ever) or there will be no more work.  Returns
 * with the lock held. */
enum engine_wake engine_wait(struct engine *e, int tick_ms);

/* Take everything that waits out of the queues and answer it. */
void engine_refuse_waiting(struct engine *e, enum rc rc);
void engine_readonly(struct engine *e, bool is_readonly, const char *why);
/* Never again a write: stop, tell, and (by default) abort. */
void engine_fatal(struct engine *e, const char *why);
bool engine_is_late(const struct work *w);
void engine_thread(struct engine *e, void *(*main)(void *), void *arg);
void engine_use_eye(struct engine *e, struct db *db);

enum rc engine_prepare(struct db *db, char err[static 256]) MUST_CHECK;
enum rc writer_start(struct engine *e, char err[static 256]) MUST_CHECK;
enum rc pool_start(struct engine *e, char err[static 256]) MUST_CHECK;
void    engine_readers_close(struct engine *e);
void    engine_readers_init(struct engine *e);
void    engine_cond_init(pthread_cond_t *cond);            /* on the monotonic clock */
bool    engine_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);
