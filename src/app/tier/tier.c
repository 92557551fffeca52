/* tier.c -- the ladder as a track: what a sale and what time do to a level. */
#include "app/tier/tier_int.h"

#include <assert.h>

#include "base/time.h"
#include "core/rule/history.h"
#include "sql/tier_sql.h"

static struct tier_when when(const struct fold *f, const struct event *e)
{
    return (struct tier_when){ f->c->conf, e->config_version, e->at };
}

/* A term ends by what is published by now: no ladder comes into force before it is published. */
static struct tier_when when_due(const struct fold *f, int64_t at)
{
    return (struct tier_when){ f->c->conf, f->c->conf->version, at };
}

static struct tier_when when_now(const struct ctx *c)
{
    return (struct tier_when){ c->conf, c->conf->version, c->now };
}

static bool is_on(const struct conf *conf)
{
    const struct ladders *all = conf_view(conf, &tier_kind);

    return all && all->n > 0;
}

/* The place that a sum reaches: the highest threshold at or below it. */
static int64_t place_for(const struct ladder *l, int64_t sum_minor)
{
    int64_t place = 0;

    for (size_t i = 0; i < l->levels_n; i++)
        if (l->levels[i].threshold_minor <= sum_minor) place = (int64_t)i + 1;
    return place;
}

static int64_t level_at(const struct ladder *l, int64_t place)
{
    return place > 0 ? l->levels[place - 1].id : 0;
}

/* Most sales of most members cannot move the level: all they ever spent is below the next
 * threshold, or they stand at the top.  Then no earlier sale is looked at. */
static bool can_move(const struct ladder *l, int64_t place, int64_t spend_minor)
{
    if (place > 0 && l->is_renewed_when_reached) return true;
    if ((size_t)place >= l->levels_n) return false;
    return spend_minor >= l->levels[place].threshold_minor;
}

static int window_days(const struct fold *f, const struct event *e)
{
    struct tier_when w = when(f, e);
    const struct ladder *l = tier_ladder(&w);

    if (!l || !str_eq(e->name, EVENT_SALE)) return 0;
    return can_move(l, tier_place(&w, f->m.tier_level), f->m.spend_minor + e->value_minor)
           ? l->window_days : 0;
}

struct move {
    int64_t from_level, to_level, until_at, at;
    int32_t business_date;
    const char *name, *reason;
    int64_t cause_id;
    const char *payload;                 /* as booked; NULL: it is new */
};

static struct json text_or_null(const char *s)
{
    if (!s) return (struct json){ .kind = JSON_NULL };
    return (struct json){ .kind = JSON_TEXT, .n = str_of(s).n, .u.text = s };
}

const char *tier_moved_text(struct ctx *c, const struct tier_moved *m)
{
    struct json_pair pairs[] = {
        { "from", text_or_null(tier_code(c->conf, m->from_level)) },
        { "to", text_or_null(tier_code(c->conf, m->to_level)) },
        { "until_at", { .kind = JSON_INT, .u.i = m->until_at } },
        { "reason", text_or_null(m->reason) },
    };
    struct json object = { .kind = JSON_OBJECT, .n = ARRAY_LEN(pairs), .u.pairs = pairs };
    struct buf text;

    buf_init(&text, c->arena, 1 << 10);
    json_emit(&object, &text);
    return buf_cstr(&text);
}

static enum rc raise(struct fold *f, const struct move *m)
{
    struct member *state = &f->m;
    struct tier_moved *moved = ARENA_NEW(f->c->arena, struct tier_moved);

    *moved = (struct tier_moved){ m->from_level, m->to_level, m->until_at, m->reason };
    state->tier_in_grace = str_eq(m->reason, "grace");
    if (!state->tier_in_grace) {
        state->tier_since_at = m->at;
        history_new_term(&f->past);
    }
    state->tier_level = m->to_level;
    state->tier_until_at = m->until_at;
    return fold_raise(f, &(struct event){
        .name = m->name, .at = m->at, .business_date = m->business_date,
        .cause_id = m->cause_id, .detail = moved,
        .payload = m->payload ? m->payload : tier_moved_text(f->c, moved) });
}

/* A ladder that cannot be read moves nothing; what it moved while it could stands. */
static enum rc stand_by(struct fold *f, int64_t at, const struct event *cause, bool *is_moved)
{
    struct sql_tier_moved v = { .member_id = f->m.id, .at = at,
                                .cause_id = cause ? cause->id : 0 };
    enum rc rc = sql_tier_moved(f->c, &v);

    *is_moved = v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_tier_moved_row *r = &v.rows[i];
        rc = raise(f, &(struct move){
            .from_level = r->from_level, .to_level = r->to_level, .until_at = r->until_at,
            .at = at, .name = r->name, .reason = r->reason, .payload = r->payload,
            .cause_id = v.cause_id,
            .business_date = cause ? cause->business_date
                                   : date_of(f->c->conf->zone, at - 1) });
    }
    return rc;
}

static int64_t term_end(const struct fold *f, const struct ladder *l, int64_t at)
{
    return time_after(f->c->conf->zone, at, l->term_days, TIME_DAYS);
}

static enum rc move_by_sale(struct fold *f, const struct event *e, const struct ladder *l)
{
    struct tier_when w = when(f, e);
    int64_t place = tier_place(&w, f->m.tier_level), reached;
    struct move up = { .name = "tier.up", .reason = "reached", .at = e->at, .cause_id = e->id,
                       .business_date = e->business_date, .from_level = level_at(l, place) };

    if (!can_move(l, place, f->m.spend_minor)) return RC_OK;
    reached = place_for(l, history_rolling_sum(&f->past, e->business_date, l->window_days));
    up.until_at = term_end(f, l, e->at);
    up.to_level = level_at(l, reached);
    if (reached > place) return raise(f, &up);
    if (place == 0 || !l->is_renewed_when_reached) return RC_OK;
    /* Of what was sold since the present term began, inside the window of the day. */
    if (history_term_sum(&f->past, e->business_date, l->window_days)
        < l->levels[place - 1].threshold_minor)
        return RC_OK;
    up.to_level = up.from_level;
    up.name = "tier.kept";
    up.reason = "renewed";
    return raise(f, &up);
}

static enum rc on_event(struct fold *f, const struct event *e)
{
    struct tier_when w = when(f, e);
    const struct ladder *l = tier_ladder(&w);
    bool is_moved;

    if (!str_eq(e->name, EVENT_SALE)) return RC_OK;
    if (l) return move_by_sale(f, e, l);
    return tier_stairs(&w) ? stand_by(f, e->at, e, &is_moved) : RC_OK;
}

static int64_t due(const struct member *m)
{
    return m->tier_until_at;
}

static enum rc go_down(struct fold *f, const struct ladder *l, struct move *m, int64_t sum)
{
    struct tier_when w = when_due(f, m->at);
    int64_t place = tier_place(&w, f->m.tier_level) - 1, reached = place_for(l, sum);

    if (!l->is_down_by_one && reached < place) place = reached;
    m->name = "tier.down";
    m->reason = "ended";
    m->to_level = level_at(l, place);
    m->until_at = place > 0 ? term_end(f, l, m->at - 1) : TIME_NEVER;
    return raise(f, m);
}

/* Nobody is judged by what cannot be read: the term goes on, a day at a time. */
static enum rc settle_unread(struct fold *f, int64_t at)
{
    bool is_moved;
    enum rc rc = stand_by(f, at, NULL, &is_moved);

    if (!is_moved) f->m.tier_until_at = time_after(f->c->conf->zone, at - 1, 1, TIME_DAYS);
    return rc;
}

static enum rc end_term(struct fold *f, struct move *m, const struct ladder *l, int64_t place)
{
    const struct zone *zone = f->c->conf->zone;
    enum rc rc = fold_need(f, m->business_date, l->window_days);

    if (rc != RC_OK) return rc;
    int64_t sum = history_rolling_sum(&f->past, m->business_date, l->window_days);
    if (sum >= l->levels[place - 1].keep_minor) {
        m->until_at = term_end(f, l, m->at - 1);
        return raise(f, m);
    }
    if (l->grace_days > 0 && !f->m.tier_in_grace) {
        m->name = "tier.ending";
        m->reason = "grace";
        m->until_at = time_after(zone, m->at - 1, l->grace_days, TIME_DAYS);
        return raise(f, m);
    }
    return go_down(f, l, m, sum);
}

/* `at` is the first moment after the last day: the judgement belongs to that day.  Whom an edit
 * left on no level has none to lose. */
static enum rc settle(struct fold *f, int64_t at)
{
    struct tier_when w = when_due(f, at);
    const struct ladder *l = tier_ladder(&w);
    int64_t place = tier_place(&w, f->m.tier_level);

    if (!l) return settle_unread(f, at);
    if (place == 0) {
        f->m.tier_level = f->m.tier_in_grace = 0;
        f->m.tier_until_at = TIME_NEVER;
        return RC_OK;
    }
    return end_term(f, &(struct move){
        .at = at, .business_date = date_of(f->c->conf->zone, at - 1), .name = "tier.kept",
        .reason = "kept", .from_level = level_at(l, place), .to_level = level_at(l, place) },
        l, place);
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
    struct tier_when w = when_now(c);
    const struct ladder *l = tier_stairs(&w);
    int64_t from = tier_place(&w, before->tier_level), to = tier_place(&w, after->tier_level);

    if (from == to) return false;
    *moved = (struct tier_moved){ level_at(l, from), level_at(l, to), after->tier_until_at,
                                  "revised" };
    *out = (struct event){ .name = to > from ? "tier.up" : "tier.down", .detail = moved,
                           .payload = tier_moved_text(c, moved) };
    return true;
}

static struct level_now level_now(const struct ctx *c, const struct member *m)
{
    struct tier_when w = when_now(c);
    const struct ladder *l = tier_stairs(&w);
    int64_t place = tier_place(&w, m->tier_level);

    if (place == 0) return (struct level_now){ .until_at = TIME_NEVER };
    return (struct level_now){ place, l->levels[place - 1].code, l->levels[place - 1].name,
                               m->tier_until_at };
}

enum rc tier_view(struct fold *f, struct tier_view *out)
{
    struct tier_when w = when_now(f->c);
    const struct ladder *l = tier_stairs(&w);
    int32_t today = date_of(f->c->conf->zone, f->c->now);
    struct level_now at = level_now(f->c, &f->m);
    enum rc rc;

    *out = (struct tier_view){ .level = at.place, .code = at.code, .name = at.name,
                               .until_at = at.until_at };
    if (!l) return RC_OK;
    rc = fold_need(f, today, l->window_days);
    if (rc != RC_OK) return rc;
    out->spent_minor = history_rolling_sum(&f->past, today, l->window_days);
    if ((size_t)at.place == l->levels_n) return RC_OK;
    const struct tier_level *next = &l->levels[at.place];
    out->next_code = next->code;
    out->next_threshold_minor = next->threshold_minor;
    out->missing_minor = next->threshold_minor > out->spent_minor
                       ? next->threshold_minor - out->spent_minor : 0;
    return RC_OK;
}

const struct track tier_track = {
    .name = "tier", .is_on = is_on, .window_days = window_days,
    .event = on_event, .due = due, .settle = settle, .book = book, .revise = revise,
    .drop = drop,
    .prove = tier_prove, .level = level_now, .notice = notice,
};
