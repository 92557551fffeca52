/* purchase.c -- telling a sale: the claim of its receipt, the member, and everything that
 * follows. */
#include "app/purchase/purchase_int.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limit.h"
#include "core/auth/scope.h"
#include "core/note.h"
#include "sql/member_sql.h"
#include "sql/purchase_sql.h"

enum { AHEAD_MS = 600000 };              /* a till's clock may run ahead by ten minutes */

struct telling {
    const struct purchase_tell *in;
    const struct store *store;
    int64_t at, told_at;                 /* told_at 0: the till gave no time */
    int32_t business_date;
    const char *receipt;
};

static enum rc check_lines(struct ctx *c, const struct purchase_tell *in)
{
    int64_t sum = 0;

    for (size_t i = 0; i < in->lines_n; i++)
        if (__builtin_add_overflow(sum, in->lines[i].net_minor, &sum)) sum = -1;
    if (in->lines_n == 0 || sum == in->total_minor) return RC_OK;
    return fail_at(c, RC_INVALID, "purchase.lines_differ", "/total_minor",
                   arena_printf(c->arena, "The lines add up to %lld.", (long long)sum));
}

enum rc purchase_store(struct ctx *c, const char *ref, const struct store **out)
{
    int64_t id;

    *out = id_parse("sto", ref, &id) ? conf_store(c->conf, id) : conf_store_by_code(c->conf, ref);
    if (*out && !scope_has(c, (*out)->id))
        return fail_at(c, RC_DENIED, "store.other", "/store", "This key belongs to another store.");
    if (*out) return RC_OK;
    return fail_at(c, RC_NOT_FOUND, "store.unknown", "/store", "There is no such store.");
}

static enum rc place(struct ctx *c, struct telling *t)
{
    const struct purchase_tell *in = t->in;
    bool is_told = in->at != JSON_ABSENT;

    t->at = is_told ? in->at : c->now;
    t->told_at = is_told ? in->at : 0;
    if (t->at > c->now + AHEAD_MS)
        return fail_at(c, RC_INVALID, "purchase.at_future", "/at",
                       "The time lies more than ten minutes ahead of the clock here.");
    if (t->at > c->now) t->at = c->now;
    t->business_date = date_business(t->store->zone, t->at, t->store->day_cut_min);
    if (in->business_date != JSON_ABSENT_DATE) {
        if (abs(in->business_date - t->business_date) > LIMIT_DATE_DAYS)
            return fail_at(c, RC_INVALID, "purchase.date_far", "/business_date",
                           arena_printf(c->arena, "must lie within %d days of the time of the sale",
                                        LIMIT_DATE_DAYS));
        t->business_date = in->business_date;
    }
    t->receipt = in->receipt;
    if (!t->receipt && in->key)
        t->receipt = arena_printf(c->arena, PURCHASE_KEY "%lld:%s", (long long)c->actor.id,
                                  in->key);
    if (!t->receipt)
        return fail_at(c, RC_INVALID, "purchase.receipt_missing", "/receipt",
                       "Give the receipt number, or an Idempotency-Key.");
    return RC_OK;
}

/* A receipt made from a key is the same on every day: the retry after midnight is no new sale. */
static int64_t claim_date(const struct telling *t)
{
    return str_prefix(t->receipt, PURCHASE_KEY) ? 0 : t->business_date;
}

static const char *differs_text(struct ctx *c, const struct telling *t, int64_t first_minor)
{
    struct json_pair pairs[] = {
        { "receipt", { .kind = JSON_TEXT, .n = str_of(t->receipt).n, .u.text = t->receipt } },
        { "total_minor", { .kind = JSON_INT, .u.i = t->in->total_minor } },
        { "first_total_minor", { .kind = JSON_INT, .u.i = first_minor } },
    };
    struct json object = { .kind = JSON_OBJECT, .n = ARRAY_LEN(pairs), .u.pairs = pairs };
    struct buf text;

    buf_init(&text, c->arena, 4 << 10);
    json_emit(&object, &text);
    return buf_cstr(&text);
}

/* Told for somebody whose sale it was before it was moved. */
static enum rc was_theirs(struct ctx *c, const struct telling *t, const struct purchase_told *out,
                          bool *yes)
{
    struct sql_purchase_moved v = { .member_id = out->member_id, .store_id = t->store->id,
                                    .business_date = claim_date(t), .till = t->in->till,
                                    .receipt = t->receipt };
    enum rc rc = sql_purchase_moved(c, &v);

    *yes = v.n > 0;
    return rc;
}

/* The claim was lost: the same telling repeats the first answer, another one is noted. */
static enum rc told_before(struct ctx *c, const struct telling *t, struct purchase_told *out)
{
    struct sql_receipt_get v = { .store_id = t->store->id, .business_date = claim_date(t),
                                 .till = t->in->till, .number = t->receipt };
    enum rc rc = sql_receipt_get(c, &v);

    if (rc == RC_NOT_FOUND) return RC_BUSY;      /* the first telling was taken back meanwhile */
    if (rc != RC_OK) return rc;
    bool is_alike = v.total_minor == t->in->total_minor && v.told_at == t->told_at;
    if (is_alike && v.member_id != out->member_id) rc = was_theirs(c, t, out, &is_alike);
    if (rc != RC_OK) return rc;
    if (is_alike) {
        out->id = v.purchase_id;
        out->member_id = v.member_id;
        out->is_repeat = true;
        return RC_OK;
    }
    note(c, &(struct note){ .what = "purchase.receipt_differs", .member_id = out->member_id,
                            .subject_id = v.purchase_id,
                            .detail = differs_text(c, t, v.total_minor) });
    return fail_at(c, RC_CONFLICT, "purchase.receipt_differs", "/receipt",
                   "This receipt was told before with another amount, member or time.");
}

static enum rc write_rows(struct ctx *c, const struct telling *t, const struct purchase_told *out)
{
    const struct purchase_tell *in = t->in;
    struct sql_purchase_add p = {
        .id = out->id, .member_id = out->member_id, .till = in->till, .receipt = t->receipt,
        .total_minor = in->total_minor, .identified_by = in->identified_by,
        .payments = payments_text(c, in->payments, in->payments_n) };
    struct sql_purchase_line_add_row *rows =
        ARENA_ARRAY(c->arena, struct sql_purchase_line_add_row, in->lines_n + 1);
    struct seal seal;
    enum rc rc;

    seal_begin(&seal, c->arena, "purchase");
    seal_row(&seal, PURCHASE_CELLS(&p, p.member_id));
    for (size_t i = 0; i < in->lines_n; i++) {
        rows[i] = (struct sql_purchase_line_add_row){
            .purchase_id = out->id, .n = (int64_t)i, .member_id = out->member_id,
            .sku = in->lines[i].sku, .quantity = in->lines[i].quantity,
            .list_minor = in->lines[i].list_minor, .net_minor = in->lines[i].net_minor,
            .discounts = discounts_text(c, &in->lines[i]) };
        seal_row(&seal, LINE_CELLS(&rows[i]));
    }
    p.seal = seal_end(&seal);
    rc = sql_purchase_add(c, &p);
    return rc == RC_OK ? sql_purchase_line_add(c, rows, in->lines_n) : rc;
}

static enum rc tell(struct ctx *c, const struct telling *t, struct purchase_told *out)
{
    struct purchase_detail *detail = ARENA_NEW(c->arena, struct purchase_detail);
    struct event *e = ARENA_NEW(c->arena, struct event);
    enum rc rc;

    if (out->timeline.fold.m.spend_minor > LIMIT_SPEND_MINOR - t->in->total_minor)
        return fail_at(c, RC_CONFLICT, "purchase.spend_limit", "/total_minor",
                       "All that this member bought would be more than can be counted.");

    *detail = (struct purchase_detail){ t->in->lines, t->in->lines_n, t->in->payments,
                                        t->in->payments_n, t->in->identified_by };
    *e = (struct event){ .id = out->id, .name = EVENT_SALE, .at = t->at,
                         .business_date = t->business_date, .store_id = t->store->id,
                         .company_id = t->store->company_id, .value_minor = t->in->total_minor,
                         .channel = t->in->channel, .detail = detail,
                         .made = t->in->is_silent ? EVENT_SILENT : EVENT_TOLD };
    rc = timeline_tell(&out->timeline, e);
    if (rc == RC_OK) rc = write_rows(c, t, out);
    return rc == RC_OK ? timeline_close(&out->timeline) : rc;
}

enum rc purchase_commit(struct ctx *c, const struct purchase_tell *in, struct purchase_told *out)
{
    struct telling t = { .in = in };
    enum rc rc = check_lines(c, in);

    *out = (struct purchase_told){ 0 };
    if (rc == RC_OK) rc = purchase_store(c, in->store, &t.store);
    if (rc == RC_OK) rc = place(c, &t);
    if (rc == RC_OK) rc = member_find(c, in->member, &out->member_id);
    if (rc != RC_OK) return rc;
    out->id = id_next(c->ids);
    out->at = t.at;
    out->business_date = t.business_date;
    out->till = in->till;
    out->receipt = t.receipt;

    struct sql_receipt_claim claim = {
        .store_id = t.store->id, .business_date = claim_date(&t), .till = in->till,
        .number = t.receipt, .member_id = out->member_id, .purchase_id = out->id,
        .total_minor = in->total_minor, .told_at = t.told_at };
    sql_receipt_claim_ask(c, &claim);
    timeline_ask(&out->timeline, c, out->member_id);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    if (claim.rc == RC_NOT_FOUND) return told_before(c, &t, out);
    rc = timeline_open(&out->timeline);
    return rc == RC_OK ? tell(c, &t, out) : rc;
}

/* ---- to another member ---- */

struct moving {
    const struct purchase_move *in;
    struct purchase_view sale;
    struct event event;
    struct purchase_tell tell;
    struct telling telling;
};

/* Both locks in the order of their ids: two that move to and fro do not wait for each other. */
static enum rc lock_both(struct ctx *c, const struct purchase_move *in)
{
    bool is_up = in->member_id < in->to_member_id;
    struct sql_member_lock first = { .id = is_up ? in->member_id : in->to_member_id };
    struct sql_member_lock second = { .id = is_up ? in->to_member_id : in->member_id };

    sql_member_lock_ask(c, &first);
    sql_member_lock_ask(c, &second);
    return db_sync(c->db);
}

static enum rc read_sale(struct ctx *c, struct moving *m)
{
    struct purchase_return ref = { .member_id = m->in->member_id,
                                   .purchase_id = m->in->purchase_id };
    enum rc rc = purchase_get(c, &ref, &m->sale);

    if (rc == RC_OK) rc = event_get(c, ref.member_id, ref.purchase_id, &m->event);
    if (rc != RC_OK) return rc;
    if (str_eq(m->sale.status, "live") && m->in->member_id == m->in->to_member_id)
        return fail_at(c, RC_CONFLICT, "purchase.same_member", "/member",
                       "The sale is this member's already.");
    m->tell = (struct purchase_tell){
        .till = m->sale.till, .receipt = m->sale.receipt, .total_minor = m->sale.total_minor,
        .lines = m->sale.detail.lines, .lines_n = m->sale.detail.lines_n,
        .payments = m->sale.detail.payments, .payments_n = m->sale.detail.payments_n,
        .channel = m->sale.channel, .identified_by = m->sale.detail.identified_by,
        .is_silent = m->event.made == EVENT_SILENT };
    m->telling = (struct telling){
        .in = &m->tell, .store = conf_store(c->conf, m->sale.store_id), .at = m->sale.at,
        .business_date = m->sale.business_date, .receipt = m->sale.receipt };
    return m->telling.store ? RC_OK : broken(c, "purchase.store");
}

static enum rc tell_target(struct ctx *c, struct moving *m, struct purchase_told *to)
{
    const struct telling *t = &m->telling;
    struct sql_receipt_move receipt = {
        .store_id = t->store->id, .business_date = claim_date(t), .till = m->tell.till,
        .number = t->receipt, .member_id = to->member_id, .purchase_id = to->id };
    enum rc rc;

    timeline_ask(&to->timeline, c, to->member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&to->timeline);
    if (rc == RC_OK) rc = tell(c, t, to);
    return rc == RC_OK ? sql_receipt_move(c, &receipt) : rc;
}

enum rc purchase_move(struct ctx *c, const struct purchase_move *in, struct purchase_moved *out)
{
    struct moving *m = ARENA_NEW(c->arena, struct moving);
    struct purchase_return back = {
        .member_id = in->member_id, .purchase_id = in->purchase_id, .amount_minor = JSON_ABSENT,
        .reason = in->reason, .is_void = true, .moved_to = id_next(c->ids),
        .moved_member_id = in->to_member_id };
    enum rc rc = lock_both(c, in);

    *out = (struct purchase_moved){ 0 };
    m->in = in;
    if (rc == RC_OK) rc = read_sale(c, m);
    if (rc == RC_OK) rc = purchase_return(c, &back, &out->from);
    if (rc != RC_OK) return rc;
    out->to = (struct purchase_told){
        .id = back.moved_to, .member_id = in->to_member_id, .at = m->sale.at,
        .business_date = m->sale.business_date, .till = m->sale.till,
        .receipt = m->sale.receipt };
    return tell_target(c, m, &out->to);
}
