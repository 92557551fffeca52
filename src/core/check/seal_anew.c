/* seal_anew.c -- members in pages, then what is nobody's, then the row of config. */
#include "core/check/seal_anew.h"

#include "core/check/check_int.h"
#include "core/run/clock.h"
#include "core/feature.h"
#include "core/run/run.h"
#include "core/seal/sealed.h"
#include "sql/seal_anew_sql.h"

#define ARENA_MAX ((size_t)1 << 30)

enum rc seal_anew_member(struct ctx *c, int64_t member_id)
{
    struct check *k = ARENA_NEW(c->arena, struct check);
    enum rc rc;

    k->c = c;
    k->member_id = member_id;
    rc = check_load(k);
    if (rc == RC_OK) rc = check_seal_anew(k);
    for (size_t i = 0; features[i] && rc == RC_OK; i++)
        if (features[i]->seal_anew) rc = features[i]->seal_anew(c, member_id);
    return rc;
}

struct pages { int64_t after_id, members; bool more; };

static enum rc a_page(struct ctx *c, void *arg)
{
    struct pages *p = arg;
    struct sql_member_page v = { .after_id = p->after_id };
    enum rc rc = sql_member_page(c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        struct arena_mark mark = arena_mark(c->arena);
        rc = seal_anew_member(c, v.rows[i].id);
        arena_rewind(c->arena, mark);
    }
    if (rc != RC_OK) return rc;
    p->more = v.n > 0;
    p->members += (int64_t)v.n;
    if (v.n > 0) p->after_id = v.rows[v.n - 1].id;
    return RC_OK;
}

static enum rc a_step(struct ctx *c, void *arg)
{
    struct check_walk *w = arg, before = *w;
    enum rc rc = check_strays(c, w, NULL);

    if (rc != RC_OK) *w = before;                      /* a transaction that is run again */
    return rc;
}

enum rc seal_anew_shop(struct ctx *c)
{
    struct sql_config_get v = { 0 };
    enum rc rc = sql_config_get(c, &v);
    struct sql_anew_config anew = { .seal = CONFIG_SEAL(c, &v) };
    struct sql_check_published all = { 0 };

    if (rc == RC_OK) rc = sql_check_published(c, &all);
    anew.published_sum = all.rows_sum;
    anew.published_seal = PUBLISHED_SEAL(c, all.rows_sum);
    return rc == RC_OK ? sql_anew_config(c, &anew) : rc;
}

static enum rc the_shop(struct ctx *c, void *arg)
{
    (void)arg;
    return seal_anew_shop(c);
}

static enum rc is_alone(struct ctx *c, void *arg)
{
    const struct seal_anew *s = arg;
    struct sql_anew_others v = { .n = s->node, .now = time_wall_ms() };
    enum rc rc = sql_anew_others(c, &v);

    return rc == RC_OK && v.others_n > 0 ? RC_CONFLICT : rc;
}

static enum rc work(const struct seal_anew *s, run_fn *fn, void *arg)
{
    return run_write(&(struct run){ .engine = s->engine, .fn = fn, .arg = arg,
                                    .arena_max = ARENA_MAX, .queue = QUEUE_BULK }, NULL);
}

enum rc seal_anew(const struct seal_anew *s, int64_t *members)
{
    struct check_walk walk = { .stage = CHECK_SEALED, .is_anew = true };
    struct pages pages = { .more = true };
    struct seal_anew who = *s;
    enum rc rc = work(s, is_alone, &who);

    while (rc == RC_OK && pages.more) rc = work(s, a_page, &pages);
    while (rc == RC_OK && walk.stage != CHECK_DONE) rc = work(s, a_step, &walk);
    if (rc == RC_OK) rc = work(s, the_shop, NULL);
    *members = pages.members;
    return rc;
}
