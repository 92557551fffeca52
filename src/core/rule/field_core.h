/* field_core.h -- the fields that need no feature: member, store, now. */
#pragma once
#include "core/rule/field.h"

enum { CORE_FIELDS_N = 13 };
extern const struct field core_fields[CORE_FIELDS_N];
