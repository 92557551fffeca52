/* points.h -- what people do with points by hand: spend, give back, adjust with a reason. */
#pragma once
#include "core/feature.h"
#include "core/timeline/timeline.h"

struct points_spend {
    int64_t member_id;
    const struct unit *unit;
    int64_t amount;                      /* smallest parts */
    const char *reason, *reference;      /* may be NULL */
    const struct store *store;           /* may be NULL */
};
struct points_done { int64_t id; struct timeline timeline; };
/* Refusals: member.unknown, member.blocked, member.frozen, points.insufficient,
 * points.scattered. */
enum rc points_spend(struct ctx *c, const struct points_spend *in, struct points_done *out)
    MUST_CHECK;

/* amount JSON_ABSENT: all that is left of the spend.  Refusals: member.*, spend.unknown,
 * spend.reversed. */
struct points_reverse { int64_t member_id, spend_id, amount; const char *reason; };
enum rc points_reverse(struct ctx *c, const struct points_reverse *in, struct points_done *out)
    MUST_CHECK;

/* amount > 0 gives (valid as the unit says), < 0 takes; never below zero.  A reason is owed.
 * Refusals: member.*, points.insufficient, points.scattered. */
struct points_adjust { int64_t member_id, amount; const struct unit *unit; const char *reason; };
enum rc points_adjust(struct ctx *c, const struct points_adjust *in, struct points_done *out)
    MUST_CHECK;

extern const struct feature feature_points;
