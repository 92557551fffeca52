/* member.c -- joining, identities, and the one row that is locked for value. */
#include "core/member/member.h"

#include <assert.h>

#include "core/seal/sealed.h"
#include "core/note.h"
#include "sql/member_sql.h"

static enum rc claim(struct ctx *c, int64_t member_id, const struct identity *in, int64_t *owner)
{
    struct sql_identity_claim k = { .provider = in->provider, .subject = in->subject,
                                    .member_id = member_id, .now = c->now };
    struct sql_identity_get g = { .provider = in->provider, .subject = in->subject };
    enum rc rc;

    k.seal = IDENTITY_SEAL(c, &k, SQL_NULL, NULL, k.now);
    rc = sql_identity_claim(c, &k);

    *owner = member_id;
    if (rc != RC_NOT_FOUND) return rc;
    rc = sql_identity_get(c, &g);
    if (rc == RC_NOT_FOUND) return RC_BUSY;     /* the other's claim went away meanwhile */
    if (rc != RC_OK) return rc;
    *owner = g.member_id;
    return RC_CONFLICT;
}

enum rc member_join(struct ctx *c, const struct member_join *in, int64_t *id)
{
    struct identity who = { .provider = in->provider };
    int64_t fresh = id_next(c->ids);
    enum rc rc;

    if (in->birthday && !birthday_ok(c, in->birthday))
        return fail_at(c, RC_INVALID, "member.birthday", "/birthday",
                       "Give YYYY-MM-DD, or --MM-DD without the year: a day that was, and not "
                       "more than 130 years ago.");
    if (in->provider) {
        struct identity told = { in->provider, in->subject };
        rc = identity_canonical(c, &told, &who.subject);
        if (rc != RC_OK) return rc;
        rc = claim(c, fresh, &who, id);
        if (rc == RC_CONFLICT) return fail(c, RC_CONFLICT, "member.exists");
        if (rc != RC_OK) return rc;
    }
    *id = fresh;
    struct sql_member_add m = { .id = fresh, .member_id = fresh, .source = in->source,
                                .now = c->now, .never = TIME_NEVER };
    rc = sql_member_add(c, &m);
    if (rc != RC_OK) return rc;
    struct sql_member_profile_add p = { .member_id = fresh, .name = in->name,
                                        .birthday = in->birthday, .now = c->now };
    return in->name || in->birthday ? sql_member_profile_add(c, &p) : RC_OK;
}

enum rc member_identity_add(struct ctx *c, int64_t member_id, const struct identity *in)
{
    struct identity who = { .provider = in->provider };
    int64_t owner;
    enum rc rc = identity_canonical(c, in, &who.subject);

    if (rc != RC_OK) return rc;
    rc = claim(c, member_id, &who, &owner);
    if (rc != RC_CONFLICT) return rc;
    return owner == member_id ? RC_OK : fail(c, RC_CONFLICT, "identity.taken");
}

/* The last colon but for ext:<system>:<subject>, where the second one parts them. */
static bool split(struct ctx *c, const char *reference, struct identity *out)
{
    size_t from = str_prefix(reference, "ext:") ? 4 : 0;

    for (size_t i = from; reference[i]; i++) {
        if (reference[i] != ':') continue;
        out->provider = arena_strndup(c->arena, reference, i);
        out->subject = reference + i + 1;
        return true;
    }
    return false;
}

enum rc member_find(struct ctx *c, const char *reference, int64_t *id)
{
    struct identity told, who;
    enum rc rc;

    if (str_prefix(reference, "mem_")) {
        if (id_parse("mem", reference, id)) return RC_OK;
        return fail_at(c, RC_NOT_FOUND, "member.unknown", "/member", "No member has this id.");
    }
    if (!split(c, reference, &told))
        return fail_at(c, RC_INVALID, "member.reference", "/member",
                       "Give a member id, or provider:subject such as phone:0912345678.");
    who.provider = told.provider;
    rc = identity_canonical(c, &told, &who.subject);
    if (rc != RC_OK) return rc;

    struct sql_identity_get g = { .provider = who.provider, .subject = who.subject };
    rc = sql_identity_get(c, &g);
    if (rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "member.unknown");
    *id = g.member_id;
    return rc;
}

enum rc member_get(struct ctx *c, int64_t id, struct member *out)
{
    struct sql_member_row r = { .id = id };
    enum rc rc = sql_member_row(c, &r);

    if (rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "member.unknown");
    if (rc != RC_OK) return rc;
    *out = (struct member){
        .id = id, .status = r.status, .created_at = r.created_at, .tier_level = r.tier_level,
        .tier_since_at = r.tier_since_at, .tier_until_at = r.tier_until_at,
        .tier_in_grace = r.tier_in_grace,
        .purchases_n = r.purchases_n, .spend_minor = r.spend_minor,
        .first_purchase_at = r.first_purchase_at, .last_purchase_at = r.last_purchase_at,
        .last_purchase_date = r.last_purchase_date,
        .fold_at = r.fold_at, .settled_at = r.settled_at, .due_at = r.due_at };
    return RC_OK;
}

enum rc member_save(struct ctx *c, const struct member *m, int64_t due_before_at)
{
    struct sql_member_due_put due = { .id = m->id, .due_at = m->due_at };
    struct sql_member_save s = {
        .id = m->id, .tier_level = m->tier_level, .tier_since_at = m->tier_since_at,
        .tier_until_at = m->tier_until_at, .tier_in_grace = m->tier_in_grace,
        .purchases_n = m->purchases_n,
        .spend_minor = m->spend_minor, .first_purchase_at = m->first_purchase_at,
        .last_purchase_at = m->last_purchase_at,
        .last_purchase_date = m->last_purchase_date, .fold_at = m->fold_at,
        .settled_at = m->settled_at };
    enum rc rc = sql_member_save(c, &s);

    if (rc != RC_OK || m->due_at == due_before_at) return rc;
    return sql_member_due_put(c, &due);
}

enum rc member_thaw(struct ctx *c, int64_t id, const char *reason)
{
    struct sql_member_thaw v = { .id = id };
    enum rc rc = sql_member_thaw(c, &v);

    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "member.not_frozen");
    if (rc != RC_OK) return rc;
    return note_write(c, &(struct note){ .what = "member.thawed", .member_id = id,
                                         .detail = reason });
}
