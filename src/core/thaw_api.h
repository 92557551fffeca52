/* thaw_api.h -- a frozen member's value moves again, after a look at their books. */
#pragma once
#include "core/route.h"

extern const struct json_shape thaw_shape, thawed_shape;
/* In the mode SLOW: the look reads all of the member's rows, and no till waits for it.  What is
 * frozen does not change meanwhile.  Refusals, in this order: auth.bound, those of member_find(),
 * member.not_frozen, member.unhealthy. */
enum rc member_api_thaw(struct ctx *c, struct call *call) MUST_CHECK;
