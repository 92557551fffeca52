/* member_api.h -- the doors of members, told in member_feature.c. */
#pragma once
#include "core/feature.h"

extern const struct json_shape member_join_shape, member_identify_shape, member_shape,
                               identity_add_shape, identity_shape;
enum rc member_api_join(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_identify(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc member_api_identity(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct list member_events;

/* A frozen member's value moves again, after a look at their books.  In the mode SLOW: the look
 * reads all of the member's rows, and no till waits for it.  What is frozen does not change
 * meanwhile.  Refusals, in this order: auth.bound, those of member_find(), member.not_frozen,
 * member.unhealthy. */
extern const struct json_shape thaw_shape, thawed_shape;
enum rc member_api_thaw(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct refusal_list member_refusals;      /* member_text.c */
