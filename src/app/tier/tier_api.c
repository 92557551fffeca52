/* tier_api.c -- the ladder as configuration, and where a member stands on it. */
#include "app/tier/ladder_api.h"
#include "base/limit.h"
#include "core/door/config_api.h"
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

CONFIG_SHOWN(ladder, struct tier_doc);
JSON_SHAPE(ladder_put_shape, struct ladder_shown,
    TIER_FIELDS(struct ladder_shown, doc.) CONFIG_DATED(struct ladder_shown));
JSON_SHAPE(ladder_view_shape, struct ladder_shown,
    CONFIG_VERSION(struct ladder_shown),
    { "effective_at", JT_MOMENT, offsetof(struct ladder_shown, head.effective_at) },
    TIER_FIELDS(struct ladder_shown, doc.));
CONFIG_VERSIONS(ladder, TIER_FIELDS, tier_kind)

static const struct route routes[] = {
    { GET, "/v1/members/{member}/tier", "member.read", READ, KEY_NONE,
      NULL, NULL, &tier_shape, get_member },
    { GET, "/v1/tiers", "config.read", READ, KEY_NONE,
      NULL, NULL, &ladder_view_shape, config_api_get_single, &tier_kind },
    { PUT, "/v1/tiers", "config.write", WRITE, KEY_NONE,
      NULL, &ladder_put_shape, &ladder_view_shape, config_api_put, &tier_kind },
    { GET, "/v1/tiers/versions", "config.read", READ, KEY_NONE, .list = &ladder_versions },
};
const struct route_list tier_routes = LISTED(routes);
