/* points.c -- done things: each is an event of its own, and is never done again. */
#include "app/points/points.h"

#include "base/buf.h"
#include "sql/ledger_sql.h"

static void emit_text(struct buf *b, const char *name, const char *text)
{
    struct json v = { .kind = JSON_TEXT, .n = str_of(text).n, .u.text = text };

    if (!text) return;
    buf_addf(b, ",\"%s\":", name);
    json_emit(&v, b);
}

struct told { const char *name, *reason, *reference; const struct unit *unit; int64_t amount; };

static struct event *make_event(struct ctx *c, const struct told *t)
{
    struct event *e = ARENA_NEW(c->arena, struct event);
    struct buf b;

    buf_init(&b, c->arena, 16 << 10);
    buf_addf(&b, "{\"unit\":\"%s\",\"amount\":%lld", t->unit->code, (long long)t->amount);
    emit_text(&b, "reason", t->reason);
    emit_text(&b, "reference", t->reference);
    buf_addc(&b, '}');
    *e = (struct event){ .id = id_next(c->ids), .name = t->name, .at = c->now,
                         .business_date = date_of(c->conf->zone, c->now),
                         .payload = buf_cstr(&b) };
    return e;
}

static enum rc open(struct ctx *c, int64_t member_id, struct points_done *out)
{
    enum rc rc;

    timeline_ask(&out->timeline, c, member_id);
    rc = db_sync(c->db);
    return rc == RC_OK ? timeline_open(&out->timeline) : rc;
}

enum rc points_spend(struct ctx *c, const struct points_spend *in, struct points_done *out)
{
    struct spend s = { .unit = in->unit, .amount = in->amount, .to_account = "redeemed",
                       .kind = "spend" };
    struct told told = { "points.spent", in->reason, in->reference, in->unit, in->amount };
    enum rc rc = open(c, in->member_id, out);

    if (rc != RC_OK) return rc;
    struct event *e = make_event(c, &told);
    if (in->store) {
        e->store_id = in->store->id;
        e->company_id = in->store->company_id;
    }
    out->id = e->id;
    timeline_cause(&out->timeline, e);
    rc = books_spend(&out->timeline.books, &s);
    if (rc == RC_OK) rc = timeline_tell(&out->timeline, e);
    return rc == RC_OK ? timeline_close(&out->timeline) : rc;
}

static enum rc left_of_spend(struct ctx *c, const struct points_reverse *in, int64_t *unit_id,
                             int64_t *left)
{
    struct sql_lot_use_of v = { .event_id = in->spend_id, .member_id = in->member_id };
    enum rc rc = sql_lot_use_of(c, &v);

    *left = 0;
    if (rc != RC_OK) return rc;
    if (v.n == 0) return fail(c, RC_NOT_FOUND, "spend.unknown");
    for (size_t i = 0; i < v.n; i++) *left += v.rows[i].amount - v.rows[i].returned;
    *unit_id = v.rows[0].unit_id;
    return *left > 0 ? RC_OK : fail(c, RC_CONFLICT, "spend.reversed");
}

enum rc points_reverse(struct ctx *c, const struct points_reverse *in, struct points_done *out)
{
    struct reversal r = { .spend_event_id = in->spend_id };
    int64_t unit_id = 0, left = 0;
    struct event spend;
    enum rc rc = open(c, in->member_id, out);

    if (rc == RC_OK) rc = event_get(c, in->member_id, in->spend_id, &spend);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && !str_eq(spend.name, "points.spent")))
        return fail(c, RC_NOT_FOUND, "spend.unknown");
    if (rc == RC_OK) rc = left_of_spend(c, in, &unit_id, &left);
    if (rc != RC_OK) return rc;
    r.unit = conf_unit(c->conf, unit_id);
    if (!r.unit) return broken(c, "spend.unit");
    r.amount = in->amount == JSON_ABSENT ? left : in->amount;
    struct told told = { "points.spend_reversed", in->reason, NULL, r.unit, r.amount };
    struct event *e = make_event(c, &told);
    e->cause_id = in->spend_id;
    out->id = e->id;
    timeline_cause(&out->timeline, e);
    rc = books_reverse(&out->timeline.books, &r);
    if (rc == RC_OK) rc = timeline_tell(&out->timeline, e);
    return rc == RC_OK ? timeline_close(&out->timeline) : rc;
}

enum rc points_adjust(struct ctx *c, const struct points_adjust *in, struct points_done *out)
{
    const struct unit *u = in->unit;
    struct told told = { "points.adjusted", in->reason, NULL, u, in->amount };
    struct spend less = { .unit = u, .amount = -in->amount, .to_account = "adjusted",
                          .kind = "adjustment" };
    struct grant more = { .unit = u, .amount = in->amount, .expires_at = TIME_NEVER,
                          .from_account = "adjusted", .kind = "adjustment" };
    int64_t lot_id;
    enum rc rc = open(c, in->member_id, out);

    if (rc != RC_OK) return rc;
    int valid = unit_now(c, u)->valid_days;
    if (valid) more.expires_at = time_after(c->conf->zone, c->now, valid, TIME_DAYS);
    struct event *e = make_event(c, &told);
    out->id = e->id;
    timeline_cause(&out->timeline, e);
    rc = in->amount > 0 ? books_grant(&out->timeline.books, &more, &lot_id)
                        : books_spend(&out->timeline.books, &less);
    if (rc == RC_OK) rc = timeline_tell(&out->timeline, e);
    return rc == RC_OK ? timeline_close(&out->timeline) : rc;
}
