/* store_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/store/store.h"

extern const struct json_shape company_put_shape, company_shape, companies_shape;
enum rc company_api_list(struct ctx *c, struct call *call) MUST_CHECK;
enum rc company_api_create(struct ctx *c, struct call *call) MUST_CHECK;
enum rc company_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc company_api_put(struct ctx *c, struct call *call) MUST_CHECK;

enum { STORE_ROUTES_N = 8 };
extern const struct route store_routes[STORE_ROUTES_N];
