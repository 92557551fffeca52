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
/* What this unit of work has found so far must be in the tables before they are read again. */
enum rc timeline_flush(struct timeline *t) MUST_CHECK;
enum rc timeline_write_events(struct timeline *t) MUST_CHECK;

/* ---- folding the whole ---- */

struct id_list { int64_t *items; size_t n, cap; };
struct difference_list { struct difference *items; size_t n, cap; };
struct event_refs { struct event **items; size_t n, cap; };

/* What one page holds; all of it lies in the request's memory. */
struct refold_page {
    struct event_list told;                  /* after where the fold was, in order */
    bool is_last;                            /* nothing was told after these */
    struct event_list known;                 /* raised at their moments, standing or not */
    struct booked_list booked[2];            /* of told events; of raised ones: each in order */
};

/* The fold from the first event on, a page at a time.  Before from_at nothing is judged: what
 * stands there is as it is booked.  Between pages only the fold's own state lives on, in fold.keep,
 * and that is as many days as the member has; so a history of any length takes the same memory. */
struct refold {
    struct ctx *c;
    int64_t member_id;
    struct fold fold;
    int64_t from_at;
    int64_t upto;                            /* tracks settle to here at the end */
    const int64_t *changed; size_t changed_n;    /* rising: events judged by every rule */
    bool is_all_changed;
    const struct event *fresh;               /* told just now: its detail is at hand; NULL: none */
    size_t page_events;
    int64_t events_max;                      /* RC_LIMIT past it; 0: any number */
    int64_t at, id;                          /* the last told event that was folded */
    int64_t read_n;
    bool is_ended;
    bool has_raised;                         /* something that was not raised before */
    struct id_list seen;                     /* raised at `at`, and compared already */

    int64_t asked_n;                         /* rules, so far */

    /* What the pages of this unit of work found. */
    struct difference_list differences;
    struct event_refs raised;                /* follow now, and were not there */
    struct event_refs revised;               /* were there, and say something else now */
    struct event_refs gone;                  /* were there, and follow no more */
    struct refold_page *page;
};
/* from_at, upto, changed and fresh are given. */
void    refold_begin(struct refold *r, struct ctx *c, const struct member *m);
/* Goes on in this unit of work, with what lives on in `keep` and nothing found yet; before the
 * first page too. */
void    refold_in(struct refold *r, struct ctx *c, struct arena *keep);
/* Everything before from_at; a page of it at a time lies in the request's arena. */
enum rc refold_prefix(struct refold *r) MUST_CHECK;
/* The next page: folds it and says how it differs from what is booked. */
enum rc refold_page(struct refold *r) MUST_CHECK;
void    refold_forget(struct refold *r);                 /* what was found, for another page */
