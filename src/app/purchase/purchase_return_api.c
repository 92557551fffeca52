/* purchase_return_api.c -- what comes back, and a sale that never was. */
#include "app/purchase/purchase_api.h"
#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/api.h"

enum { QUANTITY_MAX = 1000000 };

struct return_doc {
    const struct purchase_return_line *lines; size_t lines_n;
    int64_t amount_minor;
    const char *reason;
};
JSON_SHAPE(return_line_shape, struct purchase_return_line,
    { "n", JT_I64, offsetof(struct purchase_return_line, n), .flags = JF_REQUIRED, .min = 0,
      .max = LIMIT_LINES - 1 },
    { "quantity", JT_I64, offsetof(struct purchase_return_line, quantity), .flags = JF_REQUIRED,
      .min = 1, .max = QUANTITY_MAX },
    { "amount_minor", JT_I64, offsetof(struct purchase_return_line, amount_minor), .min = 0,
      .max = LIMIT_MONEY_MINOR });
static const struct json_field return_fields[] = {
    { "lines", JT_LIST, offsetof(struct return_doc, lines),
      .count_offset = offsetof(struct return_doc, lines_n), .of = &return_line_shape, .min = 1,
      .count_max = LIMIT_LINES },
    { "amount_minor", JT_I64, offsetof(struct return_doc, amount_minor), .min = 1,
      .max = LIMIT_MONEY_MINOR },
    { "reason", JT_TEXT, offsetof(struct return_doc, reason), .min = 1, .max = LIMIT_REASON },
};
const struct json_shape return_shape = { "return", sizeof(struct return_doc), return_fields,
                                         ARRAY_LEN(return_fields) };
static const struct json_field void_fields[] = {
    { "reason", JT_TEXT, offsetof(struct return_doc, reason), .min = 1, .max = LIMIT_REASON },
};
const struct json_shape void_shape = { "void", sizeof(struct return_doc), void_fields,
                                       ARRAY_LEN(void_fields) };

static const struct json_field returned_fields[] = {
    { "id", JT_TEXT, offsetof(struct returned_view, id) },
    { "purchase", JT_TEXT, offsetof(struct returned_view, purchase) },
    { "member", JT_TEXT, offsetof(struct returned_view, member) },
    { "amount_minor", JT_I64, offsetof(struct returned_view, amount_minor) },
    { "left_minor", JT_I64, offsetof(struct returned_view, left_minor) },
    { "status", JT_TEXT, offsetof(struct returned_view, status) },
    { "pending", JT_BOOL, offsetof(struct returned_view, is_pending) },
    DIFFERENCES_FIELDS(struct returned_view, differences),
    { "raised", JT_LIST, offsetof(struct returned_view, raised.items),
      .count_offset = offsetof(struct returned_view, raised.n), .of = &raised_shape },
    { "balances", JT_LIST, offsetof(struct returned_view, balances.items),
      .count_offset = offsetof(struct returned_view, balances.n), .of = &balance_shape },
    { "tier", JT_OBJECT, offsetof(struct returned_view, tier), .of = &tier_standing_shape },
};
const struct json_shape returned_shape = { "returned", sizeof(struct returned_view),
                                           returned_fields, ARRAY_LEN(returned_fields) };

struct returned_view purchase_returned_view(struct ctx *c, const struct purchase_return *in,
                                            struct purchase_returned *done, const char *language)
{
    struct timeline *t = &done->timeline;

    return (struct returned_view){
        .id = api_id_owned(c, "ret", (int64_t[]){ in->member_id, done->id }),
        .purchase = api_id_owned(c, "pur", (int64_t[]){ in->member_id, in->purchase_id }),
        .member = api_id(c, "mem", in->member_id), .amount_minor = done->amount_minor,
        .left_minor = done->left_minor, .status = done->status, .is_pending = t->is_deferred,
        .differences = view_differences(t, 0, language), .raised = view_raised(t),
        .balances = view_balances(c, &t->books), .tier = view_tier(c, &t->fold.m) };
}

static void answer(struct ctx *c, struct call *call, const struct purchase_return *in,
                   struct purchase_returned *done)
{
    struct returned_view *out = ARENA_NEW(c->arena, struct returned_view);

    *out = purchase_returned_view(c, in, done, call->language);
    call->status = 201;
    call->answer = out;
    call->answer_id = done->id;
    call->answer_member_id = in->member_id;
}

/* Where the refusal is in the body: the core knows lines and amounts, not where they stood. */
static enum rc at_body(struct ctx *c, enum rc rc, const struct purchase_return *in)
{
    const char *where = in->lines_n > 0 ? "/lines" : "/amount_minor";

    if (!str_eq(c->err.code, "return.too_much")) return rc;
    return api_at(c, rc, where, "More would come back than is left of the sale.");
}

/* A line that is named twice would be two opinions of how much of it came back. */
static enum rc check_lines(struct ctx *c, const struct return_doc *in)
{
    bool is_seen[LIMIT_LINES] = { false };

    for (size_t i = 0; i < in->lines_n; i++) {
        if (is_seen[in->lines[i].n])
            return fail_at(c, RC_INVALID, "return.line_twice",
                           arena_printf(c->arena, "/lines/%zu/n", i), "is named twice");
        is_seen[in->lines[i].n] = true;
    }
    if (in->lines_n == 0 || in->amount_minor == JSON_ABSENT) return RC_OK;
    return fail_at(c, RC_INVALID, "return.one", "/amount_minor",
                   "Give lines or an amount, not both.");
}

enum rc purchase_api_return(struct ctx *c, struct call *call)
{
    static const struct return_doc everything = { .amount_minor = JSON_ABSENT };
    const struct return_doc *doc = call->body ? call->body : &everything;
    struct purchase_return in = { .amount_minor = doc->amount_minor, .lines = doc->lines,
                                  .lines_n = doc->lines_n, .reason = doc->reason };
    struct purchase_returned done;
    enum rc rc = check_lines(c, doc);

    if (rc == RC_OK) rc = purchase_id(c, call, &in);
    if (rc != RC_OK) return rc;
    rc = purchase_return(c, &in, &done);
    if (rc != RC_OK) return at_body(c, rc, &in);
    answer(c, call, &in, &done);
    return RC_OK;
}

enum rc purchase_api_void(struct ctx *c, struct call *call)
{
    const struct return_doc *doc = call->body;
    struct purchase_return in = { .amount_minor = JSON_ABSENT, .is_void = true,
                                  .reason = doc ? doc->reason : NULL };
    struct purchase_returned done;
    enum rc rc = purchase_id(c, call, &in);

    if (rc == RC_OK) rc = purchase_return(c, &in, &done);
    if (rc == RC_OK) answer(c, call, &in, &done);
    return rc;
}
