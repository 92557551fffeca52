#include "core/auth/scope.h"
#include "core/ctx.h"
#include "core/door/answer.h"

#include "core/auth/digest.h"
#include "core/seal/sealed.h"
#include "json/shape.h"
#include "sql/answer_sql.h"

enum { ANSWER_BYTES = 8 << 20, PURGE_ROWS = 200 };

/* ---- kept answers ---- */

enum rc answer_keep(struct ctx *c, int64_t id, int64_t member_id, const struct answer *a)
{
    struct sql_answer_add row = {
        .id = id, .member_id = member_id, .status = a->status,
        .body = arena_strndup(c->arena, a->body.p, a->body.n),
        .location = a->location, .version = a->version, .store_id = scope_mark(c),
        .now = c->now
    };
    row.seal = ANSWER_SEAL(c, &row, row.now);
    return sql_answer_add(c, &row);
}

void *answer_ask(struct ctx *c, int64_t id, int64_t member_id)
{
    struct sql_answer_get *v = ARENA_NEW(c->arena, struct sql_answer_get);

    v->id = id;
    v->member_id = member_id;
    sql_answer_get_ask(c, v);
    return v;
}

enum rc answer_asked(const void *asked, struct answer *out)
{
    const struct sql_answer_get *v = asked;

    if (v->rc != RC_OK) return v->rc;
    *out = (struct answer){ .status = (int)v->status, .body = str_of(v->body),
                            .location = v->location, .version = v->version,
                            .store_id = v->store_id };
    return RC_OK;
}

enum rc answer_find(struct ctx *c, int64_t id, int64_t member_id, struct answer *out)
{
    void *asked = answer_ask(c, id, member_id);
    enum rc rc = db_sync(c->db);

    return rc == RC_OK ? answer_asked(asked, out) : rc;
}

struct str answer_render(struct ctx *c, const struct json_shape *shape, const void *answer)
{
    struct buf b;

    buf_init(&b, c->arena, ANSWER_BYTES);
    json_write(shape, answer, &b);
    return b.full ? (struct str){ 0 } : (struct str){ buf_cstr(&b), b.n };
}

/* ---- claims ---- */

void claim_of(const struct actor *actor, const struct telling *t, struct claim *out)
{
    struct str who = { (const char *)&actor->id, sizeof actor->id };
    char kind = (char)('0' + actor->kind);
    struct str key = str_of(t->key);

    digest_parts((struct str[]){ { &kind, 1 }, who, key }, 3, out->digest);
    digest_parts((struct str[]){ key, str_of(t->method), t->path, t->query, t->body }, 5,
                 out->fingerprint);
}

/* Somebody has told this before.  That its member was erased comes before all else. */
static enum rc earlier(struct ctx *c, const struct claim *claim, struct claim_result *out)
{
    struct sql_idempotency_get v = { .digest = claim->digest };
    enum rc rc = sql_idempotency_get(c, &v);

    if (rc == RC_NOT_FOUND) return RC_BUSY;          /* it was purged just now: go again */
    if (rc != RC_OK) return rc;
    rc = answer_find(c, v.answer_id, v.member_id, &out->first);
    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "idempotency.erased");
    if (rc != RC_OK) return rc;
    if (!str_eq(v.fingerprint, claim->fingerprint))
        return fail(c, RC_INVALID, "idempotency.key_reused");
    out->found = true;
    return RC_OK;
}

enum rc claim_take(struct ctx *c, struct claim *claim, struct claim_result *out)
{
    struct sql_idempotency_claim v = { .digest = claim->digest, .fingerprint = claim->fingerprint,
                                       .answer_id = id_next(c->ids), .now = c->now };
    enum rc rc;

    claim->at = c->now;
    v.seal = CLAIM_SEAL(c, &v, 0, claim->at);
    rc = sql_idempotency_claim(c, &v);
    *out = (struct claim_result){ .answer_id = v.answer_id };
    return rc == RC_NOT_FOUND ? earlier(c, claim, out) : rc;
}

struct claim_sealed { const char *digest, *fingerprint; int64_t answer_id; };

enum rc claim_point(struct ctx *c, const struct claim *claim, int64_t id, int64_t member_id)
{
    struct sql_idempotency_point v = { .digest = claim->digest, .member_id = member_id,
                                       .answer_id = id };
    struct claim_sealed s = { claim->digest, claim->fingerprint, id };

    v.seal = CLAIM_SEAL(c, &s, member_id, claim->at);
    return sql_idempotency_point(c, &v);
}

/* ---- forgetting ---- */

static enum rc purge_claims(struct ctx *c, int64_t before, bool *more)
{
    struct sql_idempotency_old old = { .before = before };
    enum rc rc = sql_idempotency_old(c, &old);

    for (size_t i = 0; rc == RC_OK && i < old.n; i++) {
        struct sql_idempotency_drop drop = { .digest = old.rows[i].digest };
        rc = sql_idempotency_drop(c, &drop);
    }
    if (old.n >= PURGE_ROWS) *more = true;
    return rc;
}

/* An answer under an event's id may have been kept later than the id says, never earlier. */
static enum rc purge_answers(struct ctx *c, int64_t before, bool *more)
{
    struct sql_answer_old old = { .before_id = id_first_at(before) };
    enum rc rc = sql_answer_old(c, &old);

    for (size_t i = 0; rc == RC_OK && i < old.n; i++) {
        struct sql_answer_drop drop = { .id = old.rows[i].id, .member_id = old.rows[i].member_id };
        rc = sql_answer_drop(c, &drop);
    }
    if (old.n >= PURGE_ROWS) *more = true;
    return rc;
}

enum rc answer_purge(struct ctx *c, bool *more)
{
    int64_t before = c->now - ANSWER_DAYS * TIME_DAY_MS;
    enum rc rc;

    *more = false;
    rc = purge_claims(c, before, more);
    return rc == RC_OK ? purge_answers(c, before, more) : rc;
}
