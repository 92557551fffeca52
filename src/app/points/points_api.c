/* points_api.c -- points moved by hand: spent at the counter, given back, adjusted. */
#include "app/points/points_api.h"

#include "base/limit.h"
#include "core/auth/scope.h"
#include "core/ctx.h"
#include "core/door/api.h"
#include "app/points/points.h"
#include "core/door/view_api.h"

/* ---- what the three answer ---- */

struct points_view {
    const char *id, *member, *spend, *unit, *reason, *reference, *store;
    int64_t amount;
    struct balances_view balances;
};
#define BALANCES_FIELD                                                                    \
    { "balances", JT_LIST, offsetof(struct points_view, balances.items),                  \
      .count_offset = offsetof(struct points_view, balances.n), .of = &balance_shape }
#define POINTS_FIELDS                                                                     \
    { "id", JT_TEXT, offsetof(struct points_view, id) },                                  \
    { "member", JT_TEXT, offsetof(struct points_view, member) },                          \
    { "unit", JT_TEXT, offsetof(struct points_view, unit) },                              \
    { "amount", JT_I64, offsetof(struct points_view, amount) },                           \
    { "reason", JT_TEXT, offsetof(struct points_view, reason) }

static const struct json_field adjustment_fields[] = { POINTS_FIELDS, BALANCES_FIELD };
static const struct json_field spent_fields[] = {
    POINTS_FIELDS,
    { "reference", JT_TEXT, offsetof(struct points_view, reference) },
    { "store", JT_TEXT, offsetof(struct points_view, store) },
    BALANCES_FIELD
};
static const struct json_field reversal_fields[] = {
    POINTS_FIELDS,
    { "spend", JT_TEXT, offsetof(struct points_view, spend) },
    BALANCES_FIELD
};
const struct json_shape adjustment_shape = { "adjustment", sizeof(struct points_view),
                                             adjustment_fields, ARRAY_LEN(adjustment_fields) };
const struct json_shape spent_shape = { "spend", sizeof(struct points_view), spent_fields,
                                        ARRAY_LEN(spent_fields) };
const struct json_shape reversal_shape = { "reversal", sizeof(struct points_view),
                                           reversal_fields, ARRAY_LEN(reversal_fields) };

static struct points_view *answer(struct ctx *c, struct call *call, const struct points_done *done,
                                  const char *prefix)
{
    struct points_view *out = ARENA_NEW(c->arena, struct points_view);
    int64_t member_id = done->timeline.member_id;

    out->id = api_id_owned(c, prefix, (int64_t[]){ member_id, done->id });
    out->member = api_id(c, "mem", member_id);
    out->balances = view_balances(c, &done->timeline.books);
    call->status = 201;
    call->answer = out;
    call->answer_id = done->id;
    call->answer_member_id = member_id;
    return out;
}

static enum rc find_unit(struct ctx *c, const char *code, const struct unit **out)
{
    int64_t id;

    *out = id_parse("uni", code, &id) ? conf_unit(c->conf, id) : conf_unit_by_code(c->conf, code);
    if (*out) return RC_OK;
    return fail_at(c, RC_NOT_FOUND, "unit.unknown", "/unit", "There is no such unit.");
}

/* ---- adjustments ---- */

struct adjust_doc { const char *unit, *reason; int64_t amount; };
static const struct json_field adjust_fields[] = {
    { "unit", JT_TEXT, offsetof(struct adjust_doc, unit), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "amount", JT_I64, offsetof(struct adjust_doc, amount), .flags = JF_REQUIRED,
      .min = -LIMIT_MONEY_MINOR, .max = LIMIT_MONEY_MINOR },
    { "reason", JT_TEXT, offsetof(struct adjust_doc, reason), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_REASON },
};
const struct json_shape adjust_shape = { "adjust", sizeof(struct adjust_doc), adjust_fields,
                                         ARRAY_LEN(adjust_fields) };

static enum rc insufficient(struct ctx *c, enum rc rc)
{
    if (!str_eq(c->err.code, "points.insufficient")) return rc;
    return api_at(c, rc, "/amount", "The member has not so many.");
}

enum rc points_api_adjust(struct ctx *c, struct call *call)
{
    const struct adjust_doc *in = call->body;
    struct points_adjust adjust = { .amount = in->amount, .reason = in->reason };
    struct points_done done;
    enum rc rc = api_member(c, call, &adjust.member_id);

    if (rc == RC_OK) rc = find_unit(c, in->unit, &adjust.unit);
    if (rc != RC_OK) return rc;
    if (in->amount == 0)
        return fail_at(c, RC_INVALID, "points.nothing", "/amount", "must not be 0");
    rc = points_adjust(c, &adjust, &done);
    if (rc != RC_OK) return insufficient(c, rc);
    struct points_view *out = answer(c, call, &done, "adj");
    out->unit = adjust.unit->code;
    out->amount = in->amount;
    out->reason = in->reason;
    return RC_OK;
}

/* ---- spends ---- */

struct spend_doc { const char *unit, *reason, *reference, *store; int64_t amount; };
static const struct json_field spend_fields[] = {
    { "unit", JT_TEXT, offsetof(struct spend_doc, unit), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "amount", JT_I64, offsetof(struct spend_doc, amount), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_MONEY_MINOR },
    { "reason", JT_TEXT, offsetof(struct spend_doc, reason), .min = 1, .max = LIMIT_REASON },
    { "reference", JT_TEXT, offsetof(struct spend_doc, reference), .min = 1, .max = LIMIT_TEXT },
    { "store", JT_TEXT, offsetof(struct spend_doc, store), .min = 1, .max = LIMIT_CODE },
};
const struct json_shape spend_shape = { "spend", sizeof(struct spend_doc), spend_fields,
                                        ARRAY_LEN(spend_fields) };

/* Where it is spent: as told; a key of one store spends there and nowhere else. */
static enum rc find_store(struct ctx *c, const char *told, const struct store **out)
{
    int64_t id = scope_only_store(c);
    bool is_id = !told || id_parse("sto", told, &id);

    *out = is_id ? conf_store(c->conf, id) : conf_store_by_code(c->conf, told);
    if (!told) return RC_OK;
    if (!*out)
        return fail_at(c, RC_NOT_FOUND, "store.unknown", "/store", "There is no such store.");
    if (scope_has(c, (*out)->id)) return RC_OK;
    return fail_at(c, RC_DENIED, "store.other", "/store", "This key belongs to another store.");
}

enum rc points_api_spend(struct ctx *c, struct call *call)
{
    const struct spend_doc *in = call->body;
    struct points_spend spend = { .amount = in->amount, .reason = in->reason,
                                  .reference = in->reference };
    struct points_done done;
    enum rc rc = api_member(c, call, &spend.member_id);

    if (rc == RC_OK) rc = find_unit(c, in->unit, &spend.unit);
    if (rc == RC_OK) rc = find_store(c, in->store, &spend.store);
    if (rc != RC_OK) return rc;
    rc = points_spend(c, &spend, &done);
    if (rc != RC_OK) return insufficient(c, rc);
    struct points_view *out = answer(c, call, &done, "spd");
    out->unit = spend.unit->code;
    out->amount = in->amount;
    out->reason = in->reason;
    out->reference = in->reference;
    out->store = spend.store ? spend.store->code : NULL;
    return RC_OK;
}

/* ---- reversals ---- */

struct reverse_doc { int64_t amount; const char *reason; };
static const struct json_field reverse_fields[] = {
    { "amount", JT_I64, offsetof(struct reverse_doc, amount), .min = 1, .max = LIMIT_MONEY_MINOR },
    { "reason", JT_TEXT, offsetof(struct reverse_doc, reason), .min = 1, .max = LIMIT_REASON },
};
const struct json_shape reverse_shape = { "reverse", sizeof(struct reverse_doc), reverse_fields,
                                          ARRAY_LEN(reverse_fields) };

/* A key of one store does not know of what was spent in another. */
static enum rc check_scope(struct ctx *c, const struct points_reverse *r)
{
    struct event spend;
    enum rc rc;

    if (scope_is_all(c)) return RC_OK;
    rc = event_get(c, r->member_id, r->spend_id, &spend);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !scope_has(c, spend.store_id)))
        return fail(c, RC_NOT_FOUND, "spend.unknown");
    return rc;
}

static void count_back(struct ctx *c, const struct books *books, struct points_view *out)
{
    for (size_t i = 0; i < books->postings_n; i++) {
        const struct posting *p = &books->postings[i];
        if (!str_eq(p->kind, "reversal")) continue;
        out->amount += p->amount;
        out->unit = api_unit(c, p->unit_id);
    }
}

enum rc points_api_reverse(struct ctx *c, struct call *call)
{
    const struct reverse_doc *in = call->body;
    struct points_reverse r = { .amount = JSON_ABSENT };
    struct points_done done;
    enum rc rc;

    if (!id_parse_owned("spd", call->params[0], &r.member_id, &r.spend_id))
        return fail_at(c, RC_NOT_FOUND, "spend.unknown", NULL, "No spend has this id.");
    if (in) {
        r.amount = in->amount;
        r.reason = in->reason;
    }
    rc = check_scope(c, &r);
    if (rc == RC_OK) rc = points_reverse(c, &r, &done);
    if (rc != RC_OK) {
        bool is_much = str_eq(c->err.code, "spend.reversed") && r.amount != JSON_ABSENT;
        return is_much ? api_at(c, rc, "/amount", "Less than that is left of it.") : rc;
    }
    struct points_view *out = answer(c, call, &done, "evt");
    out->reason = r.reason;
    out->spend = api_id_owned(c, "spd", (int64_t[]){ r.member_id, r.spend_id });
    count_back(c, &done.timeline.books, out);
    return RC_OK;
}
