/* rule_publish.c -- versions of rules are only ever added. */
#include "core/rule/rule_publish.h"

#include "base/limit.h"
#include "core/sealed.h"
#include "sql/rule_sql.h"

static enum rc check(struct ctx *c, const struct rule_publish *in, struct rule_published *out,
                     struct rule *rule)
{
    struct json_reader r = { .arena = c->arena };
    struct json_mistakes *all = ARENA_NEW(c->arena, struct json_mistakes);

    if (rule_check(&r, c->conf, in->doc, rule) == RC_OK) return RC_OK;
    *all = r.mistakes;
    for (size_t i = 0; i < all->n && in->pointer; i++)
        all->list[i].pointer = arena_printf(c->arena, "%s%s", in->pointer, all->list[i].pointer);
    out->mistakes = all;
    return fail_at(c, RC_INVALID, "rule.invalid", all->list[0].pointer, all->list[0].reason);
}

static enum rc next_version(struct ctx *c, const struct rule_publish *in, int64_t *version)
{
    struct sql_rule_newest v = { .id = in->id };
    enum rc rc;

    *version = 1;
    if (in->id == 0) return RC_OK;
    rc = sql_rule_newest(c, &v);
    if (rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "rule.unknown");
    if (rc == RC_OK && v.version != in->if_version) return fail(c, RC_CONFLICT, "version.mismatch");
    *version = v.version + 1;
    return rc;
}

enum rc rule_publish(struct ctx *c, const struct rule_publish *in, struct rule_published *out)
{
    struct rule rule;
    struct buf text;
    int64_t publication;
    enum rc rc;

    *out = (struct rule_published){ .id = in->id ? in->id : id_next(c->ids) };
    rc = check(c, in, out, &rule);
    if (rc == RC_OK) rc = next_version(c, in, &out->version);
    if (rc == RC_OK) rc = conf_publish(c, &publication);
    if (rc != RC_OK) return rc;
    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_emit(in->doc, &text);
    struct sql_rule_add v = {
        .id = out->id, .version = out->version, .config_version = publication,
        .effective_at = in->effective_at == JSON_ABSENT ? c->now : in->effective_at,
        .name = rule.name, .doc = buf_cstr(&text), .now = c->now };
    v.seal = RULE_SEAL(c, &v, v.now);
    rc = sql_rule_add(c, &v);
    return rc == RC_OK ? conf_sealed(c, (struct conf_sealed){ .is = v.seal }) : rc;
}

enum rc rule_newest(struct ctx *c, int64_t id, struct rule_newest *out)
{
    struct sql_rule_newest v = { .id = id };
    enum rc rc = sql_rule_newest(c, &v);

    if (rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "rule.unknown");
    *out = (struct rule_newest){ id, v.version, v.effective_at, v.name, v.doc };
    return rc;
}

enum rc rule_list(struct ctx *c, int64_t after_id, int64_t max, struct rule_newest_list *out)
{
    struct sql_rule_page v = { .after_id = after_id, .max = max };
    enum rc rc = sql_rule_page(c, &v);
    struct rule_newest *items = ARENA_ARRAY(c->arena, struct rule_newest, v.n + 1);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        items[i] = (struct rule_newest){ v.rows[i].id, v.rows[i].version, v.rows[i].effective_at,
                                         v.rows[i].name, v.rows[i].doc };
    *out = (struct rule_newest_list){ items, v.n };
    return rc;
}
