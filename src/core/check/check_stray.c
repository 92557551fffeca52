/* check_stray.c -- what no member leads to, looked for in the tables, page by page. */
#include "core/check/check_int.h"

#include <stdio.h>

#include "sql/check_sql.h"

enum { PAGE = 1000, ASKED_AT_ONCE = 250 };   /* rows of check_receipts at a time */
#define FIRST_ID (-INT64_MAX)                /* INT64_MIN is SQL's NULL */

static void tell(struct check_walk *w, const struct check_ear *ear, int64_t member_id,
                 const char *why)
{
    w->findings++;
    ear->told(ear->arg, member_id, why);
}

static void next_stage(struct check_walk *w)
{
    w->stage++;
    w->is_inside = false;
}

/* The last page has no bound: also what lies behind the last event or member is looked at. */
static enum rc bound(struct check_walk *w, enum rc rc, int64_t *upto_id)
{
    if (rc != RC_NOT_FOUND) return rc;
    *upto_id = INT64_MAX;
    next_stage(w);
    return RC_OK;
}

static enum rc walk_events(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    struct sql_check_event_bound to = { .after_id = w->after_id };
    struct sql_check_stray_events v = { .after_id = w->after_id };
    enum rc rc = sql_check_event_bound(c, &to);

    v.upto_id = to.upto_id;
    rc = bound(w, rc, &v.upto_id);
    if (rc == RC_OK) rc = sql_check_stray_events(c, &v);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        tell(w, ear, v.rows[i].member_id, arena_printf(c->arena, "%s (%lld)", v.rows[i].what,
                                                       (long long)v.rows[i].id));
    w->after_id = v.upto_id;
    return rc;
}

/* Both lists are in the order of the ids. */
static enum rc walk_known(struct ctx *c, struct check_walk *w, const struct check_ear *ear,
                          int64_t upto_id)
{
    struct sql_check_known known = { .after_id = w->after_id, .upto_id = upto_id };
    struct sql_check_members members = { .after_id = w->after_id, .upto_id = upto_id };
    enum rc rc = sql_check_known(c, &known);
    size_t k = 0;

    if (rc == RC_OK) rc = sql_check_members(c, &members);
    for (size_t i = 0; rc == RC_OK && i < known.n; i++) {
        int64_t id = known.rows[i].member_id;
        while (k < members.n && members.rows[k].id < id) k++;
        if (k == members.n || members.rows[k].id != id)
            tell(w, ear, id, "what somebody is known by leads to no member");
    }
    return rc;
}

static enum rc walk_members(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    struct sql_check_member_bound to = { .after_id = w->after_id };
    struct sql_check_stray_members v = { .after_id = w->after_id };
    enum rc rc = sql_check_member_bound(c, &to);

    v.upto_id = to.upto_id;
    rc = bound(w, rc, &v.upto_id);
    if (rc == RC_OK) rc = sql_check_stray_members(c, &v);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        tell(w, ear, v.rows[i].member_id, arena_printf(c->arena, "%s leads to no member (%lld)",
                                                       v.rows[i].what, (long long)v.rows[i].id));
    if (rc == RC_OK) rc = walk_known(c, w, ear, v.upto_id);
    w->after_id = v.upto_id;
    return rc;
}

/* Asked together, as many as a page has. */
static enum rc ask_met(struct ctx *c, const struct sql_check_receipts *v,
                       struct sql_check_receipt_met *met)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct sql_check_receipts_row *r = &v->rows[i];
        met[i] = (struct sql_check_receipt_met){
            .member_id = r->member_id, .purchase_id = r->purchase_id, .till = r->till,
            .number = r->number, .store_id = r->store_id, .business_date = r->business_date };
        sql_check_receipt_met_ask(c, &met[i]);
        enum rc rc = i % ASKED_AT_ONCE == ASKED_AT_ONCE - 1 ? db_sync(c->db) : RC_OK;
        if (rc != RC_OK) return rc;
    }
    return db_sync(c->db);
}

static enum rc walk_receipts(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    struct sql_check_receipts v = {
        .store_id = w->receipt.store_id, .business_date = w->receipt.business_date,
        .till = w->receipt.till, .number = w->receipt.number };
    enum rc rc = sql_check_receipts(c, &v);
    struct sql_check_receipt_met *met = ARENA_ARRAY(c->arena, struct sql_check_receipt_met,
                                                    v.n + 1);

    if (rc == RC_OK) rc = ask_met(c, &v, met);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++) {
        const struct sql_check_receipts_row *r = &v.rows[i];
        if (met[i].n == 0)
            tell(w, ear, r->member_id, arena_printf(c->arena, "receipt %s leads to no sale (%lld)",
                                                    r->number, (long long)r->purchase_id));
    }
    if (v.n < PAGE) {
        next_stage(w);
        return RC_OK;
    }
    const struct sql_check_receipts_row *last = &v.rows[v.n - 1];
    w->receipt.store_id = last->store_id;
    w->receipt.business_date = last->business_date;
    snprintf(w->receipt.till, sizeof w->receipt.till, "%s", last->till);
    snprintf(w->receipt.number, sizeof w->receipt.number, "%s", last->number);
    return RC_OK;
}

enum rc check_strays(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    if (!w->is_inside) {
        w->is_inside = true;
        w->after_id = w->after_n = FIRST_ID;
        w->digest[0] = '\0';
        w->receipt.store_id = FIRST_ID;
    }
    switch (w->stage) {
    case CHECK_EVENTS:   return walk_events(c, w, ear);
    case CHECK_MEMBERS:  return walk_members(c, w, ear);
    case CHECK_RECEIPTS: return walk_receipts(c, w, ear);
    case CHECK_SEALED:   return check_sealed(c, w, ear);
    case CHECK_DONE:     break;
    }
    return RC_OK;
}
