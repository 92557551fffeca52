/* check_load.c -- all rows of one member in one round trip, and finding one among them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/check/check_int.h"

#include "base/order.h"
#include "core/event/event.h"
#include "core/rule/rule.h"
#include "json/value.h"

void check_wrong(struct check *k, const char *fmt, ...)
{
    char text[400];
    va_list args;

    if (k->why) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    k->why = arena_strdup(k->c->arena, text);
}

static int compare_events(const void *a, const void *b)
{
    const struct sql_check_events_row *x = *(const struct sql_check_events_row *const *)a;
    const struct sql_check_events_row *y = *(const struct sql_check_events_row *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

/* Of awards that name a lot, the one that made it: others took from it, or gave back to it. */
static bool is_maker(const struct check *k, const struct sql_check_awards_row *a)
{
    const struct sql_check_lots_row *l = a->lot_id ? check_lot_of(k, a->lot_id) : NULL;

    return l && a->amount > 0 && l->event_id == a->cause_id;
}

static void index_rows(struct check *k)
{
    k->by_id = ARENA_ARRAY(k->c->arena, const struct sql_check_events_row *, k->events.n + 1);
    for (size_t i = 0; i < k->events.n; i++) k->by_id[i] = &k->events.rows[i];
    qsort(k->by_id, k->events.n, sizeof *k->by_id, compare_events);
    k->lots_of_awards = ARENA_ARRAY(k->c->arena, int64_t, k->awards.n + 1);
    for (size_t i = 0; i < k->awards.n; i++) {
        if (is_maker(k, &k->awards.rows[i]))
            k->lots_of_awards[k->lots_of_awards_n++] = k->awards.rows[i].lot_id;
    }
    qsort(k->lots_of_awards, k->lots_of_awards_n, sizeof *k->lots_of_awards, order_i64);
}

enum rc check_load(struct check *k)
{
    struct ctx *c = k->c;
    enum rc rc;

    k->member.id = k->member_id;
    k->events.member_id = k->postings.member_id = k->awards.member_id = k->member_id;
    k->lots.member_id = k->uses.member_id = k->debts.member_id = k->member_id;
    k->balances.member_id = k->tasks.member_id = k->identities.member_id = k->member_id;
    sql_config_get_ask(c, &k->config);
    sql_member_row_ask(c, &k->member);
    sql_check_events_ask(c, &k->events);
    sql_check_postings_ask(c, &k->postings);
    sql_check_awards_ask(c, &k->awards);
    sql_check_lots_ask(c, &k->lots);
    sql_check_uses_ask(c, &k->uses);
    sql_check_debts_ask(c, &k->debts);
    sql_balance_all_ask(c, &k->balances);
    sql_check_tasks_ask(c, &k->tasks);
    sql_check_identities_ask(c, &k->identities);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = k->config.rc;
    if (rc == RC_OK) rc = k->member.rc;
    if (rc == RC_OK) index_rows(k);
    return rc;
}

const struct sql_check_events_row *check_event_of(const struct check *k, int64_t id)
{
    struct sql_check_events_row wanted = { .id = id };
    const struct sql_check_events_row *key = &wanted, **hit;

    hit = bsearch(&key, k->by_id, k->events.n, sizeof *k->by_id, compare_events);
    return hit ? *hit : NULL;
}

static int compare_lots(const void *a, const void *b)
{
    const struct sql_check_lots_row *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

const struct sql_check_lots_row *check_lot_of(const struct check *k, int64_t id)
{
    struct sql_check_lots_row wanted = { .id = id };

    if (k->lots.n == 0) return NULL;
    return bsearch(&wanted, k->lots.rows, k->lots.n, sizeof *k->lots.rows, compare_lots);
}

size_t check_awards_of_lot(const struct check *k, int64_t lot_id)
{
    const int64_t *all = k->lots_of_awards, *end = all + k->lots_of_awards_n;
    const int64_t *hit = bsearch(&lot_id, all, k->lots_of_awards_n, sizeof *all, order_i64);
    size_t n = 0;

    if (!hit) return 0;
    while (hit > all && hit[-1] == lot_id) hit--;
    for (; hit < end && *hit == lot_id; hit++) n++;
    return n;
}

bool check_is_put_off(const struct check *k, int64_t event_id)
{
    for (size_t i = 0; i < k->tasks.n; i++)
        if (k->tasks.rows[i].event_id == event_id && str_eq(k->tasks.rows[i].kind, "reconsider"))
            return true;
    return false;
}

int64_t check_book_date(const struct check *k, const struct sql_check_events_row *e, int64_t at)
{
    bool is_settled = str_eq(e->name, "points.expired")
                   || (e->is_raised == EVENT_RAISED && e->cause_id == 0);

    return date_of(k->c->conf->zone, is_settled ? e->at - 1 : at);
}

/* By a version of the unit that gave new life: which one held at the reversal is not asked. */
bool check_is_revived(const struct check *k, const struct sql_check_lots_row *l)
{
    if (!unit_was_ever_revived(conf_unit(k->c->conf, l->unit_id))) return false;
    for (size_t i = 0; i < k->uses.n; i++)
        if (k->uses.rows[i].lot_id == l->id && k->uses.rows[i].returned > 0) return true;
    for (size_t i = 0; i < k->awards.n; i++)
        if (k->awards.rows[i].lot_id == l->id && k->awards.rows[i].amount > 0
            && k->awards.rows[i].cause_id != l->event_id)
            return true;
    return false;
}

bool check_is_day_start(const struct check *k, int64_t at)
{
    const struct zone *zone = k->c->conf->zone;

    /* Any number may stand in a broken row: only moments are turned into days. */
    return at > -TIME_NEVER && at < TIME_NEVER && date_start(zone, date_of(zone, at)) == at;
}

bool check_payload_amount(const struct check *k, const struct sql_check_events_row *e,
                          int64_t *amount)
{
    struct json_error error;
    const struct json *found;
    struct json tree;

    if (!e->payload) return false;
    if (json_parse(k->c->arena, str_of(e->payload), &tree, &error) != RC_OK) return false;
    found = json_get(&tree, "amount");
    if (!found || found->kind != JSON_INT) return false;
    *amount = found->u.i;
    return true;
}
