/* check.c -- one member, then all of them, then what belongs to none. */
#include "core/check/check_int.h"

#include "core/feature.h"
#include "core/run/run.h"
#include "core/timeline/timeline.h"
#include "core/timeline/track.h"
#include "sql/task_sql.h"

/* All rows of one member; only what is used becomes memory. */
#define CHECK_BYTES ((size_t)8 << 30)

static enum rc check_features(struct ctx *c, int64_t member_id, const char **why)
{
    const struct track *track = track_find();
    enum rc rc = track && track->prove ? track->prove(c, member_id, why) : RC_OK;

    for (size_t i = 0; features[i] && rc == RC_OK && !*why; i++)
        if (features[i]->check) rc = features[i]->check(c, member_id, why);
    return rc;
}

static enum rc check_books(struct ctx *c, int64_t member_id, const char **why)
{
    struct check *k = ARENA_NEW(c->arena, struct check);
    enum rc rc;

    k->c = c;
    k->member_id = member_id;
    rc = check_load(k);
    if (rc == RC_NOT_FOUND) {
        *why = "the member's row is missing, or is another's";
        return RC_OK;
    }
    if (rc != RC_OK) return rc;
    /* Its events may be judged by what this process has not read yet. */
    if (k->config.version > c->conf->version) return conf_refresh(c);
    check_events(k);
    check_rows(k);
    check_sums(k);
    check_seals(k);
    *why = k->why;
    return RC_OK;
}

static enum rc check_tasks(struct ctx *c, int64_t member_id, const char **why)
{
    struct sql_task_failed v = { .member_id = member_id };
    enum rc rc = sql_task_failed(c, &v);

    if (rc == RC_OK && v.n > 0)
        *why = arena_printf(c->arena, "task %lld (%s) failed: %s", (long long)v.rows[0].id,
                            v.rows[0].kind, v.rows[0].error ? v.rows[0].error : "no reason told");
    return rc;
}

static enum rc check_one(struct ctx *c, const struct check_one *in, const char **why)
{
    struct sql_task_waiting tasks = { .member_id = in->member_id,
                                      .kind = timeline_reconsider_task.name };
    enum rc rc = check_books(c, in->member_id, why);

    if (rc == RC_OK && !*why) rc = check_features(c, in->member_id, why);
    if (rc == RC_OK && !*why) rc = check_tasks(c, in->member_id, why);
    if (rc != RC_OK || *why || !in->is_deep) return rc;
    /* What waits counts as booked: the fold is compared when it is done. */
    rc = sql_task_waiting(c, &tasks);
    if (rc != RC_OK || tasks.n > 0) return rc;
    return timeline_prove(c, in->member_id, why);
}

/* A row that cannot be read is what was looked for, not a reason to look at nobody else. */
enum rc check_member(struct ctx *c, const struct check_one *in, const char **why)
{
    struct err before = c->err;
    enum rc rc;

    *why = NULL;
    c->err = (struct err){ 0 };
    rc = check_one(c, in, why);
    if (rc == RC_INTERNAL && c->err.code) {
        *why = c->err.code;
        rc = RC_OK;
    }
    c->err = before;
    return rc;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct page {
    const struct check_run *run;
    struct check_result *out;
    int64_t ids[500];
    size_t n, done;
    int64_t after_id;
};

static enum rc list_page(struct ctx *c, void *arg)
{
    struct page *p = arg;
    struct sql_member_page v = { .after_id = p->after_id };
    enum rc rc = sql_member_page(c, &v);

    p->n = v.n;
    p->done = 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) p->ids[i] = v.rows[i].id;
    if (v.n) p->after_id = p->ids[v.n - 1];
    return rc;
}

static enum rc check_page(struct ctx *c, void *arg)
{
    struct page *p = arg;

    for (; p->done < p->n; p->done++) {
        struct check_one one = { .member_id = p->ids[p->done], .is_deep = p->run->is_deep };
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

/* A publication in the middle of a page: go on where it was noticed, under the new one. */
static enum rc check_whole_page(const struct check_run *r, struct page *p)
{
    struct run unit = { .engine = r->engine, .arg = p, .arena_max = CHECK_BYTES,
                        .fn = check_page };
    size_t done = 0;
    enum rc rc = run_read(&unit, NULL);

    for (int tries = 0; rc == RC_BUSY && tries < 3; tries = p->done > done ? 0 : tries + 1) {
        done = p->done;
        rc = run_read(&unit, NULL);
    }
    return rc;
}

struct straying { const struct check_run *run; struct check_result *out; };

static enum rc check_tables(struct ctx *c, void *arg)
{
    struct straying *s = arg;
    struct check_ear ear = { s->run->told, s->run->arg };
    struct check_walk walk = { 0 };
    enum rc rc = RC_OK;

    while (rc == RC_OK && walk.stage != CHECK_DONE) {
        struct arena_mark mark = arena_mark(c->arena);
        rc = check_strays(c, &walk, &ear);
        arena_rewind(c->arena, mark);
    }
    s->out->findings += walk.findings;
    return rc;
}

enum rc check_members_page(const struct check_run *r, int64_t *after_id, struct check_result *out,
                           bool *more)
{
    struct page page = { .run = r, .out = out, .after_id = *after_id };
    struct run list = { .engine = r->engine, .arg = &page, .fn = list_page };
    enum rc rc = run_read(&list, NULL);

    if (rc == RC_OK) rc = check_whole_page(r, &page);
    *after_id = page.after_id;
    *more = page.n == ARRAY_LEN(page.ids);
    return rc;
}

enum rc check_all_tables(const struct check_run *r, struct check_result *out)
{
    struct straying straying = { r, out };

    return run_read(&(struct run){ .engine = r->engine, .arg = &straying, .fn = check_tables },
                    NULL);
}

enum rc check_all(const struct check_run *r, struct check_result *out)
{
    int64_t after_id = 0;
    bool more = true;
    enum rc rc = RC_OK;

    *out = (struct check_result){ 0 };
    while (rc == RC_OK && more) {
        rc = check_members_page(r, &after_id, out, &more);
        if (rc == RC_OK && r->progress) r->progress(r->arg, out->members);
    }
    return rc == RC_OK ? check_all_tables(r, out) : rc;
}
