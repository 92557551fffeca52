/* rule_api.h -- the routes of rules and of the fields they may ask; core_api.c has the lines. */
#pragma once
#include "core/route.h"

extern const struct json_shape rule_put_shape, rule_view_shape, rules_shape, fields_shape;
enum rc rule_api_list(struct ctx *c, struct call *call) MUST_CHECK;
enum rc rule_api_create(struct ctx *c, struct call *call) MUST_CHECK;
enum rc rule_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc rule_api_put(struct ctx *c, struct call *call) MUST_CHECK;
enum rc field_api_list(struct ctx *c, struct call *call) MUST_CHECK;
