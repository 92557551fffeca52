/* route.h -- one line of the API: what a handler is given, and what it answers.
 *
 * The door (door.c) finds the route, checks the key, its permission and scope, reads query and body
 * into the structs of their shapes, runs the handler in the route's mode, and renders the answer or
 * the problem.  A handler sees structs only.  It never begins or ends a transaction. */
#pragma once
#include "base/rc.h"
#include "json/shape.h"

struct ctx;

enum route_method { GET, POST, PUT, PATCH, DELETE };
enum route_mode {
    QUICK,     /* point reads by key on the event loop's own connection */
    READ,      /* the read pool */
    SLOW,      /* the pool for reports */
    WRITE,     /* a transaction; queue "other" */
    COUNTER    /* a transaction of somebody who is waiting at a till: first of all queues */
};
/* Where the Idempotency-Key of a POST leads.  Every POST that changes something has one of the
 * two. */
enum route_key {
    KEY_NONE,      /* reads */
    KEY_REQUIRED,  /* the header is the claim: 400 without it */
    KEY_NATURAL    /* the handler's own key decides (a receipt); the header may be left out */
};
struct list;                         /* core/door/list_api.h */
#define PUBLIC "public"              /* .may of a route that needs no key */

/* A part of an answer that is a file.  Its handler runs once for each, in a transaction of its own,
 * and goes on from where the last one says. */
struct piece {
    const char *name, *type;         /* "purchases-2026-11-27.csv"; its media type */
    struct str  text;
    const char *next;                /* call->from of the next one; NULL: this is the last */
};

struct call {
    const char *params[4];           /* the {…} of the path, in order, percent-decoded */
    const void *query, *body;        /* structs of the route's shapes */
    struct str  raw_body;
    const char *key;                 /* Idempotency-Key, or NULL */
    const char *if_match;            /* the version of If-Match without quotes, or NULL */
    const char *language;            /* "zh-TW", "en", "ja": best of Accept-Language */
    const void *arg;                 /* the route's, as is the shape of its answers */
    const struct json_shape *shape;
    const struct list *list;         /* the route's */
    const char *from;                /* of a file: where the last piece ended; NULL: the first */

    int         status;              /* 0: 200 */
    const void *answer;              /* struct of the route's answer shape; NULL: 204 */
    const struct piece *piece;       /* in place of an answer */
    const char *location;            /* with a natural key not kept: the handler gives it again */
    int64_t     version;             /* shown as ETag when > 0 */
    /* The answer is kept under (answer_id, answer_member_id); a handler with a natural key sets
     * them, otherwise the door does (member 0 unless answer_member_id is set). */
    int64_t     answer_id, answer_member_id;
    struct str  replay;              /* the kept answer of an earlier telling: sent as it is */
    bool        is_replay;
    const struct json_mistakes *mistakes;    /* with RC_INVALID: every one is told, not only the
                                                first, which is in ctx.err */
    struct str  current, told;       /* with version.mismatch, as JSON: what is there, and what was
                                        to be */
};

struct route {
    enum route_method method;
    const char       *path;          /* "/v1/members/{member}/spends" */
    const char       *may;           /* permission; a route without one does not start the server */
    enum route_mode   mode;
    enum route_key    key;
    const struct json_shape *query, *body, *answer;
    enum rc         (*run)(struct ctx *c, struct call *call);
    const void       *arg;           /* for a handler of several routes: call->arg */
    const struct list *list;         /* brings query, answer, and run where that is NULL */
};

/* ---- kept answers ------------------------------------------------------------------------- */

/* Kept 30 days; written in the transaction of their cause. */
struct answer {
    int status;
    struct str body;
    const char *location;            /* NULL: none */
    int64_t version;                 /* 0: no ETag */
    int64_t store_id;                /* scope_mark() of who was told, of what they may see */
};
enum rc answer_keep(struct ctx *c, int64_t id, int64_t member_id, const struct answer *a)
    MUST_CHECK;
enum rc answer_find(struct ctx *c, int64_t id, int64_t member_id, struct answer *out) MUST_CHECK;
/* The same in two steps, for whoever asks for more: db_sync() between them. */
void   *answer_ask(struct ctx *c, int64_t id, int64_t member_id);
enum rc answer_asked(const void *asked, struct answer *out) MUST_CHECK;
/* Renders what a handler would send for `answer`, without sending it (purchases/batch items). */
struct str answer_render(struct ctx *c, const struct json_shape *shape, const void *answer);
