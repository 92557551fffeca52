/* tier_feature.c -- what the ladder brings to the product. */
#include "app/tier/tier_int.h"
#include "core/event/event_kind.h"

static const struct event_kind events[] = {
    { "tier.up", "升等", "moved up a tier", NULL },
    { "tier.kept", "續等", "kept the tier", NULL },
    { "tier.ending", "等級寬限", "tier in its grace", NULL },
    { "tier.down", "降等", "moved down a tier", NULL },
};

static const struct config_kind *const kinds[] = { &tier_kind };

const struct feature feature_tier = {
    .name = "tier", .routes = tier_routes, .routes_n = TIER_ROUTES_N, .track = &tier_track,
    .fields = tier_fields, .fields_n = TIER_FIELDS_N,
    .events = events, .events_n = ARRAY_LEN(events),
    .configs = kinds, .configs_n = ARRAY_LEN(kinds),
};
