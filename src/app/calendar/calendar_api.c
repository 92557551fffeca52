/* calendar_api.c -- calendars as configuration. */
#include "app/calendar/calendar_int.h"
#include "core/config/places.h"
#include "core/door/config_api.h"

enum { DAYS_MAX = 1000 };
static const char *const ares[] = { "holiday", "workday", "special", NULL };

JSON_SHAPE(day_shape, struct calendar_day,
    { "date", JT_DATE, offsetof(struct calendar_day, date), .flags = JF_REQUIRED },
    { "name", JT_TEXT, offsetof(struct calendar_day, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "is", JT_TEXT, offsetof(struct calendar_day, is), .flags = JF_REQUIRED, .among = ares });

#define CALENDAR_FIELDS(type, at)                                                               \
    CONFIG_CODE(type, at), CONFIG_NAME(type, at),                                               \
    CONFIG_OPTIONAL(type, at, include, LIMIT_CODE),                                             \
    { "days", JT_LIST, offsetof(type, at days), .count_offset = offsetof(type, at days_n),      \
      .of = &day_shape, .count_max = DAYS_MAX }

static const struct json_field doc_fields[] = { CALENDAR_FIELDS(struct calendar_doc, ) };
const struct json_shape calendar_shape = { "calendar", sizeof(struct calendar_doc), doc_fields,
                                           ARRAY_LEN(doc_fields) };

CONFIG_SHAPES(calendar, struct calendar_doc, CALENDAR_FIELDS, CONFIG_DATED)

static const struct route routes[] = {
    CONFIG_ROUTES(calendar_kind, calendar, "/v1/calendars", "calendar"),
};
const struct route_list calendar_routes = LISTED(routes);
