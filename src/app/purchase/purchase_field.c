/* purchase_field.c -- what rules may ask of a sale, and loading what the answers need. */
#include "app/purchase/purchase_int.h"
#include "base/limit.h"
#include "sql/purchase_sql.h"

static const struct purchase_detail *detail_of(const struct reading *r)
{
    static const struct purchase_detail none = { 0 };

    return r->event->detail ? r->event->detail : &none;
}

static enum rc put_int(struct json *out, int64_t i)
{
    *out = (struct json){ .kind = JSON_INT, .u.i = i };
    return RC_OK;
}

static struct json text(const char *s)
{
    if (!s) return (struct json){ .kind = JSON_NULL };
    return (struct json){ .kind = JSON_TEXT, .n = str_of(s).n, .u.text = s };
}

static enum rc get_total(const struct reading *r, struct json *out)
{
    return put_int(out, r->event->value_minor);
}

static enum rc get_quantity(const struct reading *r, struct json *out)
{
    const struct purchase_detail *d = detail_of(r);
    int64_t n = 0;

    for (size_t i = 0; i < d->lines_n; i++)
        if (__builtin_add_overflow(n, d->lines[i].quantity - d->lines[i].returned, &n))
            return broken(r->c, "purchase.quantity");
    return put_int(out, n);
}

static enum rc get_channel(const struct reading *r, struct json *out)
{
    *out = text(r->event->channel);
    return RC_OK;
}

static enum rc get_identified_by(const struct reading *r, struct json *out)
{
    *out = text(detail_of(r)->identified_by);
    return RC_OK;
}

/* A line that came back is not in the basket any more. */
static enum rc get_skus(const struct reading *r, struct json *out)
{
    const struct purchase_detail *d = detail_of(r);
    struct json *items = ARENA_ARRAY(r->c->arena, struct json, d->lines_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < d->lines_n; i++)
        if (d->lines[i].returned < d->lines[i].quantity) items[n++] = text(d->lines[i].sku);
    *out = (struct json){ .kind = JSON_LIST, .n = n, .u.items = items };
    return RC_OK;
}

static enum rc get_methods(const struct reading *r, struct json *out)
{
    struct purchase_detail d = *detail_of(r);
    enum rc rc = d.payments_raw ? payments_read(r->c, d.payments_raw, &d) : RC_OK;
    struct json *items = ARENA_ARRAY(r->c->arena, struct json, d.payments_n + 1);

    for (size_t i = 0; i < d.payments_n; i++) items[i] = text(d.payments[i].method);
    *out = (struct json){ .kind = JSON_LIST, .n = d.payments_n, .u.items = items };
    return rc;
}

static const struct field fields[] = {
    { .name = "purchase.total_minor", .type = FIELD_INT, .from = FIELD_TOLD,
      .on = EVENT_SALE, .measure = MEASURE_MONEY,
      .label = { "消費金額", "amount of the sale", "購入金額" },
      .help = { "這筆消費目前成立的金額，退貨已扣除。",
                "What stands of the sale, less what was returned.",
                "返品を除いた、成立している購入金額。" },
      .get = get_total },
    { .name = "purchase.quantity", .type = FIELD_INT, .from = FIELD_TOLD,
      .on = EVENT_SALE, .measure = MEASURE_COUNT,
      .label = { "件數", "number of items", "点数" },
      .help = { "買了幾件，退貨已扣除。",
                "How many items, less what came back.",
                "購入点数。返品分を除きます。" },
      .get = get_quantity },
    { .name = "purchase.channel", .type = FIELD_TEXT, .from = FIELD_TOLD, .on = EVENT_SALE,
      .label = { "通路", "channel", "チャネル" },
      .help = { "收銀機回報的通路，例如外送。",
                "As the till told it, such as delivery.",
                "レジが伝えたチャネル。例：デリバリー。" },
      .get = get_channel },
    { .name = "purchase.identified_by", .type = FIELD_TEXT, .from = FIELD_TOLD, .on = EVENT_SALE,
      .label = { "出示方式", "how the member was identified", "会員の確認方法" },
      .help = { "會員用什麼辨識：手機、會員卡等。",
                "By phone, card or the like.",
                "電話番号、会員証など。" },
      .get = get_identified_by },
    { .name = "purchase.skus", .type = FIELD_TEXTS, .from = FIELD_TOLD, .on = EVENT_SALE,
      .label = { "商品", "products", "商品" },
      .help = { "買了哪些商品，以貨號表示。",
                "What was bought, by its number.",
                "購入した商品の品番。" },
      .get = get_skus },
    { .name = "purchase.payment_methods", .type = FIELD_TEXTS, .from = FIELD_TOLD, .on = EVENT_SALE,
      .label = { "付款方式", "payment methods", "支払方法" },
      .help = { "用了哪些付款方式。",
                "How it was paid.",
                "利用した支払方法。" },
      .get = get_methods },
};
const struct field_list purchase_fields = LISTED(fields);

/* ---- loading, for a fold over many sales -------------------------------------------------- */

/* Made by purchase_load: the details of this list are its own to fill.  Rows come in the order of
 * the list, so each search goes on from where the last one ended. */
static struct purchase_detail *find_detail(struct event_list *events, size_t *from, int64_t id)
{
    while (*from < events->n && events->items[*from].id != id) ++*from;
    if (*from == events->n) return NULL;
    return (struct purchase_detail *)(uintptr_t)events->items[*from].detail;
}

/* Payments are read when a rule asks for them: a fold over many sales rarely does. */
static void load_heads(const struct sql_purchase_timeline *v, struct event_list *events)
{
    size_t from = 0;

    for (size_t i = 0; i < v->n; i++) {
        struct purchase_detail *d = find_detail(events, &from, v->rows[i].id);
        if (!d) continue;
        d->identified_by = v->rows[i].identified_by;
        d->payments_raw = v->rows[i].payments;
    }
}

static struct purchase_line line_of(const struct sql_purchase_line_timeline_row *r)
{
    return (struct purchase_line){ .sku = r->sku, .quantity = r->quantity,
                                   .list_minor = r->list_minor, .net_minor = r->net_minor,
                                   .returned = r->returned, .returned_minor = r->returned_minor };
}

/* Rows come ordered by sale: each run of them is one sale's lines. */
static void load_lines(struct ctx *c, const struct sql_purchase_line_timeline *v,
                       struct event_list *events)
{
    struct purchase_line *lines = ARENA_ARRAY(c->arena, struct purchase_line, v->n + 1);
    size_t from = 0;

    for (size_t i = 0, k; i < v->n; i = k) {
        struct purchase_detail *d = find_detail(events, &from, v->rows[i].purchase_id);
        for (k = i; k < v->n && v->rows[k].purchase_id == v->rows[i].purchase_id; k++)
            lines[k] = line_of(&v->rows[k]);
        if (!d) continue;
        d->lines = &lines[i];
        d->lines_n = k - i;
    }
}

/* The last sale whose lines did not all come is left for the next list. */
static void cut_at_lines(const struct sql_purchase_line_timeline *v, struct event_list *events)
{
    size_t n = 0;

    if (v->n < (size_t)v->max) return;
    while (n < events->n && events->items[n].id != v->rows[v->n - 1].purchase_id) n++;
    events->n = n > 0 ? n : 1;
}

/* Those told in this unit of work bring theirs along. */
static size_t make_details(struct ctx *c, struct event_list *events)
{
    size_t n = 0;

    for (size_t i = 0; i < events->n; i++) {
        struct event *e = &events->items[i];
        if (!str_eq(e->name, EVENT_SALE) || e->detail) continue;
        e->detail = ARENA_NEW(c->arena, struct purchase_detail);
        n++;
    }
    return n;
}

enum rc purchase_load(struct ctx *c, int64_t member_id, struct event_list *events, size_t max)
{
    struct sql_purchase_timeline heads = { .member_id = member_id };
    struct sql_purchase_line_timeline lines = { .member_id = member_id };
    enum rc rc;

    if (events->n == 0 || make_details(c, events) == 0) return RC_OK;
    heads.from_at = lines.from_at = events->items[0].at;
    heads.from_id = lines.from_id = events->items[0].id;
    heads.upto_at = lines.upto_at = events->items[events->n - 1].at;
    heads.upto_id = lines.upto_id = events->items[events->n - 1].id;
    /* At least the lines of one whole sale. */
    lines.max = (int64_t)(max > LIMIT_LINES ? max : LIMIT_LINES + 1);
    sql_purchase_timeline_ask(c, &heads);
    sql_purchase_line_timeline_ask(c, &lines);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = heads.rc != RC_OK ? heads.rc : lines.rc;
    if (rc != RC_OK) return rc;
    cut_at_lines(&lines, events);
    load_heads(&heads, events);
    load_lines(c, &lines, events);
    return RC_OK;
}
