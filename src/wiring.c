/* wiring.c -- the product in one table: every feature, in order. */
#include "app/purchase/purchase.h"
#include "app/store/store.h"
#include "app/tier/tier.h"
#include "core/core_feature.h"

const struct feature *const features[] = {
    &feature_core,       /* members, points, tags; fields of member, store and moment */
    &feature_store,      /* companies, stores and channels */
    &feature_purchase,   /* a sale as the till told it, and what came back */
    &feature_tier,       /* the ladder */
    NULL
};
