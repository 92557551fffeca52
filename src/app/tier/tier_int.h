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

extern const struct field_list tier_fields;
extern const struct route_list tier_routes;

extern const struct refusal_list tier_refusals;      /* tier_text.c */
