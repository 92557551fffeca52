/* points_feature.c -- points seen and moved by hand. */
#include "app/points/points.h"
#include "app/points/points_api.h"
#include "core/door/api.h"
#include "core/event/event_kind.h"

static const struct permission permissions[] = {
    { "points.spend", { "使用與退回點數", "spend points and give them back", "ポイントの利用と返還" } },
    { "points.adjust", { "調整點數", "adjust points", "ポイントの調整" } },
};

static const struct event_kind events[] = {
    { "points.spent", { "使用點數", "points spent", "ポイント利用" }, NULL },
    { "points.spend_reversed", { "點數退回", "a spend given back", "ポイント返還" },
      NULL },
    { "points.adjusted", { "點數調整", "points adjusted", "ポイント調整" }, NULL },
};

static const struct route routes[] = {
    { GET, "/v1/members/{member}/balances", "member.read", QUICK, KEY_NONE,
      NULL, NULL, &balances_shape, points_api_balances },
    { GET, "/v1/members/{member}/postings", "member.read", READ, KEY_NONE,
      .list = &points_postings },
    { GET, "/v1/members/{member}/lots", "member.read", READ, KEY_NONE, .list = &points_lots },
    { POST, "/v1/members/{member}/adjustments", "points.adjust", WRITE, KEY_REQUIRED,
      NULL, &adjust_shape, &adjustment_shape, points_api_adjust },
    { POST, "/v1/members/{member}/spends", "points.spend", COUNTER, KEY_REQUIRED,
      NULL, &spend_shape, &spent_shape, points_api_spend },
    { POST, "/v1/spends/{spend}/reverse", "points.spend", COUNTER, KEY_REQUIRED,
      NULL, &reverse_shape, &reversal_shape, points_api_reverse },
};

const struct feature feature_points = {
    .name = "points", .routes = LIST(route_list, routes),
    .permissions = LIST(permission_list, permissions),
    .events = LIST(event_kind_list, events),
    .refusals = &points_refusals,
};
