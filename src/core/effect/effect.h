/* effect.h -- the verbs of rules, and how each is booked.
 *
 * An effect is three functions (core/rule/rule.h): plan says, without doing, what it would give;
 * apply books it; revise books the difference between what was booked and what now follows.  A row
 * of `award` remembers each booking; their sum is what stands. */
#pragma once
#include "core/feature.h"
#include "core/ledger/ledger.h"
#include "core/rule/rule.h"

struct booked_lot { int64_t id, amount; };           /* summed, signed */
/* What was booked for one (event, rule, effect), summed. */
struct booked {
    int64_t event_id, event_at, rule_id, rule_version, effect_n;
    const char *effect, *subject;
    int64_t unit_id, amount, lapsed;
    struct booked_lot *lots; size_t lots_n, lots_cap;    /* the one booked last comes first */
    bool is_dependent;                   /* as in the table */
    bool is_seen;                        /* the fold gives it too */
};

struct booking {
    struct ctx *c;
    struct books *books;
    int64_t member_id;
    const struct unit *unit;             /* NULL: not a unit */
    const char *subject;
    const struct award *award;           /* what should stand; NULL: nothing any more */
    const struct booked *before;         /* NULL: never booked */
    int64_t delta;                       /* should stand less booked; never 0 */
    /* the answer, for the rows of `award`: each a part of delta; none: nothing to say of them */
    struct booking_part *parts; size_t parts_n, parts_cap;
};
struct booking_part { int64_t amount, lot_id, posted, owed, lapsed, forgiven; };

/* For `regulars check`: a row of `award`, and what it hangs on. */
struct award_check {
    int64_t unit_id, amount, basis_minor, lot_id, posted, owed, lapsed, forgiven, cause_id;
    const char *subject;
    bool has_unit;                       /* there is a unit of this id */
    bool has_value;                      /* its event is of a kind that has one: a basis */
    const struct award_lot *lot;         /* the member's lot of this id; NULL: there is none */
};
struct award_lot { int64_t unit_id, event_id, granted; };

/* The feature's check: what members are tagged with, and the awards that did it. */
enum rc effect_tag_prove(struct ctx *c, int64_t member_id, const char **why) MUST_CHECK;

extern const struct effect effect_points_grant, effect_points_take, effect_tag_add;
extern const struct effect_list core_effects;
