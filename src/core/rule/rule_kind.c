/* rule_kind.c -- rules as a kind of configuration. */
#include "base/log.h"
#include "core/ctx.h"
#include "core/rule/rule_int.h"

JSON_SHAPE(rule_shape, struct rule_doc, RULE_FIELDS(struct rule_doc, ));

static enum rc check(struct config_check *k)
{
    struct json_reader *reader = ARENA_NEW(k->c->arena, struct json_reader);
    struct rule rule;
    struct json tree;
    enum rc rc = config_tree(k->c, &rule_kind, k->doc, &tree);

    if (rc != RC_OK) return rc;
    reader->arena = k->c->arena;
    k->mistakes = &reader->mistakes;
    if (rule_check(reader, k->c->conf, &tree, &rule) == RC_OK) return RC_OK;
    return fail_at(k->c, RC_INVALID, "rule.invalid", reader->mistakes.list[0].pointer,
                   reader->mistakes.list[0].reason);
}

/* One that cannot be read is in its place, judges nothing, and what it gave stands. */
static const void *make(const struct config_make *m)
{
    struct rule *out = ARENA_NEW(m->arena, struct rule);
    struct json_reader reader = { .arena = m->arena };
    struct json_error error;
    struct json doc;
    struct rule_reading in = { .conf = m->conf, .doc = &doc, .terms = m->state };

    if (json_parse(m->arena, str_of(m->row->doc), &doc, &error) != RC_OK
        || rule_read(&reader, &in, out) != RC_OK) {
        log_line(LOG_ALARM, "rule.unreadable", "id=%lld version=%lld at=%s reason=\"%s\"",
                 (long long)m->row->id, (long long)m->row->version,
                 reader.mistakes.n ? reader.mistakes.list[0].pointer : "",
                 reader.mistakes.n ? reader.mistakes.list[0].reason : "no JSON");
        *out = (struct rule){ .is_unreadable = true, .on = "" };
    }
    out->id = m->row->id;
    out->version = m->row->version;
    out->config_version = m->row->config_version;
    out->effective_at = m->row->effective_at;
    if (m->row->is_archived) out->is_active = false;
    return out;
}

static void points(const struct config_item *item, struct config_points *out)
{
    const struct rule *rule = item->made;

    for (size_t i = 0; i < rule->then_n; i++)
        if (rule->then[i].unit_id) config_point(out, &unit_kind, rule->then[i].unit_id);
}

const struct config_kind rule_kind = {
    .name = "rule", .prefix = "rul", .path = "/v1/rules", .shape = &rule_shape, .is_dated = true,
    .unknown = "rule.unknown", .check = check, .make = make, .ready = rules_ready,
    .points = points, .state_size = sizeof(struct rule_terms),
};
