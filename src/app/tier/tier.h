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
#include "core/config/config_kind.h"
#include "core/feature.h"
#include "core/timeline/track.h"

enum { TIER_LEVELS_MAX = 20, TIER_REMOVED_MAX = 100 };

/* A level is what its code says, for ever: `id` is the number that the code got when it first
 * appeared, which members and changes hold.  Its place, from 1, is the ladder's to say. */
struct tier_level { int64_t id; const char *code, *name; int64_t threshold_minor, keep_minor; };
/* Where those on a level that is gone stand; to_id 0: on none. */
struct tier_removed { const char *code, *to; int64_t level_id, to_id; };
struct ladder {
    int64_t version, config_version, effective_at;
    struct tier_level *levels; size_t levels_n;            /* place i+1 is levels[i] */
    struct tier_removed *removed; size_t removed_n;
    int window_days, term_days, grace_days;
    bool is_renewed_when_reached, is_down_by_one;
    bool is_unreadable;                  /* in its place, and nothing moves by it */
    int64_t last_id;                     /* of its levels, also if it is unreadable; -1: these are,
                                            too */
    const struct ladder *before;         /* the version it followed; NULL: the first */
};
extern const struct feature feature_tier;

/* The ladder is a kind of configuration of which there is one.  Refusals of its check: tier.invalid
 * (also a removed level that no ladder had). */
extern const struct config_kind tier_kind;

/* What may be seen of the ladders: those published by config_version and in force by a moment. */
struct tier_when { const struct conf *conf; int64_t config_version, at; };
/* The ladder in force; NULL if none, or if it cannot be read. */
const struct ladder *tier_ladder(const struct tier_when *w);
/* The one that says where levels stand: the ladder in force or, if that cannot be read, the last
 * before it that can. */
const struct ladder *tier_stairs(const struct tier_when *w);
/* The place of a level on the stairs; 0: on none.  One that is gone stands where the edit that
 * removed it said, or at the highest level that asks no more than it did. */
int64_t tier_place(const struct tier_when *w, int64_t level_id);
const char *tier_code(const struct conf *conf, int64_t level_id);    /* NULL: nobody knows it */

/* What a person sees: where they stand and what is missing. */
struct tier_view {
    int64_t level;                       /* its place now */
    const char *code, *name;             /* NULL: no level */
    int64_t until_at;                    /* TIME_NEVER: no term */
    int64_t spent_minor;                 /* in the window of today */
    const char *next_code;               /* NULL: top */
    int64_t next_threshold_minor, missing_minor;
};
enum rc tier_view(struct fold *f, struct tier_view *out) MUST_CHECK;
