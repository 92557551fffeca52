/* unit.c -- units: what a ledger counts, under the name the brand gave it.
 *
 * Units are versioned: what was given while one version held keeps its dates for ever. */
#include "core/config/places.h"
#include "core/ctx.h"
#include "json/shape.h"

const char *const debt_policies[] = { "debt", "forgive", "refuse", NULL };
const char *const reversal_policies[] = { "lapse", "revive", NULL };
JSON_SHAPE(unit_shape, struct unit_doc, UNIT_FIELDS(struct unit_doc, ));

static void or_zero(int64_t *n)
{
    if (*n == JSON_ABSENT) *n = 0;
}

static enum rc check(struct config_check *k)
{
    struct unit_doc *doc = k->doc;
    const struct unit_doc *old = k->old;

    or_zero(&doc->decimals);
    or_zero(&doc->available_after_days);
    or_zero(&doc->valid_days);
    or_zero(&doc->revive_days);
    if (!doc->debt_policy) doc->debt_policy = debt_policies[DEBT_KEEP];
    if (!doc->reversal_policy) doc->reversal_policy = reversal_policies[0];
    if (str_eq(doc->reversal_policy, "revive") && doc->revive_days == 0)
        return fail_at(k->c, RC_INVALID, "unit.revive_days", "/revive_days",
                       "Say for how many days points that are given back live again.");
    if (old && doc->decimals != old->decimals)
        return fail_at(k->c, RC_CONFLICT, "unit.decimals_fixed", "/decimals",
                       "The decimals of a unit never change.");
    /* Rules name it, also those of years ago, which judge returns for ever. */
    if (old && !str_eq(doc->code, old->code))
        return fail_at(k->c, RC_CONFLICT, "unit.code_fixed", "/code",
                       "Rules name a unit by its code: it never changes.");
    return RC_OK;
}

static enum debt_policy debt_policy_of(const char *text)
{
    for (size_t i = 0; debt_policies[i]; i++)
        if (str_eq(text, debt_policies[i])) return (enum debt_policy)i;
    return DEBT_KEEP;
}

static const void *make(const struct config_make *m)
{
    struct unit *out = ARENA_NEW(m->arena, struct unit);
    struct unit_doc doc;

    if (!config_doc(m->arena, &unit_kind, m->row, &doc)) return NULL;
    *out = (struct unit){
        .id = m->row->id, .version = m->row->version, .config_version = m->row->config_version,
        .effective_at = m->row->effective_at, .code = doc.code, .name = doc.name,
        .decimals = (int)doc.decimals, .available_after_days = (int)doc.available_after_days,
        .valid_days = (int)doc.valid_days, .debt_policy = debt_policy_of(doc.debt_policy),
        .is_revived = str_eq(doc.reversal_policy, "revive"), .revive_days = (int)doc.revive_days,
        .before = m->before ? m->before->made : NULL };
    return out;
}

static const void *ready(struct conf *conf, const struct config_set *set)
{
    const struct unit **list = ARENA_ARRAY(conf->arena, const struct unit *, set->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++) {
        const struct unit *u = set->items[i]->made;
        if (!u) continue;
        if (n == 0 || list[n - 1]->id != u->id) n++;
        list[n - 1] = u;
    }
    conf->units = list;
    conf->units_n = n;
    return NULL;
}

const struct config_kind unit_kind = {
    .name = "unit", .prefix = "uni", .path = "/v1/units", .shape = &unit_shape, .is_dated = true,
    .unknown = "unit.unknown", .code_taken = "unit.code_taken", .check = check, .make = make,
    .ready = ready,
};

const struct unit *conf_unit(const struct conf *conf, int64_t id)
{
    for (size_t i = 0; i < conf->units_n; i++)
        if (conf->units[i]->id == id) return conf->units[i];
    return NULL;
}

const struct unit *conf_unit_by_code(const struct conf *conf, const char *code)
{
    for (size_t i = 0; i < conf->units_n; i++)
        if (str_eq(conf->units[i]->code, code)) return conf->units[i];
    return NULL;
}

const struct unit *unit_at(const struct unit *newest, const struct unit_when *when)
{
    const struct unit *best = NULL, *first = newest;

    for (const struct unit *u = newest; u; u = u->before) {
        first = u;
        if (u->config_version > when->config_version || u->effective_at > when->at) continue;
        if (!best || u->effective_at > best->effective_at) best = u;
    }
    return best ? best : first;
}

const struct unit *unit_now(const struct ctx *c, const struct unit *newest)
{
    return unit_at(newest, &(struct unit_when){ c->conf->version, c->now });
}

bool unit_was_ever_revived(const struct unit *newest)
{
    while (newest && !newest->is_revived) newest = newest->before;
    return newest != NULL;
}
