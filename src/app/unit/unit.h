/* unit.h -- the doors of units; what a unit is, core/config/conf.h says. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_unit;

extern const struct refusal_list unit_refusals;      /* unit_text.c */
