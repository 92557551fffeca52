/* purchase_view_api.c -- looking at one sale, and at a member's. */
#include "app/purchase/purchase_api.h"
#include "base/limit.h"
#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/door/list_api.h"
#include "core/timeline/why.h"
#include "sql/effect_sql.h"
#include "sql/purchase_sql.h"

/* ---- one sale ---- */

struct line_view { int64_t n; struct purchase_line line; };
struct award_view {
    const char *rule, *name, *effect, *unit, *tag, *cause, *why;
    int64_t amount, basis_minor, owed, lapsed, forgiven;
    struct why of;                       /* what `why` is told from */
    bool is_change;
};
struct sale_view {
    const char *id, *member, *store, *moved_to;
    struct purchase_view sale;
    const struct line_view *lines; size_t lines_n;
    const struct award_view *awards; size_t awards_n;
};

JSON_SHAPE(discount_shape, struct purchase_discount,
    { "by", JT_TEXT, offsetof(struct purchase_discount, by) },
    { "text", JT_TEXT, offsetof(struct purchase_discount, text), .flags = JF_OMIT },
    { "amount_minor", JT_I64, offsetof(struct purchase_discount, amount_minor) });
JSON_SHAPE(line_view_shape, struct line_view,
    { "n", JT_I64, offsetof(struct line_view, n) },
    { "sku", JT_TEXT, offsetof(struct line_view, line.sku) },
    { "quantity", JT_I64, offsetof(struct line_view, line.quantity) },
    { "list_minor", JT_I64, offsetof(struct line_view, line.list_minor) },
    { "net_minor", JT_I64, offsetof(struct line_view, line.net_minor) },
    { "discounts", JT_LIST, offsetof(struct line_view, line.discounts),
      .count_offset = offsetof(struct line_view, line.discounts_n), .of = &discount_shape },
    { "returned", JT_I64, offsetof(struct line_view, line.returned) },
    { "returned_minor", JT_I64, offsetof(struct line_view, line.returned_minor) });
JSON_SHAPE(payment_shape, struct purchase_payment,
    { "method", JT_TEXT, offsetof(struct purchase_payment, method) },
    { "wallet", JT_TEXT, offsetof(struct purchase_payment, wallet), .flags = JF_OMIT },
    { "issuer", JT_TEXT, offsetof(struct purchase_payment, issuer), .flags = JF_OMIT },
    { "bin", JT_TEXT, offsetof(struct purchase_payment, bin), .flags = JF_OMIT },
    { "amount_minor", JT_I64, offsetof(struct purchase_payment, amount_minor) });
JSON_SHAPE(award_shape, struct award_view,
    { "rule", JT_TEXT, offsetof(struct award_view, rule) },
    { "name", JT_TEXT, offsetof(struct award_view, name) },
    { "effect", JT_TEXT, offsetof(struct award_view, effect) },
    { "unit", JT_TEXT, offsetof(struct award_view, unit), .flags = JF_OMIT },
    { "tag", JT_TEXT, offsetof(struct award_view, tag), .flags = JF_OMIT },
    { "amount", JT_I64, offsetof(struct award_view, amount) },
    { "basis_minor", JT_I64, offsetof(struct award_view, basis_minor) },
    { "owed", JT_I64, offsetof(struct award_view, owed) },
    { "lapsed", JT_I64, offsetof(struct award_view, lapsed) },
    { "forgiven", JT_I64, offsetof(struct award_view, forgiven) },
    { "cause", JT_TEXT, offsetof(struct award_view, cause) },
    { "why", JT_TEXT, offsetof(struct award_view, why) });
static const struct json_field view_fields[] = {
    { "id", JT_TEXT, offsetof(struct sale_view, id) },
    { "member", JT_TEXT, offsetof(struct sale_view, member) },
    { "at", JT_MOMENT, offsetof(struct sale_view, sale.at) },
    { "business_date", JT_DATE, offsetof(struct sale_view, sale.business_date) },
    { "store", JT_TEXT, offsetof(struct sale_view, store) },
    { "till", JT_TEXT, offsetof(struct sale_view, sale.till) },
    { "receipt", JT_TEXT, offsetof(struct sale_view, sale.receipt) },
    { "channel", JT_TEXT, offsetof(struct sale_view, sale.channel) },
    { "identified_by", JT_TEXT, offsetof(struct sale_view, sale.detail.identified_by) },
    { "total_minor", JT_I64, offsetof(struct sale_view, sale.total_minor) },
    { "left_minor", JT_I64, offsetof(struct sale_view, sale.left_minor) },
    { "status", JT_TEXT, offsetof(struct sale_view, sale.status) },
    { "moved_to", JT_TEXT, offsetof(struct sale_view, moved_to) },
    { "lines", JT_LIST, offsetof(struct sale_view, lines),
      .count_offset = offsetof(struct sale_view, lines_n), .of = &line_view_shape },
    { "payments", JT_LIST, offsetof(struct sale_view, sale.detail.payments),
      .count_offset = offsetof(struct sale_view, sale.detail.payments_n), .of = &payment_shape },
    { "awards", JT_LIST, offsetof(struct sale_view, awards),
      .count_offset = offsetof(struct sale_view, awards_n), .of = &award_shape },
};
const struct json_shape purchase_view_shape = { "purchase", sizeof(struct sale_view), view_fields,
                                                ARRAY_LEN(view_fields) };

enum rc purchase_id(struct ctx *c, const struct call *call, struct purchase_return *out)
{
    if (id_parse_owned("pur", call->params[0], &out->member_id, &out->purchase_id)) return RC_OK;
    return fail_at(c, RC_NOT_FOUND, "purchase.unknown", NULL, "No sale has this id.");
}

/* What stands under a sale's id: what it earned, and each correction with what caused it. */
static struct award_view view_award(struct ctx *c, const struct sql_award_of *of,
                                    const struct event *sale, size_t i)
{
    const struct sql_award_of_row *r = &of->rows[i];
    struct why w = { .event = sale, .rule_id = r->rule_id, .effect_n = r->effect_n,
                     .effect = r->effect, .subject = r->subject, .unit_id = r->unit_id,
                     .amount = r->amount, .basis_minor = r->basis_minor };
    const struct rule *rule = why_rule(c, &w);
    struct award_view out = {
        .rule = api_id(c, "rul", r->rule_id), .name = rule ? rule->name : NULL,
        .effect = r->effect, .unit = api_unit(c, r->unit_id), .tag = r->subject,
        .amount = r->amount, .basis_minor = r->basis_minor, .owed = r->owed,
        .lapsed = r->lapsed, .forgiven = r->forgiven };

    out.is_change = r->cause_id != sale->id;
    if (out.is_change && api_may_see(c, r->cause_store_id))
        out.cause = api_id_owned(c, "evt", (int64_t[]){ of->member_id, r->cause_id });
    out.of = w;
    return out;
}

static enum rc read_awards(struct ctx *c, const struct call *call, struct sale_view *out)
{
    struct sql_award_of v = { .event_id = out->sale.id, .member_id = out->sale.member_id };
    struct event sale;
    enum rc rc = event_get(c, out->sale.member_id, out->sale.id, &sale);

    if (rc == RC_OK) rc = sql_award_of(c, &v);
    if (rc != RC_OK) return rc;
    struct award_view *awards = ARENA_ARRAY(c->arena, struct award_view, v.n + 1);
    for (size_t i = 0; i < v.n; i++) {
        struct award_view *a = &awards[i];
        *a = view_award(c, &v, &sale, i);
        a->why = a->is_change ? why_changed(c, &a->of, call->language)
                              : why_given(c, &a->of, call->language);
    }
    out->awards = awards;
    out->awards_n = v.n;
    return RC_OK;
}

/* A sale that was told for the wrong member is voided there, and stands elsewhere. */
static enum rc read_moved(struct ctx *c, struct sale_view *out)
{
    struct sql_purchase_moved_to v = { .purchase_id = out->sale.id,
                                       .member_id = out->sale.member_id };
    enum rc rc;

    if (!str_eq(out->sale.status, "voided")) return RC_OK;
    rc = sql_purchase_moved_to(c, &v);
    if (rc == RC_OK && v.moved_to)
        out->moved_to = api_id_owned(c, "pur", (int64_t[]){ v.moved_member_id, v.moved_to });
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc purchase_api_get(struct ctx *c, struct call *call)
{
    struct sale_view *out = ARENA_NEW(c->arena, struct sale_view);
    struct purchase_return ref = { 0 };
    struct line_view *lines;
    enum rc rc = purchase_id(c, call, &ref);

    if (rc == RC_OK) rc = purchase_get(c, &ref, &out->sale);
    if (rc == RC_OK) rc = read_awards(c, call, out);
    if (rc == RC_OK) rc = read_moved(c, out);
    if (rc != RC_OK) return rc;
    lines = ARENA_ARRAY(c->arena, struct line_view, out->sale.detail.lines_n + 1);
    for (size_t i = 0; i < out->sale.detail.lines_n; i++)
        lines[i] = (struct line_view){ (int64_t)i, out->sale.detail.lines[i] };
    out->lines = lines;
    out->lines_n = out->sale.detail.lines_n;
    out->id = api_id_owned(c, "pur", (int64_t[]){ ref.member_id, ref.purchase_id });
    out->member = api_id(c, "mem", ref.member_id);
    out->store = api_store(c, out->sale.store_id);
    call->answer = out;
    return RC_OK;
}

/* ---- a member's sales ---- */

struct row_view {
    const char *id, *member, *store, *till, *receipt, *status, *channel;
    int64_t at, total_minor, left_minor;
    int32_t business_date;
};
struct list_answer { const struct row_view *items; size_t n; const char *next; };
#define ROW_FIELDS                                                                        \
    { "id", JT_TEXT, offsetof(struct row_view, id) },                                     \
    { "at", JT_MOMENT, offsetof(struct row_view, at) },                                   \
    { "business_date", JT_DATE, offsetof(struct row_view, business_date) },               \
    { "store", JT_TEXT, offsetof(struct row_view, store) },                               \
    { "till", JT_TEXT, offsetof(struct row_view, till) },                                 \
    { "receipt", JT_TEXT, offsetof(struct row_view, receipt) },                           \
    { "channel", JT_TEXT, offsetof(struct row_view, channel) },                           \
    { "total_minor", JT_I64, offsetof(struct row_view, total_minor) },                    \
    { "left_minor", JT_I64, offsetof(struct row_view, left_minor) },                      \
    { "status", JT_TEXT, offsetof(struct row_view, status) }
JSON_SHAPE(row_shape, struct row_view, ROW_FIELDS);
static enum rc show_row(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_purchase_list_row *r = row;

    (void)call;
    *(struct row_view *)item = (struct row_view){
        .id = api_id_owned(c, "pur", (int64_t[]){ r->member_id, r->id }), .at = r->at,
        .business_date = (int32_t)r->business_date, .store = api_store(c, r->store_id),
        .till = r->till, .receipt = r->receipt, .channel = r->channel,
        .total_minor = r->total_minor, .left_minor = r->value_minor, .status = r->status };
    return RC_OK;
}

static enum rc ask_rows(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_purchase_list *v = ARENA_NEW(c->arena, struct sql_purchase_list);

    v->stores = scope_stores(c);
    *arg = v;
    return api_member_known(c, call, &v->member_id);
}

static const char *const statuses[] = { "live", "returned_in_part", "returned", "voided", NULL };
static const struct list_sort sorts[] = { { "at", { "at", "id" } },
                                          { "total", { "total_minor", "id" } } };
static const struct list_filter filters[] = {
    { "store", JT_TEXT, "store_id", DB_IS, .read = list_read_store },
    { "status", JT_TEXT, "status", DB_IS, .among = statuses },
    { "channel", JT_TEXT, "channel", DB_IS },
    { "receipt", JT_TEXT, "receipt", DB_IS },
    { "from", JT_DATE, "business_date", DB_FROM },
    { "to", JT_DATE, "business_date", DB_TO } };
static const struct list_column columns[] = {
    { "id", { "編號", "Id", "番号" } },
    { "at", { "時間", "When", "日時" } },
    { "business_date", { "營業日", "Business date", "営業日" } },
    { "store", { "門市", "Store", "店舗" } },
    { "till", { "收銀機", "Till", "レジ" } },
    { "receipt", { "單號", "Receipt", "伝票番号" } },
    { "channel", { "通路", "Channel", "チャネル" } },
    { "total_minor", { "金額", "Total", "金額" }, CELL_MONEY },
    { "left_minor", { "退貨後金額", "Left after returns", "返品後金額" }, CELL_MONEY },
    { "status", { "狀態", "Status", "状態" } } };
const struct list purchase_list = {
    .name = "purchases", .rows = &sql_def_purchase_list, .ask = ask_rows, .item = &row_shape,
    .show = show_row, LIST_SORTS(sorts), LIST_FILTERS(filters), LIST_COLUMNS(columns) };

/* ---- by what is printed on the receipt ---- */

struct receipt_query { const char *store, *receipt; int32_t date; };
static const struct json_field receipt_query_fields[] = {
    { "store", JT_TEXT, offsetof(struct receipt_query, store), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "receipt", JT_TEXT, offsetof(struct receipt_query, receipt), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "date", JT_DATE, offsetof(struct receipt_query, date), .flags = JF_REQUIRED },
};
const struct json_shape receipt_query_shape = { "receipt", sizeof(struct receipt_query),
                                                receipt_query_fields,
                                                ARRAY_LEN(receipt_query_fields) };
JSON_SHAPE(found_shape, struct row_view,
    { "member", JT_TEXT, offsetof(struct row_view, member) }, ROW_FIELDS);
static const struct json_field found_fields[] = {
    { "data", JT_LIST, offsetof(struct list_answer, items),
      .count_offset = offsetof(struct list_answer, n), .of = &found_shape },
};
const struct json_shape purchases_found_shape = { "purchases_found", sizeof(struct list_answer),
                                                  found_fields, ARRAY_LEN(found_fields) };

static enum rc read_found(struct ctx *c, const struct sql_receipt_find_row *r,
                          struct row_view *out)
{
    struct sql_purchase_row v = { .id = r->purchase_id, .member_id = r->member_id };
    enum rc rc = sql_purchase_row(c, &v);

    if (rc == RC_NOT_FOUND) return broken(c, "receipt.purchase");
    if (rc != RC_OK) return rc;
    *out = (struct row_view){
        .id = api_id_owned(c, "pur", (int64_t[]){ r->member_id, r->purchase_id }),
        .member = api_id(c, "mem", r->member_id), .at = v.at,
        .business_date = (int32_t)v.business_date, .store = api_store(c, v.store_id),
        .till = v.till, .receipt = v.receipt, .channel = v.channel,
        .total_minor = v.total_minor, .left_minor = v.value_minor, .status = v.status };
    return RC_OK;
}

/* A number that was made from an Idempotency-Key is on nobody's paper. */
enum rc purchase_api_find(struct ctx *c, struct call *call)
{
    const struct receipt_query *in = call->query;
    struct list_answer *out = ARENA_NEW(c->arena, struct list_answer);
    struct sql_receipt_find v = { .business_date = in->date, .number = in->receipt };
    const struct store *store;
    enum rc rc = purchase_store(c, in->store, &store);

    if (rc != RC_OK) return rc;
    v.store_id = store->id;
    if (!str_prefix(in->receipt, PURCHASE_KEY)) rc = sql_receipt_find(c, &v);
    struct row_view *items = ARENA_ARRAY(c->arena, struct row_view, v.n + 1);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        rc = read_found(c, &v.rows[i], &items[out->n++]);
    out->items = items;
    call->answer = out;
    return rc;
}
