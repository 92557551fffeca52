/* rule_api.c -- rules as configuration: the document as it was written, with its version. */
#include "app/rule/rule.h"
#include "app/rule/rule_int.h"
#include "core/door/config_api.h"
#include "core/rule/rule.h"

CONFIG_SHAPES(rule, struct rule_doc, RULE_FIELDS, CONFIG_DATED)

static const struct route routes[] = {
    CONFIG_ROUTES(rule_kind, rule, "/v1/rules", "rule"),
    { GET, "/v1/fields", "config.read", QUICK, KEY_NONE,
      NULL, NULL, &fields_shape, field_api_list },
};
static const struct config_kind *const kinds[] = { &rule_kind };

const struct feature feature_rule = {
    .name = "rule", .routes = LIST(route_list, routes),
    .configs = LIST(config_kind_list, kinds),
    .refusals = &rule_refusals,
};
