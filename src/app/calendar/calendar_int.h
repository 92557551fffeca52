/* calendar_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/calendar/calendar.h"
#include "core/rule/field.h"

struct calendar_doc {
    const char *code, *name;
    const char *include;                 /* a list of the program; NULL: none */
    const struct calendar_day *days; size_t days_n;
};

extern const struct json_shape calendar_shape;
extern const struct field_list calendar_fields;
extern const struct route_list calendar_routes;

extern const struct refusal_list calendar_refusals;      /* calendar_text.c */
