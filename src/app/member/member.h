/* member.h -- the doors of members: joining, being recognised, what happened to one. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_member;
