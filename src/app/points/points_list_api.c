/* points_list_api.c -- what a member has, when it ends, and what moved in the books. */
#include "app/points/points_api.h"

#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/door/view_api.h"
#include "sql/ledger_sql.h"

/* ---- balances ---- */

struct balances_answer { struct balances_view data; };
static const struct json_field balances_fields[] = {
    { "data", JT_LIST, offsetof(struct balances_answer, data.items),
      .count_offset = offsetof(struct balances_answer, data.n), .of = &balance_shape },
};
const struct json_shape balances_shape = { "balances", sizeof(struct balances_answer),
                                           balances_fields, ARRAY_LEN(balances_fields) };

/* When what ends next ends, and how much of it there is; lots are only read where this is asked. */
static enum rc add_expiries(struct ctx *c, int64_t member_id, const struct balances_view *list)
{
    struct sql_lot_next v = { .member_id = member_id, .now = c->now, .never_at = TIME_NEVER };
    struct balance_view *items = list->items;
    enum rc rc = sql_lot_next(c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const char *unit = api_unit(c, v.rows[i].unit_id);
        for (size_t k = 0; k < list->n; k++) {
            if (!str_eq(items[k].unit, unit) || items[k].next_expires != JSON_ABSENT) continue;
            items[k].next_expires_at = v.rows[i].expires_at;
            items[k].next_expires = v.rows[i].amount;
        }
    }
    return rc;
}

enum rc points_api_balances(struct ctx *c, struct call *call)
{
    struct balances_answer *out = ARENA_NEW(c->arena, struct balances_answer);
    struct timeline t;
    int64_t id;
    enum rc rc = api_member(c, call, &id);

    if (rc != RC_OK) return rc;
    timeline_ask_view(&t, c, id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc != RC_OK) return rc;
    out->data = view_balances(c, &t.books);
    call->answer = out;
    return add_expiries(c, id, &out->data);
}

/* ---- postings ---- */

struct posting_view {
    const char *event, *unit, *account, *kind, *store;
    int64_t at, amount;
    int32_t book_date;
};
struct postings_answer { const struct posting_view *items; size_t n; const char *next; };
JSON_SHAPE(posting_shape, struct posting_view,
    { "event", JT_TEXT, offsetof(struct posting_view, event) },
    { "at", JT_MOMENT, offsetof(struct posting_view, at) },
    { "book_date", JT_DATE, offsetof(struct posting_view, book_date) },
    { "unit", JT_TEXT, offsetof(struct posting_view, unit) },
    { "amount", JT_I64, offsetof(struct posting_view, amount) },
    { "account", JT_TEXT, offsetof(struct posting_view, account) },
    { "kind", JT_TEXT, offsetof(struct posting_view, kind) },
    { "store", JT_TEXT, offsetof(struct posting_view, store) });
static const struct json_field postings_fields[] = {
    { "data", JT_LIST, offsetof(struct postings_answer, items),
      .count_offset = offsetof(struct postings_answer, n), .of = &posting_shape },
    { "next", JT_TEXT, offsetof(struct postings_answer, next) },
};
const struct json_shape postings_shape = { "postings", sizeof(struct postings_answer),
                                           postings_fields, ARRAY_LEN(postings_fields) };

/* Seen from the member: what came is positive, what went is negative, and the account is the other
 * side. */
static struct posting_view view_posting(struct ctx *c, int64_t member_id,
                                        const struct sql_posting_list_row *r)
{
    bool is_in = str_eq(r->to_account, "member");

    return (struct posting_view){
        .event = api_id_owned(c, "evt", (int64_t[]){ member_id, r->event_id }),
        .at = r->event_at, .book_date = (int32_t)r->book_date, .unit = api_unit(c, r->unit_id),
        .amount = is_in ? r->amount : -r->amount,
        .account = is_in ? r->from_account : r->to_account, .kind = r->kind,
        .store = api_store(c, r->store_id) };
}

enum rc points_api_postings(struct ctx *c, struct call *call)
{
    struct postings_answer *out = ARENA_NEW(c->arena, struct postings_answer);
    struct page page;
    int64_t id;
    enum rc rc = page_of_member(c, call, &page, &id);

    if (rc != RC_OK) return rc;
    struct sql_posting_list v = { .member_id = id, .stores = scope_stores(c),
                                  .before_at = page.at, .before_id = page.id,
                                  .before_n = page.n, .max = page.limit + 1 };
    rc = sql_posting_list(c, &v);
    if (rc != RC_OK) return rc;
    struct posting_view *items = ARENA_ARRAY(c->arena, struct posting_view, v.n + 1);
    for (size_t i = 0; i < v.n && (int64_t)i < page.limit; i++)
        items[out->n++] = view_posting(c, id, &v.rows[i]);
    out->items = items;
    if ((int64_t)v.n > page.limit)
        out->next = page_next(c, &(struct page){ .at = v.rows[out->n - 1].event_at,
                                                 .id = v.rows[out->n - 1].event_id,
                                                 .n = v.rows[out->n - 1].n });
    call->answer = out;
    return RC_OK;
}

/* ---- lots ---- */

struct lot_view {
    const char *id, *unit, *event;
    int64_t granted, remaining, expired, available_at, expires_at;
    bool is_pending;
};
struct lots_answer { const struct lot_view *items; size_t n; const char *next; };
JSON_SHAPE(lot_shape, struct lot_view,
    { "id", JT_TEXT, offsetof(struct lot_view, id) },
    { "unit", JT_TEXT, offsetof(struct lot_view, unit) },
    { "event", JT_TEXT, offsetof(struct lot_view, event) },
    { "granted", JT_I64, offsetof(struct lot_view, granted) },
    { "remaining", JT_I64, offsetof(struct lot_view, remaining) },
    { "expired", JT_I64, offsetof(struct lot_view, expired) },
    { "pending", JT_BOOL, offsetof(struct lot_view, is_pending) },
    { "available_at", JT_MOMENT, offsetof(struct lot_view, available_at) },
    { "expires_at", JT_MOMENT, offsetof(struct lot_view, expires_at) });
static const struct json_field lots_fields[] = {
    { "data", JT_LIST, offsetof(struct lots_answer, items),
      .count_offset = offsetof(struct lots_answer, n), .of = &lot_shape },
    { "next", JT_TEXT, offsetof(struct lots_answer, next) },
};
const struct json_shape lots_shape = { "lots", sizeof(struct lots_answer), lots_fields,
                                       ARRAY_LEN(lots_fields) };

static struct lot_view view_lot(struct ctx *c, int64_t member_id, const struct sql_lot_list_row *r)
{
    return (struct lot_view){
        .id = api_id_owned(c, "lot", (int64_t[]){ member_id, r->id }),
        .unit = api_unit(c, r->unit_id),
        .event = api_id_owned(c, "evt", (int64_t[]){ member_id, r->event_id }),
        .granted = r->granted, .remaining = r->remaining, .expired = r->expired,
        .is_pending = r->is_pending != 0,
        .available_at = r->available_at ? r->available_at : JSON_ABSENT,
        .expires_at = api_until(r->expires_at) };
}

enum rc points_api_lots(struct ctx *c, struct call *call)
{
    struct lots_answer *out = ARENA_NEW(c->arena, struct lots_answer);
    struct page page;
    int64_t id;
    enum rc rc = page_of_member(c, call, &page, &id);

    if (rc != RC_OK) return rc;
    struct sql_lot_list v = { .member_id = id, .stores = scope_stores(c),
                              .before_id = page.id, .max = page.limit + 1 };
    rc = sql_lot_list(c, &v);
    if (rc != RC_OK) return rc;
    struct lot_view *items = ARENA_ARRAY(c->arena, struct lot_view, v.n + 1);
    for (size_t i = 0; i < v.n && (int64_t)i < page.limit; i++)
        items[out->n++] = view_lot(c, id, &v.rows[i]);
    out->items = items;
    if ((int64_t)v.n > page.limit)
        out->next = page_next(c, &(struct page){ .id = v.rows[out->n - 1].id });
    call->answer = out;
    return RC_OK;
}
