/* ladder_api.c -- the ladder as a kind of configuration: reading, numbering its levels. */
#include "app/tier/ladder_api.h"

#include <stdlib.h>
#include "base/limit.h"
#include "base/log.h"
#include "core/ctx.h"
#include "json/shape.h"

struct level_doc { const char *code, *name; int64_t threshold_minor, keep_minor; };
struct removed_doc { const char *code, *to; };
struct ladder_doc {
    const struct level_doc *levels;
    size_t levels_n;
    const struct removed_doc *removed;
    size_t removed_n;
    int64_t window_days, term_days, grace_days;
    const char *renew, *down;
};
static const char *const renews[] = { "at_term_end", "whenever_reached", NULL };
static const char *const downs[] = { "one", "recompute", NULL };

JSON_SHAPE(level_shape, struct level_doc,
    { "code", JT_TEXT, offsetof(struct level_doc, code), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "name", JT_TEXT, offsetof(struct level_doc, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "threshold_minor", JT_I64, offsetof(struct level_doc, threshold_minor),
      .flags = JF_REQUIRED, .min = 1, .max = LIMIT_MONEY_MINOR },
    { "keep_minor", JT_I64, offsetof(struct level_doc, keep_minor), .min = 0,
      .max = LIMIT_MONEY_MINOR });
JSON_SHAPE(removed_shape, struct removed_doc,
    { "code", JT_TEXT, offsetof(struct removed_doc, code), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "to", JT_TEXT, offsetof(struct removed_doc, to), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_CODE });
JSON_SHAPE(ladder_shape, struct ladder_doc,
    { "levels", JT_LIST, offsetof(struct ladder_doc, levels),
      .count_offset = offsetof(struct ladder_doc, levels_n), .flags = JF_REQUIRED,
      .of = &level_shape, .count_max = TIER_LEVELS_MAX },
    { "removed", JT_LIST, offsetof(struct ladder_doc, removed),
      .count_offset = offsetof(struct ladder_doc, removed_n), .of = &removed_shape,
      .count_max = TIER_REMOVED_MAX },
    { "window_days", JT_I64, offsetof(struct ladder_doc, window_days), .flags = JF_REQUIRED,
      .min = 1, .max = 3660 },
    { "term_days", JT_I64, offsetof(struct ladder_doc, term_days), .flags = JF_REQUIRED,
      .min = 1, .max = 3660 },
    { "grace_days", JT_I64, offsetof(struct ladder_doc, grace_days), .min = 0, .max = 3660 },
    { "renew", JT_TEXT, offsetof(struct ladder_doc, renew), .among = renews },
    { "down", JT_TEXT, offsetof(struct ladder_doc, down), .among = downs });

static enum rc wrong(struct json_reader *r, const char *pointer, const char *reason)
{
    json_mistake(r, pointer, reason);
    return RC_INVALID;
}

static const struct tier_level *level_of_code(const struct ladder *l, const char *code)
{
    for (size_t i = 0; i < l->levels_n; i++)
        if (str_eq(l->levels[i].code, code)) return &l->levels[i];
    return NULL;
}

static enum rc read_levels(struct json_reader *r, const struct ladder_doc *d, struct ladder *out)
{
    struct tier_level *levels = ARENA_ARRAY(r->arena, struct tier_level, d->levels_n + 1);

    if (d->levels_n == 0) return wrong(r, "/levels", "must hold at least one level");
    out->levels = levels;
    for (size_t i = 0; i < d->levels_n; i++) {
        const struct level_doc *l = &d->levels[i];
        if (level_of_code(out, l->code))
            return wrong(r, arena_printf(r->arena, "/levels/%zu/code", i),
                         "is the code of another level");
        levels[out->levels_n++] = (struct tier_level){
            .code = l->code, .name = l->name, .threshold_minor = l->threshold_minor,
            .keep_minor = l->keep_minor == JSON_ABSENT ? l->threshold_minor : l->keep_minor };
        if (i == 0 || l->threshold_minor > d->levels[i - 1].threshold_minor) continue;
        return wrong(r, arena_printf(r->arena, "/levels/%zu/threshold_minor", i),
                     "must be more than the level before");
    }
    return RC_OK;
}

static enum rc read_removed(struct json_reader *r, const struct ladder_doc *d, struct ladder *out)
{
    struct tier_removed *removed = ARENA_ARRAY(r->arena, struct tier_removed, d->removed_n + 1);

    for (size_t i = 0; i < d->removed_n; i++) {
        const struct removed_doc *gone = &d->removed[i];
        if (level_of_code(out, gone->code))
            return wrong(r, arena_printf(r->arena, "/removed/%zu/code", i),
                         "is a level of this ladder");
        if (gone->to && !level_of_code(out, gone->to))
            return wrong(r, arena_printf(r->arena, "/removed/%zu/to", i),
                         "is no level of this ladder");
        for (size_t k = 0; k < i; k++)
            if (str_eq(removed[k].code, gone->code))
                return wrong(r, arena_printf(r->arena, "/removed/%zu/code", i),
                             "was said before");
        removed[i] = (struct tier_removed){ .code = gone->code, .to = gone->to };
    }
    out->removed = removed;
    out->removed_n = d->removed_n;
    return RC_OK;
}

static enum rc read_ladder(struct json_reader *r, const struct json *doc, struct ladder *out)
{
    struct ladder_doc d = { 0 };
    enum rc rc = json_read(r, &ladder_shape, doc, &d);

    *out = (struct ladder){ 0 };
    if (rc != RC_OK) return rc;
    out->window_days = (int)d.window_days;
    out->term_days = (int)d.term_days;
    out->grace_days = d.grace_days == JSON_ABSENT ? 0 : (int)d.grace_days;
    out->is_renewed_when_reached = str_eq(d.renew, "whenever_reached");
    out->is_down_by_one = str_eq(d.down, "one");
    rc = read_levels(r, &d, out);
    return rc == RC_OK ? read_removed(r, &d, out) : rc;
}

/* ---- versions ------------------------------------------------------------------------------- */

/* The numbers of its levels, in their order. */
static bool read_ids(struct arena *a, const char *text, struct ladder *l)
{
    struct json_error error;
    struct json ids;

    if (!text || json_parse(a, str_of(text), &ids, &error) != RC_OK || ids.kind != JSON_LIST)
        return false;
    for (size_t i = 0; i < ids.n; i++) {
        const struct json *id = &ids.u.items[i];
        if (id->kind != JSON_INT || id->u.i <= 0) return false;
        if (id->u.i > l->last_id) l->last_id = id->u.i;
        if (i < l->levels_n) l->levels[i].id = id->u.i;
    }
    return l->is_unreadable || ids.n == l->levels_n;
}

/* Where a code got its number: on this ladder, or on one before it. */
static int64_t id_of_code(const struct ladder *l, const char *code)
{
    for (; l; l = l->before) {
        const struct tier_level *level = level_of_code(l, code);
        if (level) return level->id;
    }
    return 0;
}

static void read_places(struct ladder *l)
{
    for (size_t i = 0; i < l->removed_n; i++) {
        struct tier_removed *gone = &l->removed[i];
        gone->level_id = id_of_code(l->before, gone->code);
        if (gone->to) gone->to_id = level_of_code(l, gone->to)->id;
    }
}

/* One that cannot be read stays in its place, and nothing moves by it. */
static const void *make(const struct config_make *m)
{
    struct ladder *out = ARENA_NEW(m->arena, struct ladder);
    struct json_reader reader = { .arena = m->arena };
    struct json_error error;
    struct json doc;
    bool is_read = json_parse(m->arena, str_of(m->row->doc), &doc, &error) == RC_OK
                && read_ladder(&reader, &doc, out) == RC_OK;

    if (!is_read) *out = (struct ladder){ .is_unreadable = true };
    out->version = m->row->version;
    out->config_version = m->row->config_version;
    out->effective_at = m->row->effective_at;
    out->before = m->before ? m->before->made : NULL;
    if (!read_ids(m->arena, m->row->numbers, out)) {
        is_read = false;
        out->levels_n = 0;
        out->is_unreadable = true;
        out->last_id = -1;
    }
    if (is_read) read_places(out);
    else log_line(LOG_ALARM, "tier.unreadable", "version=%lld at=%s", (long long)out->version,
                  reader.mistakes.n ? reader.mistakes.list[0].pointer : "");
    return out;
}

static int by_force(const void *a, const void *b)
{
    const struct ladder *x = *(const struct ladder *const *)a;
    const struct ladder *y = *(const struct ladder *const *)b;

    if (x->effective_at != y->effective_at) return x->effective_at < y->effective_at ? -1 : 1;
    return x->version < y->version ? -1 : x->version > y->version;
}

static const void *ready(struct conf *conf, const struct config_set *set)
{
    struct ladders *all = ARENA_NEW(conf->arena, struct ladders);
    const struct ladder **items = ARENA_ARRAY(conf->arena, const struct ladder *, set->n + 1);

    for (size_t i = 0; i < set->n; i++) items[i] = set->items[i]->made;
    qsort(items, set->n, sizeof *items, by_force);
    *all = (struct ladders){ items, set->n };
    return all;
}

/* ---- a new one ------------------------------------------------------------------------------ */

static enum rc wrong_ladder(struct config_check *k, const char *pointer, const char *reason)
{
    return fail_at(k->c, RC_INVALID, "tier.invalid", pointer, reason);
}

/* A code keeps the number it got once; a new one gets the next.  last: of the ladders before. */
static enum rc number(struct config_check *k, const struct ladder *l, const struct ladder *last)
{
    struct ctx *c = k->c;
    struct buf text;
    int64_t highest = 0;

    for (const struct ladder *one = last; one; one = one->before) {
        if (one->last_id < 0) return broken(c, "tier.level_ids");
        if (one->last_id > highest) highest = one->last_id;
    }
    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    for (size_t i = 0; i < l->levels_n; i++) {
        int64_t id = id_of_code(last, l->levels[i].code);
        buf_addf(&text, "%c%lld", i ? ',' : '[', (long long)(id ? id : ++highest));
    }
    buf_addf(&text, "]");
    k->numbers = buf_cstr(&text);
    for (size_t i = 0; i < l->removed_n; i++)
        if (!id_of_code(last, l->removed[i].code))
            return wrong_ladder(k, arena_printf(c->arena, "/removed/%zu/code", i),
                                "no ladder had such a level");
    return RC_OK;
}

static void give_back(void *conf)
{
    conf_free(conf);
}

/* All versions as they are in the database, the last of them; NULL: there is none. */
static enum rc read_last(struct ctx *c, const struct ladder **last)
{
    struct config_row row = { .id = 1 };
    enum rc rc = config_newest(c, &tier_kind, &row);
    const struct config_item *item = conf_item(c->conf, &tier_kind, 1);
    struct conf *fresh = NULL;

    *last = item ? item->made : NULL;
    if (rc == RC_NOT_FOUND) return RC_OK;
    if (rc != RC_OK || (*last && (*last)->version == row.version)) return rc;
    rc = conf_read(c, NULL, &fresh);         /* another has published, or this transaction has */
    if (rc != RC_OK) return rc;
    arena_defer(c->arena, give_back, fresh);
    item = conf_item(fresh, &tier_kind, 1);
    *last = item->made;
    return RC_OK;
}

static enum rc check(struct config_check *k)
{
    struct json_reader *reader = ARENA_NEW(k->c->arena, struct json_reader);
    const struct ladder *last;
    struct ladder l;
    struct json tree;
    enum rc rc = config_tree(k->c, &tier_kind, k->doc, &tree);

    if (rc != RC_OK) return rc;
    reader->arena = k->c->arena;
    k->mistakes = &reader->mistakes;
    if (read_ladder(reader, &tree, &l) != RC_OK)
        return wrong_ladder(k, reader->mistakes.list[0].pointer, reader->mistakes.list[0].reason);
    rc = read_last(k->c, &last);
    return rc == RC_OK ? number(k, &l, last) : rc;
}

JSON_SHAPE(tier_shape, struct tier_doc, TIER_FIELDS(struct tier_doc, ));
const struct config_kind tier_kind = {
    .name = "tier", .prefix = "tie", .path = "/v1/tiers", .shape = &tier_shape, .is_single = true,
    .is_dated = true, .unknown = "tier.unknown", .past = "tier.effective_past",
     .check = check, .make = make, .ready = ready,
};
