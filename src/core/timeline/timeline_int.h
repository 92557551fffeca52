/* timeline_int.h -- shared by timeline.c, settle.c, reconsider.c and prove.c only. */
#pragma once
#include "core/timeline/timeline.h"
#include "core/timeline/track.h"

#define EVENT_EXPIRED "points.expired"

struct booked_list { struct booked *items; size_t n, cap; };

/* Books one difference under the present cause of the books. */
struct difference {
    const struct event *event;           /* the event judged */
    const struct award *award;           /* what should stand; NULL: nothing */
    const struct booked *before;         /* NULL: never booked */
    int64_t delta;
};
enum rc timeline_book(struct timeline *t, const struct difference *d) MUST_CHECK;
/* Books everything that the fold found since the last call, each under its own event. */
enum rc timeline_book_new(struct timeline *t) MUST_CHECK;
enum rc timeline_settle(struct timeline *t, int64_t upto) MUST_CHECK;
/* A reader's state as it is stored, not settled to now. */
enum rc timeline_load_view(struct timeline *t) MUST_CHECK;
void    timeline_fresh(struct timeline *t, struct event *e);

/* ---- folding the whole ---- */

struct refold {
    struct event_list events;            /* all, in order; the new one among them */
    struct booked_list booked;           /* of events at or after from_at, what may differ */
    int64_t from_at;
    int64_t upto;                        /* tracks settle to here at the end */
    const int64_t *changed; size_t changed_n;   /* events judged by every rule */
    bool is_all_changed;
    size_t award_at, booked_at;          /* how far refold_next has come */
    const struct event *event;           /* of the last booked it looked at */
};
enum rc refold_load(struct timeline *t, struct refold *r, struct event *fresh) MUST_CHECK;
enum rc refold_run(struct timeline *t, struct refold *r, struct fold *out) MUST_CHECK;
/* The next thing that differs between the fold and what is booked; false at the end. */
bool    refold_next(struct timeline *t, struct refold *r, const struct fold *f,
                    struct difference *out);
