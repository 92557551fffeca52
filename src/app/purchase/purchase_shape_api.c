/* purchase_shape_api.c -- a sale in and its answer out, as JSON. */
#include "app/purchase/purchase_api.h"
#include "base/limit.h"

enum { QUANTITY_MAX = 1000000, BIN_MAX = 8 };

#define MONEY(struct_, field, ...)                                                        \
    { #field, JT_I64, offsetof(struct_, field), .min = 0, .max = LIMIT_MONEY_MINOR, __VA_ARGS__ }
#define CODE(struct_, field, ...)                                                         \
    { #field, JT_TEXT, offsetof(struct_, field), .min = 1, .max = LIMIT_CODE, __VA_ARGS__ }

JSON_SHAPE(discount_shape, struct purchase_discount,
    CODE(struct purchase_discount, by, .flags = JF_REQUIRED),
    { "text", JT_TEXT, offsetof(struct purchase_discount, text), .min = 1, .max = LIMIT_TEXT },
    MONEY(struct purchase_discount, amount_minor, .flags = JF_REQUIRED));
JSON_SHAPE(line_shape, struct purchase_line,
    CODE(struct purchase_line, sku, .flags = JF_REQUIRED),
    { "quantity", JT_I64, offsetof(struct purchase_line, quantity), .flags = JF_REQUIRED, .min = 1,
      .max = QUANTITY_MAX },
    MONEY(struct purchase_line, list_minor, .flags = 0),
    MONEY(struct purchase_line, net_minor, .flags = JF_REQUIRED),
    { "discounts", JT_LIST, offsetof(struct purchase_line, discounts),
      .count_offset = offsetof(struct purchase_line, discounts_n), .of = &discount_shape,
      .count_max = LIMIT_DISCOUNTS });
JSON_SHAPE(payment_shape, struct purchase_payment,
    CODE(struct purchase_payment, method, .flags = JF_REQUIRED),
    CODE(struct purchase_payment, wallet, .flags = 0),
    CODE(struct purchase_payment, issuer, .flags = 0),
    { "bin", JT_TEXT, offsetof(struct purchase_payment, bin), .min = 6, .max = BIN_MAX },
    MONEY(struct purchase_payment, amount_minor, .flags = JF_REQUIRED));

#define SALE_FIELDS                                                                       \
    { "member", JT_TEXT, offsetof(struct sale_doc, member), .flags = JF_REQUIRED,         \
      .min = 1, .max = LIMIT_TEXT },                                                      \
    CODE(struct sale_doc, store, .flags = JF_REQUIRED),                                   \
    CODE(struct sale_doc, till, .flags = 0),                                              \
    CODE(struct sale_doc, receipt, .flags = 0),                                           \
    { "business_date", JT_DATE, offsetof(struct sale_doc, business_date) },               \
    { "at", JT_MOMENT, offsetof(struct sale_doc, at) },                                   \
    MONEY(struct sale_doc, total_minor, .flags = JF_REQUIRED),                            \
    { "lines", JT_LIST, offsetof(struct sale_doc, lines),                                 \
      .count_offset = offsetof(struct sale_doc, lines_n), .of = &line_shape,              \
      .count_max = LIMIT_LINES },                                                         \
    { "payments", JT_LIST, offsetof(struct sale_doc, payments),                           \
      .count_offset = offsetof(struct sale_doc, payments_n), .of = &payment_shape,        \
      .count_max = LIMIT_PAYMENTS },                                                      \
    CODE(struct sale_doc, channel, .flags = 0),                                           \
    CODE(struct sale_doc, identified_by, .flags = 0)

static const struct json_field sale_fields[] = { SALE_FIELDS };
const struct json_shape sale_shape = { "sale", sizeof(struct sale_doc), sale_fields,
                                       ARRAY_LEN(sale_fields) };
static const struct json_field sale_item_fields[] = {
    SALE_FIELDS,
    { "key", JT_TEXT, offsetof(struct sale_doc, key), .min = 1, .max = LIMIT_IDEMPOTENCY_KEY },
};
const struct json_shape sale_item_shape = { "sale_item", sizeof(struct sale_doc),
                                            sale_item_fields, ARRAY_LEN(sale_item_fields) };

/* ---- out ---- */

static const struct json_field answer_fields[] = {
    { "id", JT_TEXT, offsetof(struct sale_answer, id) },
    { "member", JT_TEXT, offsetof(struct sale_answer, member) },
    { "at", JT_MOMENT, offsetof(struct sale_answer, at) },
    { "business_date", JT_DATE, offsetof(struct sale_answer, business_date) },
    { "store", JT_TEXT, offsetof(struct sale_answer, store) },
    { "till", JT_TEXT, offsetof(struct sale_answer, till) },
    { "receipt", JT_TEXT, offsetof(struct sale_answer, receipt) },
    { "total_minor", JT_I64, offsetof(struct sale_answer, total_minor) },
    { "status", JT_TEXT, offsetof(struct sale_answer, status) },
    { "pending", JT_BOOL, offsetof(struct sale_answer, is_pending) },
    { "earned", JT_LIST, offsetof(struct sale_answer, earned),
      .count_offset = offsetof(struct sale_answer, earned_n), .of = &earned_shape },
    DIFFERENCES_FIELDS(struct sale_answer, differences),
    { "raised", JT_LIST, offsetof(struct sale_answer, raised.items),
      .count_offset = offsetof(struct sale_answer, raised.n), .of = &raised_shape },
    { "balances", JT_LIST, offsetof(struct sale_answer, balances.items),
      .count_offset = offsetof(struct sale_answer, balances.n), .of = &balance_shape },
    { "tier", JT_OBJECT, offsetof(struct sale_answer, tier), .of = &tier_standing_shape },
};
const struct json_shape sale_answer_shape = { "sale_answer", sizeof(struct sale_answer),
                                              answer_fields, ARRAY_LEN(answer_fields) };
