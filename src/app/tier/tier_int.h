/* tier_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/tier/tier.h"

/* In the order in which they come into force. */
struct ladders { const struct ladder *const *items; size_t n; };
struct tier_moved { int64_t from_level, to_level, until_at; const char *reason; };

/* The payload of the event, by which the fold knows it again. */
const char *tier_moved_text(struct ctx *c, const struct tier_moved *m);

extern const struct track tier_track;
enum rc tier_prove(struct ctx *c, int64_t member_id, const char **why) MUST_CHECK;

enum { TIER_FIELDS_N = 2 };
extern const struct field tier_fields[TIER_FIELDS_N];
enum { TIER_ROUTES_N = 4 };
extern const struct route tier_routes[TIER_ROUTES_N];
