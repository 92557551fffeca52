/* purchase_column.c -- payments and discounts as text columns: told by the till, kept as they
 * are. */
#include "app/purchase/purchase_int.h"
#include "base/limit.h"
#include "core/ctx.h"

struct payments_doc { const struct purchase_payment *items; size_t n; };
struct discounts_doc { const struct purchase_discount *items; size_t n; };

JSON_SHAPE(payment_shape, struct purchase_payment,
    { "method", JT_TEXT, offsetof(struct purchase_payment, method), .flags = JF_OMIT },
    { "wallet", JT_TEXT, offsetof(struct purchase_payment, wallet), .flags = JF_OMIT },
    { "issuer", JT_TEXT, offsetof(struct purchase_payment, issuer), .flags = JF_OMIT },
    { "bin", JT_TEXT, offsetof(struct purchase_payment, bin), .flags = JF_OMIT },
    { "amount_minor", JT_I64, offsetof(struct purchase_payment, amount_minor),
      .min = -LIMIT_MONEY_MINOR, .max = LIMIT_MONEY_MINOR, .flags = JF_OMIT });
JSON_SHAPE(payments_shape, struct payments_doc,
    { "p", JT_LIST, offsetof(struct payments_doc, items),
      .count_offset = offsetof(struct payments_doc, n), .of = &payment_shape,
      .count_max = LIMIT_PAYMENTS });
JSON_SHAPE(discount_shape, struct purchase_discount,
    { "by", JT_TEXT, offsetof(struct purchase_discount, by), .flags = JF_OMIT },
    { "text", JT_TEXT, offsetof(struct purchase_discount, text), .flags = JF_OMIT },
    { "amount_minor", JT_I64, offsetof(struct purchase_discount, amount_minor),
      .min = -LIMIT_MONEY_MINOR, .max = LIMIT_MONEY_MINOR });
JSON_SHAPE(discounts_shape, struct discounts_doc,
    { "d", JT_LIST, offsetof(struct discounts_doc, items),
      .count_offset = offsetof(struct discounts_doc, n), .of = &discount_shape,
      .count_max = LIMIT_DISCOUNTS });

static const char *write(struct ctx *c, const struct json_shape *shape, const void *doc)
{
    struct buf b;

    buf_init(&b, c->arena, 64 << 10);
    json_write(shape, doc, &b);
    return buf_cstr(&b);
}

static enum rc read(struct ctx *c, const char *text, const struct json_shape *shape, void *doc)
{
    struct json_reader r = { .arena = c->arena };
    struct json_error error;
    struct json tree;

    if (json_parse(c->arena, str_of(text), &tree, &error) == RC_OK
        && json_read(&r, shape, &tree, doc) == RC_OK)
        return RC_OK;
    return broken(c, "purchase.column");
}

const char *payments_text(struct ctx *c, const struct purchase_payment *p, size_t n)
{
    return n ? write(c, &payments_shape, &(struct payments_doc){ p, n }) : NULL;
}

enum rc payments_read(struct ctx *c, const char *text, struct purchase_detail *out)
{
    struct payments_doc doc = { 0 };
    enum rc rc = text ? read(c, text, &payments_shape, &doc) : RC_OK;

    out->payments = doc.items;
    out->payments_n = doc.n;
    return rc;
}

const char *discounts_text(struct ctx *c, const struct purchase_line *line)
{
    return line->discounts_n
         ? write(c, &discounts_shape, &(struct discounts_doc){ line->discounts, line->discounts_n })
         : NULL;
}

enum rc discounts_read(struct ctx *c, const char *text, struct purchase_line *out)
{
    struct discounts_doc doc = { 0 };
    enum rc rc = text ? read(c, text, &discounts_shape, &doc) : RC_OK;

    out->discounts = doc.items;
    out->discounts_n = doc.n;
    return rc;
}
