/* event.c -- rows of the timeline. */
#include "core/event/event.h"

#include "core/seal/sealed.h"
#include "sql/event_sql.h"

int event_compare(const struct event *a, const struct event *b)
{
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

enum rc event_add(struct ctx *c, int64_t member_id, const struct event *e)
{
    struct sql_event_add v = {
        .id = e->id, .member_id = member_id, .name = e->name, .at = e->at,
        .business_date = e->business_date, .store_id = e->store_id,
        .company_id = e->company_id, .is_live = e->is_live, .value_minor = e->value_minor,
        .config_version = e->config_version, .cause_id = e->cause_id, .is_raised = e->made,
        .booked_at = c->now, .channel = e->channel, .payload = e->payload, .facts = e->facts };

    v.seal = EVENT_SEAL(c, &v, member_id);
    return sql_event_add(c, &v);
}

enum rc event_stands(struct ctx *c, int64_t member_id, const struct event *e)
{
    struct sql_event_stands v = { .id = e->id, .member_id = member_id, .is_live = e->is_live,
                                  .value_minor = e->value_minor };

    return sql_event_stands(c, &v);
}

enum rc event_says(struct ctx *c, int64_t member_id, const struct event *e)
{
    struct sql_event_says v = { .id = e->id, .member_id = member_id, .payload = e->payload };

    return sql_event_says(c, &v);
}

enum rc event_get(struct ctx *c, int64_t member_id, int64_t id, struct event *out)
{
    struct sql_event_get v = { .id = id, .member_id = member_id };
    enum rc rc = sql_event_get(c, &v);

    if (rc != RC_OK) return rc;
    *out = (struct event){
        .id = id, .at = v.at, .booked_at = v.booked_at, .name = v.name,
        .business_date = (int32_t)v.business_date, .store_id = v.store_id,
        .company_id = v.company_id, .value_minor = v.value_minor,
        .config_version = v.config_version, .cause_id = v.cause_id, .is_live = v.is_live != 0,
        .made = (enum event_made)v.is_raised, .channel = v.channel, .payload = v.payload,
        .facts = v.facts };
    return RC_OK;
}

enum rc event_told(struct ctx *c, const struct event_range *in, struct event_list *out)
{
    struct sql_event_told v = { .member_id = in->member_id, .from_at = in->at,
                                .after_id = in->id, .max = (int64_t)in->max };
    enum rc rc = sql_event_told(c, &v);

    if (rc != RC_OK) return rc;
    *out = (struct event_list){ ARENA_ARRAY(c->arena, struct event, v.n), v.n };
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_event_told_row *r = &v.rows[i];
        out->items[i] = (struct event){
            .id = r->id, .at = r->at, .booked_at = r->booked_at, .name = r->name,
            .business_date = (int32_t)r->business_date, .store_id = r->store_id,
            .company_id = r->company_id, .value_minor = r->value_minor,
            .config_version = r->config_version, .cause_id = r->cause_id,
            .is_live = r->is_live != 0, .made = (enum event_made)r->is_raised,
            .channel = r->channel, .payload = r->payload, .facts = r->facts };
    }
    return RC_OK;
}

enum rc event_told_before(struct ctx *c, const struct event_range *in, struct event_list *out)
{
    struct sql_event_told_before v = { .member_id = in->member_id, .from_at = in->at,
                                       .after_id = in->id, .before_at = in->before_at,
                                       .max = (int64_t)in->max };
    enum rc rc = sql_event_told_before(c, &v);

    if (rc != RC_OK) return rc;
    *out = (struct event_list){ ARENA_ARRAY(c->arena, struct event, v.n), v.n };
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_event_told_before_row *r = &v.rows[i];
        out->items[i] = (struct event){
            .id = r->id, .at = r->at, .name = r->name, .value_minor = r->value_minor,
            .business_date = (int32_t)r->business_date, .config_version = r->config_version,
            .is_live = true, .made = (enum event_made)r->is_raised };
    }
    return RC_OK;
}
