/* tier_prove.c -- for `regulars check`: a change of tier and its event say the same. */
#include "app/tier/tier_int.h"
#include "base/time.h"
#include "core/config/conf.h"
#include "sql/tier_sql.h"

static bool is_code_known(struct ctx *c, int64_t level_id)
{
    return level_id == 0 || tier_code(c->conf, level_id);
}

/* The codes of a ladder that cannot be read any more are not at hand. */
static bool is_told_alike(struct ctx *c, const struct sql_tier_prove_row *r)
{
    struct tier_moved moved = { r->from_level, r->to_level, r->until_at, r->reason };
    bool is_known = is_code_known(c, r->from_level) && is_code_known(c, r->to_level);

    return r->change_id == r->id && r->at == r->event_at && r->change_cause_id == r->cause_id
        && r->change_is_live == r->is_live
        && (!is_known || str_eq(r->payload, tier_moved_text(c, &moved)));
}

static bool is_direction_right(struct ctx *c, const struct sql_tier_prove_row *r)
{
    struct tier_when w = { c->conf, r->config_version, r->event_at };
    int64_t from = tier_place(&w, r->from_level), to = tier_place(&w, r->to_level);

    if (!tier_ladder(&w)) return true;
    if (str_eq(r->name, "tier.up"))   return to > from;
    if (str_eq(r->name, "tier.down")) return to < from;
    return r->to_level == r->from_level;
}

/* By a sale: at its moment.  By time: when a day has ended, and it belongs to that day.  A notice
 * has the date of its writing, which the core checks. */
static bool is_date_right(struct ctx *c, const struct sql_tier_prove_row *r)
{
    const struct zone *zone = c->conf->zone;
    int32_t day = date_of(zone, r->event_at - 1);

    if (r->is_raised == EVENT_NOTICE) return true;
    if (r->cause_id) return r->event_at == r->cause_at && r->business_date == r->cause_date;
    return r->business_date == day && date_start(zone, day + 1) == r->event_at;
}

/* What went was taken away by something that was told, what stands by nothing. */
static bool is_end_right(const struct sql_tier_prove_row *r)
{
    bool is_told = r->ender_made == EVENT_TOLD || r->ender_made == EVENT_SILENT;

    return r->is_live ? r->ended_by == 0 : r->ended_by != 0 && is_told;
}

static const char *wrong(struct ctx *c, const struct sql_tier_prove_row *r)
{
    bool is_notice = r->is_raised == EVENT_NOTICE;

    if (!is_told_alike(c, r)) return "its change of tier says otherwise";
    if (!is_notice && r->is_raised != EVENT_RAISED) return "nobody but a sale or time moves a tier";
    if (is_notice != str_eq(r->reason, "revised")) return "its reason is another's";
    if (!is_direction_right(c, r)) return "its levels go another way";
    if (!is_date_right(c, r)) return "its date is another than its cause's";
    return is_end_right(r) ? NULL : "what ended it is missing";
}

enum rc tier_prove(struct ctx *c, int64_t member_id, const char **why)
{
    struct sql_tier_prove v = { .member_id = member_id };
    enum rc rc = sql_tier_prove(c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n && !*why; i++) {
        const char *what = wrong(c, &v.rows[i]);
        if (what)
            *why = arena_printf(c->arena, "event %lld (%s): %s", (long long)v.rows[i].id,
                                v.rows[i].name, what);
    }
    return rc;
}
