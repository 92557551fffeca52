/* unit_api.c -- units as configuration. */
#include "core/ledger/unit_api.h"

#include "base/limit.h"
#include "core/api.h"
#include "core/ledger/unit.h"

enum { DAYS_MAX = 36500 };
static const char *const debt_policies[] = { "debt", "forgive", "refuse", NULL };
static const char *const reversal_policies[] = { "lapse", "revive", NULL };

static const struct json_field put_fields[] = {
    { "code", JT_TEXT, offsetof(struct unit_put, code), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "name", JT_TEXT, offsetof(struct unit_put, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "decimals", JT_I64, offsetof(struct unit_put, decimals), .min = 0, .max = 2 },
    { "available_after_days", JT_I64, offsetof(struct unit_put, available_after_days), .min = 0,
      .max = DAYS_MAX },
    { "valid_days", JT_I64, offsetof(struct unit_put, valid_days), .min = 0, .max = DAYS_MAX },
    { "debt_policy", JT_TEXT, offsetof(struct unit_put, debt_policy), .among = debt_policies },
    { "reversal_policy", JT_TEXT, offsetof(struct unit_put, reversal_policy),
      .among = reversal_policies },
    { "revive_days", JT_I64, offsetof(struct unit_put, revive_days), .min = 0, .max = DAYS_MAX },
};
const struct json_shape unit_put_shape = { "unit", sizeof(struct unit_put), put_fields,
                                           ARRAY_LEN(put_fields) };

struct unit_view {
    const char *id, *code, *name, *debt_policy, *reversal_policy;
    int64_t version, decimals, available_after_days, valid_days, revive_days;
};
static const struct json_field view_fields[] = {
    { "id", JT_TEXT, offsetof(struct unit_view, id) },
    { "version", JT_I64, offsetof(struct unit_view, version) },
    { "code", JT_TEXT, offsetof(struct unit_view, code) },
    { "name", JT_TEXT, offsetof(struct unit_view, name) },
    { "decimals", JT_I64, offsetof(struct unit_view, decimals) },
    { "available_after_days", JT_I64, offsetof(struct unit_view, available_after_days) },
    { "valid_days", JT_I64, offsetof(struct unit_view, valid_days) },
    { "debt_policy", JT_TEXT, offsetof(struct unit_view, debt_policy) },
    { "reversal_policy", JT_TEXT, offsetof(struct unit_view, reversal_policy) },
    { "revive_days", JT_I64, offsetof(struct unit_view, revive_days) },
};
const struct json_shape unit_shape = { "unit", sizeof(struct unit_view), view_fields,
                                       ARRAY_LEN(view_fields) };

struct units_answer { const struct unit_view *items; size_t n; const char *next; };
static const struct json_field list_fields[] = {
    { "data", JT_LIST, offsetof(struct units_answer, items),
      .count_offset = offsetof(struct units_answer, n), .of = &unit_shape },
    { "next", JT_TEXT, offsetof(struct units_answer, next) },
};
const struct json_shape units_shape = { "units", sizeof(struct units_answer), list_fields,
                                        ARRAY_LEN(list_fields) };

static struct unit_view view(struct ctx *c, const struct unit *u)
{
    return (struct unit_view){
        .id = api_id(c, "uni", u->id), .version = u->version, .code = u->code, .name = u->name,
        .decimals = u->decimals, .available_after_days = u->available_after_days,
        .valid_days = u->valid_days, .debt_policy = debt_policies[u->debt_policy],
        .reversal_policy = reversal_policies[u->is_revived], .revive_days = u->revive_days };
}

static enum rc find(struct ctx *c, const struct call *call, const struct unit **out)
{
    int64_t id;

    *out = id_parse("uni", call->params[0], &id) ? conf_unit(c->conf, id)
                                                 : conf_unit_by_code(c->conf, call->params[0]);
    return *out ? RC_OK : fail_at(c, RC_NOT_FOUND, "unit.unknown", NULL, "There is no such unit.");
}

/* The snapshot holds them in the order of their ids; a list goes from the newest. */
enum rc unit_api_list(struct ctx *c, struct call *call)
{
    struct units_answer *out = ARENA_NEW(c->arena, struct units_answer);
    struct page page;
    enum rc rc = page_read(c, call, &page);

    if (rc != RC_OK) return rc;
    struct unit_view *items = ARENA_ARRAY(c->arena, struct unit_view, page.limit);
    for (size_t i = c->conf->units_n; i-- > 0;) {
        const struct unit *u = &c->conf->units[i];
        if (u->id >= page.id) continue;
        if ((int64_t)out->n == page.limit) {
            out->next = page_next(c, &(struct page){ .id = u[1].id });
            break;
        }
        items[out->n++] = view(c, u);
    }
    out->items = items;
    call->answer = out;
    return RC_OK;
}

enum rc unit_api_get(struct ctx *c, struct call *call)
{
    struct unit_view *out = ARENA_NEW(c->arena, struct unit_view);
    const struct unit *u;
    enum rc rc = find(c, call, &u);

    if (rc != RC_OK) return rc;
    *out = view(c, u);
    call->answer = out;
    call->version = u->version;
    return RC_OK;
}

static void or_zero(int64_t *days)
{
    if (*days == JSON_ABSENT) *days = 0;
}

static enum rc check(struct ctx *c, const struct unit_put *told, struct unit_put *out)
{
    enum rc rc = api_unbound(c);

    *out = *told;
    or_zero(&out->decimals);
    or_zero(&out->available_after_days);
    or_zero(&out->valid_days);
    or_zero(&out->revive_days);
    if (rc != RC_OK || !str_eq(out->reversal_policy, "revive") || out->revive_days > 0) return rc;
    return fail_at(c, RC_INVALID, "unit.revive_days", "/revive_days",
                   "Say for how many days points that are given back live again.");
}

static enum rc taken(struct ctx *c, enum rc rc)
{
    if (str_eq(c->err.code, "unit.code_taken"))
        return api_at(c, rc, "/code", "Another unit has this code.");
    if (str_eq(c->err.code, "unit.code_fixed"))
        return api_at(c, rc, "/code", "Rules name a unit by its code: it never changes.");
    if (str_eq(c->err.code, "unit.decimals_fixed"))
        return api_at(c, rc, "/decimals", "The decimals of a unit never change.");
    return rc;
}

/* What was just written, as it will be read from the next snapshot. */
static struct unit_view *written(struct ctx *c, const struct unit_put *put)
{
    struct unit_view *out = ARENA_NEW(c->arena, struct unit_view);

    *out = (struct unit_view){
        .code = put->code, .name = put->name, .decimals = put->decimals,
        .available_after_days = put->available_after_days, .valid_days = put->valid_days,
        .debt_policy = put->debt_policy ? put->debt_policy : debt_policies[0],
        .reversal_policy = put->reversal_policy ? put->reversal_policy : reversal_policies[0],
        .revive_days = put->revive_days };
    return out;
}

enum rc unit_api_create(struct ctx *c, struct call *call)
{
    struct unit_put put;
    int64_t id;
    enum rc rc = check(c, call->body, &put);

    if (rc == RC_OK) rc = taken(c, unit_create(c, &put, &id));
    if (rc != RC_OK) return rc;
    struct unit_view *out = written(c, &put);
    out->id = api_id(c, "uni", id);
    out->version = 1;
    call->status = 201;
    call->answer = out;
    call->version = 1;
    call->location = arena_printf(c->arena, "/v1/units/%s", out->id);
    return RC_OK;
}

enum rc unit_api_put(struct ctx *c, struct call *call)
{
    const struct unit *old;
    struct unit_put put;
    struct unit_change change = { .put = &put };
    enum rc rc = check(c, call->body, &put);

    if (rc == RC_OK) rc = find(c, call, &old);
    if (rc == RC_OK) rc = api_version(c, call, &change.if_version);
    if (rc != RC_OK) return rc;
    change.id = old->id;
    struct unit_view *out = written(c, &put);
    rc = taken(c, unit_update(c, &change, &out->version));
    out->id = api_id(c, "uni", old->id);
    call->answer = out;
    call->version = out->version;
    return rc;
}
