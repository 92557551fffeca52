/* calendar_field.c -- what rules may ask of a day, by the calendars of the event's moment. */
#include "app/calendar/calendar_int.h"
#include "core/ctx.h"

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

static const struct field fields[] = {
    { .name = "now.holiday", .type = FIELD_BOOL, .from = FIELD_TOLD,
      .label = { "國定假日", "public holiday", "祝日" },
      .help = { "行事曆上的假日；一般週末不算。",
                "A calendar calls it a holiday; an ordinary weekend is none.",
                "カレンダー上の休日。通常の週末は含みません。" },
      .get = get_holiday },
    { .name = "now.workday", .type = FIELD_BOOL, .from = FIELD_TOLD,
      .label = { "上班日", "working day", "平日（営業日）" },
      .help = { "平日且不是假日，或補行上班日。",
                "A weekday that is no holiday, or a Saturday that is made up for.",
                "祝日でない平日、または振替出勤日。" },
      .get = get_workday },
    { .name = "now.days", .type = FIELD_TEXTS, .from = FIELD_TOLD,
      .label = { "特別日子", "names of the day", "特別な日" },
      .help = { "行事曆給這一天的名稱，例如週年慶。",
                "The names that calendars give the day, such as an anniversary.",
                "カレンダーがその日に付けた名前。例：創業祭。" },
      .get = get_days },
};
const struct field_list calendar_fields = LISTED(fields);
