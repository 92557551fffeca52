/* The end of a visit: an answer or a problem, and what is counted of it. */
#include <inttypes.h>
#include <string.h>
#include "base/log.h"
#include "core/ctx.h"
#include "core/door/door_private.h"

/* ---- problems ---- */

static const struct { const char *code; int status; } exact[] = {
    { "auth.missing", 401 }, { "auth.unknown", 401 }, { "auth.revoked", 401 },
    { "idempotency.erased", 410 }, { "idempotency.key_reused", 422 },
    { "request.media_type", 415 }, { "request.method", 405 },
    { "version.mismatch", 412 }, { "version.missing", 428 }
};

static const struct { int status; const char *code; } usual[] = {
    [RC_OK]        = { 200, "" },
    [RC_INVALID]   = { 400, "request.invalid" },
    [RC_DENIED]    = { 403, "auth.forbidden" },
    [RC_NOT_FOUND] = { 404, "request.not_found" },
    [RC_CONFLICT]  = { 409, "request.conflict" },
    [RC_LIMIT]     = { 429, "request.limit" },
    [RC_BUSY]      = { 503, "server.busy" },
    [RC_INTERNAL]  = { 500, "server.error" }
};

static int problem_status(enum rc rc, const char *code)
{
    if (rc == RC_BUSY || rc == RC_INTERNAL) return usual[rc].status;
    for (size_t i = 0; i < ARRAY_LEN(exact); i++)
        if (strcmp(code, exact[i].code) == 0) return exact[i].status;
    return usual[rc].status;
}

/* What broke is for the log; a client learns its request id and nothing of our insides. */
static void log_broken(const struct visit *v)
{
    const struct err *e = &v->c.err;

    log_line(LOG_ALARM, "request.broken", "request=%s route=%s code=%s at=%s:%d", v->r->id,
             v->entry->path, e->code == NULL ? "-" : e->code, e->file == NULL ? "-" : e->file,
             e->line);
}

/* What a handler found in a document that its shape takes as it is: a rule, a ladder. */
static void take_mistakes(struct visit *v, struct problem *p)
{
    const struct json_mistakes *m = v->call.mistakes;
    struct problem_error *errors = ARENA_ARRAY(v->r->arena, struct problem_error, m->n);

    for (size_t i = 0; i < m->n; i++)
        errors[i] = (struct problem_error){ .pointer = m->list[i].pointer,
                                            .detail = m->list[i].reason };
    p->errors = errors;
    p->errors_n = m->n;
}

static void answer_problem(struct visit *v, enum rc rc)
{
    const struct err *e = &v->c.err;
    struct problem_error one = { .pointer = e->pointer, .detail = e->detail };
    struct problem p = { .code = e->code == NULL ? usual[rc].code : e->code, .detail = e->detail,
                         .errors = v->errors, .errors_n = v->errors_n,
                         .current = v->call.current, .told = v->call.told };

    if (rc == RC_BUSY || rc == RC_INTERNAL) {
        if (rc == RC_INTERNAL) log_broken(v);
        p = (struct problem){ .code = usual[rc].code };
    } else if (v->call.mistakes != NULL && v->call.mistakes->n > 0) {
        p.detail = NULL;
        take_mistakes(v, &p);
    } else if (e->pointer != NULL && e->pointer[0] == '?') {
        one = (struct problem_error){ .parameter = e->pointer + 1, .detail = e->detail };
        p.detail = NULL;
        p.errors = &one;
        p.errors_n = 1;
    } else if (e->pointer != NULL) {
        p.errors = &one;
        p.errors_n = 1;
    }
    p.status = problem_status(rc, p.code);
    door_count(v, p.status);
    problem_answer(v->r, &p, &(struct http_answer){ .allow = v->allow });
}

/* ---- answers ---- */

static void answer_ok(struct visit *v)
{
    const struct piece *piece = v->call.piece;
    struct http_answer a = {
        .status = v->call.status, .body = v->body, .location = v->call.location,
        .version = v->call.version, .is_replay = v->call.is_replay };

    door_count(v, v->call.status);
    if (piece) a.file = piece->name;
    if (piece) a.type = piece->type;
    if (piece && piece->next) a.more = door_more;
    a.more_arg = v;
    http_answer(v->r, &a);
}

void door_answer(struct visit *v, enum rc rc)
{
    if (rc == RC_OK) answer_ok(v);
    else answer_problem(v, rc);
}

/* ---- counting ---- */

static const int statuses[DOOR_STATUSES_N] = { DOOR_STATUSES };
static const struct { int64_t us; const char *le; } buckets[DOOR_BUCKETS_N] = {
    { 1000, "0.001" }, { 5000, "0.005" }, { 20000, "0.02" }, { 50000, "0.05" },
    { 200000, "0.2" }, { 1000000, "1" }, { 5000000, "5" }, { INT64_MAX, "+Inf" }
};

static void count_one(atomic_llong *n, long long by)
{
    atomic_fetch_add_explicit(n, by, memory_order_relaxed);
}

void door_count(struct visit *v, int status)
{
    int64_t us = time_mono_us() - v->begun_us;
    size_t i = 0;

    while (statuses[i] != status && i + 1 < DOOR_STATUSES_N) i++;
    count_one(&v->entry->counts[i], 1);
    for (i = 0; us > buckets[i].us; i++) continue;
    count_one(&v->door->buckets[i], 1);
    count_one(&v->door->micros, us);
}

static void write_entry(const struct entry *e, struct buf *dst)
{
    for (size_t i = 0; i < DOOR_STATUSES_N; i++) {
        long long n = atomic_load(&e->counts[i]);
        if (n == 0) continue;
        buf_addf(dst, "regulars_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %lld\n",
                 e->method, e->path, statuses[i], n);
    }
}

static void write_times(struct door *d, struct buf *dst)
{
    long long n = 0;

    buf_adds(dst, "# HELP regulars_request_seconds From whole request to answer.\n"
                  "# TYPE regulars_request_seconds histogram\n");
    for (size_t i = 0; i < DOOR_BUCKETS_N; i++) {
        n += atomic_load(&d->buckets[i]);
        buf_addf(dst, "regulars_request_seconds_bucket{le=\"%s\"} %lld\n", buckets[i].le, n);
    }
    long long us = atomic_load(&d->micros);
    buf_addf(dst, "regulars_request_seconds_sum %lld.%06lld\nregulars_request_seconds_count %lld\n",
             us / 1000000, us % 1000000, n);
}

void door_metrics(struct door *d, struct buf *dst)
{
    buf_adds(dst, "# HELP regulars_requests_total Requests answered.\n"
                  "# TYPE regulars_requests_total counter\n");
    for (const struct entry *e = d->entries; e != NULL; e = e->next) write_entry(e, dst);
    write_entry(&d->nowhere, dst);
    write_times(d, dst);
    buf_adds(dst, "# HELP regulars_waiting Requests waiting for a pool.\n"
                  "# TYPE regulars_waiting gauge\n");
    if (d->reads == NULL) return;
    buf_addf(dst, "regulars_waiting{queue=\"read\"} %d\nregulars_waiting{queue=\"slow\"} %d\n",
             crew_queued(d->reads), crew_queued(d->slows));
}
