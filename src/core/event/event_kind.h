/* event_kind.h -- the names of events, what a marketer reads for them, and what a feature adds. */
#pragma once
#include "core/event/event.h"

struct event_kind {
    const char *name, *label, *label_en;
    /* Fills e->detail of the member's events of this name since from_at; NULL: nothing to add. */
    enum rc (*load)(struct ctx *c, int64_t member_id, struct event_list *events, int64_t from_at);
};
/* Calls every feature's load. */
enum rc event_details(struct ctx *c, int64_t member_id, struct event_list *events, int64_t from_at)
    MUST_CHECK;
