/* door_private.h -- what the files of the door share. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include "core/door/answer.h"
#include "core/door/door.h"
#include "core/door/crew.h"
#include "core/door/router.h"
#include "http/problem.h"

/* Statuses that are counted by themselves; the last is for all others. */
#define DOOR_STATUSES 200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, \
                      428, 429, 500, 503, 0
enum { DOOR_STATUSES_N = 20, DOOR_BUCKETS_N = 8 };

/* A line of the API as the door sees it: a route or a page, its permission, what became of it. */
struct entry {
    const struct route *route;               /* NULL: a page, or what matched no line */
    const struct door_page *page;
    const char *method, *path;
    int may;                                 /* the permission; -1: public */
    struct entry *next;
    atomic_llong counts[DOOR_STATUSES_N];
};

struct door_loop {
    struct arena *arena;
    struct db *db;                           /* SQLite: read-only; opened by the first quick read */
    const struct conf *conf;                 /* held from one quick read to the next */
    struct dice dice;
};

struct door {
    struct arena *arena;
    struct door_config cfg;
    struct router *router;
    struct entry *entries, nowhere;
    struct keyring *keys;
    struct crew *reads, *slows;
    bool is_sqlite;
    pthread_mutex_t refreshing;
    atomic_llong buckets[DOOR_BUCKETS_N], micros;
    atomic_llong denials_at_s, denials;      /* noted in that second */
};

/* One request on its way through the door. */
struct visit {
    struct route_match match;
    struct door *door;
    struct entry *entry;
    struct http_request *r;
    struct door_loop *loop;
    struct ctx c;
    struct call given, call;                 /* as read; as the handler left it, this time */
    struct dice seed, dice;
    struct arena_mark mark;                  /* what a second run starts from */
    struct claim claim;
    struct str body;                         /* the answer, rendered */
    const struct problem_error *errors;
    size_t errors_n;
    const char *allow;
    struct err denied;                       /* why a key was turned away, while that is noted */
    struct work work;
    struct crew_task task;
    int64_t begun_us;
    char *from;                              /* LIST_CURSOR_MAX: where a file goes on; NULL: none */
};

/* door_input.c: query, headers and body into v->given.  A refusal is in v->c.err and v->errors. */
enum rc door_input(struct visit *v, const struct str *params) MUST_CHECK;

/* door_run.c: runs the handler, here or elsewhere, and answers. */
void door_run(struct visit *v);
/* Notes why the key was turned away, then answers; past the bound it only answers. */
void door_deny(struct visit *v);

/* The next piece of a file. */
void door_more(void *visit);

/* door_answer.c: the end of every visit.  Nothing of it may be touched afterwards. */
void door_answer(struct visit *v, enum rc rc);
void door_count(struct visit *v, int status);
