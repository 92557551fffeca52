/* tier_api.c -- the ladder as configuration, and where a member stands on it. */
#include "app/tier/tier_int.h"
#include "base/limit.h"
#include "core/api.h"
#include "core/timeline/timeline.h"
#include "sql/tier_sql.h"

/* ---- a member's tier ---- */

struct change_view {
    const char *id, *reason, *cause, *from, *to;
    int64_t at, until_at;
};
struct tier_answer {
    int64_t level;
    const char *code, *name;
    int64_t until_at, spent_minor;
    const char *next_code;
    int64_t next_threshold_minor, missing_minor;
    const struct change_view *changes; size_t changes_n;
};
JSON_SHAPE(change_shape, struct change_view,
    { "id", JT_TEXT, offsetof(struct change_view, id) },
    { "at", JT_MOMENT, offsetof(struct change_view, at) },
    { "from", JT_TEXT, offsetof(struct change_view, from) },
    { "to", JT_TEXT, offsetof(struct change_view, to) },
    { "until_at", JT_MOMENT, offsetof(struct change_view, until_at) },
    { "reason", JT_TEXT, offsetof(struct change_view, reason) },
    { "cause", JT_TEXT, offsetof(struct change_view, cause) });
JSON_SHAPE(tier_shape, struct tier_answer,
    { "level", JT_I64, offsetof(struct tier_answer, level) },
    { "code", JT_TEXT, offsetof(struct tier_answer, code) },
    { "name", JT_TEXT, offsetof(struct tier_answer, name) },
    { "until_at", JT_MOMENT, offsetof(struct tier_answer, until_at) },
    { "spent_minor", JT_I64, offsetof(struct tier_answer, spent_minor) },
    { "next_code", JT_TEXT, offsetof(struct tier_answer, next_code) },
    { "next_threshold_minor", JT_I64, offsetof(struct tier_answer, next_threshold_minor) },
    { "missing_minor", JT_I64, offsetof(struct tier_answer, missing_minor) },
    { "changes", JT_LIST, offsetof(struct tier_answer, changes),
      .count_offset = offsetof(struct tier_answer, changes_n), .of = &change_shape });

static enum rc read_changes(struct ctx *c, int64_t member_id, struct tier_answer *out)
{
    struct sql_tier_changes v = { .member_id = member_id };
    enum rc rc = sql_tier_changes(c, &v);
    struct change_view *items = ARENA_ARRAY(c->arena, struct change_view, v.n + 1);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_tier_changes_row *r = &v.rows[i];
        int64_t id[] = { member_id, r->id }, cause[] = { member_id, r->cause_id };
        bool is_told = r->cause_id && api_may_see(c, r->cause_store_id);
        items[i] = (struct change_view){
            .id = api_id_owned(c, "evt", id), .reason = r->reason, .at = r->at,
            .cause = is_told ? api_id_owned(c, "evt", cause) : NULL,
            .from = tier_code(c->conf, r->from_level), .to = tier_code(c->conf, r->to_level),
            .until_at = api_until(r->until_at) };
    }
    out->changes = items;
    out->changes_n = v.n;
    return rc;
}

static enum rc get_member(struct ctx *c, struct call *call)
{
    struct tier_answer *out = ARENA_NEW(c->arena, struct tier_answer);
    struct tier_view v = { 0 };
    struct timeline t;
    int64_t id;
    enum rc rc = api_member(c, call, &id);

    if (rc != RC_OK) return rc;
    timeline_ask_view(&t, c, id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc == RC_OK) rc = tier_view(&t.fold, &v);
    if (rc != RC_OK) return rc;
    *out = (struct tier_answer){
        .level = v.level, .code = v.code, .name = v.name, .until_at = api_until(v.until_at),
        .spent_minor = v.spent_minor, .next_code = v.next_code,
        .next_threshold_minor = v.next_code ? v.next_threshold_minor : JSON_ABSENT,
        .missing_minor = v.next_code ? v.missing_minor : JSON_ABSENT };
    call->answer = out;
    return read_changes(c, id, out);
}

/* ---- the ladder ---- */

/* The parts are taken as they are: ladder_read() judges them and says where. */
struct ladder_view {
    int64_t version, effective_at;
    struct json levels, removed, window_days, term_days, grace_days, renew, down;
};
#define PART(part) { #part, JT_VALUE, offsetof(struct ladder_view, part), .flags = JF_OMIT }
#define PARTS PART(levels), PART(removed), PART(window_days), PART(term_days), PART(grace_days), \
              PART(renew), PART(down)

JSON_SHAPE(ladder_put_shape, struct ladder_view,
    PARTS,
    { "effective_at", JT_MOMENT, offsetof(struct ladder_view, effective_at) });
JSON_SHAPE(ladder_shape, struct ladder_view,
    { "version", JT_I64, offsetof(struct ladder_view, version) },
    { "effective_at", JT_MOMENT, offsetof(struct ladder_view, effective_at) },
    PARTS);

static enum rc get_ladder(struct ctx *c, struct call *call)
{
    struct ladder_view *out = ARENA_NEW(c->arena, struct ladder_view);
    struct sql_tier_newest v = { 0 };
    struct json_error error;
    struct json doc;
    enum rc rc = sql_tier_newest(c, &v);

    out->effective_at = JSON_ABSENT;
    call->answer = out;
    if (rc == RC_NOT_FOUND) return RC_OK;       /* version 0: what the first PUT starts from */
    if (rc != RC_OK) return rc;
    if (json_parse(c->arena, str_of(v.doc), &doc, &error) != RC_OK) return broken(c, "tier.doc");
    out->version = call->version = v.version;
    out->effective_at = v.effective_at;
    for (size_t i = 0; i < ARRAY_LEN(ladder_shape_fields); i++) {
        const struct json_field *f = &ladder_shape_fields[i];
        const struct json *part = f->type == JT_VALUE ? json_get(&doc, f->name) : NULL;
        if (part) *(struct json *)(void *)((char *)out + f->offset) = *part;
    }
    return RC_OK;
}

static struct json document(struct ctx *c, const struct ladder_view *in)
{
    struct json_pair *pairs = ARENA_ARRAY(c->arena, struct json_pair,
                                          ARRAY_LEN(ladder_put_shape_fields));
    struct json doc = { .kind = JSON_OBJECT, .u.pairs = pairs };

    for (size_t i = 0; i < ARRAY_LEN(ladder_put_shape_fields); i++) {
        const struct json_field *f = &ladder_put_shape_fields[i];
        if (f->type != JT_VALUE) continue;
        const struct json *part = (const void *)((const char *)in + f->offset);
        if (part->kind != JSON_NULL) pairs[doc.n++] = (struct json_pair){ f->name, *part };
    }
    return doc;
}

static enum rc check(struct ctx *c, struct call *call, const struct json *doc)
{
    const struct ladder_view *in = call->body;
    struct json_reader *reader = ARENA_NEW(c->arena, struct json_reader);
    struct ladder ladder;

    reader->arena = c->arena;
    call->mistakes = &reader->mistakes;
    if (ladder_read(reader, doc, &ladder) != RC_OK)
        return fail_at(c, RC_INVALID, "tier.invalid", reader->mistakes.list[0].pointer,
                       reader->mistakes.list[0].reason);
    if (in->effective_at == JSON_ABSENT || in->effective_at >= c->now) return RC_OK;
    return fail_at(c, RC_INVALID, "tier.effective_past", "/effective_at",
                   "A ladder cannot begin before now.");
}

static enum rc put_ladder(struct ctx *c, struct call *call)
{
    const struct ladder_view *in = call->body;
    struct ladder_view *out = ARENA_NEW(c->arena, struct ladder_view);
    struct json doc = document(c, in);
    struct tier_publish publish = { .doc = &doc, .effective_at = in->effective_at };
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = api_version(c, call, &publish.if_version);
    if (rc == RC_OK) rc = check(c, call, &doc);
    if (rc != RC_OK) return rc;
    if (publish.effective_at == JSON_ABSENT) publish.effective_at = c->now;
    *out = *in;
    rc = tier_publish(c, &publish, &out->version);
    out->effective_at = publish.effective_at;
    call->answer = out;
    call->version = out->version;
    return rc;
}

const struct route tier_routes[] = {
    { GET, "/v1/members/{member}/tier", "member.read", READ, KEY_NONE,
      NULL, NULL, &tier_shape, get_member },
    { GET, "/v1/tiers", "config.read", READ, KEY_NONE, NULL, NULL, &ladder_shape, get_ladder },
    { PUT, "/v1/tiers", "config.write", WRITE, KEY_NONE,
      NULL, &ladder_put_shape, &ladder_shape, put_ladder },
};
