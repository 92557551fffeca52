/* level.h -- what a member's level is called.
 *
 * The core keeps the number of the level; its code and name belong to the feature that has the
 * ladder, which defines this function (app/tier).  Level 0 has neither, nor has one that the ladder
 * in force does not know. */
#pragma once
#include "core/ctx.h"

struct level_name { const char *code, *name; };
struct level_name level_name(const struct ctx *c, int64_t level);
