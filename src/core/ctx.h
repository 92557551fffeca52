/* ctx.h -- one request: everything a function may lean on, and nothing else.  Closed: a
 * feature adds no field here.
 *
 * A refusal is recorded with its place by fail(); data that cannot be, by broken().  Whoever
 * runs the request commits on RC_OK and takes everything back on anything else. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/str.h"
#include "base/time.h"
#include "db/db.h"

struct conf;                             /* core/config/conf.h: units, rules … as published */

/* What somebody may do: a bit for each permission (auth/permission.h). */
enum { PERMISSIONS_MAX = 256 };
struct may { uint64_t bits[PERMISSIONS_MAX / 64]; };
#define MAY_ALL ((struct may){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } })

/* Where (auth/scope.h): these stores, and those of these companies; neither: everywhere. */
enum { SCOPE_MAX = 32 };
struct scope {
    int64_t companies[SCOPE_MAX], stores[SCOPE_MAX];
    int companies_n, stores_n;
};

enum actor_kind { ACTOR_NOBODY, ACTOR_SYSTEM, ACTOR_KEY, ACTOR_STAFF, ACTOR_MEMBER };
struct actor {
    enum actor_kind kind;
    int64_t id;                              /* of the key, the staff account, the member */
    struct scope scope;
    struct may may;
};

struct err {
    const char *code;                        /* "voucher.used"; NULL: none */
    const char *pointer;                     /* the field of the request it is about ("/store",
                                                of the query "?store"), or NULL */
    const char *detail;                      /* one sentence for a person, or NULL */
    const char *file;
    int line;
};

struct note;                                 /* core/note.h: what must survive a refusal */

struct ctx {
    struct arena *arena;
    struct db    *db;
    const struct conf *conf;
    struct idgen *ids;
    struct dice  *dice;
    int64_t       now;                       /* the moment of arrival; fixed for the request */
    struct actor  actor;
    struct err    err;
    struct note  *notes;
    int64_t       member_id;                   /* whose value is at hand; 0: nobody's */
    bool          is_published;                /* set by conf_publish: reload before answering */
};

enum rc ctx_fail(struct ctx *c, enum rc rc, const struct err *err);

/* return fail(c, RC_CONFLICT, "voucher.used"); */
#define fail(c, rc, code_) \
    ctx_fail((c), (rc), &(struct err){ .code = (code_), .file = __FILE__, .line = __LINE__ })
/* return fail_at(c, RC_INVALID, "purchase.at_future", "/at", "The time lies ahead of the
 * clock."); */
#define fail_at(c, rc, code_, pointer_, detail_)                                              \
    ctx_fail((c), (rc), &(struct err){ .code = (code_), .pointer = (pointer_),                \
                                       .detail = (detail_), .file = __FILE__, .line = __LINE__ })
/* Data that cannot be: takes the request back, freezes the member for value, raises an alarm. */
enum rc ctx_broken(struct ctx *c, const char *what, const char *file, int line);
#define broken(c, what) ctx_broken((c), (what), __FILE__, __LINE__)
