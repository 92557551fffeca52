/* field_core.h -- the fields that need no feature: member, store, now. */
#pragma once
#include "core/feature.h"
#include "core/rule/field.h"

extern const struct field_list core_fields;
