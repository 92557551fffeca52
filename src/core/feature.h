/* feature.h -- what a feature gives to the wiring: routes, fields, effects, tracks, events,
 * permissions, tasks.  wiring.c lists every feature, in order; nothing else knows them all. */
#pragma once
#include "base/text.h"
#include "core/route.h"

struct field;       /* core/rule/field.h */
struct effect;      /* core/rule/rule.h */
struct track;       /* core/timeline/track.h */
struct event_kind;  /* core/event/event_kind.h */
struct task_kind;   /* core/event/task.h */
struct config_kind; /* core/config/config_kind.h */

struct permission { const char *name; struct text label; };      /* "voucher.redeem" */

/* .routes = LIST(route_list, routes) counts an array of the same file; one of another file is told
 * there: const struct route_list tier_routes = LISTED(routes); */
#define LISTED(array) { (array), ARRAY_LEN(array) }
#define LIST(type, array) (&(const struct type)LISTED(array))
struct route_list       { const struct route *items; size_t n; };
struct field_list       { const struct field *items; size_t n; };
struct effect_list      { const struct effect *const *items; size_t n; };
struct event_kind_list  { const struct event_kind *items; size_t n; };
struct permission_list  { const struct permission *items; size_t n; };
struct refusal_list     { const struct refusal *items; size_t n; };
struct task_kind_list   { const struct task_kind *const *items; size_t n; };
struct config_kind_list { const struct config_kind *const *items; size_t n; };
/* For each of a list that may not be there. */
#define LIST_EACH(i, list) (size_t i = 0; (list) != NULL && i < (list)->n; i++)

struct feature {
    const char *name;
    /* For `regulars check`: compares the rows of the feature with the member's events.  *why: the
     * first thing that is wrong; left alone if nothing is.  NULL: there is nothing to compare. */
    enum rc (*check)(struct ctx *c, int64_t member_id, const char **why);
    /* Under a new secret: makes the seals of the member's rows again.  NULL: none are sealed. */
    enum rc (*seal_anew)(struct ctx *c, int64_t member_id);
    const struct route_list       *routes;
    const struct field_list       *fields;
    const struct effect_list      *effects;
    const struct track            *track;        /* one at most */
    const struct event_kind_list  *events;
    const struct permission_list  *permissions;
    const struct refusal_list     *refusals;     /* what people read of them */
    const struct task_kind_list   *tasks;
    const struct config_kind_list *configs;
};
extern const struct feature *const features[];   /* wiring.c; ends with NULL */
