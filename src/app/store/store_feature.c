/* store_feature.c -- what stores bring to the product. */
#include "app/store/store.h"

const struct feature feature_store = { .name = "store" };
