/* tier.c -- the ladder as a track: what a sale and what time do to a level. */
#include "app/tier/tier_int.h"

#include <assert.h>

#include "base/time.h"
#include "core/rule/history.h"
#include "sql/tier_sql.h"

const struct ladder *tier_ladder(const struct conf *conf, int64_t config_version, int64_t at)
{
    const struct ladders *all = conf->ladder;
    const struct ladder *best = NULL;

    for (size_t i = 0; all && i < all->n; i++) {
        const struct ladder *l = &all->items[i];
        if (l->config_version > config_version || l->effective_at > at) continue;
        if (!best || l->effective_at >= best->effective_at) best = l;
    }
    return best && !best->is_unreadable ? best : NULL;
}

static bool is_on(const struct conf *conf)
{
    const struct ladders *all = conf->ladder;

    return all && all->n > 0;
}

/* The level that a sum reaches: the highest threshold at or below it. */
static int64_t level_for(const struct ladder *l, int64_t sum_minor)
{
    int64_t level = 0;

    for (size_t i = 0; i < l->levels_n; i++)
        if (l->levels[i].threshold_minor <= sum_minor) level = (int64_t)i + 1;
    return level;
}

/* Most sales of most members cannot move the level: all they ever spent is below the next
 * threshold, or they stand at the top.  Then no earlier sale is looked at. */
static bool can_move(const struct fold *f, const struct ladder *l, int64_t spend_minor)
{
    if (f->m.tier_level > 0 && l->is_renewed_when_reached) return true;
    if ((size_t)f->m.tier_level >= l->levels_n) return false;
    return spend_minor >= l->levels[f->m.tier_level].threshold_minor;
}

static int window_days(const struct fold *f, const struct event *e)
{
    const struct ladder *l = tier_ladder(f->c->conf, e->config_version, e->at);

    if (!l || !str_eq(e->name, EVENT_SALE)) return 0;
    return can_move(f, l, f->m.spend_minor + e->value_minor) ? l->window_days : 0;
}

struct move {
    int64_t to_level, until_at, at;
    int32_t business_date;
    const char *name, *reason;
    int64_t cause_id;
};

const char *tier_moved_text(struct ctx *c, const struct tier_moved *m)
{
    return arena_printf(c->arena,
                        "{\"from_level\":%lld,\"to_level\":%lld,\"until_at\":%lld,"
                        "\"reason\":\"%s\"}",
                        (long long)m->from_level, (long long)m->to_level,
                        (long long)m->until_at, m->reason);
}

static enum rc raise(struct fold *f, const struct move *m)
{
    struct member *state = &f->m;
    struct tier_moved *moved = ARENA_NEW(f->c->arena, struct tier_moved);

    *moved = (struct tier_moved){ .from_level = state->tier_level, .to_level = m->to_level,
                                  .until_at = m->until_at, .reason = m->reason };
    state->tier_in_grace = str_eq(m->reason, "grace");
    if (!state->tier_in_grace) {
        state->tier_since_at = m->at;
        history_new_term(&f->past);
    }
    state->tier_level = m->to_level;
    state->tier_until_at = m->until_at;
    return fold_raise(f, &(struct event){
        .name = m->name, .at = m->at, .business_date = m->business_date,
        .cause_id = m->cause_id, .detail = moved, .payload = tier_moved_text(f->c, moved) });
}

static int64_t term_end(const struct fold *f, const struct ladder *l, int64_t at)
{
    return time_after(f->c->conf->zone, at, l->term_days, TIME_DAYS);
}

static enum rc on_event(struct fold *f, const struct event *e)
{
    const struct ladder *l = tier_ladder(f->c->conf, e->config_version, e->at);
    struct move up = { .name = "tier.up", .reason = "reached", .at = e->at, .cause_id = e->id,
                       .business_date = e->business_date };

    if (!l || !str_eq(e->name, EVENT_SALE) || !can_move(f, l, f->m.spend_minor)) return RC_OK;
    up.to_level = level_for(l, history_rolling_sum(&f->past, e->business_date, l->window_days));
    up.until_at = term_end(f, l, e->at);
    if (up.to_level > f->m.tier_level) return raise(f, &up);
    if (f->m.tier_level == 0 || !l->is_renewed_when_reached) return RC_OK;
    /* Of what was sold since the present term began, inside the window of the day. */
    if (history_term_sum(&f->past, e->business_date, l->window_days)
        < l->levels[f->m.tier_level - 1].threshold_minor)
        return RC_OK;
    up.to_level = f->m.tier_level;
    up.name = "tier.kept";
    up.reason = "renewed";
    return raise(f, &up);
}

static int64_t due(const struct member *m)
{
    return m->tier_until_at;
}

/* The ladder may have become shorter since. */
static const struct tier_level *level_of(const struct ladder *l, int64_t level)
{
    return level > 0 && (size_t)level <= l->levels_n ? &l->levels[level - 1] : NULL;
}

static enum rc go_down(struct fold *f, const struct ladder *l, struct move *m, int64_t sum)
{
    int64_t reached = level_for(l, sum);

    m->name = "tier.down";
    m->reason = "ended";
    m->to_level = f->m.tier_level - 1;
    if (!l->is_down_by_one && reached < m->to_level) m->to_level = reached;
    if ((size_t)m->to_level > l->levels_n) m->to_level = (int64_t)l->levels_n;
    m->until_at = m->to_level > 0 ? term_end(f, l, m->at - 1) : TIME_NEVER;
    return raise(f, m);
}

/* `at` is the first moment after the last day: the judgement belongs to that day. */
static enum rc settle(struct fold *f, int64_t at)
{
    const struct ladder *l = tier_ladder(f->c->conf, f->c->conf->version, at);
    const struct zone *zone = f->c->conf->zone;
    struct move m = { .at = at, .business_date = date_of(zone, at - 1), .name = "tier.kept",
                      .reason = "kept", .to_level = f->m.tier_level };
    const struct tier_level *level = l ? level_of(l, f->m.tier_level) : NULL;
    enum rc rc;

    if (!l) {
        m.until_at = TIME_NEVER;
        return raise(f, &m);
    }
    rc = fold_need(f, m.business_date, l->window_days);
    if (rc != RC_OK) return rc;
    int64_t sum = history_rolling_sum(&f->past, m.business_date, l->window_days);
    if (level && sum >= level->keep_minor) {
        m.until_at = term_end(f, l, at - 1);
        return raise(f, &m);
    }
    if (l->grace_days > 0 && !f->m.tier_in_grace) {
        m.name = "tier.ending";
        m.reason = "grace";
        m.until_at = time_after(zone, at - 1, l->grace_days, TIME_DAYS);
        return raise(f, &m);
    }
    return go_down(f, l, &m, sum);
}

static enum rc book(struct ctx *c, int64_t member_id, const struct event *raised)
{
    const struct tier_moved *moved = raised->detail;

    if (!str_prefix(raised->name, "tier.") || !moved) return RC_OK;
    struct sql_tier_change_add v = {
        .id = raised->id, .member_id = member_id, .at = raised->at,
        .from_level = moved->from_level, .to_level = moved->to_level,
        .until_at = moved->until_at, .reason = moved->reason, .cause_id = raised->cause_id };
    return sql_tier_change_add(c, &v);
}

static enum rc revise(struct ctx *c, int64_t member_id, const struct event *raised)
{
    const struct tier_moved *moved = raised->detail;

    if (!str_prefix(raised->name, "tier.") || !moved) return RC_OK;
    struct sql_tier_change_revise v = {
        .id = raised->id, .member_id = member_id, .from_level = moved->from_level,
        .to_level = moved->to_level, .until_at = moved->until_at, .reason = moved->reason };
    return sql_tier_change_revise(c, &v);
}

static enum rc drop(struct ctx *c, int64_t member_id, const struct event *gone, int64_t cause_id)
{
    struct sql_tier_change_end v = { .id = gone->id, .member_id = member_id,
                                     .ended_by = cause_id };

    return str_prefix(gone->name, "tier.") ? sql_tier_change_end(c, &v) : RC_OK;
}

static bool notice(struct ctx *c, const struct member *before, const struct member *after,
                   struct event *out)
{
    struct tier_moved *moved = ARENA_NEW(c->arena, struct tier_moved);

    if (before->tier_level == after->tier_level) return false;
    *moved = (struct tier_moved){ .from_level = before->tier_level,
                                  .to_level = after->tier_level,
                                  .until_at = after->tier_until_at, .reason = "revised" };
    *out = (struct event){
        .name = after->tier_level > before->tier_level ? "tier.up" : "tier.down",
        .detail = moved, .payload = tier_moved_text(c, moved) };
    return true;
}

enum rc tier_view(struct fold *f, struct tier_view *out)
{
    const struct ladder *l = tier_ladder(f->c->conf, f->c->conf->version, f->c->now);
    int32_t today = date_of(f->c->conf->zone, f->c->now);
    enum rc rc;

    *out = (struct tier_view){ .level = f->m.tier_level, .until_at = f->m.tier_until_at };
    if (!l) return RC_OK;
    rc = fold_need(f, today, l->window_days);
    if (rc != RC_OK) return rc;
    out->spent_minor = history_rolling_sum(&f->past, today, l->window_days);
    const struct tier_level *level = level_of(l, out->level), *next = level_of(l, out->level + 1);
    if (level) {
        out->code = level->code;
        out->name = level->name;
    }
    if (next) {
        out->next_code = next->code;
        out->next_threshold_minor = next->threshold_minor;
        out->missing_minor = next->threshold_minor > out->spent_minor
                           ? next->threshold_minor - out->spent_minor : 0;
    }
    return RC_OK;
}

static struct level_name level_name(const struct ctx *c, int64_t level)
{
    const struct ladder *l = level > 0 ? tier_ladder(c->conf, c->conf->version, c->now) : NULL;

    if (!l || (size_t)level > l->levels_n) return (struct level_name){ 0 };
    return (struct level_name){ l->levels[level - 1].code, l->levels[level - 1].name };
}

const struct track tier_track = {
    .name = "tier", .conf_read = tier_conf_read, .is_on = is_on, .window_days = window_days,
    .event = on_event, .due = due, .settle = settle, .book = book, .revise = revise,
    .drop = drop,
    .prove = tier_prove, .level = level_name, .notice = notice,
};
