/* rule_int.h -- shared by the files of this folder only. */
#pragma once
#include "core/route.h"

extern const struct json_shape fields_shape;
enum rc field_api_list(struct ctx *c, struct call *call) MUST_CHECK;
