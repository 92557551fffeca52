/* calendar_field.c -- what rules may ask of a day, by the calendars of the event's moment. */
#include "app/calendar/calendar_int.h"

static struct calendar_seen see(const struct reading *r)
{
    struct calendar_when w = { r->c->conf, r->event->config_version, r->event->at };
    struct calendar_seen seen;

    calendar_see(r->c->arena, &w, r->event->business_date, &seen);
    return seen;
}

static enum rc get_holiday(const struct reading *r, struct json *out)
{
    *out = (struct json){ .kind = see(r).is_holiday ? JSON_TRUE : JSON_FALSE };
    return RC_OK;
}

static enum rc get_workday(const struct reading *r, struct json *out)
{
    *out = (struct json){ .kind = see(r).is_workday ? JSON_TRUE : JSON_FALSE };
    return RC_OK;
}

static enum rc get_days(const struct reading *r, struct json *out)
{
    struct calendar_seen seen = see(r);
    struct json *items = ARENA_ARRAY(r->c->arena, struct json, seen.names_n + 1);

    for (size_t i = 0; i < seen.names_n; i++)
        items[i] = (struct json){ .kind = JSON_TEXT, .n = str_of(seen.names[i]).n,
                                  .u.text = seen.names[i] };
    *out = (struct json){ .kind = JSON_LIST, .n = seen.names_n, .u.items = items };
    return RC_OK;
}

const struct field calendar_fields[CALENDAR_FIELDS_N] = {
    { "now.holiday", FIELD_BOOL, FIELD_TOLD, "國定假日", "public holiday", NULL, get_holiday },
    { "now.workday", FIELD_BOOL, FIELD_TOLD, "上班日", "working day", NULL, get_workday },
    { "now.days", FIELD_TEXTS, FIELD_TOLD, "特別日子", "names of the day", NULL, get_days },
};
