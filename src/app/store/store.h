/* store.h -- companies, and the places and channels where sales happen. */
#pragma once
#include "core/feature.h"
#include "core/conf.h"

struct company_put { const char *code, *name, *tax_id; };
struct store_put {
    const char *code, *name, *kind, *brand, *region, *zone;   /* kind NULL: own */
    const char *company;                     /* cmp_… or its code; NULL: the first company */
    int64_t day_cut_min;
};
struct store_change { int64_t id, if_version; const struct store_put *put; };
struct company { int64_t id, version; const char *code, *name, *tax_id; };

/* Refusals: company.tax_id, company.code_taken. */
enum rc company_create(struct ctx *c, const struct company_put *in, struct company *out)
    MUST_CHECK;
/* The number as it is kept; NULL stays NULL.  Refusals: company.tax_id. */
enum rc company_tax_id(struct ctx *c, const char *told, const char **tax_id) MUST_CHECK;
struct company_list { const struct company *items; size_t n; };
enum rc company_list(struct ctx *c, struct company_list *out) MUST_CHECK;
/* Refusals: store.zone_unknown, company.unknown, store.code_taken. */
enum rc store_create(struct ctx *c, const struct store_put *in, int64_t *id) MUST_CHECK;
/* Refusals: store.unknown, store.zone_unknown, company.unknown, store.code_taken,
 * version.mismatch. */
enum rc store_update(struct ctx *c, const struct store_change *in, int64_t *version) MUST_CHECK;

extern const struct feature feature_store;
