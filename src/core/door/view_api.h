/* view_api.h -- parts of answers that several routes show: balances, the tier, what rules gave.
 *
 * Shared by the _api files of this folder and of the features. */
#pragma once
#include "core/route.h"
#include "core/timeline/timeline.h"

struct balance_view {
    const char *unit, *name;
    int64_t decimals, available, pending, owed;
    int64_t next_expires_at, next_expires;       /* JSON_ABSENT: not asked, or nothing ends */
};
struct balances_view { struct balance_view *items; size_t n; };
extern const struct json_shape balance_shape;
/* Units of which the member has, owes or awaits anything, in the order of their making. */
struct balances_view view_balances(struct ctx *c, const struct books *books);

struct tier_standing { int64_t level; const char *code, *name; int64_t until_at; };
extern const struct json_shape tier_standing_shape;
struct tier_standing view_tier(const struct ctx *c, const struct member *m);

/* One thing that a rule gave, or gives no more. */
struct given_view {
    const char *event, *event_name;      /* evt_…; left out where it is the sale itself */
    const char *rule, *name, *effect, *unit, *tag;
    int64_t amount, basis_minor;
    const char *why;
};
extern const struct json_shape earned_shape, difference_shape;
struct given_view view_given(struct timeline *t, const struct given *g, const char *language);
/* The same as a difference: which event was judged anew. */
struct given_view view_difference(struct timeline *t, const struct given *g, const char *language);

/* The differences of an answer: the first LIMIT_DIFFERENCES_TOLD of those that the caller's key may
 * see; how many more of them there are; and of what happened at other stores only the sum. */
struct unit_sum { const char *unit; int64_t amount; };
struct differences_view {
    const struct given_view *items; size_t n;
    int64_t more;                        /* JSON_ABSENT: none */
    const struct unit_sum *elsewhere; size_t elsewhere_n;
};
extern const struct json_shape unit_sum_shape;
/* Given for this sale, or for what it raised; the rest are corrections of what comes after it. */
bool    view_is_earned(const struct given *g, int64_t id);
/* What was given for the sale earned_id, and for what it raised, is left out; 0: nothing is. */
struct differences_view view_differences(struct timeline *t, int64_t earned_id,
                                         const char *language);
#define DIFFERENCES_FIELDS(type, member)                                                        \
    { "differences", JT_LIST, offsetof(type, member.items),                                     \
      .count_offset = offsetof(type, member.n), .of = &difference_shape },                      \
    { "differences_more", JT_I64, offsetof(type, member.more), .flags = JF_OMIT },              \
    { "differences_elsewhere", JT_LIST, offsetof(type, member.elsewhere), .flags = JF_OMIT,     \
      .count_offset = offsetof(type, member.elsewhere_n), .of = &unit_sum_shape }

struct raised_view { const char *id, *name; struct json payload; };
struct raised_list { const struct raised_view *items; size_t n; };
extern const struct json_shape raised_shape;
/* What this unit of work made happen beside the event itself: tier.up by a sale, tier.down by a
 * return.  Ends of terms that were due before are not its doing. */
struct raised_list view_raised(struct timeline *t);

/* An event's payload for people: moments as text, TIME_NEVER as null. */
struct json view_payload(struct ctx *c, const char *payload);
