/* event.h -- something that happened to a member, at a moment; the timeline is all of them in
 * order of (at, id).
 *
 * Told or done events are never done again.  Raised events are made by the fold from others
 * (tier.up): they follow, and go when what raised them goes.  A notice is written for people
 * (a tier corrected by a return) and is not folded.  A silent one is told for history and
 * tiers only (an import beside opening balances): rules give nothing for it.  A sale that came
 * back whole is not live: it counts for nothing. */
#pragma once
#include "core/ctx.h"

enum event_made { EVENT_TOLD, EVENT_RAISED, EVENT_NOTICE, EVENT_SILENT };

struct event {
    int64_t id, at, booked_at;
    const char *name;
    int32_t business_date;
    int64_t store_id, company_id;
    int64_t value_minor;                 /* what stands of a sale */
    int64_t config_version, cause_id;
    bool is_live;
    enum event_made made;
    const char *channel, *payload, *facts;
    /* what the feature of this name adds (a purchase's lines) */
    const void *detail;

    /* While folding: */
    bool is_new;                         /* not in the database yet */
    /* new, or what stands of it changed: judge it by every rule */
    bool is_changed;
    bool is_silent;                      /* EVENT_SILENT, or raised by one */
    int  depth;                          /* 0 told, 1 raised by it, … */
};

/* The order of the fold. */
int event_compare(const struct event *a, const struct event *b);

enum rc event_add(struct ctx *c, int64_t member_id, const struct event *e) MUST_CHECK;
/* After a return: what stands of it. */
enum rc event_stands(struct ctx *c, int64_t member_id, const struct event *e) MUST_CHECK;
enum rc event_get(struct ctx *c, int64_t member_id, int64_t id, struct event *out) MUST_CHECK;

struct event_list { struct event *items; size_t n; };
/* Every event of the member from a moment on, in order; all of them, live or not. */
enum rc event_timeline(struct ctx *c, int64_t member_id, int64_t from_at, struct event_list *out)
    MUST_CHECK;
enum rc event_count(struct ctx *c, int64_t member_id, int64_t from_at, int64_t *n) MUST_CHECK;

/* Live sales of a member since a moment: what windows are summed over. */
struct sale { int64_t id, at, value_minor; int32_t business_date; };
struct sale_list { const struct sale *items; size_t n; };
