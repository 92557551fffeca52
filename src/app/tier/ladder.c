/* ladder.c -- reading and publishing the ladder. */
#include "app/tier/tier_int.h"

#include <stdlib.h>
#include "base/limit.h"
#include "base/log.h"
#include "core/sealed.h"
#include "sql/conf_sql.h"
#include "sql/tier_sql.h"

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

enum rc ladder_read(struct json_reader *r, const struct json *doc, struct ladder *out)
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

/* ---- versions as stored ---------------------------------------------------------------------- */

/* The numbers of its levels, in their order. */
static bool read_ids(struct arena *a, const char *text, struct ladder *l)
{
    struct json_error error;
    struct json ids;

    if (json_parse(a, str_of(text), &ids, &error) != RC_OK || ids.kind != JSON_LIST) return false;
    for (size_t i = 0; i < ids.n; i++) {
        const struct json *id = &ids.u.items[i];
        if (id->kind != JSON_INT || id->u.i <= 0) return false;
        if (id->u.i > l->last_id) l->last_id = id->u.i;
        if (i < l->levels_n) l->levels[i].id = id->u.i;
    }
    return l->is_unreadable || ids.n == l->levels_n;
}

/* Where a code got its number, among the ladders before. */
static int64_t id_of_code(const struct ladder *ladders, size_t n, const char *code)
{
    for (size_t i = n; i-- > 0;) {
        const struct tier_level *level = level_of_code(&ladders[i], code);
        if (level) return level->id;
    }
    return 0;
}

static void read_places(const struct ladder *before, size_t n, struct ladder *l)
{
    for (size_t i = 0; i < l->removed_n; i++) {
        struct tier_removed *gone = &l->removed[i];
        gone->level_id = id_of_code(before, n, gone->code);
        if (gone->to) gone->to_id = level_of_code(l, gone->to)->id;
    }
}

/* One that cannot be read stays in its place, and nothing moves by it. */
static void read_row(struct arena *a, const struct sql_tier_all_row *row, struct ladder *out)
{
    struct json_reader reader = { .arena = a };
    struct json_error error;
    struct json doc;

    bool is_read = json_parse(a, str_of(row->doc), &doc, &error) == RC_OK
                && ladder_read(&reader, &doc, out) == RC_OK;

    if (!is_read) *out = (struct ladder){ .is_unreadable = true };
    if (!read_ids(a, arena_strdup(a, row->level_ids), out))
        *out = (struct ladder){ .is_unreadable = true, .last_id = -1 };
    if (out->is_unreadable)
        log_line(LOG_ALARM, "tier.unreadable", "version=%lld", (long long)row->version);
    out->version = row->version;
    out->config_version = row->config_version;
    out->effective_at = row->effective_at;
}

/* In the order of their versions. */
static enum rc read_all(struct ctx *c, struct arena *a, struct ladder **items, size_t *n)
{
    struct sql_tier_all v = { 0 };
    enum rc rc = sql_tier_all(c, &v);

    *items = ARENA_ARRAY(a, struct ladder, v.n + 1);
    for (*n = 0; rc == RC_OK && *n < v.n; ++*n) {
        read_row(a, &v.rows[*n], &(*items)[*n]);
        read_places(*items, *n, &(*items)[*n]);
    }
    return rc;
}

static int by_force(const void *a, const void *b)
{
    const struct ladder *x = a, *y = b;

    if (x->effective_at != y->effective_at) return x->effective_at < y->effective_at ? -1 : 1;
    return x->version < y->version ? -1 : x->version > y->version;
}

enum rc tier_conf_read(struct ctx *c, struct conf *conf)
{
    struct ladders *all = ARENA_NEW(conf->arena, struct ladders);
    struct ladder *items;
    enum rc rc = read_all(c, conf->arena, &items, &all->n);

    if (rc != RC_OK) return rc;
    qsort(items, all->n, sizeof *items, by_force);
    all->items = items;
    conf->ladder = all;
    return RC_OK;
}

/* ---- publishing ------------------------------------------------------------------------------ */

/* A code keeps the number it got once; a new one gets the next. */
static enum rc number(struct ctx *c, const struct json *doc, const char **ids)
{
    struct json_reader reader = { .arena = c->arena };
    struct ladder *before, l;
    struct buf text;
    size_t n;
    enum rc rc = read_all(c, c->arena, &before, &n);
    int64_t last = 0;

    if (rc != RC_OK) return rc;
    if (ladder_read(&reader, doc, &l) != RC_OK)
        return fail_at(c, RC_INVALID, "tier.invalid", reader.mistakes.list[0].pointer,
                       reader.mistakes.list[0].reason);
    for (size_t i = 0; i < n; i++) {
        if (before[i].last_id < 0) return broken(c, "tier.level_ids");
        if (before[i].last_id > last) last = before[i].last_id;
    }
    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    for (size_t i = 0; i < l.levels_n; i++) {
        int64_t id = id_of_code(before, n, l.levels[i].code);
        buf_addf(&text, "%c%lld", i ? ',' : '[', (long long)(id ? id : ++last));
    }
    buf_addf(&text, "]");
    *ids = buf_cstr(&text);
    for (size_t i = 0; i < l.removed_n; i++)
        if (!id_of_code(before, n, l.removed[i].code))
            return fail_at(c, RC_INVALID, "tier.invalid",
                           arena_printf(c->arena, "/removed/%zu/code", i),
                           "no ladder had such a level");
    return RC_OK;
}

enum rc tier_publish(struct ctx *c, const struct tier_publish *in, int64_t *version)
{
    struct sql_tier_newest last = { 0 };
    const char *ids = NULL;
    struct buf text;
    int64_t publication;
    enum rc rc = sql_tier_newest(c, &last);

    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    *version = rc == RC_NOT_FOUND ? 1 : last.version + 1;
    if (in->if_version >= 0 && in->if_version != *version - 1)
        return fail(c, RC_CONFLICT, "version.mismatch");
    rc = conf_publish(c, &publication);
    if (rc == RC_OK) rc = number(c, in->doc, &ids);
    if (rc != RC_OK) return rc;
    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_emit(in->doc, &text);
    struct sql_tier_add v = { .version = *version, .config_version = publication,
                              .effective_at = in->effective_at, .doc = buf_cstr(&text),
                              .level_ids = ids, .now = c->now };
    v.seal = TIER_SEAL(c, &v, v.now);
    rc = sql_tier_add(c, &v);
    return rc == RC_OK ? conf_sealed(c, (struct conf_sealed){ .is = v.seal }) : rc;
}
