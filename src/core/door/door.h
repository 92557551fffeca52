/* door.h -- the way in: from a request that has arrived to the handler of its route, and back.
 *
 * The order is fixed, and a refusal at one step never tells about the next: path (404), method
 * (405), key (401), permission (403), headers, query and body (400, 415), then the handler in the
 * mode of its route.  A queue that is full answers 503 at once. */
#pragma once
#include "base/buf.h"
#include "core/auth/key.h"
#include "core/feature.h"
#include "db/engine.h"
#include "http/http.h"

/* What is no route of a feature: health, metrics.  GET, on the loop's thread; `serve` answers the
 * request. */
struct door_page {
    const char *path;
    void (*serve)(void *arg, struct http_request *r);
    const char *may;                             /* permission; NULL: open to everybody */
};

struct door_config {
    const struct feature *const *features;       /* ends with NULL */
    const struct door_page *pages; size_t pages_n;
    void *pages_arg;
    struct engine *engine;
    const char *url;                             /* for the loops' own connections (SQLite) */
    struct idgen *ids;
    int read_threads, slow_threads;              /* 0: 4 and 2 */
};

struct door;
enum rc door_open(const struct door_config *cfg, struct door **out, char err[static 256])
    MUST_CHECK;
/* After http_wait_idle: finishes what the crews hold. */
void    door_drain(struct door *d);
/* After http_close. */
void    door_close(struct door *d);

/* The four of struct http_config; their argument is the door. */
bool  door_admit(void *door, struct http_request *r);
void  door_serve(void *door, struct http_request *r);
void *door_loop_open(void *door);
void  door_loop_close(void *door, void *loop);

/* Reads keys and configuration again if they have changed: each half second, and before anybody is
 * told that a publication succeeded. */
enum rc door_refresh(struct door *d) MUST_CHECK;
void    door_metrics(struct door *d, struct buf *dst);   /* Prometheus text */
