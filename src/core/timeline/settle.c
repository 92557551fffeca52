/* settle.c -- what time does, each thing with its own date: lots are released and expire,
 * terms end. */
#include <assert.h>

#include "core/ctx.h"
#include "core/timeline/timeline_int.h"

static const char *expired_payload(struct timeline *t, const struct expiring *x)
{
    const struct unit *u = conf_unit(t->c->conf, x->unit_id);

    return arena_printf(t->c->arena, "{\"unit\":\"%s\",\"amount\":%lld}", u ? u->code : "",
                        (long long)x->amount);
}

/* Expiring is done, not derived: an event of its own, under which it is booked, and to which rules
 * may listen. */
static enum rc expire(struct timeline *t, const struct expiring *x, int64_t at)
{
    struct event *e = ARENA_NEW(t->c->arena, struct event);
    enum rc rc;

    *e = (struct event){
        .id = id_next(t->c->ids), .at = at, .name = EVENT_EXPIRED, .is_live = true,
        .is_new = true, .is_changed = true, .config_version = t->c->conf->version,
        .business_date = date_of(t->c->conf->zone, at - 1),
        .payload = expired_payload(t, x) };
    timeline_fresh(t, e);
    timeline_cause(t, e);
    rc = books_expire(&t->books, at, x->unit_id);
    if (rc == RC_OK) rc = fold_event(&t->fold, e);
    return rc == RC_OK ? timeline_book_new(t) : rc;
}

static enum rc settle_lots(struct timeline *t, int64_t at)
{
    struct expiring *gone;
    size_t n = 0;
    enum rc rc = books_release(&t->books, at);

    if (rc == RC_OK) rc = books_expiring(&t->books, at, &gone, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++) rc = expire(t, &gone[i], at);
    return rc;
}

enum rc timeline_settle(struct timeline *t, int64_t upto)
{
    const struct track *track = track_find();
    struct member *m = &t->fold.m;
    bool is_on = track && track->is_on(t->c->conf);

    while (m->due_at <= upto) {
        int64_t lots_at, track_at = is_on ? track->due(m) : TIME_NEVER;
        enum rc rc = books_due(&t->books, &lots_at);
        if (rc != RC_OK) return rc;
        m->due_at = lots_at < track_at ? lots_at : track_at;
        if (m->due_at > upto) break;
        if (lots_at <= track_at) {
            rc = settle_lots(t, lots_at);
        } else {
            rc = fold_settle_one(&t->fold, track_at);
            if (rc == RC_OK) rc = timeline_book_new(t);
        }
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}
