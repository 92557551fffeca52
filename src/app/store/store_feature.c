/* store_feature.c -- what stores bring to the product. */
#include "app/store/store_int.h"

const struct feature feature_store = {
    .name = "store", .routes = store_routes, .routes_n = STORE_ROUTES_N,
};
