/* rule.h -- the doors of rules; what a rule is, core/rule/rule.h says. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_rule;
