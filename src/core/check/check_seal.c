/* check_seal.c -- rows that are known in one place only: their seal shows what was altered. */
#include "core/check/check_int.h"

#include <stdio.h>

#include "core/seal/sealed.h"
#include "sql/seal_anew_sql.h"

#define ALTERED "was altered: its seal does not fit"

/* ---- a member's ------------------------------------------------------------------------------ */

void check_seals(struct check *k)
{
    if (k->config.seal != CONFIG_SEAL(k->c, &k->config))
        check_wrong(k, "the configuration " ALTERED);
    for (size_t i = 0; i < k->tasks.n; i++) {
        const struct sql_check_tasks_row *t = &k->tasks.rows[i];
        if (t->seal != TASK_SEAL(k->c, t)) check_wrong(k, "task %lld " ALTERED, (long long)t->id);
    }
    for (size_t i = 0; i < k->identities.n; i++) {
        const struct sql_check_identities_row *t = &k->identities.rows[i];
        if (t->seal != IDENTITY_SEAL(k->c, t, t->verified_at, t->verified_how, t->created_at))
            check_wrong(k, "an identity (%s) " ALTERED, t->provider);
    }
}

enum rc check_seal_anew(struct check *k)
{
    struct ctx *c = k->c;
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < k->events.n; i++) {
        const struct sql_check_events_row *e = &k->events.rows[i];
        struct sql_anew_event v = { .id = e->id, .member_id = k->member_id,
                                    .seal = EVENT_SEAL(c, e, k->member_id) };
        if (e->seal != v.seal) rc = sql_anew_event(c, &v);
    }
    for (size_t i = 0; rc == RC_OK && i < k->tasks.n; i++) {
        const struct sql_check_tasks_row *t = &k->tasks.rows[i];
        struct sql_anew_task v = { .id = t->id, .seal = TASK_SEAL(c, t) };
        if (t->seal != v.seal) rc = sql_anew_task(c, &v);
    }
    for (size_t i = 0; rc == RC_OK && i < k->identities.n; i++) {
        const struct sql_check_identities_row *t = &k->identities.rows[i];
        struct sql_anew_identity v = {
            .provider = t->provider, .subject = t->subject,
            .seal = IDENTITY_SEAL(c, t, t->verified_at, t->verified_how, t->created_at) };
        if (t->seal != v.seal) rc = sql_anew_identity(c, &v);
    }
    return rc;
}

/* ---- what is nobody's, page by page ---------------------------------------------------------- */

struct page { struct ctx *c; struct check_walk *w; const struct check_ear *ear; };
struct met {
    const char *what, *digest;
    int64_t member_id, id, version, is, must;
    enum rc (*put)(struct ctx *c, const struct met *m);
};

/* A seal that does not fit is a finding; or, under a new secret, made again. */
static enum rc meet(const struct page *p, const struct met *m)
{
    if (m->is == m->must) return RC_OK;
    if (p->w->is_anew) return m->put(p->c, m);
    p->w->findings++;
    p->ear->told(p->ear->arg, m->member_id,
                 arena_printf(p->c->arena, "%s %lld " ALTERED, m->what, (long long)m->id));
    return RC_OK;
}

static enum rc put_object(struct ctx *c, const struct met *m)
{
    struct sql_anew_object v = { .kind = m->what, .id = m->id, .version = m->version,
                                 .seal = m->must };

    return sql_anew_object(c, &v);
}

/* Each answers whether there may be more. */
static enum rc objects(const struct page *p, bool *more)
{
    struct sql_check_objects v = { .after_kind = p->w->kind, .after_id = p->w->after_id,
                                   .after_version = p->w->after_n };
    enum rc rc = sql_check_objects(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_objects_row *r = &v.rows[i];
        rc = meet(p, &(struct met){
            .what = r->kind, .id = r->id, .version = r->version, .is = r->seal,
            .must = OBJECT_SEAL(p->c, r), .put = put_object });
        snprintf(p->w->kind, sizeof p->w->kind, "%s", r->kind);
        p->w->after_id = r->id;
        p->w->after_n = r->version;
    }
    return rc;
}

static enum rc put_job(struct ctx *c, const struct met *m)
{
    struct sql_anew_task v = { .id = m->id, .seal = m->must };

    return sql_anew_task(c, &v);
}

static enum rc jobs(const struct page *p, bool *more)
{
    struct sql_check_jobs v = { .after_id = p->w->after_id };
    enum rc rc = sql_check_jobs(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_jobs_row *r = &v.rows[i];
        rc = meet(p, &(struct met){ .what = "job", .id = r->id, .is = r->seal,
                                    .must = TASK_SEAL(p->c, r), .put = put_job });
        p->w->after_id = r->id;
    }
    return rc;
}

static enum rc put_key(struct ctx *c, const struct met *m)
{
    struct sql_anew_key v = { .id = m->id, .seal = m->must };

    return sql_anew_key(c, &v);
}

static enum rc keys(const struct page *p, bool *more)
{
    struct sql_check_keys v = { .after_id = p->w->after_id };
    enum rc rc = sql_check_keys(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_keys_row *r = &v.rows[i];
        rc = meet(p, &(struct met){
            .what = "key", .id = r->id, .is = r->seal,
            .must = KEY_SEAL(p->c, r, r->created_at, r->revoked_at), .put = put_key });
        p->w->after_id = r->id;
    }
    return rc;
}

static enum rc put_answer(struct ctx *c, const struct met *m)
{
    struct sql_anew_answer v = { .id = m->id, .member_id = m->member_id, .seal = m->must };

    return sql_anew_answer(c, &v);
}

static enum rc answers(const struct page *p, bool *more)
{
    struct sql_check_answers v = { .after_id = p->w->after_id,
                                   .after_member_id = p->w->after_n };
    enum rc rc = sql_check_answers(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_answers_row *r = &v.rows[i];
        rc = meet(p, &(struct met){
            .what = "answer", .id = r->id, .member_id = r->member_id, .is = r->seal,
            .must = ANSWER_SEAL(p->c, r, r->at), .put = put_answer });
        p->w->after_id = r->id;
        p->w->after_n = r->member_id;
    }
    return rc;
}

static enum rc put_claim(struct ctx *c, const struct met *m)
{
    struct sql_anew_claim v = { .digest = m->digest, .seal = m->must };

    return sql_anew_claim(c, &v);
}

static enum rc claims(const struct page *p, bool *more)
{
    struct sql_check_claims v = { .after = p->w->digest };
    enum rc rc = sql_check_claims(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_claims_row *r = &v.rows[i];
        rc = meet(p, &(struct met){
            .what = "the claim of answer", .id = r->answer_id,
            .member_id = r->member_id, .digest = r->digest, .is = r->seal,
            .must = CLAIM_SEAL(p->c, r, r->member_id, r->at), .put = put_claim });
    }
    if (*more) snprintf(p->w->digest, sizeof p->w->digest, "%s", v.rows[v.n - 1].digest);
    return rc;
}

/* Each row may be right and one be missing, or be as it was before. */
static enum rc published(const struct page *p, bool *more)
{
    struct sql_check_published v = { 0 };
    enum rc rc = sql_check_published(p->c, &v);

    *more = false;
    if (rc != RC_OK || p->w->is_anew) return rc;
    if (v.rows_sum == v.published_sum && v.published_seal == PUBLISHED_SEAL(p->c, v.rows_sum))
        return rc;
    p->w->findings++;
    p->ear->told(p->ear->arg, 0, "something that was published is missing, or as it was before");
    return rc;
}

enum rc check_sealed(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    static enum rc (*const walks[])(const struct page *p, bool *more) = {
        published, objects, jobs, keys, answers, claims
    };
    struct page p = { c, w, ear };
    bool more = false;
    enum rc rc;

    rc = walks[w->sealed_n](&p, &more);
    if (rc != RC_OK || more) return rc;
    w->is_inside = false;
    if (++w->sealed_n == ARRAY_LEN(walks)) w->stage++;
    return RC_OK;
}
