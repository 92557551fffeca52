/* prove.c -- the fold as a proof: what follows from a member's events is what is booked. */
#include <stdlib.h>

#include "core/timeline/timeline_int.h"
#include "sql/prove_sql.h"

struct proof {
    struct ctx *c;
    struct timeline t;
    struct refold r;
    struct fold f;
    const struct event **by_id;              /* r.events, in order of id */
    const char *why;
};

static void wrong(struct proof *p, const struct event *e, const char *what)
{
    if (p->why) return;
    p->why = arena_printf(p->c->arena, "event %lld (%s): %s", (long long)e->id, e->name, what);
}

/* ---- the member's row ------------------------------------------------------------------------ */

static void compare_state(struct proof *p)
{
    const struct member *is = &p->t.fold.m, *must = &p->f.m;
    const struct { const char *name; int64_t is, must; } pairs[] = {
        { "tier_level", is->tier_level, must->tier_level },
        { "tier_since_at", is->tier_since_at, must->tier_since_at },
        { "tier_until_at", is->tier_until_at, must->tier_until_at },
        { "tier_in_grace", is->tier_in_grace, must->tier_in_grace },
        { "purchases_n", is->purchases_n, must->purchases_n },
        { "spend_minor", is->spend_minor, must->spend_minor },
        { "first_purchase_at", is->first_purchase_at, must->first_purchase_at },
        { "last_purchase_at", is->last_purchase_at, must->last_purchase_at },
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs) && !p->why; i++)
        if (pairs[i].is != pairs[i].must)
            p->why = arena_printf(p->c->arena, "%s is %lld, the fold says %lld", pairs[i].name,
                                  (long long)pairs[i].is, (long long)pairs[i].must);
    /* What was taken back may have moved it on; less would let a late sale pass as in order. */
    if (!p->why && is->fold_at < must->fold_at)
        p->why = arena_printf(p->c->arena, "fold_at is %lld, the fold came to %lld",
                              (long long)is->fold_at, (long long)must->fold_at);
}

/* ---- events ---------------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static void index_events(struct proof *p)
{
    size_t n = p->r.events.n;

    p->by_id = ARENA_ARRAY(p->c->arena, const struct event *, n + 1);
    for (size_t i = 0; i < n; i++) p->by_id[i] = &p->r.events.items[i];
    qsort(p->by_id, n, sizeof *p->by_id, compare_ids);
}

static const struct event *event_of(const struct proof *p, int64_t id)
{
    struct event wanted = { .id = id };
    const struct event *key = &wanted, **hit;

    hit = bsearch(&key, p->by_id, p->r.events.n, sizeof *p->by_id, compare_ids);
    return hit ? *hit : NULL;
}

/* Name, moment, cause and payload are how the fold knew it again. */
static void compare_raised(struct proof *p)
{
    size_t live = 0;

    for (size_t i = 0; i < p->f.raised_n && !p->why; i++) {
        const struct event *must = p->f.raised[i], *is = event_of(p, must->id);
        if (!is) {
            wrong(p, must, "it follows, and is missing");
            return;
        }
        if (is->business_date != must->business_date) wrong(p, is, "its business date is another");
        if (is->store_id != must->store_id || is->company_id != must->company_id)
            wrong(p, is, "it happened elsewhere");
    }
    for (size_t i = 0; i < p->r.events.n; i++)
        live += p->r.events.items[i].made == EVENT_RAISED && p->r.events.items[i].is_live;
    if (!p->why && live != p->f.raised_n)
        p->why = arena_printf(p->c->arena, "%zu raised events stand, the fold says %zu", live,
                              p->f.raised_n);
}

static void compare_booked(struct proof *p)
{
    struct difference d;

    if (!refold_next(&p->t, &p->r, &p->f, &d)) return;
    p->why = arena_printf(p->c->arena,
                          "event %lld, rule %lld: the fold gives %lld more than is booked",
                          (long long)d.event->id,
                          (long long)(d.award ? d.award->rule_id : d.before->rule_id),
                          (long long)d.delta);
}

/* ---- awards and the dates of their lots ------------------------------------------------------ */

/* Also of what was taken back long ago: the same publication and date find the same rule. */
static const struct rule *rule_of(const struct proof *p, const struct event *e,
                                  const struct sql_prove_awards_row *a)
{
    const struct judges *by = rules_for(p->c->conf, e);

    for (size_t i = 0; i < by->n; i++)
        if (by->rules[i]->id == a->rule_id && by->rules[i]->version == a->rule_version)
            return by->rules[i];
    return NULL;
}

static const struct effect_step *step_of(const struct rule *rule,
                                         const struct sql_prove_awards_row *a)
{
    const struct effect_step *s;

    if (!rule || a->effect_n < 0 || (size_t)a->effect_n >= rule->then_n) return NULL;
    s = &rule->then[a->effect_n];
    if (!str_eq(s->effect->name, a->effect) || !str_eq(s->subject, a->subject)) return NULL;
    return (s->unit ? s->unit->id : 0) == a->unit_id ? s : NULL;
}

struct dates { int64_t available_at, expires_at; };

/* How long a lot waits and lives counts from its event, whenever it was booked.  What the rule
 * leaves to the unit cannot be known of a lot older than the unit's last change: there the lot is
 * right. */
static struct dates dates_of(const struct proof *p, const struct event *e,
                             const struct effect_step *s, const struct sql_prove_awards_row *a)
{
    const struct zone *zone = p->c->conf->zone;
    bool is_unit_known = a->unit_changed_at == 0 || a->unit_changed_at < a->at;
    struct dates d = { a->available_at, a->expires_at };
    int wait = s->available_after_days, valid = s->valid_days;

    if (is_unit_known && wait < 0) wait = s->unit->available_after_days;
    if (is_unit_known && valid < 0) valid = s->unit->valid_days;
    if (wait >= 0) d.available_at = wait ? time_after(zone, e->at, wait, TIME_DAYS) : 0;
    if (valid >= 0) d.expires_at = valid ? time_after(zone, e->at, valid, TIME_DAYS) : TIME_NEVER;
    return d;
}

/* What stands of one effect of one rule after row i; an event's rows lie together, in order. */
static int64_t standing_after(const struct sql_prove_awards *v, size_t i)
{
    const struct sql_prove_awards_row *a = &v->rows[i];
    int64_t sum = 0;

    for (size_t k = i + 1; k > 0 && v->rows[k - 1].event_id == a->event_id; k--) {
        const struct sql_prove_awards_row *b = &v->rows[k - 1];
        if (b->rule_id == a->rule_id && b->effect_n == a->effect_n) sum += b->amount;
    }
    return sum;
}

/* Two ways to other dates: what a rule took and gives back whole is free at once and for ever; and
 * a reversal may have given new life to what had expired. */
static enum rc check_dates(struct proof *p, const struct sql_prove_awards *v, size_t i,
                           const struct dates *must)
{
    const struct sql_prove_awards_row *a = &v->rows[i];
    struct sql_prove_returned back = { .member_id = p->t.member_id, .lot_id = a->lot_id };
    const struct unit *u = conf_unit(p->c->conf, a->unit_id);
    bool is_revivable = u && (u->is_revived || a->unit_changed_at);
    enum rc rc;

    if (a->available_at == must->available_at && a->expires_at == must->expires_at) return RC_OK;
    if (a->available_at == 0 && a->expires_at == TIME_NEVER && standing_after(v, i) == 0)
        return RC_OK;
    rc = sql_prove_returned(p->c, &back);
    if (rc != RC_OK) return rc;
    if (is_revivable && back.n > 0 && a->available_at == must->available_at
        && a->expires_at > must->expires_at)
        return RC_OK;
    p->why = arena_printf(p->c->arena,
                          "lot %lld lives from %lld to %lld, its award says %lld to %lld",
                          (long long)a->lot_id, (long long)a->available_at,
                          (long long)a->expires_at, (long long)must->available_at,
                          (long long)must->expires_at);
    return RC_OK;
}

static enum rc check_awards(struct proof *p)
{
    struct sql_prove_awards v = { .member_id = p->t.member_id };
    enum rc rc = sql_prove_awards(p->c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n && !p->why; i++) {
        const struct sql_prove_awards_row *a = &v.rows[i];
        const struct event *e = event_of(p, a->event_id);
        const struct rule *rule = e ? rule_of(p, e, a) : NULL;
        const struct effect_step *s = step_of(rule, a);
        if (!s) {
            p->why = arena_printf(p->c->arena,
                                  "award %lld of event %lld: no rule in force gives it",
                                  (long long)a->n, (long long)a->event_id);
        } else if (a->is_dependent != (e->made == EVENT_RAISED || rule->is_dependent)) {
            p->why = arena_printf(p->c->arena,
                                  "award %lld of event %lld: whether it is asked again is wrong",
                                  (long long)a->n, (long long)a->event_id);
        } else if (a->lot_id) {
            struct dates must = dates_of(p, e, s, a);
            rc = check_dates(p, &v, i, &must);
        }
    }
    return rc;
}

enum rc timeline_prove(struct ctx *c, int64_t member_id, const char **out)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    enum rc rc;

    *out = NULL;
    p->c = c;
    p->r = (struct refold){ .from_at = TIME_BEGIN, .is_all_changed = true };
    timeline_ask_view(&p->t, c, member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_load_view(&p->t);
    p->r.upto = p->t.before.settled_at;
    if (rc == RC_OK) rc = refold_load(&p->t, &p->r, NULL);
    if (rc == RC_OK) rc = refold_run(&p->t, &p->r, &p->f);
    if (rc != RC_OK) return rc;
    index_events(p);
    compare_booked(p);
    if (!p->why) compare_raised(p);
    if (!p->why) compare_state(p);
    if (!p->why) rc = check_awards(p);
    *out = p->why;
    return rc;
}
