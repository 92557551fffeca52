/* http.h -- the transport: what a request is, and how it is answered.
 *
 * One server has a few event loops, each a thread.  A request arrives whole (its
 * body within LIMIT_BODY_BYTES, all bodies together within LIMIT_BODIES_BYTES) and is given to
 * `serve` on its loop's thread.  It is answered there at once, or put off (http_defer) and answered
 * later from any thread.  Every request is answered exactly once.  Its memory is its arena; after
 * http_answer neither may be touched.
 *
 * What is too large, too slow, malformed or ambiguous is answered here and never reaches `serve`
 * (gate.h); who sends headers byte by byte is hung up on, and so is the longest silent connection
 * when there is room for no more. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/rc.h"
#include "base/str.h"

/* The headers we read; anything else a client sends is ignored. */
enum http_header {
    HTTP_AUTHORIZATION, HTTP_CONTENT_TYPE, HTTP_IDEMPOTENCY_KEY, HTTP_IF_MATCH,
    HTTP_ACCEPT_LANGUAGE, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING,
    HTTP_HOST, HTTP_HEADERS
};

#define HTTP_ID_MAX 24

struct http_request {
    struct arena *arena;
    const char   *method;
    struct str    path, query;               /* as sent, not decoded; the query without its '?' */
    const char   *headers[HTTP_HEADERS];     /* NULL: not sent */
    struct str    body;                      /* followed by a NUL */
    int64_t       arrived_ms;                /* time_mono_ms() at which it was whole */
    void         *loop;                      /* what loop_open made for this thread */
    void         *admitted;                  /* what admit() found out; NULL: nothing */
    char          id[HTTP_ID_MAX];           /* "req_…", sent back as X-Request-Id */
};

struct http_answer {
    int         status;
    const char *type;                        /* NULL: application/json */
    struct str  body;                        /* in the request's arena, or for ever */
    const char *location, *allow;            /* NULL: none */
    int64_t     version;                     /* an ETag when > 0 */
    int         retry_after_s;               /* 0: none */
    bool        is_replay, is_unauthorized;
    const char *file;                        /* NULL; else the name to keep it under */
    /* The body is only the first piece.  When it is sent, more() is called on the loop's thread and
     * leads to one http_piece(), as this to the next, until the last.  NULL: the body is all. */
    void      (*more)(void *arg);
    void       *more_arg;
};

/* The next piece, from any thread; in the request's arena until more() is called again. */
enum http_end { HTTP_MORE, HTTP_LAST, HTTP_BROKEN };   /* broken: the client sees that it is cut */

struct http_config {
    const char *listen;                      /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free */
    int         loops;                       /* 0: one for each core, at most 8 */
    int         headers_ms;                  /* 0: LIMIT_HEADERS_MS */
    int         connections;                 /* 0: LIMIT_CONNECTIONS */
    /* Asked when the headers are there, of a request with a body: false, and the body is read but
     * not kept; it costs no memory, and serve() gets none.  NULL: all are welcome. */
    bool      (*admit)(void *arg, struct http_request *r);
    void      (*serve)(void *arg, struct http_request *r);
    void     *(*loop_open)(void *arg);       /* both may be NULL; on the loop's thread */
    void      (*loop_close)(void *arg, void *loop);
    void       *arg;
};

struct http_stats {
    int64_t requests, refused_size, refused_budget, refused_form, refused_stopping, bodies_bytes;
};

struct http;
enum rc http_open(const struct http_config *cfg, struct http **out, char err[static 256])
    MUST_CHECK;
int     http_port(const struct http *h);
void    http_stats(const struct http *h, struct http_stats *out);

/* Must come before the request is handed to another thread. */
void    http_defer(struct http_request *r);
/* Copies the struct, not what it points to.  After http_defer: from any thread. */
void    http_answer(struct http_request *r, const struct http_answer *a);
void    http_piece(struct http_request *r, struct str piece, enum http_end end);

/* Stopping, in this order: new requests are answered 503, files are cut, the running ones finish
 * (false: some had not after wait_ms), connections are closed. */
void    http_refuse(struct http *h);
bool    http_wait_idle(struct http *h, int wait_ms);
void    http_close(struct http *h);
