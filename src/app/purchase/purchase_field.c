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

const struct field purchase_fields[PURCHASE_FIELDS_N] = {
    { "purchase.total_minor", FIELD_INT, FIELD_TOLD, "消費金額", "amount of the sale", EVENT_SALE,
      get_total },
    { "purchase.quantity", FIELD_INT, FIELD_TOLD, "件數", "number of items", EVENT_SALE,
      get_quantity },
    { "purchase.channel", FIELD_TEXT, FIELD_TOLD, "通路", "channel", EVENT_SALE, get_channel },
    { "purchase.identified_by", FIELD_TEXT, FIELD_TOLD, "出示方式", "how the member was identified",
      EVENT_SALE, get_identified_by },
    { "purchase.skus", FIELD_TEXTS, FIELD_TOLD, "商品", "products", EVENT_SALE, get_skus },
    { "purchase.payment_methods", FIELD_TEXTS, FIELD_TOLD, "付款方式", "payment methods", EVENT_SALE,
      get_methods },
};

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
