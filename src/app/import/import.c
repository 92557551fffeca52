/* import.c -- booking sorted rows, many members at a time. */
#include "app/import/import.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/purchase/purchase.h"
#include "core/ctx.h"
#include "core/member/member.h"
#include "core/run/run.h"

enum { CHUNK = 16, IN_FLIGHT = 48 };

static int compare_rows(const void *a, const void *b)
{
    const struct import_row *x = a, *y = b;
    int by_member = strcmp(x->subject, y->subject);

    if (by_member) return by_member;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

void import_sort(struct import_row *rows, size_t n)
{
    qsort(rows, n, sizeof *rows, compare_rows);
}

/* What runs side by side: members are independent, a member's chunks follow each other. */
struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int in_flight;
    bool is_broken;
    size_t done;
};
struct chunk {
    struct crowd *crowd;
    const struct import_job *job;
    const struct import_row *rows;
    size_t n;
    int64_t fresh, repeated;                 /* of the last run of the unit */
    bool is_bad, is_tried;                   /* tried: a dry run got to its end */
    struct import_result *out;
    const char *why;
    bool is_free;
};

static enum rc find_or_join(struct ctx *c, const struct chunk *k, const char *reference)
{
    struct member_join join = { .provider = k->job->provider, .subject = k->rows[0].subject,
                                .source = "import" };
    int64_t id;
    enum rc rc = member_find(c, reference, &id);

    if (rc != RC_NOT_FOUND) return rc;
    rc = member_join(c, &join, &id);
    return rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc book_row(struct ctx *c, struct chunk *k, const struct import_row *r)
{
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    struct purchase_tell tell = {
        .member = arena_printf(c->arena, "%s:%s", k->job->provider, r->subject),
        .store = k->job->store, .till = "import", .receipt = r->receipt, .at = r->at,
        .business_date = JSON_ABSENT_DATE, .total_minor = r->total_minor, .channel = "import",
        .is_silent = k->job->is_facts };
    enum rc rc;

    c->now = r->at;
    rc = find_or_join(c, k, tell.member);
    if (rc == RC_OK) rc = purchase_commit(c, &tell, told);
    if (rc != RC_OK) return rc;
    if (told->is_repeat) k->repeated++;
    else                 k->fresh++;
    if (!k->job->booked) return RC_OK;
    return k->job->booked(c, k->job->arg, &(struct import_booked){ r, told->is_repeat });
}

static enum rc book_chunk(struct ctx *c, void *arg)
{
    struct chunk *k = arg;

    k->fresh = k->repeated = 0;
    k->is_tried = false;
    for (size_t i = 0; i < k->n; i++) {
        struct arena_mark mark = arena_mark(c->arena);
        enum rc rc = book_row(c, k, &k->rows[i]);
        if (k->job->is_dry) c->notes = NULL;
        if (rc != RC_OK) return rc;
        arena_rewind(c->arena, mark);
    }
    k->is_tried = k->job->is_dry;
    return k->is_tried ? RC_CONFLICT : RC_OK;
}

/* A dry run ends like a refusal, so that whoever runs the transaction takes it back. */
static enum rc outcome(const struct chunk *k, enum rc rc)
{
    return k->is_tried && rc == RC_CONFLICT ? RC_OK : rc;
}

static bool is_refusal(enum rc rc)
{
    return rc == RC_INVALID || rc == RC_DENIED || rc == RC_NOT_FOUND || rc == RC_CONFLICT;
}

/* Called by an engine's thread, once for each chunk. */
static void chunk_done(void *arg, enum rc rc, const struct err *err)
{
    struct chunk *k = arg;

    pthread_mutex_lock(&k->crowd->lock);
    rc = outcome(k, rc);
    k->crowd->in_flight--;
    k->is_bad = is_refusal(rc);
    k->why = err->code;
    if (rc == RC_OK) {
        k->out->fresh += k->fresh;
        k->out->repeated += k->repeated;
    } else if (!k->is_bad) {
        k->crowd->is_broken = true;
    }
    k->crowd->done += k->n;
    k->is_free = !k->is_bad;
    pthread_cond_broadcast(&k->crowd->changed);
    pthread_mutex_unlock(&k->crowd->lock);
}

/* One row of a chunk was refused, and took the others back with it: each row alone finds it. */
static enum rc one_by_one(struct chunk *k)
{
    for (size_t i = 0; i < k->n; i++) {
        struct chunk one = *k;
        struct err err = { 0 };
        one.rows = &k->rows[i];
        one.n = 1;
        enum rc rc = run_write(&(struct run){ .engine = k->job->engine, .fn = book_chunk,
                                              .arg = &one, .queue = QUEUE_BULK }, &err);
        rc = outcome(&one, rc);
        if (rc != RC_OK && !is_refusal(rc)) return rc;
        pthread_mutex_lock(&k->crowd->lock);
        k->out->fresh += rc == RC_OK ? one.fresh : 0;
        k->out->repeated += rc == RC_OK ? one.repeated : 0;
        k->out->rejected += rc != RC_OK;
        pthread_mutex_unlock(&k->crowd->lock);
        if (rc != RC_OK)
            k->job->rejected(k->job->arg, one.rows,
                             &(struct import_fault){ err.code ? err.code : "refused", NULL });
    }
    return RC_OK;
}

/* The next place for a chunk: free, and what was refused in it is dealt with. */
static enum rc take_place(struct crowd *crowd, struct chunk *places, struct chunk **out)
{
    *out = NULL;
    while (!*out) {
        struct chunk *bad = NULL;
        pthread_mutex_lock(&crowd->lock);
        for (int i = 0; i < IN_FLIGHT && !*out && !bad; i++) {
            if (places[i].is_bad) bad = &places[i];
            else if (places[i].is_free) *out = &places[i];
        }
        if (crowd->is_broken) bad = NULL;
        else if (!*out && !bad) pthread_cond_wait(&crowd->changed, &crowd->lock);
        bool is_broken = crowd->is_broken;
        pthread_mutex_unlock(&crowd->lock);
        if (is_broken) return RC_INTERNAL;
        if (!bad) continue;
        enum rc rc = one_by_one(bad);
        if (rc != RC_OK) return rc;
        bad->is_bad = false;
        bad->is_free = true;
    }
    return RC_OK;
}

static enum rc submit(struct crowd *crowd, struct chunk *k)
{
    struct run run = { .engine = k->job->engine, .fn = book_chunk, .arg = k,
                       .queue = QUEUE_BULK };
    enum rc rc;

    k->is_free = false;
    pthread_mutex_lock(&crowd->lock);
    crowd->in_flight++;
    pthread_mutex_unlock(&crowd->lock);
    while ((rc = run_submit(&run, chunk_done)) == RC_BUSY) {
        pthread_mutex_lock(&crowd->lock);
        if (crowd->in_flight > 1) pthread_cond_wait(&crowd->changed, &crowd->lock);
        bool is_broken = crowd->is_broken;
        pthread_mutex_unlock(&crowd->lock);
        if (is_broken) break;
    }
    return rc;
}

static void wait_for(struct crowd *crowd, int n)
{
    pthread_mutex_lock(&crowd->lock);
    while (crowd->in_flight > n) pthread_cond_wait(&crowd->changed, &crowd->lock);
    pthread_mutex_unlock(&crowd->lock);
}

static enum rc book_bad(struct crowd *crowd, struct chunk *places)
{
    wait_for(crowd, 0);
    for (int i = 0; i < IN_FLIGHT; i++) {
        if (!places[i].is_bad) continue;
        enum rc rc = one_by_one(&places[i]);
        if (rc != RC_OK) return rc;
        places[i].is_bad = false;
        places[i].is_free = true;
    }
    return crowd->is_broken ? RC_INTERNAL : RC_OK;
}

/* A member with more rows than a chunk holds waits for each before the next. */
static enum rc book_all(const struct import_job *job, struct crowd *crowd,
                        struct import_result *out)
{
    struct chunk places[IN_FLIGHT] = { { 0 } };
    size_t from = 0, told = 0;
    enum rc rc = RC_OK;

    for (int i = 0; i < IN_FLIGHT; i++) places[i] = (struct chunk){ .is_free = true };
    while (rc == RC_OK && from < job->rows_n) {
        struct chunk *k;
        size_t n = 1;
        bool is_same = from > 0 && str_eq(job->rows[from - 1].subject, job->rows[from].subject);
        if (is_same) rc = book_bad(crowd, places);
        while (n < CHUNK && from + n < job->rows_n
               && str_eq(job->rows[from].subject, job->rows[from + n].subject))
            n++;
        if (rc == RC_OK) rc = take_place(crowd, places, &k);
        if (rc != RC_OK) break;
        *k = (struct chunk){ .crowd = crowd, .job = job, .rows = &job->rows[from], .n = n,
                             .out = out };
        rc = submit(crowd, k);
        from += n;
        if (job->progress && (from - told >= 500 || from == job->rows_n))
            job->progress(job->arg, told = from, job->rows_n);
    }
    enum rc last = book_bad(crowd, places);
    return rc != RC_OK ? rc : last;
}

enum rc import_run(const struct import_job *job, struct import_result *out)
{
    struct crowd crowd = { .in_flight = 0 };
    enum rc rc;

    *out = (struct import_result){ 0 };
    pthread_mutex_init(&crowd.lock, NULL);
    pthread_cond_init(&crowd.changed, NULL);
    rc = book_all(job, &crowd, out);
    pthread_cond_destroy(&crowd.changed);
    pthread_mutex_destroy(&crowd.lock);
    return rc;
}
