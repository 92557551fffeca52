/* store.h -- the doors of companies and stores; what they are, core/config/conf.h says. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_store;

extern const struct refusal_list store_refusals;      /* store_text.c */
