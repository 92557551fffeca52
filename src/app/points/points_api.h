/* points_api.h -- the doors of points, told in points_feature.c. */
#pragma once
#include "core/feature.h"

extern const struct json_shape balances_shape;
enum rc points_api_balances(struct ctx *c, struct call *call) MUST_CHECK;
extern const struct list points_postings, points_lots;

extern const struct json_shape adjust_shape, adjustment_shape, spend_shape, spent_shape,
                               reverse_shape, reversal_shape;
enum rc points_api_adjust(struct ctx *c, struct call *call) MUST_CHECK;
enum rc points_api_spend(struct ctx *c, struct call *call) MUST_CHECK;
enum rc points_api_reverse(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct refusal_list points_refusals;      /* points_text.c */
