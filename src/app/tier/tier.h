/* tier.h -- the ladder: levels with a threshold of spend in a rolling window, held for a term.
 *
 * Reaching a threshold upgrades at once, in the transaction of the sale, whatever the number
 * of levels, and starts a full term; the sale itself earns at the level held before.  At the
 * end of the last day of the term the level is kept, for a new term counted from that day, if
 * its keep threshold is met in the window of that day; otherwise, after a grace, it goes down
 * by one or to what the window says.  With renew "whenever_reached", sales after the term
 * began that reach the threshold again, inside the window, start a new term.
 *
 * The tier is derived: it is a track of the timeline.  tier.up, tier.kept and tier.down are
 * events. */
#pragma once
#include "core/feature.h"
#include "core/timeline/track.h"

enum { TIER_LEVELS_MAX = 20 };
struct tier_level { const char *code, *name; int64_t threshold_minor, keep_minor; };
struct ladder {
    int64_t version, config_version, effective_at;
    const struct tier_level *levels; size_t levels_n;      /* level i+1 is levels[i] */
    int window_days, term_days, grace_days;
    bool is_renewed_when_reached, is_down_by_one;
    bool is_unreadable;                  /* in its place, and nothing moves by it */
};

extern const struct feature feature_tier;

/* The ladder in force at a moment among those published by config_version; NULL if none, or if
 * it cannot be read. */
const struct ladder *tier_ladder(const struct conf *conf, int64_t config_version, int64_t at);

/* Publishes a new version of the ladder.  Refusals: version.mismatch, tier.levels_moved (the levels
 * there were keep their places; new ones come on top), tier.effective_past. */
struct tier_publish { const struct json *doc; int64_t effective_at; int64_t if_version; };
enum rc tier_publish(struct ctx *c, const struct tier_publish *in, int64_t *version) MUST_CHECK;

/* What a person sees: where they stand and what is missing. */
struct tier_view {
    int64_t level;
    const char *code, *name;             /* NULL: no level */
    int64_t until_at;                    /* TIME_NEVER: no term */
    int64_t spent_minor;                 /* in the window of today */
    const char *next_code;               /* NULL: top */
    int64_t next_threshold_minor, missing_minor;
};
enum rc tier_view(struct fold *f, struct tier_view *out) MUST_CHECK;
