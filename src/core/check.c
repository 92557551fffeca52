/* check.c -- see check.h. */
#include "core/check.h"

#include "core/member/member.h"
#include "core/run.h"
#include "core/timeline/timeline.h"
#include "sql/check_sql.h"
#include "sql/member_sql.h"
#include "sql/task_sql.h"

enum { MARK_MS = 30000 };      /* postings younger than this may still be on their way */

static const char *compare_unit(struct ctx *c, const struct sql_check_units_row *r)
{
    const struct unit *u = conf_unit(c->conf, r->unit_id);
    const char *code = u ? u->code : "?";

    if (r->available != r->lots_available - r->debts)
        return arena_printf(c->arena, "%s: the balance is %lld, lots less debts are %lld", code,
                            (long long)r->available, (long long)(r->lots_available - r->debts));
    if (r->pending != r->lots_pending)
        return arena_printf(c->arena, "%s: %lld is pending, the lots say %lld", code,
                            (long long)r->pending, (long long)r->lots_pending);
    if (r->owed != r->debts)
        return arena_printf(c->arena, "%s: %lld is owed, the debts say %lld", code,
                            (long long)r->owed, (long long)r->debts);
    if (r->available + r->pending != r->posted)
        return arena_printf(c->arena, "%s: balances are %lld, postings add up to %lld", code,
                            (long long)(r->available + r->pending), (long long)r->posted);
    return NULL;
}

static enum rc check_books(struct ctx *c, int64_t member_id, const char **why)
{
    struct sql_check_units units = { .member_id = member_id };
    struct sql_check_lots lots = { .member_id = member_id };
    struct sql_check_awards awards = { .member_id = member_id };
    struct sql_check_award_postings posted = { .member_id = member_id };
    enum rc rc;

    sql_check_units_ask(c, &units);
    sql_check_lots_ask(c, &lots);
    sql_check_awards_ask(c, &awards);
    sql_check_award_postings_ask(c, &posted);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < units.n && !*why; i++) *why = compare_unit(c, &units.rows[i]);
    if (!*why && lots.wrong) *why = "a lot is below zero";
    if (!*why && awards.wrong) *why = "an award does not say where all of it went";
    if (!*why && posted.awards != posted.postings)
        *why = arena_printf(c->arena, "awards say %lld was posted, postings say %lld",
                            (long long)posted.awards, (long long)posted.postings);
    return RC_OK;
}

enum rc check_member(struct ctx *c, const struct check_one *in, const char **why)
{
    struct sql_task_waiting tasks = { .member_id = in->member_id };
    enum rc rc;

    *why = NULL;
    rc = check_books(c, in->member_id, why);
    if (rc != RC_OK || *why || !in->is_deep) return rc;
    /* What waits counts as booked: the fold is compared when it is done. */
    rc = sql_task_waiting(c, &tasks);
    if (rc != RC_OK || tasks.n > 0) return rc;
    return timeline_prove(c, in->member_id, why);
}

struct page {
    const struct check_run *run;
    struct check_result *out;
    int64_t ids[500];
    size_t n;
    int64_t after_id;
};

static enum rc list_page(struct ctx *c, void *arg)
{
    struct page *p = arg;
    struct sql_member_page v = { .after_id = p->after_id };
    enum rc rc = sql_member_page(c, &v);

    p->n = v.n;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) p->ids[i] = v.rows[i].id;
    if (v.n) p->after_id = p->ids[v.n - 1];
    return rc;
}

static enum rc check_page(struct ctx *c, void *arg)
{
    struct page *p = arg;

    for (size_t i = 0; i < p->n; i++) {
        struct check_one one = { .member_id = p->ids[i], .is_deep = p->run->is_deep };
        struct arena_mark mark = arena_mark(c->arena);
        const char *why = NULL;
        enum rc rc = db_begin_read(c->db);
        if (rc == RC_OK) rc = check_member(c, &one, &why);
        db_rollback(c->db);
        if (rc != RC_OK) return rc;
        if (why) {
            p->out->findings++;
            p->run->told(p->run->arg, one.member_id, why);
        }
        arena_rewind(c->arena, mark);
        p->out->members++;
    }
    return RC_OK;
}

static enum rc check_whole(struct ctx *c, void *arg)
{
    struct page *p = arg;
    int64_t below = id_first_at(time_wall_ms() - MARK_MS);
    struct sql_check_orphans orphans = { .below = below };
    struct sql_check_accounts accounts = { .below = below };
    enum rc rc = sql_check_orphans(c, &orphans);

    if (rc == RC_OK) rc = sql_check_accounts(c, &accounts);
    if (rc != RC_OK) return rc;
    const struct { int64_t n; const char *why; } found[] = {
        { orphans.postings, "postings hang on no event" },
        { orphans.awards, "awards hang on no event" },
        { accounts.wrong, "postings are not between a member and the brand" },
    };
    for (size_t i = 0; i < ARRAY_LEN(found); i++) {
        if (found[i].n == 0) continue;
        p->out->findings++;
        p->run->told(p->run->arg, 0, arena_printf(c->arena, "%lld %s", (long long)found[i].n,
                                                  found[i].why));
    }
    return RC_OK;
}

enum rc check_all(const struct check_run *r, struct check_result *out)
{
    struct page page = { .run = r, .out = out };
    struct run unit = { .engine = r->engine, .arg = &page, .arena_max = (size_t)1 << 30 };
    enum rc rc;

    *out = (struct check_result){ 0 };
    do {
        unit.fn = list_page;
        rc = run_read(&unit, NULL);
        unit.fn = check_page;
        if (rc == RC_OK) rc = run_read(&unit, NULL);
        if (rc == RC_OK && r->progress) r->progress(r->arg, out->members);
    } while (rc == RC_OK && page.n == ARRAY_LEN(page.ids));
    unit.fn = check_whole;
    return rc == RC_OK ? run_read(&unit, NULL) : rc;
}
