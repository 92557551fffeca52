/* config_api.c -- see config_api.h. */
#include "core/door/config_api.h"

#include <string.h>

#include "sql/conf_sql.h"
#include "sql/config_sql.h"

enum { SINGLE_ID = 1, NAMED_USES = 3 };

/* ---- an object as it is shown --------------------------------------------------------------- */

CONFIG_SHOWN(any, char);
#define DOC_AT offsetof(struct any_shown, doc)

static size_t shown_size(const struct config_kind *kind)
{
    return (DOC_AT + kind->shape->size + 15) / 16 * 16;
}

static const char *by_of(struct ctx *c, const struct config_row *row)
{
    return str_eq(row->by_kind, "key") ? api_id(c, "key", row->by_id) : row->by_kind;
}

/* to: as large as shown_size. */
static enum rc show(struct ctx *c, const struct config_kind *kind, const struct config_row *row,
                    void *to)
{
    struct config_head *head = to;

    if (!config_doc(c->arena, kind, row, (char *)to + DOC_AT)) return broken(c, "config.doc");
    *head = (struct config_head){
        .id = kind->is_single ? NULL : api_id(c, kind->prefix, row->id), .version = row->version,
        .effective_at = kind->is_dated ? row->effective_at : JSON_ABSENT,
        .is_archived = row->is_archived, .by = by_of(c, row), .published_at = row->created_at };
    return RC_OK;
}

static enum rc show_one(struct ctx *c, struct call *call, struct config_row *row)
{
    const struct config_kind *kind = call->arg;
    void *out = arena_alloc(c->arena, shown_size(kind));
    enum rc rc = config_newest(c, kind, row);

    if (rc == RC_NOT_FOUND)
        return fail_at(c, rc, kind->unknown, NULL, "There is no such object.");
    if (rc == RC_OK) rc = show(c, kind, row, out);
    if (rc != RC_OK) return rc;
    call->answer = out;
    call->version = row->version;
    return RC_OK;
}

/* By its id or its code. */
static enum rc find(struct ctx *c, const struct config_kind *kind, const struct call *call,
                    int64_t *id)
{
    const struct config_item *item;

    *id = SINGLE_ID;
    if (kind->is_single) return RC_OK;
    item = conf_item_by_ref(c->conf, kind, call->params[0]);
    if (!item) return fail_at(c, RC_NOT_FOUND, kind->unknown, NULL, "There is no such object.");
    *id = item->id;
    return RC_OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef struct sql_config_object_list_row list_row;
_Static_assert(sizeof(struct sql_config_object_versions_row) == sizeof(list_row),
               "both have these");

enum rc config_list_ask(struct ctx *c, const struct call *call, const void **arg)
{
    const struct config_kind *kind = call->list->of;
    struct sql_config_object_list *v = ARENA_NEW(c->arena, struct sql_config_object_list);

    v->kind = kind->name;
    *arg = v;
    return RC_OK;
}

enum rc config_versions_ask(struct ctx *c, const struct call *call, const void **arg)
{
    const struct config_kind *kind = call->list->of;
    struct sql_config_object_versions *v = ARENA_NEW(c->arena, struct sql_config_object_versions);

    v->kind = kind->name;
    *arg = v;
    return find(c, kind, call, &v->id);
}

enum rc config_list_show(struct ctx *c, const struct call *call, const void *from, void *item)
{
    const list_row *r = from;

    return show(c, call->list->of, &(struct config_row){
        .id = r->id, .version = r->version, .effective_at = r->effective_at,
        .created_at = r->created_at, .by_id = r->by_id, .by_kind = r->by_kind, .doc = r->doc,
        .is_archived = r->is_archived != 0 }, item);
}

const struct list_sort config_list_sorts[CONFIG_LIST_SORTS] = {
    { "id", { "id" } }, { "code", { "code", "id" } }, { "name", { "name", "id" } },
    { "published_at", { "created_at", "id" } } };
const struct list_sort config_versions_sorts[1] = { { "version", { "version" } } };
const struct list_filter config_list_filters[1] = {
    { "archived", JT_BOOL, "is_archived", DB_IS } };
const char *const config_list_searched[] = { "code", "name", NULL };

enum rc config_api_get(struct ctx *c, struct call *call)
{
    struct config_row row = { 0 };
    enum rc rc = find(c, call->arg, call, &row.id);

    return rc == RC_OK ? show_one(c, call, &row) : rc;
}

enum rc config_api_get_single(struct ctx *c, struct call *call)
{
    const struct config_kind *kind = call->arg;
    struct config_head *none = arena_alloc(c->arena, shown_size(kind));
    struct config_row row = { .id = SINGLE_ID };

    if (conf_item(c->conf, kind, SINGLE_ID)) return show_one(c, call, &row);
    none->effective_at = JSON_ABSENT;
    call->answer = none;
    return RC_OK;
}

struct use { const char *kind, *id, *name, *path; };
struct config_uses { const struct use *items; size_t n; };
JSON_SHAPE(use_shape, struct use,
    { "kind", JT_TEXT, offsetof(struct use, kind) },
    { "id", JT_TEXT, offsetof(struct use, id) },
    { "name", JT_TEXT, offsetof(struct use, name) },
    { "path", JT_TEXT, offsetof(struct use, path) });
static const struct json_field uses_fields[] = {
    { "data", JT_LIST, offsetof(struct config_uses, items),
      .count_offset = offsetof(struct config_uses, n), .of = &use_shape },
};
const struct json_shape config_uses_shape = { "uses", sizeof(struct config_uses), uses_fields,
                                              ARRAY_LEN(uses_fields) };

enum rc config_api_uses(struct ctx *c, struct call *call)
{
    struct config_uses *out = ARENA_NEW(c->arena, struct config_uses);
    struct config_users users;
    int64_t id;
    enum rc rc = find(c, call->arg, call, &id);

    if (rc != RC_OK) return rc;
    config_used_by(c, conf_item(c->conf, call->arg, id), &users);
    struct use *items = ARENA_ARRAY(c->arena, struct use, users.n + 1);
    for (size_t i = 0; i < users.n; i++) {
        const struct config_item *u = users.items[i];
        const char *text = u->kind->is_single ? NULL : api_id(c, u->kind->prefix, u->id);
        items[i] = (struct use){ u->kind->name, text, u->name,
                                 text ? arena_printf(c->arena, "%s/%s", u->kind->path, text)
                                      : u->kind->path };
    }
    *out = (struct config_uses){ items, users.n };
    call->answer = out;
    return RC_OK;
}

/* ---- changing ------------------------------------------------------------------------------- */

/* Two who change at once come one after the other, and the second judges by what the first made. */
static enum rc lock(struct ctx *c)
{
    struct sql_config_lock now = { 0 };
    enum rc rc = sql_config_lock(c, &now);

    return rc == RC_OK && now.version != c->conf->version ? conf_refresh(c) : rc;
}

/* What is there now, and what the caller wanted to be there. */
static void show_both(struct ctx *c, struct call *call, const struct config_put *in)
{
    const struct config_kind *kind = in->kind;
    char *there = arena_alloc(c->arena, shown_size(kind));
    char *told = arena_alloc(c->arena, shown_size(kind));
    struct config_row row = { .id = in->id };

    if (config_newest(c, kind, &row) != RC_OK || show(c, kind, &row, there) != RC_OK) return;
    memcpy(told, call->body, DOC_AT + kind->shape->size);
    *(struct config_head *)(void *)told = (struct config_head){
        .id = ((const struct config_head *)(const void *)there)->id, .version = in->if_version,
        .effective_at = in->effective_at };
    call->current = answer_render(c, call->shape, there);
    call->told = answer_render(c, call->shape, told);
}

static enum rc refuse(struct ctx *c, struct call *call, const struct config_put *in, enum rc rc)
{
    if (str_eq(c->err.code, "version.mismatch") && !in->is_archived) show_both(c, call, in);
    if (in->kind->code_taken && str_eq(c->err.code, in->kind->code_taken))
        return api_at(c, rc, "/code", "Another one has this code.");
    if (str_eq(c->err.code, "config.archived"))
        return api_at(c, rc, NULL, "It is archived, and is changed no more.");
    return rc;
}

static enum rc publish(struct ctx *c, struct call *call, struct config_put *in)
{
    const struct config_kind *kind = call->arg;
    char *out = arena_alloc(c->arena, shown_size(kind));
    struct config_done done;
    enum rc rc;

    in->kind = kind;
    if (kind->past && in->effective_at != JSON_ABSENT && in->effective_at < c->now)
        return fail_at(c, RC_INVALID, kind->past, "/effective_at", "It cannot begin before now.");
    rc = config_put(c, in, &done);
    call->mistakes = rc == RC_OK ? NULL : done.mistakes;
    if (rc != RC_OK) return refuse(c, call, in, rc);
    memcpy(out + DOC_AT, done.doc, kind->shape->size);
    *(struct config_head *)(void *)out = (struct config_head){
        .id = kind->is_single ? NULL : api_id(c, kind->prefix, done.id), .version = done.version,
        .effective_at = kind->is_dated ? done.effective_at : JSON_ABSENT,
        .is_archived = in->is_archived };
    call->answer = out;
    call->version = done.version;
    return RC_OK;
}

static struct config_put told(const struct call *call)
{
    const struct config_kind *kind = call->arg;
    const struct config_head *head = call->body;

    return (struct config_put){ .doc = (const char *)call->body + DOC_AT,
                                .effective_at = kind->is_dated ? head->effective_at : JSON_ABSENT };
}

enum rc config_api_create(struct ctx *c, struct call *call)
{
    const struct config_kind *kind = call->arg;
    struct config_put in = told(call);
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = lock(c);
    if (rc == RC_OK) rc = publish(c, call, &in);
    if (rc != RC_OK) return rc;
    const struct config_head *out = call->answer;
    call->status = 201;
    call->location = arena_printf(c->arena, "%s/%s", kind->path, out->id);
    return RC_OK;
}

enum rc config_api_put(struct ctx *c, struct call *call)
{
    struct config_put in = told(call);
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = lock(c);
    if (rc == RC_OK) rc = find(c, call->arg, call, &in.id);
    if (rc == RC_OK) rc = api_version(c, call, &in.if_version);
    return rc == RC_OK ? publish(c, call, &in) : rc;
}

/* Nothing that is pointed to goes. */
static enum rc check_unused(struct ctx *c, const struct config_item *item)
{
    struct config_users users;
    struct buf text;

    config_used_by(c, item, &users);
    if (users.n == 0) return RC_OK;
    buf_init(&text, c->arena, 1024);
    buf_addf(&text, "%zu other%s to it:", users.n, users.n == 1 ? " points" : "s point");
    for (size_t i = 0; i < users.n && i < NAMED_USES; i++) {
        const struct config_item *u = users.items[i];
        buf_addf(&text, "%s %s %s", i ? "," : "", u->kind->name, u->name ? u->name : "");
    }
    return fail_at(c, RC_CONFLICT, "config.in_use", NULL,
                   text.full ? "Others point to it." : buf_cstr(&text));
}

static const struct json_field archive_fields[1];
const struct json_shape config_archive_shape = { "archive", 0, archive_fields, 0 };

enum rc config_api_archive(struct ctx *c, struct call *call)
{
    const struct config_kind *kind = call->arg;
    struct config_put in = { .kind = kind, .effective_at = JSON_ABSENT, .is_archived = true };
    void *doc = arena_alloc(c->arena, kind->shape->size);
    struct config_row row = { 0 };
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = lock(c);
    if (rc == RC_OK) rc = find(c, call->arg, call, &in.id);
    if (rc == RC_OK) rc = api_version(c, call, &in.if_version);
    row.id = in.id;
    if (rc == RC_OK) rc = config_newest(c, kind, &row);
    if (rc == RC_OK && row.version == in.if_version && !row.is_archived)
        rc = check_unused(c, conf_item(c->conf, kind, in.id));
    if (rc != RC_OK) return rc;
    if (!config_doc(c->arena, kind, &row, doc)) return broken(c, "config.doc");
    in.doc = doc;
    return publish(c, call, &in);
}
