/* calendar_feature.c -- what calendars bring to the product. */
#include "app/calendar/calendar_int.h"

static const struct config_kind *const kinds[] = { &calendar_kind };

const struct feature feature_calendar = {
    .name = "calendar", .routes = calendar_routes, .routes_n = CALENDAR_ROUTES_N,
    .fields = calendar_fields, .fields_n = CALENDAR_FIELDS_N,
    .configs = kinds, .configs_n = ARRAY_LEN(kinds),
};
