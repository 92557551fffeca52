/* event_kind.h -- the names of events, what a marketer reads for them, and what a feature adds. */
#pragma once
#include "base/text.h"
#include "core/event/event.h"

struct event_kind {
    const char *name;
    struct text label;
    /* Fills e->detail of the events of this name in the list, where it is not there yet; NULL:
     * nothing to add.  Shortens the list to what can be read with max rows, but not below one. */
    enum rc (*load)(struct ctx *c, int64_t member_id, struct event_list *events, size_t max);
};
/* Calls every feature's load. */
enum rc event_details(struct ctx *c, int64_t member_id, struct event_list *events, size_t max)
    MUST_CHECK;
