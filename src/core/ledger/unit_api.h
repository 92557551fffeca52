/* unit_api.h -- the routes of units; core_api.c has the lines. */
#pragma once
#include "core/route.h"

extern const struct json_shape unit_put_shape, unit_shape, units_shape;
enum rc unit_api_list(struct ctx *c, struct call *call) MUST_CHECK;
enum rc unit_api_create(struct ctx *c, struct call *call) MUST_CHECK;
enum rc unit_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc unit_api_put(struct ctx *c, struct call *call) MUST_CHECK;
