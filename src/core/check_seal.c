/* check_seal.c -- rows that are known in one place only: their seal shows what was altered. */
#include "core/check_int.h"

#include <stdio.h>

#include "core/sealed.h"

#define ALTERED "was altered: its seal does not fit"

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

/* ---- what is nobody's, page by page ---------------------------------------------------------- */

struct page { struct ctx *c; struct check_walk *w; const struct check_ear *ear; };

static void tell(const struct page *p, int64_t member_id, const char *what, int64_t id)
{
    p->w->findings++;
    p->ear->told(p->ear->arg, member_id,
                 arena_printf(p->c->arena, "%s %lld " ALTERED, what, (long long)id));
}

/* Answers whether there may be more. */
static enum rc companies(const struct page *p, bool *more)
{
    struct sql_check_companies v = { 0 };
    enum rc rc = sql_check_companies(p->c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_companies_row *r = &v.rows[i];
        if (r->seal != COMPANY_SEAL(p->c, r, r->version, r->updated_at))
            tell(p, 0, "company", r->id);
    }
    *more = false;
    return rc;
}

static enum rc units(const struct page *p, bool *more)
{
    struct sql_check_units v = { 0 };
    enum rc rc = sql_check_units(p->c, &v);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_units_row *r = &v.rows[i];
        if (r->seal != UNIT_SEAL(p->c, r, r->version, r->updated_at)) tell(p, 0, "unit", r->id);
    }
    *more = false;
    return rc;
}

static enum rc stores(const struct page *p, bool *more)
{
    struct sql_check_stores v = { .after_id = p->w->after_id };
    enum rc rc = sql_check_stores(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_stores_row *r = &v.rows[i];
        if (r->seal != STORE_SEAL(p->c, r, r->version, r->updated_at)) tell(p, 0, "store", r->id);
        p->w->after_id = r->id;
    }
    return rc;
}

static enum rc ladders(const struct page *p, bool *more)
{
    struct sql_check_ladders v = { .after_version = p->w->after_id };
    enum rc rc = sql_check_ladders(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_ladders_row *r = &v.rows[i];
        if (r->id != 1 || r->seal != TIER_SEAL(p->c, r, r->created_at))
            tell(p, 0, "version of the ladder", r->version);
        p->w->after_id = r->version;
    }
    return rc;
}

static enum rc rules(const struct page *p, bool *more)
{
    struct sql_check_rules v = { .after_id = p->w->after_id, .after_version = p->w->after_n };
    enum rc rc = sql_check_rules(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_rules_row *r = &v.rows[i];
        if (r->seal != RULE_SEAL(p->c, r, r->created_at)) tell(p, 0, "rule", r->id);
        p->w->after_id = r->id;
        p->w->after_n = r->version;
    }
    return rc;
}

static enum rc keys(const struct page *p, bool *more)
{
    struct sql_check_keys v = { .after_id = p->w->after_id };
    enum rc rc = sql_check_keys(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_keys_row *r = &v.rows[i];
        if (r->seal != KEY_SEAL(p->c, r, r->created_at, r->revoked_at)) tell(p, 0, "key", r->id);
        p->w->after_id = r->id;
    }
    return rc;
}

static enum rc answers(const struct page *p, bool *more)
{
    struct sql_check_answers v = { .after_id = p->w->after_id,
                                   .after_member_id = p->w->after_n };
    enum rc rc = sql_check_answers(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_answers_row *r = &v.rows[i];
        if (r->seal != ANSWER_SEAL(p->c, r, r->at)) tell(p, r->member_id, "answer", r->id);
        p->w->after_id = r->id;
        p->w->after_n = r->member_id;
    }
    return rc;
}

static enum rc claims(const struct page *p, bool *more)
{
    struct sql_check_claims v = { .after = p->w->digest };
    enum rc rc = sql_check_claims(p->c, &v);

    *more = rc == RC_OK && v.n > 0;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_check_claims_row *r = &v.rows[i];
        if (r->seal != CLAIM_SEAL(p->c, r, r->member_id, r->at))
            tell(p, r->member_id, "the claim of answer", r->answer_id);
    }
    if (*more) snprintf(p->w->digest, sizeof p->w->digest, "%s", v.rows[v.n - 1].digest);
    return rc;
}

enum rc check_sealed(struct ctx *c, struct check_walk *w, const struct check_ear *ear)
{
    static enum rc (*const walks[])(const struct page *p, bool *more) = {
        companies, units, stores, ladders, rules, keys, answers, claims
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
