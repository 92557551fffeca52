/* rule_int.h -- shared by the files of this folder only. */
#pragma once
#include "core/feature.h"

extern const struct json_shape fields_shape;
enum rc field_api_list(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct refusal_list rule_refusals;      /* rule_text.c */
