/* calendar_feature.c -- what calendars bring to the product. */
#include "app/calendar/calendar_int.h"

static const struct config_kind *const kinds[] = { &calendar_kind };

const struct feature feature_calendar = {
    .name = "calendar", .routes = &calendar_routes,
    .fields = &calendar_fields,
    .configs = LIST(config_kind_list, kinds),
    .refusals = &calendar_refusals,
};
