/* points_list_api.c -- what a member has, when it ends, and what moved in the books. */
#include "app/points/points_api.h"

#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/door/list_api.h"
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
JSON_SHAPE(posting_shape, struct posting_view,
    { "event", JT_TEXT, offsetof(struct posting_view, event) },
    { "at", JT_MOMENT, offsetof(struct posting_view, at) },
    { "book_date", JT_DATE, offsetof(struct posting_view, book_date) },
    { "unit", JT_TEXT, offsetof(struct posting_view, unit) },
    { "amount", JT_I64, offsetof(struct posting_view, amount) },
    { "account", JT_TEXT, offsetof(struct posting_view, account) },
    { "kind", JT_TEXT, offsetof(struct posting_view, kind) },
    { "store", JT_TEXT, offsetof(struct posting_view, store) });
/* Seen from the member: what came is positive, what went is negative, and the account is the other
 * side. */
static enum rc show_posting(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_posting_list_row *r = row;
    bool is_in = str_eq(r->to_account, "member");

    (void)call;
    *(struct posting_view *)item = (struct posting_view){
        .event = api_id_owned(c, "evt", (int64_t[]){ r->member_id, r->event_id }),
        .at = r->event_at, .book_date = (int32_t)r->book_date, .unit = api_unit(c, r->unit_id),
        .amount = is_in ? r->amount : -r->amount,
        .account = is_in ? r->from_account : r->to_account, .kind = r->kind,
        .store = api_store(c, r->store_id) };
    return RC_OK;
}

static enum rc ask_postings(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_posting_list *v = ARENA_NEW(c->arena, struct sql_posting_list);

    v->stores = scope_stores(c);
    *arg = v;
    return api_member_known(c, call, &v->member_id);
}

static const struct list_sort posting_sorts[] = { { "at", { "event_at", "event_id", "n" } } };
static const struct list_filter posting_filters[] = {
    { "unit", JT_TEXT, "unit_id", DB_IS, .read = list_read_unit },
    { "store", JT_TEXT, "store_id", DB_IS, .read = list_read_store },
    { "kind", JT_TEXT, "kind", DB_IS },
    { "from", JT_DATE, "book_date", DB_FROM },
    { "to", JT_DATE, "book_date", DB_TO } };
static const struct list_column posting_columns[] = {
    { "at", { "時間", "When", "日時" } },
    { "book_date", { "帳務日", "Book date", "記帳日" } },
    { "unit", { "單位", "Unit", "単位" } },
    { "amount", { "數量", "Amount", "数量" } },
    { "account", { "對方帳戶", "Other account", "相手勘定" } },
    { "kind", { "種類", "Kind", "種類" } },
    { "store", { "門市", "Store", "店舗" } },
    { "event", { "事件", "Event", "イベント" } } };
const struct list points_postings = {
    .name = "postings", .rows = &sql_def_posting_list, .ask = ask_postings,
    .item = &posting_shape, .show = show_posting, LIST_SORTS(posting_sorts),
    LIST_FILTERS(posting_filters), LIST_COLUMNS(posting_columns) };

/* ---- lots ---- */

struct lot_view {
    const char *id, *unit, *event;
    int64_t granted, remaining, expired, available_at, expires_at;
    bool is_pending;
};
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
static enum rc show_lot(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_lot_list_row *r = row;

    (void)call;
    *(struct lot_view *)item = (struct lot_view){
        .id = api_id_owned(c, "lot", (int64_t[]){ r->member_id, r->id }),
        .unit = api_unit(c, r->unit_id),
        .event = api_id_owned(c, "evt", (int64_t[]){ r->member_id, r->event_id }),
        .granted = r->granted, .remaining = r->remaining, .expired = r->expired,
        .is_pending = r->is_pending != 0,
        .available_at = r->available_at ? r->available_at : JSON_ABSENT,
        .expires_at = api_until(r->expires_at) };
    return RC_OK;
}

static enum rc ask_lots(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_lot_list *v = ARENA_NEW(c->arena, struct sql_lot_list);

    v->stores = scope_stores(c);
    *arg = v;
    return api_member_known(c, call, &v->member_id);
}

static const struct list_sort lot_sorts[] = { { "id", { "id" } },
                                              { "expires_at", { "expires_at", "id" } } };
static const struct list_filter lot_filters[] = {
    { "unit", JT_TEXT, "unit_id", DB_IS, .read = list_read_unit },
    { "pending", JT_BOOL, "is_pending", DB_IS },
    { "expires_before", JT_MOMENT, "expires_at", DB_BEFORE } };
static const struct list_column lot_columns[] = {
    { "id", { "編號", "Id", "番号" } },
    { "unit", { "單位", "Unit", "単位" } },
    { "granted", { "給予", "Granted", "付与" } },
    { "remaining", { "剩餘", "Remaining", "残り" } },
    { "expired", { "已到期", "Expired", "失効" } },
    { "available_at", { "可用時間", "Available", "利用開始" } },
    { "expires_at", { "到期時間", "Expires", "有効期限" } },
    { "event", { "事件", "Event", "イベント" } } };
const struct list points_lots = {
    .name = "lots", .rows = &sql_def_lot_list, .ask = ask_lots, .item = &lot_shape,
    .show = show_lot, LIST_SORTS(lot_sorts), LIST_FILTERS(lot_filters),
    LIST_COLUMNS(lot_columns) };
