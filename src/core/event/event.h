/* event.h -- something that happened to a member, at a moment; the timeline is all of them in
 * order of (at, id).
 *
 * Told or done events are never done again.  Raised events are made by the fold from others
 * (tier.up): they follow, and go when what raised them goes.  A notice is written for people
 * (a tier corrected by a return) and is not folded.  A silent one is told for history and
 * tiers only (an import beside opening balances): rules give nothing for it.  A sale that came
 * back whole is not live: it counts for nothing. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/rc.h"

struct ctx;

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
    bool is_new;                         /* first processed by this unit of work */
    bool is_written;                     /* its row is in the table already */
    /* new, or what stands of it changed: judge it by every rule */
    bool is_changed;
    bool is_revised;                     /* raised before, and says something else now */
    bool is_silent;                      /* EVENT_SILENT, or raised by one */
    int  depth;                          /* 0 told, 1 raised by it, … */
};

/* The order of the fold. */
int event_compare(const struct event *a, const struct event *b);

enum rc event_add(struct ctx *c, int64_t member_id, const struct event *e) MUST_CHECK;
/* After a return: what stands of it. */
enum rc event_stands(struct ctx *c, int64_t member_id, const struct event *e) MUST_CHECK;
/* A raised event that says something else now. */
enum rc event_says(struct ctx *c, int64_t member_id, const struct event *e) MUST_CHECK;
enum rc event_get(struct ctx *c, int64_t member_id, int64_t id, struct event *out) MUST_CHECK;

/* A stretch of a member's timeline, in order. */
struct event_list { struct event *items; size_t n; };
/* From the event after (at, id) on, at most max of those that are told; before_at: only earlier
 * ones, live, and without texts. */
struct event_range { int64_t member_id, at, id, before_at; size_t max; };
enum rc event_told(struct ctx *c, const struct event_range *in, struct event_list *out) MUST_CHECK;
enum rc event_told_before(struct ctx *c, const struct event_range *in, struct event_list *out)
    MUST_CHECK;
