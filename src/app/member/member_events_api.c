/* member_events_api.c -- what happened to a member. */
#include "app/member/member_api.h"
#include "core/auth/scope.h"
#include "core/door/api.h"
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
struct events_answer { const struct event_view *items; size_t n; const char *next; };
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
static const struct json_field events_fields[] = {
    { "data", JT_LIST, offsetof(struct events_answer, items),
      .count_offset = offsetof(struct events_answer, n), .of = &event_shape },
    { "next", JT_TEXT, offsetof(struct events_answer, next) },
};
const struct json_shape events_shape = { "events", sizeof(struct events_answer), events_fields,
                                         ARRAY_LEN(events_fields) };

static struct event_view view_event(struct ctx *c, int64_t member_id,
                                    const struct sql_event_list_row *r)
{
    int64_t id[] = { member_id, r->id }, cause[] = { member_id, r->cause_id };

    return (struct event_view){
        .id = api_id_owned(c, "evt", id), .name = r->name, .at = r->at,
        .booked_at = r->booked_at, .business_date = (int32_t)r->business_date,
        .store = api_store(c, r->store_id), .channel = r->channel,
        .cause = r->cause_id && api_may_see(c, r->cause_store_id) ? api_id_owned(c, "evt", cause)
                                                                  : NULL,
        .is_live = r->is_live != 0,
        .is_raised = r->is_raised == EVENT_RAISED || r->is_raised == EVENT_NOTICE,
        .value_minor = str_eq(r->name, EVENT_SALE) ? r->value_minor : JSON_ABSENT,
        .payload = view_payload(c, r->payload) };
}

enum rc member_api_events(struct ctx *c, struct call *call)
{
    struct events_answer *out = ARENA_NEW(c->arena, struct events_answer);
    struct page page;
    int64_t id;
    enum rc rc = page_of_member(c, call, &page, &id);

    if (rc != RC_OK) return rc;
    struct sql_event_list v = { .member_id = id, .stores = scope_stores(c),
                                .before_at = page.at, .before_id = page.id,
                                .max = page.limit + 1 };
    rc = sql_event_list(c, &v);
    if (rc != RC_OK) return rc;
    struct event_view *items = ARENA_ARRAY(c->arena, struct event_view, v.n + 1);
    for (size_t i = 0; i < v.n && (int64_t)i < page.limit; i++)
        items[out->n++] = view_event(c, id, &v.rows[i]);
    out->items = items;
    if ((int64_t)v.n > page.limit)
        out->next = page_next(c, &(struct page){ .at = v.rows[out->n - 1].at,
                                                 .id = v.rows[out->n - 1].id });
    call->answer = out;
    return RC_OK;
}
