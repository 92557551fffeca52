/* unit_api.c -- units: what a ledger counts, under the name the brand gave it. */
#include "app/unit/unit.h"
#include "core/config/places.h"
#include "core/door/config_api.h"

CONFIG_SHAPES(unit, struct unit_doc, UNIT_FIELDS, CONFIG_DATED)

static const struct route routes[] = { CONFIG_ROUTES(unit_kind, unit, "/v1/units", "unit") };
static const struct config_kind *const kinds[] = { &unit_kind };

const struct feature feature_unit = {
    .name = "unit", .routes = LIST(route_list, routes),
    .configs = LIST(config_kind_list, kinds),
    .refusals = &unit_refusals,
};
