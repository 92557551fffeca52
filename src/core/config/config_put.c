/* config_put.c -- a version more of something the shop decides. */
#include <string.h>

#include "base/limit.h"
#include "base/log.h"
#include "core/config/config_kind.h"
#include "core/config/config_store.h"
#include "core/seal/sealed.h"
#include "json/shape.h"
#include "sql/conf_sql.h"
#include "sql/config_sql.h"

/* ---- documents ------------------------------------------------------------------------------ */

bool config_doc(struct arena *a, const struct config_kind *kind, const struct config_row *row,
                void *doc)
{
    struct json_reader reader = { .arena = a };
    struct json_error error;
    struct json tree;

    return json_parse(a, str_of(row->doc), &tree, &error) == RC_OK
        && json_read(&reader, kind->shape, &tree, doc) == RC_OK;
}

enum rc config_tree(struct ctx *c, const struct config_kind *kind, const void *doc,
                    struct json *out)
{
    struct json_error error;
    struct buf text;

    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_write_present(kind->shape, doc, &text);
    if (text.full)
        return fail_at(c, RC_INVALID, "config.too_large", "", "It has more than 64 KiB.");
    return json_parse(c->arena, (struct str){ text.p, text.n }, out, &error);
}

/* The text of a field by its name; NULL: the shape has none, or it is not told. */
static const char *text_of(const struct config_kind *kind, const void *doc, const char *name)
{
    for (size_t i = 0; i < kind->shape->n; i++) {
        const struct json_field *f = &kind->shape->fields[i];
        const char *src = (const char *)doc + f->offset;
        if (!str_eq(f->name, name)) continue;
        if (f->type == JT_TEXT) return *(const char *const *)(const void *)src;
        const struct json *value = (const void *)src;
        return f->type == JT_VALUE && value->kind == JSON_TEXT ? value->u.text : NULL;
    }
    return NULL;
}

/* ---- what is there -------------------------------------------------------------------------- */

enum rc config_newest(struct ctx *c, const struct config_kind *kind, struct config_row *row)
{
    struct sql_config_object_newest v = { .kind = kind->name, .id = row->id };
    enum rc rc = sql_config_object_newest(c, &v);

    if (rc != RC_OK) return rc;
    *row = (struct config_row){
        .id = row->id, .version = v.version, .config_version = v.config_version,
        .effective_at = v.effective_at, .created_at = v.created_at, .by_id = v.by_id,
        .code = v.code, .name = v.name, .doc = v.doc, .numbers = v.numbers, .by_kind = v.by_kind,
        .is_archived = v.is_archived != 0 };
    return RC_OK;
}

enum rc config_find(struct ctx *c, const struct config_ref *ref, int64_t *id)
{
    const struct config_kind *kind = ref->kind;
    struct sql_config_object_first first = { .kind = kind->name };
    struct sql_config_object_of_code of = { .kind = kind->name, .code = ref->text };
    struct config_row row = { 0 };
    enum rc rc;

    if (!ref->text) {
        rc = sql_config_object_first(c, &first);
        *id = first.id;
    } else if (id_parse(kind->prefix, ref->text, &row.id)) {
        rc = config_newest(c, kind, &row);
        *id = row.id;
    } else {
        rc = sql_config_object_of_code(c, &of);
        *id = of.id;
    }
    return rc == RC_NOT_FOUND ? fail(c, rc, kind->unknown) : rc;
}

/* ---- one change ----------------------------------------------------------------------------- */

struct change {
    struct ctx *c;
    const struct config_put *in;
    struct config_done *out;
    struct config_row before;            /* version 0: it is new */
    int64_t config_version;
    struct config_check check;
    const char *code;
};

static enum rc find_before(struct change *w)
{
    const struct config_put *in = w->in;
    enum rc rc;

    w->before.id = in->id;
    if (in->id == 0) return RC_OK;
    rc = config_newest(w->c, in->kind, &w->before);
    if (rc == RC_NOT_FOUND && !in->kind->is_single)
        return fail(w->c, rc, in->kind->unknown);
    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    if (in->if_version != CONFIG_ANY_VERSION && in->if_version != w->before.version)
        return fail(w->c, RC_CONFLICT, "version.mismatch");
    if (w->before.is_archived) return fail(w->c, RC_CONFLICT, "config.archived");
    return RC_OK;
}

static enum rc judge(struct change *w)
{
    const struct config_kind *kind = w->in->kind;
    struct arena *a = w->c->arena;
    void *doc = arena_alloc(a, kind->shape->size), *old = arena_alloc(a, kind->shape->size);
    enum rc rc = RC_OK;

    memcpy(doc, w->in->doc, kind->shape->size);
    w->check = (struct config_check){ .c = w->c, .in = w->in, .doc = doc };
    if (w->before.version && config_doc(a, kind, &w->before, old)) w->check.old = old;
    if (kind->check) rc = kind->check(&w->check);
    w->out->doc = doc;
    w->out->mistakes = w->check.mistakes;
    return rc;
}

/* Whoever changes the configuration holds its lock: nobody takes the code meanwhile. */
static enum rc claim_code(struct change *w)
{
    const struct config_kind *kind = w->in->kind;
    struct sql_config_object_of_code of = { .kind = kind->name };
    enum rc rc;

    if (!kind->code_taken) return RC_OK;
    w->code = text_of(kind, w->check.doc, "code");
    of.code = w->code;
    rc = sql_config_object_of_code(w->c, &of);
    if (rc == RC_NOT_FOUND) return RC_OK;
    return rc == RC_OK && of.id != w->in->id ? fail(w->c, RC_CONFLICT, kind->code_taken) : rc;
}

/* Nothing new points to what nobody wants any more. */
static enum rc check_points(struct ctx *c, const struct config_kind *kind, struct config_row *row)
{
    struct config_points p = { .arena = c->arena };
    struct config_item item = { .kind = kind, .id = row->id };

    if (!kind->points || row->is_archived) return RC_OK;
    item.made = kind->make(&(struct config_make){
        .arena = c->arena, .conf = c->conf, .row = row,
        .state = kind->state_size ? arena_alloc(c->arena, kind->state_size) : NULL });
    if (item.made) kind->points(&item, &p);
    for (size_t i = 0; i < p.n; i++) {
        const struct config_item *to = conf_item(c->conf, p.items[i].kind, p.items[i].id);
        if (to && to->is_archived)
            return fail_at(c, RC_CONFLICT, "config.archived", NULL,
                           arena_printf(c->arena, "It points to the %s %s, which is archived.",
                                        to->kind->name, to->code ? to->code : to->name));
    }
    return RC_OK;
}

static const char *const actors[] = { [ACTOR_NOBODY] = "nobody", [ACTOR_SYSTEM] = "system",
                                      [ACTOR_KEY] = "key", [ACTOR_STAFF] = "staff",
                                      [ACTOR_MEMBER] = "member" };

static enum rc publish(struct ctx *c, int64_t seal)
{
    struct sql_config_publish v = { .delta = SEAL_PART(seal) };
    struct sql_config_published published = { 0 };
    enum rc rc = sql_config_publish(c, &v);

    if (rc != RC_OK) return rc;
    c->is_published = true;
    published.published_seal = PUBLISHED_SEAL(c, v.published_sum);
    return sql_config_published(c, &published);
}

static enum rc add(struct change *w)
{
    const struct config_kind *kind = w->in->kind;
    struct config_done *out = w->out;
    struct ctx *c = w->c;
    struct buf text;
    enum rc rc;

    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_write_present(kind->shape, out->doc, &text);
    if (text.full)
        return fail_at(c, RC_INVALID, "config.too_large", "", "It has more than 64 KiB.");
    out->id = w->in->id ? w->in->id : kind->is_single ? 1 : id_next(c->ids);
    out->version = w->before.version + 1;
    out->effective_at = w->in->effective_at == JSON_ABSENT ? c->now : w->in->effective_at;
    struct sql_config_object_add v = {
        .kind = kind->name, .id = out->id, .version = out->version,
        .config_version = w->config_version + 1, .effective_at = out->effective_at,
        .code = w->code, .name = text_of(kind, out->doc, "name"), .doc = buf_cstr(&text),
        .numbers = w->check.numbers, .is_archived = w->in->is_archived,
        .by_kind = actors[c->actor.kind], .by_id = c->actor.id, .created_at = c->now };
    v.seal = OBJECT_SEAL(c, &v);
    rc = check_points(c, kind, &(struct config_row){
        .id = v.id, .version = v.version, .code = v.code, .name = v.name, .doc = v.doc,
        .numbers = v.numbers, .is_archived = w->in->is_archived });
    if (rc == RC_OK) rc = sql_config_object_add(c, &v);
    return rc == RC_OK ? publish(c, v.seal) : rc;
}

enum rc config_put(struct ctx *c, const struct config_put *in, struct config_done *out)
{
    struct change w = { .c = c, .in = in, .out = out };
    struct sql_config_lock now = { 0 };
    enum rc rc = sql_config_lock(c, &now);

    *out = (struct config_done){ 0 };
    w.config_version = now.version;
    if (rc == RC_OK) rc = find_before(&w);
    if (rc == RC_OK) rc = judge(&w);
    if (rc == RC_OK) rc = claim_code(&w);
    return rc == RC_OK ? add(&w) : rc;
}

enum rc config_put_tree(struct ctx *c, const struct config_put *in, const struct json *tree,
                        struct config_done *out)
{
    struct json_reader *reader = ARENA_NEW(c->arena, struct json_reader);
    struct config_put own = *in;
    void *doc = arena_alloc(c->arena, in->kind->shape->size);

    reader->arena = c->arena;
    *out = (struct config_done){ .mistakes = &reader->mistakes };
    own.doc = doc;
    if (json_read(reader, in->kind->shape, tree, doc) == RC_OK) return config_put(c, &own, out);
    return fail_at(c, RC_INVALID, "config.invalid", reader->mistakes.list[0].pointer,
                   reader->mistakes.list[0].reason);
}

/* ---- who points to what --------------------------------------------------------------------- */

void config_point(struct config_points *p, const struct config_kind *kind, int64_t id)
{
    *ARENA_PUSH(p->arena, p->items, p->n, p->cap) = (struct config_pointed){ kind, id };
}

static bool points_to(struct ctx *c, const struct config_item *from, const struct config_item *to)
{
    struct config_points p = { .arena = c->arena };

    from->kind->points(from, &p);
    for (size_t i = 0; i < p.n; i++)
        if (p.items[i].kind == to->kind && p.items[i].id == to->id) return true;
    return false;
}

void config_used_by(struct ctx *c, const struct config_item *item, struct config_users *out)
{
    const struct config_kind *const *kinds;
    size_t n = config_kinds(&kinds);

    *out = (struct config_users){ 0 };
    for (size_t i = 0; i < n; i++) {
        const struct config_set *set = &c->conf->sets[i];
        for (size_t k = 0; kinds[i]->points && k < set->n; k++) {
            const struct config_item *from = set->items[k];
            bool is_newest = k + 1 == set->n || set->items[k + 1]->id != from->id;
            if (!is_newest || from->is_archived || !from->made || !points_to(c, from, item))
                continue;
            *ARENA_PUSH(c->arena, out->items, out->n, out->cap) = from;
        }
    }
}
