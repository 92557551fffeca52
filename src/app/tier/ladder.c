/* ladder.c -- reading and publishing the ladder. */
#include "app/tier/tier_int.h"
#include "base/limit.h"
#include "base/log.h"
#include "core/sealed.h"
#include "sql/conf_sql.h"
#include "sql/tier_sql.h"

struct level_doc { const char *code, *name; int64_t threshold_minor, keep_minor; };
struct ladder_doc {
    const struct level_doc *levels;
    size_t levels_n;
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
JSON_SHAPE(ladder_shape, struct ladder_doc,
    { "levels", JT_LIST, offsetof(struct ladder_doc, levels),
      .count_offset = offsetof(struct ladder_doc, levels_n), .flags = JF_REQUIRED,
      .of = &level_shape, .count_max = TIER_LEVELS_MAX },
    { "window_days", JT_I64, offsetof(struct ladder_doc, window_days), .flags = JF_REQUIRED,
      .min = 1, .max = 3660 },
    { "term_days", JT_I64, offsetof(struct ladder_doc, term_days), .flags = JF_REQUIRED,
      .min = 1, .max = 3660 },
    { "grace_days", JT_I64, offsetof(struct ladder_doc, grace_days), .min = 0, .max = 3660 },
    { "renew", JT_TEXT, offsetof(struct ladder_doc, renew), .among = renews },
    { "down", JT_TEXT, offsetof(struct ladder_doc, down), .among = downs });

static enum rc read_levels(struct json_reader *r, const struct ladder_doc *d, struct ladder *out)
{
    struct tier_level *levels = ARENA_ARRAY(r->arena, struct tier_level, d->levels_n + 1);

    if (d->levels_n == 0) {
        json_mistake(r, "/levels", "must hold at least one level");
        return RC_INVALID;
    }
    for (size_t i = 0; i < d->levels_n; i++) {
        const struct level_doc *l = &d->levels[i];
        levels[i] = (struct tier_level){ l->code, l->name, l->threshold_minor,
                                         l->keep_minor == JSON_ABSENT ? l->threshold_minor
                                                                      : l->keep_minor };
        if (i == 0 || l->threshold_minor > d->levels[i - 1].threshold_minor) continue;
        json_mistake(r, arena_printf(r->arena, "/levels/%zu/threshold_minor", i),
                     "must be more than the level before");
        return RC_INVALID;
    }
    out->levels = levels;
    out->levels_n = d->levels_n;
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
    return read_levels(r, &d, out);
}

/* One that cannot be read stays in its place, and nothing moves by it. */
static void read_row(struct conf *conf, const struct sql_tier_all_row *row, struct ladder *out)
{
    struct json_reader reader = { .arena = conf->arena };
    struct json_error error;
    struct json doc;

    if (json_parse(conf->arena, str_of(row->doc), &doc, &error) != RC_OK
        || ladder_read(&reader, &doc, out) != RC_OK) {
        log_line(LOG_ALARM, "tier.unreadable", "version=%lld", (long long)row->version);
        *out = (struct ladder){ .is_unreadable = true };
    }
    out->version = row->version;
    out->config_version = row->config_version;
    out->effective_at = row->effective_at;
}

enum rc tier_conf_read(struct ctx *c, struct conf *conf)
{
    struct sql_tier_all v = { 0 };
    struct ladders *all = ARENA_NEW(conf->arena, struct ladders);
    enum rc rc = sql_tier_all(c, &v);
    struct ladder *items = ARENA_ARRAY(conf->arena, struct ladder, v.n + 1);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) read_row(conf, &v.rows[i], &items[all->n++]);
    all->items = items;
    conf->ladder = all;
    return RC_OK;
}

/* Members hold a level by its place: one put below, taken away or moved would give them another.
 * An earlier ladder that cannot be read says nothing of places. */
static enum rc check_places(struct ctx *c, const char *last, const struct json *doc)
{
    struct json_reader reader = { .arena = c->arena };
    struct json_error error;
    struct ladder was, is;
    struct json old;

    if (json_parse(c->arena, str_of(last), &old, &error) != RC_OK
        || ladder_read(&reader, &old, &was) != RC_OK
        || ladder_read(&reader, doc, &is) != RC_OK)
        return RC_OK;
    for (size_t i = 0; i < was.levels_n; i++)
        if (i >= is.levels_n || !str_eq(is.levels[i].code, was.levels[i].code))
            return fail_at(c, RC_CONFLICT, "tier.levels_moved", "/levels",
                           arena_printf(c->arena, "the level \"%s\" must stay in place %zu",
                                        was.levels[i].code, i + 1));
    return RC_OK;
}

enum rc tier_publish(struct ctx *c, const struct tier_publish *in, int64_t *version)
{
    struct sql_tier_newest last = { 0 };
    struct buf text;
    int64_t publication;
    enum rc rc = sql_tier_newest(c, &last);

    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    bool is_first = rc == RC_NOT_FOUND;
    *version = is_first ? 1 : last.version + 1;
    if (in->if_version >= 0 && in->if_version != *version - 1)
        return fail(c, RC_CONFLICT, "version.mismatch");
    rc = is_first ? RC_OK : check_places(c, last.doc, in->doc);
    if (rc != RC_OK) return rc;
    rc = conf_publish(c, &publication);
    if (rc != RC_OK) return rc;
    buf_init(&text, c->arena, LIMIT_RULE_BYTES);
    json_emit(in->doc, &text);
    struct sql_tier_add v = { .version = *version, .config_version = publication,
                              .effective_at = in->effective_at, .doc = buf_cstr(&text),
                              .now = c->now };
    v.seal = TIER_SEAL(c, &v, v.now);
    rc = sql_tier_add(c, &v);
    return rc == RC_OK ? conf_sealed(c, (struct conf_sealed){ .is = v.seal }) : rc;
}
