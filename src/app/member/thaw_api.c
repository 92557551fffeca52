/* thaw_api.c -- a frozen member's value moves again, after a look at their books. */
#include "app/member/member_api.h"

#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/api.h"
#include "core/run/batch.h"
#include "core/check/check.h"
#include "core/member/member.h"

enum { HOME_BYTES = 1 << 20 };
#define LOOK_BYTES ((size_t)1 << 30)     /* `regulars check` has more */

struct thaw_doc { const char *reason; };
static const struct json_field thaw_fields[] = {
    { "reason", JT_TEXT, offsetof(struct thaw_doc, reason), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_REASON },
};
const struct json_shape thaw_shape = { "thaw", sizeof(struct thaw_doc), thaw_fields,
                                       ARRAY_LEN(thaw_fields) };

struct thawed { const char *member, *status, *reason; };
static const struct json_field thawed_fields[] = {
    { "member", JT_TEXT, offsetof(struct thawed, member) },
    { "status", JT_TEXT, offsetof(struct thawed, status) },
    { "reason", JT_TEXT, offsetof(struct thawed, reason) },
};
const struct json_shape thawed_shape = { "thawed", sizeof(struct thawed), thawed_fields,
                                         ARRAY_LEN(thawed_fields) };

/* In memory of its own: a member may have more rows than a request has room. */
static enum rc look(struct ctx *c, int64_t member_id)
{
    struct check_one one = { .member_id = member_id, .is_deep = true };
    struct ctx own = *c;
    const char *why;
    enum rc rc;

    own.arena = arena_open(LOOK_BYTES);
    rc = check_member(&own, &one, &why);
    if (rc == RC_OK && why)
        rc = fail_at(c, RC_CONFLICT, "member.unhealthy", NULL, arena_strdup(c->arena, why));
    arena_close(own.arena);
    return rc;
}

struct thawing { int64_t member_id; const char *reason; struct err err; };

static enum rc thaw(struct ctx *c, void *arg)
{
    const struct thawing *t = arg;

    return member_thaw(c, t->member_id, t->reason);
}

static void keep(void *arg, const struct err *err, struct arena *to)
{
    struct thawing *t = arg;

    (void)to;
    t->err.code = err->code;
}

static enum rc thaw_as_item(struct ctx *c, struct thawing *t)
{
    struct batch_item item = { .fn = thaw, .arg = t, .keep = keep };
    struct batch batch = { &item, 1, arena_open_in(c->arena, HOME_BYTES) };
    enum rc rc = batch_run(c, &batch);

    if (rc != RC_OK) return rc;
    c->err = t->err;
    return item.rc;
}

enum rc member_api_thaw(struct ctx *c, struct call *call)
{
    const struct thaw_doc *in = call->body;
    struct thawed *out = ARENA_NEW(c->arena, struct thawed);
    struct thawing t = { .reason = in->reason };
    struct member m;
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = api_member(c, call, &t.member_id);
    if (rc == RC_OK) rc = member_get(c, t.member_id, &m);
    if (rc != RC_OK) return rc;
    if (!str_eq(m.status, "frozen")) return fail(c, RC_CONFLICT, "member.not_frozen");
    rc = look(c, t.member_id);
    if (rc == RC_OK) rc = thaw_as_item(c, &t);
    if (rc != RC_OK) return rc;
    *out = (struct thawed){ api_id(c, "mem", t.member_id), "active", in->reason };
    call->answer = out;
    return RC_OK;
}
