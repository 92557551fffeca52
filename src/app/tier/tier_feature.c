/* tier_feature.c -- what the ladder brings to the product. */
#include "app/tier/tier_int.h"

static const struct event_kind events[] = {
    { "tier.up", "升等", "moved up a tier", NULL },
    { "tier.kept", "續等", "kept the tier", NULL },
    { "tier.ending", "等級寬限", "tier in its grace", NULL },
    { "tier.down", "降等", "moved down a tier", NULL },
};

extern const struct route tier_routes[];
extern const size_t tier_routes_n;

const struct feature feature_tier = {
    .name = "tier", .track = &tier_track, .events = events, .events_n = ARRAY_LEN(events),
};
