/* prove.c -- the fold as a proof: what follows from a member's events is what is booked. */
#include "base/limit.h"
#include "core/timeline/timeline_int.h"
#include "sql/prove_sql.h"

struct proof {
    struct ctx *c;
    struct timeline t;
    struct refold r;
    int64_t at, id;                          /* where the fold was before its last page */
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
    const struct member *is = &p->t.fold.m, *must = &p->r.fold.m;
    const struct { const char *name; int64_t is, must; } pairs[] = {
        { "tier_level", is->tier_level, must->tier_level },
        { "tier_since_at", is->tier_since_at, must->tier_since_at },
        { "tier_until_at", is->tier_until_at, must->tier_until_at },
        { "tier_in_grace", is->tier_in_grace, must->tier_in_grace },
        { "purchases_n", is->purchases_n, must->purchases_n },
        { "spend_minor", is->spend_minor, must->spend_minor },
        { "first_purchase_at", is->first_purchase_at, must->first_purchase_at },
        { "last_purchase_at", is->last_purchase_at, must->last_purchase_at },
        { "last_purchase_date", is->last_purchase_date, must->last_purchase_date },
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

static const struct event *find(const struct event_list *list, int64_t id)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].id == id) return &list->items[i];
    return NULL;
}

/* Of the last page; NULL: of an earlier one. */
static const struct event *event_of(const struct proof *p, int64_t id)
{
    const struct event *e = find(&p->r.page->told, id);

    return e ? e : find(&p->r.page->known, id);
}

/* Name, moment and cause are how the fold knew it again. */
static void compare_raised(struct proof *p)
{
    const struct fold *f = &p->r.fold;

    if (p->r.raised.n > 0) wrong(p, p->r.raised.items[0], "it follows, and is missing");
    if (p->r.revised.n > 0) wrong(p, p->r.revised.items[0], "it says something else");
    if (p->r.gone.n > 0) wrong(p, p->r.gone.items[0], "it stands, and does not follow");
    for (size_t i = 0; i < f->raised_n && !p->why; i++) {
        const struct event *must = f->raised[i], *is = event_of(p, must->id);
        if (is->business_date != must->business_date) wrong(p, is, "its business date is another");
        if (is->store_id != must->store_id || is->company_id != must->company_id)
            wrong(p, is, "it happened elsewhere");
    }
}

static void compare_booked(struct proof *p)
{
    const struct difference *d = p->r.differences.items;

    if (p->why || p->r.differences.n == 0) return;
    p->why = arena_printf(p->c->arena,
                          "event %lld, rule %lld: the fold gives %lld more than is booked",
                          (long long)d->event->id,
                          (long long)(d->award ? d->award->rule_id : d->before->rule_id),
                          (long long)d->delta);
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
    return s->unit_id == a->unit_id ? s : NULL;
}

struct dates { int64_t available_at, expires_at; };

/* How long a lot waits and lives counts from its event, whenever it was booked; what the rule
 * leaves to the unit, its version of that moment says. */
static struct dates dates_of(const struct proof *p, const struct event *e,
                             const struct effect_step *s)
{
    const struct zone *zone = p->c->conf->zone;
    const struct unit *u = unit_at(conf_unit(p->c->conf, s->unit_id),
                                   &(struct unit_when){ e->config_version, e->at });
    int wait = s->available_after_days < 0 ? u->available_after_days : s->available_after_days;
    int valid = s->valid_days < 0 ? u->valid_days : s->valid_days;

    return (struct dates){ wait ? time_after(zone, e->at, wait, TIME_DAYS) : 0,
                           valid ? time_after(zone, e->at, valid, TIME_DAYS) : TIME_NEVER };
}

/* One way to other dates: a reversal may have given new life to what had expired. */
static enum rc check_dates(struct proof *p, const struct sql_prove_awards_row *a,
                           const struct dates *must)
{
    struct sql_prove_returned back = { .member_id = p->t.member_id, .lot_id = a->lot_id };
    struct sql_prove_given_back undone = { .member_id = p->t.member_id, .lot_id = a->lot_id };
    const struct unit *u = conf_unit(p->c->conf, a->unit_id);
    bool is_revivable = unit_was_ever_revived(u);
    enum rc rc;

    if (a->available_at == must->available_at && a->expires_at == must->expires_at) return RC_OK;
    rc = sql_prove_returned(p->c, &back);
    if (rc == RC_OK) rc = sql_prove_given_back(p->c, &undone);
    if (rc != RC_OK) return rc;
    if (is_revivable && back.n + undone.n > 0 && a->available_at == must->available_at
        && a->expires_at > must->expires_at)
        return RC_OK;
    p->why = arena_printf(p->c->arena,
                          "lot %lld lives from %lld to %lld, its award says %lld to %lld",
                          (long long)a->lot_id, (long long)a->available_at,
                          (long long)a->expires_at, (long long)must->available_at,
                          (long long)must->expires_at);
    return RC_OK;
}

static enum rc check_award(struct proof *p, const struct sql_prove_awards_row *a)
{
    const struct event *e = event_of(p, a->event_id);
    const struct rule *rule = e ? rule_of(p, e, a) : NULL;
    const struct effect_step *s = step_of(rule, a);

    if (!e || rule_is_unreadable(p->c->conf, e, a->rule_id)) return RC_OK;
    if (!s) {
        p->why = arena_printf(p->c->arena, "award %lld of event %lld: no rule in force gives it",
                              (long long)a->n, (long long)a->event_id);
        return RC_OK;
    }
    if (a->is_dependent != (e->made == EVENT_RAISED || rule->is_dependent)) {
        p->why = arena_printf(p->c->arena,
                              "award %lld of event %lld: whether it is asked again is wrong",
                              (long long)a->n, (long long)a->event_id);
        return RC_OK;
    }
    if (a->lot_id == 0 || !s->effect->has_lots) return RC_OK;
    struct dates must = dates_of(p, e, s);
    return check_dates(p, a, &must);
}

/* Of the last page.  What was raised at the moment where it began was looked at with the page
 * before. */
static enum rc check_awards(struct proof *p)
{
    const struct refold *r = &p->r;
    struct sql_prove_awards told = { .member_id = r->member_id, .from_at = p->at,
                                     .after_id = p->id, .upto_at = r->at, .upto_id = r->id };
    struct sql_prove_awards raised = { .member_id = r->member_id, .from_at = p->at,
                                       .upto_at = r->is_ended ? TIME_NEVER : r->at,
                                       .upto_id = INT64_MAX, .is_made = 1 };
    enum rc rc = sql_prove_awards(p->c, &told);

    if (rc == RC_OK) rc = sql_prove_awards(p->c, &raised);
    for (size_t i = 0; rc == RC_OK && i < told.n && !p->why; i++)
        rc = check_award(p, &told.rows[i]);
    for (size_t i = 0; rc == RC_OK && i < raised.n && !p->why; i++)
        rc = check_award(p, &raised.rows[i]);
    return rc;
}

static enum rc prove_page(struct proof *p)
{
    enum rc rc;

    p->at = p->r.at;
    p->id = p->r.id;
    refold_forget(&p->r);
    rc = refold_page(&p->r);
    if (rc != RC_OK) return rc;
    compare_booked(p);
    if (!p->why) compare_raised(p);
    return p->why ? RC_OK : check_awards(p);
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
    if (rc != RC_OK) return rc;
    p->r.upto = p->t.before.settled_at;
    refold_begin(&p->r, c, &p->t.fold.m);
    refold_in(&p->r, c, arena_open_in(c->arena, LIMIT_HISTORY_BYTES));
    p->r.fold.bounds = LIMIT_RAISED_WIDER;
    while (rc == RC_OK && !p->why && !p->r.is_ended) {
        struct arena_mark mark = arena_mark(c->arena);
        rc = prove_page(p);
        if (!p->why) arena_rewind(c->arena, mark);
    }
    if (rc == RC_OK && !p->why) compare_state(p);
    *out = p->why;
    return rc;
}
