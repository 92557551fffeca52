/* track.h -- what a feature derives over time from the events of a member: the tier, a card.
 *
 * A track's state is in the member's row and moves only here: by an event, after the rules of that
 * event were asked, and by settlement, when a moment comes.  Whatever a track wants known it raises
 * as an event; gifts that hang on it are rules. */
#pragma once
#include "core/timeline/fold.h"

/* Where a member stands: the place of their level, 0 if none, and what it is called. */
struct level_now { int64_t place; const char *code, *name; int64_t until_at; };

struct track {
    const char *name;
    /* True if judging sales may need earlier ones at all under this configuration. */
    bool    (*is_on)(const struct conf *conf);
    /* How many days back the sales must be at hand to move by this event; 0: none needed. */
    int     (*window_days)(const struct fold *f, const struct event *e);
    enum rc (*event)(struct fold *f, const struct event *e);
    /* The next moment at which time alone moves it; TIME_NEVER if none. */
    int64_t (*due)(const struct member *m);
    enum rc (*settle)(struct fold *f, int64_t at);
    /* The rows that belong to an event it raised; what they say now, and their end, when the past
     * changed. */
    enum rc (*book)(struct ctx *c, int64_t member_id, const struct event *raised);
    enum rc (*revise)(struct ctx *c, int64_t member_id, const struct event *raised);
    enum rc (*drop)(struct ctx *c, int64_t member_id, const struct event *gone, int64_t cause_id);
    /* For `regulars check`: compares its rows with the raised events and notices, as stored;
     * whether these follow is the fold's to prove.  *why as in struct feature.  NULL: it has
     * no rows. */
    enum rc (*prove)(struct ctx *c, int64_t member_id, const char **why);
    struct level_now (*level)(const struct ctx *c, const struct member *m);
    /* True and a notice (name, payload) if the state differs in a way that people should be
     * told. */
    bool    (*notice)(struct ctx *c, const struct member *before, const struct member *after,
                      struct event *out);
};
const struct track *track_find(void);        /* the feature's that has one; NULL if none */
