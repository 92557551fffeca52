/* timeline_api.h -- the routes of members, their lists and their points, listed in core_api.c. */
#pragma once
#include "core/route.h"

extern const struct json_shape member_join_shape, member_identify_shape, member_shape,
                               identity_add_shape, identity_shape;
enum rc member_api_join(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_identify(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_identity(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct json_shape balances_shape, events_shape, postings_shape, lots_shape;
enum rc member_api_balances(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_events(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_postings(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_lots(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct json_shape adjust_shape, adjustment_shape, spend_shape, spent_shape,
                               reverse_shape, reversal_shape;
enum rc points_api_adjust(struct ctx *c, struct call *call) MUST_CHECK;
enum rc points_api_spend(struct ctx *c, struct call *call) MUST_CHECK;
enum rc points_api_reverse(struct ctx *c, struct call *call) MUST_CHECK;
