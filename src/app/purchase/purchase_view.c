/* purchase_view.c -- one sale as it stands. */
#include "core/auth/scope.h"
#include "app/purchase/purchase_int.h"
#include "sql/purchase_sql.h"

static enum rc read_lines(struct ctx *c, const struct sql_purchase_lines *v,
                          struct purchase_detail *out)
{
    struct purchase_line *lines = ARENA_ARRAY(c->arena, struct purchase_line, v->n + 1);

    for (size_t i = 0; i < v->n; i++) {
        const struct sql_purchase_lines_row *r = &v->rows[i];
        lines[i] = (struct purchase_line){
            .sku = r->sku, .quantity = r->quantity, .list_minor = r->list_minor,
            .net_minor = r->net_minor, .returned = r->returned,
            .returned_minor = r->returned_minor };
        enum rc rc = discounts_read(c, r->discounts, &lines[i]);
        if (rc != RC_OK) return rc;
    }
    out->lines = lines;
    out->lines_n = v->n;
    return RC_OK;
}

enum rc purchase_get(struct ctx *c, const struct purchase_return *ref, struct purchase_view *out)
{
    struct sql_purchase_get row = { .id = ref->purchase_id, .member_id = ref->member_id };
    struct sql_purchase_lines lines = { .purchase_id = ref->purchase_id,
                                        .member_id = ref->member_id };
    struct event sale;
    enum rc rc;

    sql_purchase_get_ask(c, &row);
    sql_purchase_lines_ask(c, &lines);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    if (row.rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "purchase.unknown");
    if (row.rc != RC_OK || lines.rc != RC_OK) return row.rc != RC_OK ? row.rc : lines.rc;
    rc = event_get(c, ref->member_id, ref->purchase_id, &sale);
    if (rc == RC_NOT_FOUND) return broken(c, "purchase.event");
    if (rc != RC_OK) return rc;
    if (!scope_has(c, sale.store_id))
        return fail(c, RC_NOT_FOUND, "purchase.unknown");
    *out = (struct purchase_view){
        .id = sale.id, .member_id = ref->member_id, .at = sale.at, .store_id = sale.store_id,
        .total_minor = row.total_minor, .left_minor = sale.value_minor,
        .business_date = sale.business_date, .till = row.till, .receipt = row.receipt,
        .status = row.status, .channel = sale.channel,
        .detail = { .identified_by = row.identified_by } };
    rc = payments_read(c, row.payments, &out->detail);
    return rc == RC_OK ? read_lines(c, &lines, &out->detail) : rc;
}
