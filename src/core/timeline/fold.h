/* fold.h -- the fold over a member's live events in order of (at, id).
 *
 * One step, fold_event, judges an event by its rules and moves the tracks; between events,
 * fold_settle does what time does.  A sale that arrives in order is one step from the stored state;
 * a return, a late sale or a proof is all steps from the beginning.  Both are this code. */
#pragma once
#include "core/rule/rule.h"

struct fold {
    struct ctx *c;
    struct member m;                         /* the derived state, as of the last step */
    struct arena *keep;                      /* where `past` lives; NULL: nothing was needed yet */
    struct arena *scratch;                   /* for judging many events; NULL: the request's */
    struct history past;                     /* sales folded so far, or loaded */
    int64_t past_from_at;                    /* sales since this moment are in `past` */
    struct sale *own; size_t own_n, own_cap; /* folded here, and not in the tables yet */
    struct award_list awards;                /* what follows from the events judged */
    struct event **raised; size_t raised_n, raised_cap;   /* in the order they were raised */
    size_t queue_at;                         /* raised events before this place are judged */
    /* replay: raised events booked before, to be matched */
    const struct event_list *known;
    int64_t judge_from_at;                   /* replay: events before are folded, not judged */
    const struct event *root;                /* the event in whose queue we are */
    int bounds;                              /* times the usual bounds of raised events; 0: once */
    bool is_over;                            /* something was left out at the bounds */
};

/* From the stored state: one step to come. */
void    fold_resume(struct fold *f, struct ctx *c, const struct member *m);
/* From nothing: every event to come.  The caller says where `past` lives. */
void    fold_begin(struct fold *f, struct ctx *c, const struct member *m);
enum rc fold_event(struct fold *f, struct event *e) MUST_CHECK;
/* What tracks do by themselves up to and including a moment. */
enum rc fold_settle(struct fold *f, int64_t upto) MUST_CHECK;
enum rc fold_settle_one(struct fold *f, int64_t at) MUST_CHECK;
/* Makes the sales of the last N business days before `day` available in f->past. */
enum rc fold_need(struct fold *f, int32_t day, int days) MUST_CHECK;

/* For tracks and effects: raises an event in the queue of its root.  name, at, business_date,
 * cause_id and payload are given; the rest follows.  Beyond the bounds (depth, number) the
 * sale still succeeds: the event is left out, an alarm is raised, and a task folds the member
 * again. */
enum rc fold_raise(struct fold *f, const struct event *proto) MUST_CHECK;

#define EVENT_SALE "purchase"
