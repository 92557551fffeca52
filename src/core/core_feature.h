/* core_feature.h -- the first line of the wiring. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_core;
extern const struct refusal_list core_refusals;
