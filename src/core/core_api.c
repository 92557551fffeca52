/* core_api.c -- the API of the core in one table: who may ask for what, and how it runs. */
#include "core/core_api.h"

#include "core/api.h"
#include "core/ledger/unit_api.h"
#include "core/rule/rule_api.h"
#include "core/thaw_api.h"
#include "core/timeline/timeline_api.h"

const struct permission core_permissions[CORE_PERMISSIONS_N] = {
    { "member.read", "查詢會員" },
    { "member.write", "新增會員與身分" },
    { "member.thaw", "解除會員凍結" },
    { "points.spend", "使用與退回點數" },
    { "points.adjust", "調整點數" },
    { "metrics.read", "讀取運作數據" },
    { "config.read", "讀取設定" },
    { "config.write", "變更設定" },
};

const struct route core_routes[CORE_ROUTES_N] = {
    /* ---- members ---- */
    { POST, "/v1/members", "member.write", COUNTER, KEY_REQUIRED,
      NULL, &member_join_shape, &member_shape, member_api_join },
    /* A read; a POST because what people are known by must not lie in addresses and their logs. */
    { POST, "/v1/members/identify", "member.read", QUICK, KEY_NONE,
      NULL, &member_identify_shape, &member_shape, member_api_identify },
    { GET, "/v1/members/{member}", "member.read", QUICK, KEY_NONE,
      NULL, NULL, &member_shape, member_api_get },
    { POST, "/v1/members/{member}/identities", "member.write", WRITE, KEY_REQUIRED,
      NULL, &identity_add_shape, &identity_shape, member_api_identity },
    { POST, "/v1/members/{member}/thaw", "member.thaw", SLOW, KEY_NONE,
      NULL, &thaw_shape, &thawed_shape, member_api_thaw },
    { GET, "/v1/members/{member}/balances", "member.read", QUICK, KEY_NONE,
      NULL, NULL, &balances_shape, member_api_balances },
    { GET, "/v1/members/{member}/events", "member.read", READ, KEY_NONE,
      &page_query_shape, NULL, &events_shape, member_api_events },
    { GET, "/v1/members/{member}/postings", "member.read", READ, KEY_NONE,
      &page_query_shape, NULL, &postings_shape, member_api_postings },
    { GET, "/v1/members/{member}/lots", "member.read", READ, KEY_NONE,
      &page_query_shape, NULL, &lots_shape, member_api_lots },

    /* ---- points ---- */
    { POST, "/v1/members/{member}/adjustments", "points.adjust", WRITE, KEY_REQUIRED,
      NULL, &adjust_shape, &adjustment_shape, points_api_adjust },
    { POST, "/v1/members/{member}/spends", "points.spend", COUNTER, KEY_REQUIRED,
      NULL, &spend_shape, &spent_shape, points_api_spend },
    { POST, "/v1/spends/{spend}/reverse", "points.spend", COUNTER, KEY_REQUIRED,
      NULL, &reverse_shape, &reversal_shape, points_api_reverse },

    /* ---- configuration: units and stores are in memory, so a read asks no database ---- */
    { GET, "/v1/units", "config.read", QUICK, KEY_NONE,
      &page_query_shape, NULL, &units_shape, unit_api_list },
    { POST, "/v1/units", "config.write", WRITE, KEY_REQUIRED,
      NULL, &unit_put_shape, &unit_shape, unit_api_create },
    { GET, "/v1/units/{unit}", "config.read", QUICK, KEY_NONE,
      NULL, NULL, &unit_shape, unit_api_get },
    { PUT, "/v1/units/{unit}", "config.write", WRITE, KEY_NONE,
      NULL, &unit_put_shape, &unit_shape, unit_api_put },
    { GET, "/v1/rules", "config.read", READ, KEY_NONE,
      &page_query_shape, NULL, &rules_shape, rule_api_list },
    { POST, "/v1/rules", "config.write", WRITE, KEY_REQUIRED,
      NULL, &rule_put_shape, &rule_view_shape, rule_api_create },
    { GET, "/v1/rules/{rule}", "config.read", READ, KEY_NONE,
      NULL, NULL, &rule_view_shape, rule_api_get },
    { PUT, "/v1/rules/{rule}", "config.write", WRITE, KEY_NONE,
      NULL, &rule_put_shape, &rule_view_shape, rule_api_put },
    { GET, "/v1/fields", "config.read", QUICK, KEY_NONE,
      NULL, NULL, &fields_shape, field_api_list },
};
