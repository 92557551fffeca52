/* tier_feature.c -- what the ladder brings to the product. */
#include "app/tier/tier_int.h"
#include "core/event/event_kind.h"

static const struct event_kind events[] = {
    { "tier.up", { "升等", "moved up a tier", "ランクアップ" }, NULL },
    { "tier.kept", { "續等", "kept the tier", "ランク維持" }, NULL },
    { "tier.ending", { "等級寬限", "tier in its grace", "ランクの猶予" }, NULL },
    { "tier.down", { "降等", "moved down a tier", "ランクダウン" }, NULL },
};

static const struct config_kind *const kinds[] = { &tier_kind };

const struct feature feature_tier = {
    .name = "tier", .routes = &tier_routes, .track = &tier_track,
    .fields = &tier_fields,
    .events = LIST(event_kind_list, events),
    .configs = LIST(config_kind_list, kinds),
    .refusals = &tier_refusals,
};
