/* run.h -- a unit of work with a request's context, for whoever is not an HTTP request: the command
 * line, imports, tasks, tests. */
#pragma once
#include "core/config/conf.h"
#include "db/engine.h"

struct err;

typedef enum rc run_fn(struct ctx *c, void *arg);
struct run {
    struct engine *engine;
    run_fn *fn;
    void *arg;
    int64_t now;                         /* 0: clock_now() */
    enum engine_queue queue;
    size_t arena_max;                    /* 0: LIMIT_REQUEST_ARENA */
};
/* Runs it in a transaction and waits.  err, if not NULL, gets why not: its code lives as long
 * as the program, its texts are gone. */
enum rc run_write(const struct run *r, struct err *err) MUST_CHECK;
/* The same on a reader's connection, without a transaction of its own. */
enum rc run_read(const struct run *r, struct err *err) MUST_CHECK;

/* Runs without waiting; done is called once, from the engine's thread, with the same arg.  RC_BUSY:
 * not taken. */
enum rc run_submit(const struct run *r, void (*done)(void *arg, enum rc rc, const struct err *err))
    MUST_CHECK;

/* The process's maker of ids; opened once. */
struct idgen *run_ids(void);
/* From now on its ids carry this node's number; at start, before other threads. */
void run_node(int64_t node);
/* Reads and installs the configuration; after a migration, at start, after a publication. */
enum rc run_conf_load(struct engine *e) MUST_CHECK;
