/* core_api.h -- the API of the core itself: every route and permission on one page, core_api.c. */
#pragma once
#include "core/feature.h"

enum { CORE_ROUTES_N = 21, CORE_PERMISSIONS_N = 8 };
extern const struct route core_routes[CORE_ROUTES_N];
extern const struct permission core_permissions[CORE_PERMISSIONS_N];
