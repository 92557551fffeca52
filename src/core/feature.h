/* feature.h -- what a feature gives to the wiring: routes, fields, effects, tracks, events,
 * permissions, tasks.  wiring.c lists every feature, in order; nothing else knows them all. */
#pragma once
#include "core/route.h"

struct field;       /* core/rule/field.h */
struct effect;      /* core/rule/rule.h */
struct track;       /* core/timeline/track.h */
struct event_kind;  /* core/event/event_kind.h */
struct task_kind;   /* core/event/task.h */
struct config_kind; /* core/config/config_kind.h */

struct permission { const char *name, *label; };          /* "voucher.redeem" */

struct feature {
    const char *name;
    /* For `regulars check`: compares the rows of the feature with the member's events.  *why: the
     * first thing that is wrong; left alone if nothing is.  NULL: there is nothing to compare. */
    enum rc (*check)(struct ctx *c, int64_t member_id, const char **why);
    /* Under a new secret: makes the seals of the member's rows again.  NULL: none are sealed. */
    enum rc (*seal_anew)(struct ctx *c, int64_t member_id);
    const struct route      *routes;       size_t routes_n;
    const struct field      *fields;       size_t fields_n;
    const struct effect     *const *effects; size_t effects_n;
    const struct track      *track;        /* one at most */
    const struct event_kind *events;       size_t events_n;
    const struct permission *permissions;  size_t permissions_n;
    const struct task_kind *const *tasks;  size_t tasks_n;
    const struct config_kind *const *configs; size_t configs_n;
};
extern const struct feature *const features[];   /* wiring.c; ends with NULL */
