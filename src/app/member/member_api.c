/* member_api.c -- joining, being recognised at the counter, looking at one member. */
#include "app/member/member_api.h"

#include "base/limit.h"
#include "core/door/api.h"
#include "core/door/view_api.h"
#include "sql/ledger_sql.h"
#include "sql/member_sql.h"

enum { IDENTITIES_MAX = 10 };

/* ---- the member as an answer ---- */

struct member_view {
    const char *id, *name, *status;
    int64_t created_at;
    struct tier_standing tier;
    struct balances_view balances;
    const char *proof;                   /* only where somebody was recognised */
};
static const struct json_field member_fields[] = {
    { "id", JT_TEXT, offsetof(struct member_view, id) },
    { "name", JT_TEXT, offsetof(struct member_view, name) },
    { "status", JT_TEXT, offsetof(struct member_view, status) },
    { "created_at", JT_MOMENT, offsetof(struct member_view, created_at) },
    { "tier", JT_OBJECT, offsetof(struct member_view, tier), .of = &tier_standing_shape },
    { "balances", JT_LIST, offsetof(struct member_view, balances.items),
      .count_offset = offsetof(struct member_view, balances.n), .of = &balance_shape },
    { "proof", JT_TEXT, offsetof(struct member_view, proof), .flags = JF_OMIT },
};
const struct json_shape member_shape = { "member", sizeof(struct member_view), member_fields,
                                         ARRAY_LEN(member_fields) };

/* One read by key; settling reads more, and only when something is due. */
static enum rc view_member(struct ctx *c, int64_t id, struct member_view *out)
{
    struct timeline t;
    enum rc rc;

    timeline_ask_view(&t, c, id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc != RC_OK) return rc;
    *out = (struct member_view){
        .id = api_id(c, "mem", id), .name = t.name,
        .status = t.fold.m.status, .created_at = t.fold.m.created_at,
        .tier = view_tier(c, &t.fold.m), .balances = view_balances(c, &t.books) };
    return RC_OK;
}

/* ---- joining ---- */

struct identity_doc { const char *provider, *subject; };
struct join_doc {
    const char *phone, *name, *birthday, *source;
    const struct identity_doc *identities;
    size_t identities_n;
};
#define IDENTITY_FIELDS                                                                   \
    { "provider", JT_TEXT, offsetof(struct identity_doc, provider), .flags = JF_REQUIRED, \
      .min = 1, .max = LIMIT_CODE },                                                      \
    { "subject", JT_TEXT, offsetof(struct identity_doc, subject), .flags = JF_REQUIRED,   \
      .min = 1, .max = LIMIT_TEXT }

static const struct json_field identity_fields[] = { IDENTITY_FIELDS };
const struct json_shape identity_add_shape = { "identity", sizeof(struct identity_doc),
                                               identity_fields, ARRAY_LEN(identity_fields) };
static const struct json_field join_fields[] = {
    { "phone", JT_TEXT, offsetof(struct join_doc, phone), .min = 1, .max = LIMIT_CODE },
    { "identities", JT_LIST, offsetof(struct join_doc, identities),
      .count_offset = offsetof(struct join_doc, identities_n), .of = &identity_add_shape,
      .count_max = IDENTITIES_MAX },
    { "name", JT_TEXT, offsetof(struct join_doc, name), .min = 1, .max = LIMIT_TEXT },
    { "birthday", JT_TEXT, offsetof(struct join_doc, birthday), .min = 7, .max = 10 },
    { "source", JT_TEXT, offsetof(struct join_doc, source), .min = 1, .max = LIMIT_CODE },
};
const struct json_shape member_join_shape = { "join", sizeof(struct join_doc), join_fields,
                                              ARRAY_LEN(join_fields) };

static enum rc check_join(struct ctx *c, const struct join_doc *in)
{
    if (!in->phone && in->identities_n == 0 && !in->name)
        return fail_at(c, RC_INVALID, "member.nobody", "/phone",
                       "Give a phone number, another identity, or at least a name.");
    return RC_OK;
}

/* Where the refusal of an identity points to: the phone, or a place in the list. */
static enum rc at_identity(struct ctx *c, enum rc rc, const char *place)
{
    bool is_phone = str_eq(place, "/phone");
    const char *below = !is_phone && c->err.pointer ? c->err.pointer : "";

    return api_at(c, rc, arena_printf(c->arena, "%s%s", place, below),
                  "Somebody is known under this already.");
}

static enum rc join(struct ctx *c, const struct join_doc *in, int64_t *id)
{
    struct member_join join = { .name = in->name, .birthday = in->birthday,
                                .source = in->source };
    size_t next = 0;
    enum rc rc;

    if (in->phone) {
        join.provider = "phone";
        join.subject = in->phone;
    } else if (in->identities_n > 0) {
        join.provider = in->identities[0].provider;
        join.subject = in->identities[0].subject;
        next = 1;
    }
    rc = member_join(c, &join, id);
    if (rc != RC_OK && c->err.code && !str_eq(c->err.code, "member.birthday"))
        return at_identity(c, rc, in->phone ? "/phone" : "/identities/0");
    for (; rc == RC_OK && next < in->identities_n; next++) {
        struct identity more = { in->identities[next].provider, in->identities[next].subject };
        rc = member_identity_add(c, *id, &more);
        if (rc != RC_OK && c->err.code)
            return at_identity(c, rc, arena_printf(c->arena, "/identities/%zu", next));
    }
    return rc;
}

enum rc member_api_join(struct ctx *c, struct call *call)
{
    const struct join_doc *in = call->body;
    struct member_view *out = ARENA_NEW(c->arena, struct member_view);
    int64_t id;
    enum rc rc = check_join(c, in);

    if (rc == RC_OK) rc = join(c, in, &id);
    if (rc != RC_OK) return rc;
    *out = (struct member_view){ .id = api_id(c, "mem", id), .name = in->name, .status = "active",
                                 .created_at = c->now, .tier = { .until_at = JSON_ABSENT } };
    call->status = 201;
    call->answer = out;
    call->answer_member_id = id;
    call->location = arena_printf(c->arena, "/v1/members/%s", out->id);
    return RC_OK;
}

/* ---- recognising ---- */

struct external_doc { const char *system, *id; };
struct identify_doc {
    const char *phone, *card, *carrier, *email, *member;
    const struct external_doc *external;
};
JSON_SHAPE(external_shape, struct external_doc,
    { "system", JT_TEXT, offsetof(struct external_doc, system), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE - 4 },
    { "id", JT_TEXT, offsetof(struct external_doc, id), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT });
static const struct json_field identify_fields[] = {
    { "phone", JT_TEXT, offsetof(struct identify_doc, phone), .min = 1, .max = LIMIT_CODE },
    { "card", JT_TEXT, offsetof(struct identify_doc, card), .min = 1, .max = LIMIT_CODE },
    { "carrier", JT_TEXT, offsetof(struct identify_doc, carrier), .min = 1, .max = LIMIT_TEXT },
    { "email", JT_TEXT, offsetof(struct identify_doc, email), .min = 3, .max = LIMIT_TEXT },
    { "external", JT_OBJECT, offsetof(struct identify_doc, external), .flags = JF_POINTER,
      .of = &external_shape },
    { "member", JT_TEXT, offsetof(struct identify_doc, member), .min = 1, .max = LIMIT_CODE },
};
const struct json_shape member_identify_shape = { "identify", sizeof(struct identify_doc),
                                                  identify_fields, ARRAY_LEN(identify_fields) };

/* What was shown: as a reference, where it stands in the body, and what it proves. */
struct shown { const char *reference, *pointer, *proof; };

static void show(struct shown *s, int *n, const struct shown *one)
{
    if (!one->reference) return;
    *s = *one;
    (*n)++;
}

static const char *reference(struct ctx *c, const char *provider, const char *subject)
{
    return subject ? arena_printf(c->arena, "%s:%s", provider, subject) : NULL;
}

static enum rc what_is_shown(struct ctx *c, const struct identify_doc *in, struct shown *out)
{
    const struct external_doc *x = in->external;
    const char *other = x ? arena_printf(c->arena, "ext:%s:%s", x->system, x->id) : NULL;
    int n = 0;

    show(out, &n, &(struct shown){ reference(c, "phone", in->phone), "/phone", "spoken" });
    show(out, &n, &(struct shown){ reference(c, "email", in->email), "/email", "spoken" });
    show(out, &n, &(struct shown){ reference(c, "card", in->card), "/card", "static" });
    show(out, &n, &(struct shown){ reference(c, "carrier", in->carrier), "/carrier", "static" });
    show(out, &n, &(struct shown){ other, "/external", "static" });
    show(out, &n, &(struct shown){ in->member, "/member", "static" });
    if (n == 1) return RC_OK;
    return fail_at(c, RC_INVALID, "identify.one", "",
                   "Give exactly one of phone, card, carrier, email, external, member.");
}

enum rc member_api_identify(struct ctx *c, struct call *call)
{
    struct member_view *out = ARENA_NEW(c->arena, struct member_view);
    struct shown shown = { 0 };
    int64_t id;
    enum rc rc = what_is_shown(c, call->body, &shown);

    if (rc != RC_OK) return rc;
    rc = member_find(c, shown.reference, &id);
    if (rc == RC_OK) rc = view_member(c, id, out);
    if (rc != RC_OK)
        return c->err.code ? api_at(c, rc, shown.pointer, "Nobody is known under this.") : rc;
    out->proof = shown.proof;
    call->answer = out;
    return RC_OK;
}

enum rc member_api_get(struct ctx *c, struct call *call)
{
    struct member_view *out = ARENA_NEW(c->arena, struct member_view);
    int64_t id;
    enum rc rc = api_member(c, call, &id);

    if (rc == RC_OK) rc = view_member(c, id, out);
    call->answer = out;
    return rc;
}

/* ---- one more identity ---- */

struct identity_view { const char *member, *provider, *subject; };
static const struct json_field identity_view_fields[] = {
    { "member", JT_TEXT, offsetof(struct identity_view, member) },
    { "provider", JT_TEXT, offsetof(struct identity_view, provider) },
    { "subject", JT_TEXT, offsetof(struct identity_view, subject) },
};
const struct json_shape identity_shape = { "identity", sizeof(struct identity_view),
                                           identity_view_fields,
                                           ARRAY_LEN(identity_view_fields) };

enum rc member_api_identity(struct ctx *c, struct call *call)
{
    const struct identity_doc *in = call->body;
    struct identity_view *out = ARENA_NEW(c->arena, struct identity_view);
    struct identity who = { in->provider, in->subject };
    struct member m;
    int64_t id;
    enum rc rc = api_member(c, call, &id);

    if (rc == RC_OK) rc = member_get(c, id, &m);
    if (rc == RC_OK) rc = identity_canonical(c, &who, &out->subject);
    if (rc != RC_OK) return rc;
    rc = member_identity_add(c, id, &who);
    if (rc != RC_OK)
        return c->err.code ? api_at(c, rc, "/subject", "It belongs to another member.") : rc;
    out->member = api_id(c, "mem", id);
    out->provider = in->provider;
    call->status = 201;
    call->answer = out;
    call->answer_member_id = id;
    return RC_OK;
}
