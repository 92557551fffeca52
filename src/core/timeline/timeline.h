/* timeline.h -- a unit of work at one member: locked, brought up to now, changed, settled, written.
 *
 *     timeline_ask(&t, c, member_id);              queue the lock and the loads
 *     …ask whatever else the request needs…
 *     rc = db_sync(c->db);                         one round trip
 *     rc = timeline_open(&t);                      refusals; settles to now
 *     rc = timeline_tell(&t, &event);              in order: one step; otherwise reconsiders
 *     rc = timeline_close(&t);                     settles again, writes every row
 *
 * Results never depend on when a job ran: whatever was due before now is done first, each with its
 * own date. */
#pragma once
#include "core/effect/effect.h"
#include "core/event/task.h"
#include "core/timeline/fold.h"

/* A booking of this unit of work, for the answer: what a rule gave, for which event, and why. */
struct given {
    const struct event *event;
    int64_t rule_id, rule_version, unit_id, amount, basis_minor;
    const char *rule_name, *effect, *subject;
};

struct timeline {
    struct ctx *c;
    int64_t member_id;
    struct fold fold;
    struct books books;
    struct member before;                    /* as it was locked */
    bool is_view;                            /* a reader: nothing is written */
    const char *name;                        /* of the person, for a reader; NULL: none */
    bool is_deferred;                        /* the reconsideration became a task */
    struct event **fresh; size_t fresh_n, fresh_cap;      /* rows of `event` to write */
    void *awards; size_t awards_n, awards_cap;            /* rows of `award` to write */
    int64_t award_n;
    bool is_refolded;                        /* awards are numbered behind all that may be there */
    struct given *given; size_t given_n, given_cap;
    size_t booked_n, raised_booked_n;        /* how far fold.awards and fold.raised are booked */
    void *asked, *asked_sales;
};

void    timeline_ask(struct timeline *t, struct ctx *c, int64_t member_id);
/* The same for a reader: no lock, and nothing is ever written. */
void    timeline_ask_view(struct timeline *t, struct ctx *c, int64_t member_id);
/* Refusals, in this order: member.unknown, member.blocked, member.frozen. */
enum rc timeline_open(struct timeline *t) MUST_CHECK;
/* A new event; its id and is_new are set here.  The row is written by timeline_close. */
enum rc timeline_tell(struct timeline *t, struct event *e) MUST_CHECK;
/* What stands of an earlier event changed (its row is updated already): fold again from there, and
 * book the differences under `cause`, a told event of today.  What weighs more than a request may
 * becomes a task: is_deferred. */
struct past_change {
    int64_t event_id, from_at;
    const struct event *cause;
    bool may_refuse;                         /* a return or a void: the unit's policy may say no */
};
/* Refusals, only where the change may be refused: points.take_back_refused; return.unjudged (it
 * cannot be worked out at once, and the member holds a unit whose policy might have refused it). */
enum rc timeline_changed(struct timeline *t, const struct past_change *p) MUST_CHECK;
enum rc timeline_close(struct timeline *t) MUST_CHECK;

/* Points the books at an event: what is posted next is posted under it. */
void    timeline_cause(struct timeline *t, const struct event *e);

/* Settles one member to now: the daily walk, the last step of an import. */
enum rc timeline_settle_member(struct ctx *c, int64_t member_id) MUST_CHECK;
/* The task "reconsider": folds a member of any weight again, in steps. */
extern const struct task_kind timeline_reconsider_task;

/* How much of a member's past is read at once, and how much of it a request may fold by itself. */
struct fold_bounds {
    size_t page_events, page_rows;       /* rows: lines, and awards, of one page */
    size_t bytes;
    int64_t events, rules, differences;
};
const struct fold_bounds *fold_bounds(void);
#ifdef REGULARS_TEST
void fold_bounds_set(const struct fold_bounds *b);       /* NULL: as usual again */
#endif

/* ---- proof -------------------------------------------------------------------------------- */

/* Folds the member again from the beginning and compares: awards, tier, counters.  `out` gets the
 * first difference as a sentence, or NULL. */
enum rc timeline_prove(struct ctx *c, int64_t member_id, const char **out) MUST_CHECK;
