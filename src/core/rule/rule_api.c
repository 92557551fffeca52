/* rule_api.c -- rules as configuration: the document as it was written, with its version. */
#include "core/rule/rule_api.h"

#include "base/limit.h"
#include "core/api.h"
#include "core/rule/rule_publish.h"
#include "sql/rule_sql.h"

/* The parts of a document are taken as they are: rule_check() judges them and says where. */
struct rule_view {
    const char *id;
    int64_t version, effective_at;
    struct json name, on, when, then, kind, status, active, priority;
};
#define PART(part) { #part, JT_VALUE, offsetof(struct rule_view, part), .flags = JF_OMIT }
#define PARTS PART(name), PART(on), PART(when), PART(then), PART(kind), PART(status), \
              PART(active), PART(priority)

static const struct json_field put_fields[] = {
    PARTS,
    { "effective_at", JT_MOMENT, offsetof(struct rule_view, effective_at) },
};
const struct json_shape rule_put_shape = { "rule", sizeof(struct rule_view), put_fields,
                                           ARRAY_LEN(put_fields) };
static const struct json_field view_fields[] = {
    { "id", JT_TEXT, offsetof(struct rule_view, id) },
    { "version", JT_I64, offsetof(struct rule_view, version) },
    { "effective_at", JT_MOMENT, offsetof(struct rule_view, effective_at) },
    PARTS,
};
const struct json_shape rule_view_shape = { "rule", sizeof(struct rule_view), view_fields,
                                            ARRAY_LEN(view_fields) };

struct rules_answer { const struct rule_view *items; size_t n; const char *next; };
static const struct json_field list_fields[] = {
    { "data", JT_LIST, offsetof(struct rules_answer, items),
      .count_offset = offsetof(struct rules_answer, n), .of = &rule_view_shape },
    { "next", JT_TEXT, offsetof(struct rules_answer, next) },
};
const struct json_shape rules_shape = { "rules", sizeof(struct rules_answer), list_fields,
                                        ARRAY_LEN(list_fields) };

/* Where each part of a document lies in the struct, by the shape itself. */
static bool is_part(const struct json_field *f)
{
    return f->type == JT_VALUE;
}

static enum rc view(struct ctx *c, const struct rule_newest *r, struct rule_view *out)
{
    struct json_error error;
    struct json doc;

    if (json_parse(c->arena, str_of(r->doc), &doc, &error) != RC_OK) return broken(c, "rule.doc");
    *out = (struct rule_view){ .id = api_id(c, "rul", r->id), .version = r->version,
                               .effective_at = r->effective_at };
    for (size_t i = 0; i < ARRAY_LEN(view_fields); i++) {
        const struct json_field *f = &view_fields[i];
        const struct json *part = is_part(f) ? json_get(&doc, f->name) : NULL;
        if (part) *(struct json *)(void *)((char *)out + f->offset) = *part;
    }
    return RC_OK;
}

/* The document of the body, without what is not there and without effective_at. */
static struct json document(struct ctx *c, const struct rule_view *in)
{
    struct json_pair *pairs = ARENA_ARRAY(c->arena, struct json_pair, ARRAY_LEN(put_fields));
    struct json doc = { .kind = JSON_OBJECT, .u.pairs = pairs };

    for (size_t i = 0; i < ARRAY_LEN(put_fields); i++) {
        const struct json_field *f = &put_fields[i];
        if (!is_part(f)) continue;
        const struct json *part = (const void *)((const char *)in + f->offset);
        if (part->kind != JSON_NULL) pairs[doc.n++] = (struct json_pair){ f->name, *part };
    }
    return doc;
}

/* No rule is number 0: to publish under it would be to make a new one. */
static enum rc parse_id(struct ctx *c, const struct call *call, int64_t *id)
{
    if (id_parse("rul", call->params[0], id) && *id > 0) return RC_OK;
    return fail_at(c, RC_NOT_FOUND, "rule.unknown", NULL, "No rule has this id.");
}

enum rc rule_api_list(struct ctx *c, struct call *call)
{
    struct rules_answer *out = ARENA_NEW(c->arena, struct rules_answer);
    struct page page;
    enum rc rc = page_read(c, call, &page);

    if (rc != RC_OK) return rc;
    struct sql_rule_list v = { .before_id = page.id, .max = page.limit + 1 };
    rc = sql_rule_list(c, &v);
    struct rule_view *items = ARENA_ARRAY(c->arena, struct rule_view, page.limit);
    for (size_t i = 0; rc == RC_OK && i < v.n && (int64_t)i < page.limit; i++) {
        const struct sql_rule_list_row *r = &v.rows[i];
        rc = view(c, &(struct rule_newest){ r->id, r->version, r->effective_at, r->name, r->doc },
                  &items[out->n++]);
    }
    if (rc != RC_OK) return rc;
    out->items = items;
    if ((int64_t)v.n > page.limit)
        out->next = page_next(c, &(struct page){ .id = v.rows[out->n - 1].id });
    call->answer = out;
    return RC_OK;
}

enum rc rule_api_get(struct ctx *c, struct call *call)
{
    struct rule_view *out = ARENA_NEW(c->arena, struct rule_view);
    struct rule_newest newest;
    int64_t id;
    enum rc rc = parse_id(c, call, &id);

    if (rc == RC_OK) rc = rule_newest(c, id, &newest);
    if (rc == RC_OK) rc = view(c, &newest, out);
    if (rc != RC_OK) return rc;
    call->answer = out;
    call->version = out->version;
    return RC_OK;
}

static enum rc check_size(struct ctx *c, const struct json *doc)
{
    struct buf text;

    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_emit(doc, &text);
    if (!text.full) return RC_OK;
    return fail_at(c, RC_INVALID, "rule.too_large", "", "A rule has at most 64 KiB.");
}

static enum rc publish(struct ctx *c, struct call *call, struct rule_publish *in)
{
    const struct rule_view *told = call->body;
    struct rule_view *out = ARENA_NEW(c->arena, struct rule_view);
    struct json doc = document(c, told);
    struct rule_published done = { 0 };
    enum rc rc = check_size(c, &doc);

    if (rc != RC_OK) return rc;
    in->doc = &doc;
    in->effective_at = told->effective_at;
    in->pointer = "";
    rc = rule_publish(c, in, &done);
    call->mistakes = done.mistakes;
    if (rc != RC_OK) return rc;
    *out = *told;
    out->id = api_id(c, "rul", done.id);
    out->version = call->version = done.version;
    if (out->effective_at == JSON_ABSENT) out->effective_at = c->now;
    call->answer = out;
    return RC_OK;
}

enum rc rule_api_create(struct ctx *c, struct call *call)
{
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = publish(c, call, &(struct rule_publish){ 0 });
    if (rc != RC_OK) return rc;
    const struct rule_view *out = call->answer;
    call->status = 201;
    call->location = arena_printf(c->arena, "/v1/rules/%s", out->id);
    return RC_OK;
}

enum rc rule_api_put(struct ctx *c, struct call *call)
{
    struct rule_publish in = { 0 };
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = parse_id(c, call, &in.id);
    if (rc == RC_OK) rc = api_version(c, call, &in.if_version);
    return rc == RC_OK ? publish(c, call, &in) : rc;
}
