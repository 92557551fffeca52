/* view_api.c -- from the books and the fold to the parts of an answer. */
#include "core/door/view_api.h"

#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/api.h"
#include "core/timeline/track.h"
#include "core/timeline/why.h"

/* ---- balances and tier ---- */

static const struct json_field balance_fields[] = {
    { "unit", JT_TEXT, offsetof(struct balance_view, unit) },
    { "name", JT_TEXT, offsetof(struct balance_view, name) },
    { "decimals", JT_I64, offsetof(struct balance_view, decimals) },
    { "available", JT_I64, offsetof(struct balance_view, available) },
    { "pending", JT_I64, offsetof(struct balance_view, pending) },
    { "owed", JT_I64, offsetof(struct balance_view, owed) },
    { "next_expires_at", JT_MOMENT, offsetof(struct balance_view, next_expires_at),
      .flags = JF_OMIT },
    { "next_expires", JT_I64, offsetof(struct balance_view, next_expires), .flags = JF_OMIT },
};
const struct json_shape balance_shape = { "balance", sizeof(struct balance_view), balance_fields,
                                          ARRAY_LEN(balance_fields) };

struct balances_view view_balances(struct ctx *c, const struct books *books)
{
    struct balance_view *items = ARENA_ARRAY(c->arena, struct balance_view, books->balances_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < c->conf->units_n; i++) {
        const struct unit *u = c->conf->units[i];
        for (size_t k = 0; k < books->balances_n; k++) {
            const struct balance *b = &books->balances[k];
            if (b->unit_id != u->id) continue;
            items[n++] = (struct balance_view){ u->code, u->name, u->decimals, b->available,
                                                b->pending, b->owed, JSON_ABSENT, JSON_ABSENT };
        }
    }
    return (struct balances_view){ items, n };
}

static const struct json_field tier_fields[] = {
    { "level", JT_I64, offsetof(struct tier_standing, level) },
    { "code", JT_TEXT, offsetof(struct tier_standing, code) },
    { "name", JT_TEXT, offsetof(struct tier_standing, name) },
    { "until_at", JT_MOMENT, offsetof(struct tier_standing, until_at) },
};
const struct json_shape tier_standing_shape = { "tier", sizeof(struct tier_standing), tier_fields,
                                                ARRAY_LEN(tier_fields) };

struct tier_standing view_tier(const struct ctx *c, const struct member *m)
{
    const struct track *track = track_find();
    struct level_now now = { .until_at = TIME_NEVER };

    if (track) now = track->level(c, m);
    return (struct tier_standing){ now.place, now.code, now.name, api_until(now.until_at) };
}

/* ---- what rules gave ---- */

#define GIVEN_FIELDS                                                                      \
    { "rule", JT_TEXT, offsetof(struct given_view, rule) },                               \
    { "name", JT_TEXT, offsetof(struct given_view, name) },                               \
    { "effect", JT_TEXT, offsetof(struct given_view, effect) },                           \
    { "unit", JT_TEXT, offsetof(struct given_view, unit), .flags = JF_OMIT },             \
    { "tag", JT_TEXT, offsetof(struct given_view, tag), .flags = JF_OMIT },               \
    { "amount", JT_I64, offsetof(struct given_view, amount) }

static const struct json_field earned_fields[] = {
    GIVEN_FIELDS,
    { "basis_minor", JT_I64, offsetof(struct given_view, basis_minor) },
    { "why", JT_TEXT, offsetof(struct given_view, why) },
};
const struct json_shape earned_shape = { "earned", sizeof(struct given_view), earned_fields,
                                         ARRAY_LEN(earned_fields) };
static const struct json_field difference_fields[] = {
    { "event", JT_TEXT, offsetof(struct given_view, event) },
    { "event_name", JT_TEXT, offsetof(struct given_view, event_name) },
    GIVEN_FIELDS,
    { "why", JT_TEXT, offsetof(struct given_view, why) },
};
const struct json_shape difference_shape = { "difference", sizeof(struct given_view),
                                             difference_fields, ARRAY_LEN(difference_fields) };

static struct given_view view(struct timeline *t, const struct given *g, const struct why *w)
{
    struct ctx *c = t->c;
    struct given_view out = { .rule = api_id(c, "rul", g->rule_id), .name = g->rule_name,
                              .effect = g->effect, .unit = api_unit(c, g->unit_id),
                              .tag = g->subject, .amount = g->amount,
                              .basis_minor = g->basis_minor };

    if (!out.name) {
        const struct rule *rule = why_rule(c, w);
        out.name = rule ? rule->name : NULL;
    }
    return out;
}

static struct why why_of(const struct given *g)
{
    return (struct why){ .event = g->event, .rule_id = g->rule_id, .effect_n = -1,
                         .effect = g->effect, .subject = g->subject, .unit_id = g->unit_id,
                         .amount = g->amount, .basis_minor = g->basis_minor };
}

struct given_view view_given(struct timeline *t, const struct given *g, const char *language)
{
    struct why w = why_of(g);
    struct given_view out = view(t, g, &w);

    out.why = why_given(t->c, &w, language);
    return out;
}

struct given_view view_difference(struct timeline *t, const struct given *g, const char *language)
{
    struct why w = why_of(g);
    struct given_view out = view(t, g, &w);

    out.event = api_id_owned(t->c, "evt", (int64_t[]){ t->member_id, g->event->id });
    out.event_name = g->event->name;
    out.why = why_changed(t->c, &w, language);
    return out;
}

static const struct json_field unit_sum_fields[] = {
    { "unit", JT_TEXT, offsetof(struct unit_sum, unit) },
    { "amount", JT_I64, offsetof(struct unit_sum, amount) },
};
const struct json_shape unit_sum_shape = { "unit_sum", sizeof(struct unit_sum), unit_sum_fields,
                                           ARRAY_LEN(unit_sum_fields) };

bool view_is_earned(const struct given *g, int64_t id)
{
    return id != 0 && (g->event->id == id || g->event->cause_id == id);
}

/* Tags are no unit: that something changed at another store is not told of them. */
static void add_elsewhere(struct timeline *t, const struct given *g, struct unit_sum *sums,
                          size_t *n)
{
    const char *unit = api_unit(t->c, g->unit_id);
    size_t i = 0;

    if (!unit) return;
    while (i < *n && !str_eq(sums[i].unit, unit)) i++;
    if (i == *n) sums[(*n)++] = (struct unit_sum){ .unit = unit };
    sums[i].amount += g->amount;
}

struct differences_view view_differences(struct timeline *t, int64_t earned_id,
                                         const char *language)
{
    size_t max = t->given_n < LIMIT_DIFFERENCES_TOLD ? t->given_n : LIMIT_DIFFERENCES_TOLD;
    struct given_view *items = ARENA_ARRAY(t->c->arena, struct given_view, max + 1);
    struct unit_sum *sums = ARENA_ARRAY(t->c->arena, struct unit_sum, t->c->conf->units_n + 1);
    struct differences_view out = { .items = items, .more = JSON_ABSENT, .elsewhere = sums };
    int64_t more = 0;

    for (size_t i = 0; i < t->given_n; i++) {
        const struct given *g = &t->given[i];
        if (view_is_earned(g, earned_id)) continue;
        if (!api_may_see(t->c, g->event->store_id)) add_elsewhere(t, g, sums, &out.elsewhere_n);
        else if (out.n < max)             items[out.n++] = view_difference(t, g, language);
        else                              more++;
    }
    if (more > 0) out.more = more;
    return out;
}

/* ---- what was raised ---- */

static const struct json_field raised_fields[] = {
    { "id", JT_TEXT, offsetof(struct raised_view, id) },
    { "name", JT_TEXT, offsetof(struct raised_view, name) },
    { "payload", JT_VALUE, offsetof(struct raised_view, payload) },
};
const struct json_shape raised_shape = { "raised", sizeof(struct raised_view), raised_fields,
                                         ARRAY_LEN(raised_fields) };

static bool is_its_doing(const struct event *e)
{
    return e->made == EVENT_NOTICE || (e->made == EVENT_RAISED && e->cause_id != 0);
}

struct raised_list view_raised(struct timeline *t)
{
    struct raised_view *items = ARENA_ARRAY(t->c->arena, struct raised_view, t->fresh_n + 1);
    size_t n = 0;

    for (size_t i = 0; i < t->fresh_n; i++) {
        const struct event *e = t->fresh[i];
        if (!is_its_doing(e) || !api_may_see(t->c, e->store_id)) continue;
        items[n++] = (struct raised_view){
            .id = api_id_owned(t->c, "evt", (int64_t[]){ t->member_id, e->id }), .name = e->name,
            .payload = view_payload(t->c, e->payload) };
    }
    return (struct raised_list){ items, n };
}

/* Inside, a moment is milliseconds under a name that ends in _at. */
static struct json moment(struct ctx *c, const struct json *v)
{
    char *text = arena_alloc(c->arena, 25);

    if (v->u.i == TIME_NEVER) return (struct json){ .kind = JSON_NULL };
    time_format(v->u.i, text);
    return (struct json){ .kind = JSON_TEXT, .n = str_of(text).n, .u.text = text };
}

static bool is_moment(const struct json_pair *p)
{
    size_t n = str_of(p->key).n;

    return p->value.kind == JSON_INT && n > 3 && str_eq(p->key + n - 3, "_at");
}

struct json view_payload(struct ctx *c, const char *payload)
{
    struct json_error error;
    struct json v;
    struct json_pair *pairs;

    if (!payload || json_parse(c->arena, str_of(payload), &v, &error) != RC_OK)
        return (struct json){ .kind = JSON_NULL };
    if (v.kind != JSON_OBJECT) return v;
    pairs = ARENA_ARRAY(c->arena, struct json_pair, v.n + 1);
    for (size_t i = 0; i < v.n; i++) {
        pairs[i] = v.u.pairs[i];
        if (is_moment(&pairs[i])) pairs[i].value = moment(c, &pairs[i].value);
    }
    v.u.pairs = pairs;
    return v;
}
