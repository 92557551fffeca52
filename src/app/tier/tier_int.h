/* tier_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/tier/tier.h"

struct ladders { const struct ladder *items; size_t n; };
struct tier_moved { int64_t from_level, to_level, until_at; const char *reason; };

/* The payload of the event, by which the fold knows it again. */
const char *tier_moved_text(struct ctx *c, const struct tier_moved *m);

extern const struct track tier_track;
enum rc tier_prove(struct ctx *c, int64_t member_id, const char **why) MUST_CHECK;
enum rc tier_conf_read(struct ctx *c, struct conf *conf) MUST_CHECK;
/* Reads a ladder document; every mistake with its place. */
enum rc ladder_read(struct json_reader *r, const struct json *doc, struct ladder *out) MUST_CHECK;

enum { TIER_FIELDS_N = 2 };
extern const struct field tier_fields[TIER_FIELDS_N];
