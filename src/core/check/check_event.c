/* check_event.c -- the member's row and the timeline by themselves: what each event of the core's
 * own says twice.  Events of features are theirs to check. */
#include <stdlib.h>

#include "core/check/check_int.h"
#include "core/rule/rule_int.h"
#include "core/seal/sealed.h"
#include "core/timeline/timeline.h"
#include "core/timeline/track.h"


static void wrong(struct check *k, const struct sql_check_events_row *e, const char *what)
{
    check_wrong(k, "event %lld (%s): %s", (long long)e->id, e->name, what);
}

static bool is_day_of(const struct check *k, const struct sql_check_events_row *e, int64_t at)
{
    return e->business_date == date_of(k->c->conf->zone, at);
}

static bool is_nowhere(const struct sql_check_events_row *e)
{
    return e->store_id == 0 && e->company_id == 0;
}

/* A store may have moved to another company since; until it was ever changed it has not. */
static bool is_of_its_company(const struct check *k, const struct sql_check_events_row *e)
{
    const struct store *s = conf_store(k->c->conf, e->store_id);

    return s && (s->version > 1 || s->company_id == e->company_id);
}

static void check_form(struct check *k, const struct sql_check_events_row *e)
{
    bool is_sale = str_eq(e->name, EVENT_SALE);

    if (e->seal != EVENT_SEAL(k->c, e, k->member_id))
        wrong(k, e, "it was altered: its seal does not fit");
    if (!event_is_known(e->name)) wrong(k, e, "nothing has this name");
    if (e->is_live < 0 || e->is_live > 1) wrong(k, e, "it neither stands nor not");
    if (e->is_raised < EVENT_TOLD || e->is_raised > EVENT_SILENT)
        wrong(k, e, "nobody knows who made it");
    if (!is_sale && e->value_minor != 0) wrong(k, e, "only a sale has a value");
    if (e->at > e->booked_at) wrong(k, e, "it arrived before it happened");
    if (e->booked_at > k->member.settled_at)
        wrong(k, e, "it arrived after the member was last settled");
    if (e->config_version < 0 || e->config_version > k->config.version)
        wrong(k, e, "it is judged by what was never published");
    if (e->store_id != 0 && !is_of_its_company(k, e))
        wrong(k, e, "its store is not of this company");
}

static void check_raised(struct check *k, const struct sql_check_events_row *e)
{
    const struct sql_check_events_row *cause = check_event_of(k, e->cause_id);

    if (e->cause_id == 0) {
        if (!is_nowhere(e)) wrong(k, e, "time did it, and it has a place");
        return;
    }
    if (!cause || cause->booked_at > e->booked_at) {
        wrong(k, e, "what raised it is missing");
        return;
    }
    if (e->store_id != cause->store_id || e->company_id != cause->company_id)
        wrong(k, e, "it happened elsewhere than what raised it");
    if (e->config_version != cause->config_version)
        wrong(k, e, "it is judged by another publication than what raised it");
}

/* What happens at the moment at which it is told. */
static void check_prompt(struct check *k, const struct sql_check_events_row *e)
{
    if (e->at != e->booked_at) wrong(k, e, "it did not happen when it was told");
    if (!is_day_of(k, e, e->at)) wrong(k, e, "its business date is another day");
}

static void check_spend_reversed(struct check *k, const struct sql_check_events_row *e)
{
    const struct sql_check_events_row *spend = check_event_of(k, e->cause_id);

    if (!spend || !str_eq(spend->name, "points.spent") || spend->booked_at > e->booked_at)
        wrong(k, e, "what it gives back was not spent");
}

static void check_points(struct check *k, const struct sql_check_events_row *e)
{
    bool is_expiry = str_eq(e->name, "points.expired");

    if (!str_prefix(e->name, "points.")) return;
    if (e->is_raised != EVENT_TOLD || e->is_live != 1) wrong(k, e, "it was done, and stands");
    if (!str_eq(e->name, "points.spent") && !is_nowhere(e)) wrong(k, e, "it has a place");
    if (e->store_id == 0 && e->company_id != 0) wrong(k, e, "it has a company and no store");
    if (str_eq(e->name, "points.spend_reversed")) check_spend_reversed(k, e);
    else if (e->cause_id != 0)                    wrong(k, e, "nothing caused it");
    if (!is_expiry) {
        check_prompt(k, e);
        return;
    }
    if (!check_is_day_start(k, e->at)) wrong(k, e, "points expire when a day ends");
    if (!is_day_of(k, e, e->at - 1)) wrong(k, e, "its business date is another day");
}

static void check_notice(struct check *k, const struct sql_check_events_row *e)
{
    const struct sql_check_events_row *cause = check_event_of(k, e->cause_id);

    check_prompt(k, e);
    if (!cause || cause->booked_at > e->booked_at) wrong(k, e, "what it tells of is missing");
    if (!is_nowhere(e)) wrong(k, e, "a notice has no place");
    if (e->is_live != 1) wrong(k, e, "a notice stands");
}

static int compare_arrivals(const void *a, const void *b)
{
    const struct sql_check_events_row *x = *(const struct sql_check_events_row *const *)a;
    const struct sql_check_events_row *y = *(const struct sql_check_events_row *const *)b;

    return x->booked_at < y->booked_at ? -1 : x->booked_at > y->booked_at;
}

/* Publications are counted upwards, and whoever writes has the newest: what arrived later is judged
 * by the same or a later one.  What is raised takes it from its cause. */
static void check_publications(struct check *k)
{
    size_t n = k->events.n;
    const struct sql_check_events_row **all =
        ARENA_ARRAY(k->c->arena, const struct sql_check_events_row *, n + 1);
    int64_t newest = 0, newest_before = 0, moment = 0;

    for (size_t i = 0; i < n; i++) all[i] = &k->events.rows[i];
    qsort(all, n, sizeof *all, compare_arrivals);
    for (size_t i = 0; i < n; i++) {
        if (all[i]->is_raised == EVENT_RAISED) continue;
        if (all[i]->booked_at != moment) newest_before = newest;
        moment = all[i]->booked_at;
        if (all[i]->config_version < newest_before)
            wrong(k, all[i], "what arrived before is judged by a later publication");
        if (all[i]->config_version > newest) newest = all[i]->config_version;
    }
}

/* ---- the member's row ------------------------------------------------------------------------ */

static int64_t next_due(const struct check *k)
{
    const struct track *track = track_find();
    struct member m = { .id = k->member_id, .tier_level = k->member.tier_level,
                        .tier_since_at = k->member.tier_since_at,
                        .tier_until_at = k->member.tier_until_at,
                        .tier_in_grace = k->member.tier_in_grace };
    int64_t due_at = track && track->is_on(k->c->conf) ? track->due(&m) : TIME_NEVER;

    for (size_t i = 0; i < k->lots.n; i++) {
        const struct sql_check_lots_row *l = &k->lots.rows[i];
        if (l->remaining == 0) continue;
        if (l->is_pending && l->available_at < due_at) due_at = l->available_at;
        if (l->expires_at < due_at) due_at = l->expires_at;
    }
    return due_at;
}

static void check_status(struct check *k)
{
    static const char *const known[] = { "active", "blocked", "frozen" };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq(k->member.status, known[i])) return;
    check_wrong(k, "the status \"%s\" is none", k->member.status);
}

/* What time does it does when a day has ended, and not every time it raises an event. */
static bool is_settlement(const struct check *k, int64_t at)
{
    const struct zone *zone = k->c->conf->zone;

    return at <= k->member.settled_at && date_start(zone, date_of(zone, at)) == at;
}

/* fold_at is moved by events and by settlements of a track: it is the date of one. */
static void check_member_row(struct check *k)
{
    const struct sql_member_row *m = &k->member;
    int64_t due_at = next_due(k);
    bool is_fold_at_known = m->fold_at == 0 || is_settlement(k, m->fold_at);

    check_status(k);
    for (size_t i = 0; i < k->events.n && !is_fold_at_known; i++)
        is_fold_at_known = k->events.rows[i].at == m->fold_at;
    if (!is_fold_at_known)
        check_wrong(k, "fold_at is %lld, and nothing happened then", (long long)m->fold_at);
    if (m->due_at > due_at)
        check_wrong(k, "due_at is %lld, and something is due at %lld", (long long)m->due_at,
                    (long long)due_at);
    if (m->due_at <= m->settled_at)
        check_wrong(k, "due_at is %lld, and all is settled to %lld", (long long)m->due_at,
                    (long long)m->settled_at);
}

void check_events(struct check *k)
{
    for (size_t i = 0; i < k->events.n && !k->why; i++) {
        const struct sql_check_events_row *e = &k->events.rows[i];
        check_form(k, e);
        check_points(k, e);
        if (e->is_raised == EVENT_RAISED) check_raised(k, e);
        if (e->is_raised == EVENT_NOTICE) check_notice(k, e);
    }
    check_publications(k);
    check_member_row(k);
}
