/* calendar_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/calendar/calendar.h"
#include "core/rule/field.h"

struct calendar_doc {
    const char *code, *name;
    const char *include;                 /* a list of the program; NULL: none */
    const struct calendar_day *days; size_t days_n;
};

enum { CALENDAR_FIELDS_N = 3, CALENDAR_ROUTES_N = 7 };
extern const struct json_shape calendar_shape;
extern const struct field calendar_fields[CALENDAR_FIELDS_N];
extern const struct route calendar_routes[CALENDAR_ROUTES_N];
