/* member_events_api.c -- what happened to a member. */
#include "app/member/member_api.h"
#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/door/list_api.h"
#include "core/door/view_api.h"
#include "sql/event_sql.h"

struct event_view {
    const char *id, *name;
    int64_t at, booked_at;
    int32_t business_date;
    const char *store, *channel, *cause;
    bool is_live, is_raised;
    int64_t value_minor;                 /* only of sales */
    struct json payload;
};
JSON_SHAPE(event_shape, struct event_view,
    { "id", JT_TEXT, offsetof(struct event_view, id) },
    { "name", JT_TEXT, offsetof(struct event_view, name) },
    { "at", JT_MOMENT, offsetof(struct event_view, at) },
    { "booked_at", JT_MOMENT, offsetof(struct event_view, booked_at) },
    { "business_date", JT_DATE, offsetof(struct event_view, business_date) },
    { "store", JT_TEXT, offsetof(struct event_view, store) },
    { "channel", JT_TEXT, offsetof(struct event_view, channel) },
    { "cause", JT_TEXT, offsetof(struct event_view, cause) },
    { "live", JT_BOOL, offsetof(struct event_view, is_live) },
    { "raised", JT_BOOL, offsetof(struct event_view, is_raised) },
    { "value_minor", JT_I64, offsetof(struct event_view, value_minor), .flags = JF_OMIT },
    { "payload", JT_VALUE, offsetof(struct event_view, payload) });
static enum rc show(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_event_list_row *r = row;
    int64_t id[] = { r->member_id, r->id }, cause[] = { r->member_id, r->cause_id };

    (void)call;
    *(struct event_view *)item = (struct event_view){
        .id = api_id_owned(c, "evt", id), .name = r->name, .at = r->at,
        .booked_at = r->booked_at, .business_date = (int32_t)r->business_date,
        .store = api_store(c, r->store_id), .channel = r->channel,
        .cause = r->cause_id && api_may_see(c, r->cause_store_id) ? api_id_owned(c, "evt", cause)
                                                                  : NULL,
        .is_live = r->is_live != 0,
        .is_raised = r->is_raised == EVENT_RAISED || r->is_raised == EVENT_NOTICE,
        .value_minor = str_eq(r->name, EVENT_SALE) ? r->value_minor : JSON_ABSENT,
        .payload = view_payload(c, r->payload) };
    return RC_OK;
}

static enum rc ask(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_event_list *v = ARENA_NEW(c->arena, struct sql_event_list);

    v->stores = scope_stores(c);
    *arg = v;
    return api_member_known(c, call, &v->member_id);
}

static const struct list_sort sorts[] = { { "at", { "at", "id" } },
                                          { "booked_at", { "booked_at", "id" } } };
static const struct list_filter filters[] = {
    { "name", JT_TEXT, "name", DB_IS },
    { "store", JT_TEXT, "store_id", DB_IS, .read = list_read_store },
    { "from", JT_DATE, "business_date", DB_FROM },
    { "to", JT_DATE, "business_date", DB_TO },
    { "live", JT_BOOL, "is_live", DB_IS } };
static const struct list_column columns[] = {
    { "id", { "編號", "Id", "番号" } },
    { "name", { "事件", "Event", "イベント" } },
    { "at", { "發生時間", "Happened", "発生日時" } },
    { "booked_at", { "入帳時間", "Booked", "記帳日時" } },
    { "business_date", { "營業日", "Business date", "営業日" } },
    { "store", { "門市", "Store", "店舗" } },
    { "channel", { "通路", "Channel", "チャネル" } },
    { "cause", { "起因", "Cause", "原因" } },
    { "live", { "有效", "Live", "有効" } },
    { "value_minor", { "金額", "Value", "金額" }, CELL_MONEY },
    { "payload", { "內容", "Details", "内容" } } };
const struct list member_events = {
    .name = "events", .rows = &sql_def_event_list, .ask = ask, .item = &event_shape, .show = show,
    LIST_SORTS(sorts), LIST_FILTERS(filters), LIST_COLUMNS(columns) };
