/* store_api.c -- companies, and the places and channels where sales happen. */
#include "app/store/store.h"
#include "core/config/places.h"
#include "core/door/config_api.h"

CONFIG_SHAPES(company, struct company_doc, COMPANY_FIELDS, CONFIG_UNDATED)
CONFIG_SHAPES(store, struct store_doc, STORE_FIELDS, CONFIG_UNDATED)

static const struct route routes[] = {
    CONFIG_ROUTES(company_kind, company, "/v1/companies", "company"),
    CONFIG_ROUTES(store_kind, store, "/v1/stores", "store"),
};
static const struct config_kind *const kinds[] = { &company_kind, &store_kind };

const struct feature feature_store = {
    .name = "store", .routes = LIST(route_list, routes),
    .configs = LIST(config_kind_list, kinds),
    .refusals = &store_refusals,
};
