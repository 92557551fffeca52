/* view_api.h -- parts of answers that several routes show: balances, the tier, what rules gave.
 *
 * Shared by the _api files of this folder and of the features. */
#pragma once
#include "core/route.h"
#include "core/timeline/timeline.h"

struct balance_view { const char *unit, *name; int64_t decimals, available, pending, owed; };
struct balances_view { const struct balance_view *items; size_t n; };
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

struct raised_view { const char *id, *name; struct json payload; };
struct raised_list { const struct raised_view *items; size_t n; };
extern const struct json_shape raised_shape;
/* What this unit of work made happen beside the event itself: tier.up by a sale, tier.down by a
 * return.  Ends of terms that were due before are not its doing. */
struct raised_list view_raised(struct timeline *t);

/* An event's payload for people: moments as text, TIME_NEVER as null. */
struct json view_payload(struct ctx *c, const char *payload);
