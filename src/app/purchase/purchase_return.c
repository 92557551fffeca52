/* purchase_return.c -- what comes back: whole, by line or by amount, several times, never more than
 * was sold. */
#include <assert.h>

#include "core/auth/scope.h"
#include "app/purchase/purchase_int.h"
#include "base/buf.h"
#include "base/limit.h"
#include "base/wide.h"
#include "sql/purchase_sql.h"

struct taking_back {
    const struct purchase_return *in;
    struct event sale;
    struct sql_purchase_get row;
    struct sql_purchase_lines lines;
    int64_t amount_minor;
    bool is_line_changed[LIMIT_LINES];
    struct { int64_t returned, returned_minor; } line[LIMIT_LINES];
};

static enum rc load(struct ctx *c, struct taking_back *t)
{
    const struct purchase_return *in = t->in;
    enum rc rc;

    t->row = (struct sql_purchase_get){ .id = in->purchase_id, .member_id = in->member_id };
    t->lines = (struct sql_purchase_lines){ .purchase_id = in->purchase_id,
                                            .member_id = in->member_id };
    sql_purchase_get_ask(c, &t->row);
    sql_purchase_lines_ask(c, &t->lines);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    if (t->row.rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "purchase.unknown");
    if (t->row.rc != RC_OK) return t->row.rc;
    if (t->lines.rc != RC_OK) return t->lines.rc;
    return event_get(c, in->member_id, in->purchase_id, &t->sale);
}

static enum rc check_state(struct ctx *c, const struct taking_back *t)
{
    const struct store *store = conf_store(c->conf, t->sale.store_id);

    if (!scope_has(c, t->sale.store_id))
        return fail(c, RC_NOT_FOUND, "purchase.unknown");
    if (str_eq(t->row.status, "voided")) return fail(c, RC_CONFLICT, "purchase.voided");
    if (str_eq(t->row.status, "returned")) return fail(c, RC_CONFLICT, "purchase.returned");
    if (!t->in->is_void) return RC_OK;
    int32_t today = date_business(store ? store->zone : c->conf->zone, c->now,
                                  store ? store->day_cut_min : 0);
    if (today > t->sale.business_date && t->in->moved_to == 0)
        return fail(c, RC_CONFLICT, "purchase.void_late");
    if (!str_eq(t->row.status, "live")) return fail(c, RC_CONFLICT, "purchase.void_in_part");
    return RC_OK;
}

/* The last pieces of a line take what is left of its money. */
static int64_t share(const struct sql_purchase_lines_row *l, int64_t quantity, int64_t returned,
                     int64_t returned_minor)
{
    if (returned + quantity == l->quantity) return l->net_minor - returned_minor;
    return (int64_t)((i128)l->net_minor * quantity / l->quantity);
}

static enum rc take_line(struct ctx *c, struct taking_back *t, const struct purchase_return_line *r)
{
    if (r->n < 0 || (size_t)r->n >= t->lines.n)
        return fail_at(c, RC_INVALID, "return.line_unknown", "/lines",
                       "The sale has no such line.");
    const struct sql_purchase_lines_row *l = &t->lines.rows[r->n];
    int64_t *returned = &t->line[r->n].returned, *money = &t->line[r->n].returned_minor;
    int64_t amount = r->amount_minor;
    if (r->quantity > l->quantity - *returned)
        return fail(c, RC_CONFLICT, "return.too_much");
    if (amount == JSON_ABSENT) amount = share(l, r->quantity, *returned, *money);
    if (amount > l->net_minor - *money) return fail(c, RC_CONFLICT, "return.too_much");
    *returned += r->quantity;
    *money += amount;
    t->is_line_changed[r->n] = true;
    t->amount_minor += amount;
    return RC_OK;
}

static void take_rest(struct taking_back *t)
{
    t->amount_minor = t->sale.value_minor;
    for (size_t i = 0; i < t->lines.n; i++) {
        t->line[i].returned = t->lines.rows[i].quantity;
        t->line[i].returned_minor = t->lines.rows[i].net_minor;
        t->is_line_changed[i] = true;
    }
}

static enum rc decide(struct ctx *c, struct taking_back *t)
{
    const struct purchase_return *in = t->in;

    for (size_t i = 0; i < t->lines.n && i < LIMIT_LINES; i++) {
        t->line[i].returned = t->lines.rows[i].returned;
        t->line[i].returned_minor = t->lines.rows[i].returned_minor;
    }
    for (size_t i = 0; i < in->lines_n; i++) {
        enum rc rc = take_line(c, t, &in->lines[i]);
        if (rc != RC_OK) return rc;
    }
    if (in->lines_n == 0 && in->amount_minor != JSON_ABSENT) t->amount_minor = in->amount_minor;
    if (in->lines_n == 0 && in->amount_minor == JSON_ABSENT) take_rest(t);
    if (t->amount_minor > t->sale.value_minor) return fail(c, RC_CONFLICT, "return.too_much");
    return RC_OK;
}

/* A sale of nothing, or of which every line came back, is returned whole too. */
static bool is_whole(const struct taking_back *t)
{
    bool is_all_lines = t->lines.n > 0;

    if (t->in->lines_n == 0 && t->in->amount_minor == JSON_ABSENT) return true;
    for (size_t i = 0; i < t->lines.n; i++)
        if (t->line[i].returned < t->lines.rows[i].quantity) is_all_lines = false;
    return is_all_lines || (t->sale.value_minor == t->amount_minor && t->amount_minor > 0);
}

static const char *lines_text(struct ctx *c, const struct purchase_return *in)
{
    struct buf b;

    if (in->lines_n == 0) return NULL;
    buf_init(&b, c->arena, 64 << 10);
    buf_addc(&b, '[');
    for (size_t i = 0; i < in->lines_n; i++)
        buf_addf(&b, "%s[%lld,%lld]", i ? "," : "", (long long)in->lines[i].n,
                 (long long)in->lines[i].quantity);
    buf_addc(&b, ']');
    return buf_cstr(&b);
}

static enum rc write(struct ctx *c, struct taking_back *t, struct purchase_returned *out)
{
    const struct purchase_return *in = t->in;
    struct sql_purchase_status status = { .id = in->purchase_id, .member_id = in->member_id,
                                          .status = out->status };
    struct sql_refund_add refund = { .id = out->id, .member_id = in->member_id,
                                     .purchase_id = in->purchase_id,
                                     .amount_minor = t->amount_minor, .reason = in->reason,
                                     .lines = lines_text(c, in), .moved_to = in->moved_to,
                                     .moved_member_id = in->moved_member_id };
    enum rc rc = event_stands(c, in->member_id, &t->sale);

    refund.seal = REFUND_SEAL(c, &refund, refund.member_id);
    if (rc == RC_OK) rc = sql_purchase_status(c, &status);
    if (rc == RC_OK) rc = sql_refund_add(c, &refund);
    for (size_t i = 0; rc == RC_OK && i < t->lines.n; i++) {
        struct sql_purchase_line_returned line = {
            .purchase_id = in->purchase_id, .n = t->lines.rows[i].n, .member_id = in->member_id,
            .returned = t->line[i].returned, .returned_minor = t->line[i].returned_minor };
        if (t->is_line_changed[i]) rc = sql_purchase_line_returned(c, &line);
    }
    return rc;
}

static struct event *make_event(struct ctx *c, const struct taking_back *t)
{
    struct event *e = ARENA_NEW(c->arena, struct event);

    *e = (struct event){
        .id = id_next(c->ids), .at = c->now, .business_date = date_of(c->conf->zone, c->now),
        .name = t->in->is_void ? "purchase.voided" : "purchase.returned",
        .store_id = t->sale.store_id, .company_id = t->sale.company_id,
        .cause_id = t->in->purchase_id, .channel = t->sale.channel,
        .payload = arena_printf(c->arena, "{\"amount_minor\":%lld}", (long long)t->amount_minor) };
    return e;
}

enum rc purchase_return(struct ctx *c, const struct purchase_return *in,
                        struct purchase_returned *out)
{
    struct taking_back *t = ARENA_NEW(c->arena, struct taking_back);
    struct event *e;
    enum rc rc;

    *out = (struct purchase_returned){ 0 };
    t->in = in;
    timeline_ask(&out->timeline, c, in->member_id);      /* the lock, before anything is read */
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = load(c, t);
    if (rc == RC_OK) rc = check_state(c, t);
    if (rc == RC_OK) rc = decide(c, t);
    if (rc == RC_OK) rc = timeline_open(&out->timeline);
    if (rc != RC_OK) return rc;

    e = make_event(c, t);
    out->id = e->id;
    out->amount_minor = t->amount_minor;
    t->sale.is_live = !is_whole(t);
    t->sale.value_minor -= t->amount_minor;
    out->left_minor = t->sale.value_minor;
    out->status = in->is_void ? "voided" : t->sale.is_live ? "returned_in_part" : "returned";
    rc = timeline_tell(&out->timeline, e);
    if (rc == RC_OK) rc = write(c, t, out);
    if (rc == RC_OK)
        rc = timeline_changed(&out->timeline, &(struct past_change){
            .event_id = in->purchase_id, .from_at = t->sale.at, .cause = e, .may_refuse = true });
    return rc == RC_OK ? timeline_close(&out->timeline) : rc;
}
