/* api.c -- versions, members, ids as text. */
#include "core/auth/scope.h"
#include "core/ctx.h"
#include "core/door/api.h"

#include "base/limit.h"
#include "core/config/conf.h"
#include "core/member/member.h"

enum rc api_version(struct ctx *c, const struct call *call, int64_t *version)
{
    if (!call->if_match)
        return fail_at(c, RC_INVALID, "version.missing", NULL,
                       "Say with If-Match which version you have changed.");
    if (!str_to_i64(str_of(call->if_match), version) || *version < 0)
        return fail(c, RC_CONFLICT, "version.mismatch");
    return RC_OK;
}

enum rc api_unbound(struct ctx *c)
{
    if (scope_is_all(c)) return RC_OK;
    return fail_at(c, RC_DENIED, "auth.bound", NULL,
                   "A key that is bound to a store or company may not change the configuration.");
}

bool api_may_see(const struct ctx *c, int64_t store_id)
{
    return store_id == 0 || scope_has(c, store_id);
}

/* A reference in the path is no field of the body: nothing to point at. */
enum rc api_member(struct ctx *c, const struct call *call, int64_t *id)
{
    enum rc rc = member_find(c, call->params[0], id);

    if (rc == RC_OK) return RC_OK;
    c->err.pointer = NULL;
    if (!c->err.detail && rc == RC_NOT_FOUND)
        c->err.detail = "Nobody is known under this reference.";
    return rc;
}

enum rc api_member_known(struct ctx *c, const struct call *call, int64_t *id)
{
    struct member m;
    enum rc rc = api_member(c, call, id);

    return rc == RC_OK ? member_get(c, *id, &m) : rc;
}

enum rc api_at(struct ctx *c, enum rc rc, const char *pointer, const char *sentence)
{
    c->err.pointer = pointer;
    if (!c->err.detail) c->err.detail = sentence;
    return rc;
}

const char *api_id(struct ctx *c, const char *prefix, int64_t id)
{
    char *text = arena_alloc(c->arena, ID_TEXT_MAX);

    id_emit(prefix, id, text);
    return text;
}

const char *api_id_owned(struct ctx *c, const char *prefix, const int64_t member_and_id[static 2])
{
    char *text = arena_alloc(c->arena, ID_TEXT_MAX);

    id_emit_owned(prefix, member_and_id[0], member_and_id[1], text);
    return text;
}

const char *api_store(const struct ctx *c, int64_t id)
{
    const struct store *s = id ? conf_store(c->conf, id) : NULL;

    return s ? s->code : NULL;
}

const char *api_unit(const struct ctx *c, int64_t id)
{
    const struct unit *u = id ? conf_unit(c->conf, id) : NULL;

    return u ? u->code : NULL;
}

int64_t api_until(int64_t at)
{
    return at == TIME_NEVER ? JSON_ABSENT : at;
}
