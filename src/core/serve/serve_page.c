#include "core/serve/serve_page.h"

#include "base/time.h"
#include "core/serve/serve.h"
#include "http/problem.h"

enum { METRICS_BYTES = 1 << 20, READY_MS = 3000 };

static const char *engine_name(const struct serve *s)
{
    return engine_kind(s->engine) == DB_SQLITE ? "sqlite" : "postgres";
}

/* That the process lives, and nothing else: a supervisor restarts what does not answer. */
static void healthz(void *arg, struct http_request *r)
{
    (void)arg;
    http_answer(r, &(struct http_answer){
        .status = 200, .body = STR("{\"status\":\"ok\",\"version\":\"" REGULARS_VERSION "\"}") });
}

static const char *why_not_ready(struct serve *s, const struct engine_stats *st)
{
    if (atomic_load(&s->is_stopping)) return "The server is stopping.";
    if (st->is_readonly) return "The database takes no writes.";
    if (time_mono_ms() - atomic_load(&s->refreshed_ms) > READY_MS)
        return "The database does not answer.";
    return NULL;
}

static void readyz(void *arg, struct http_request *r)
{
    struct serve *s = arg;
    struct engine_stats st;
    struct buf b;

    engine_stats(s->engine, &st);
    const char *why = why_not_ready(s, &st);
    if (why != NULL) {
        problem_answer(r, &(struct problem){ .status = 503, .code = "server.not_ready",
                                             .detail = why }, NULL);
        return;
    }
    buf_init(&b, r->arena, 1024);
    buf_addf(&b, "{\"status\":\"ready\",\"engine\":\"%s\",\"queued\":{\"counter\":%d,\"other\":%d,"
                 "\"bulk\":%d}}", engine_name(s), st.queued[QUEUE_COUNTER],
             st.queued[QUEUE_OTHER], st.queued[QUEUE_BULK]);
    http_answer(r, &(struct http_answer){ .status = 200, .body = buf_str(&b) });
}

/* ---- metrics ---- */

static void counter(struct buf *b, const char *name, int64_t value)
{
    buf_addf(b, "# TYPE %s counter\n%s %lld\n", name, name, (long long)value);
}

static void gauge(struct buf *b, const char *name, int64_t value)
{
    buf_addf(b, "# TYPE %s gauge\n%s %lld\n", name, name, (long long)value);
}

static void engine_metrics(struct serve *s, struct buf *b)
{
    static const char *const queues[] = { "counter", "other", "bulk" };
    struct engine_stats st;

    engine_stats(s->engine, &st);
    counter(b, "regulars_engine_batches_total", st.batches);
    counter(b, "regulars_engine_requests_total", st.requests);
    counter(b, "regulars_engine_retries_total", st.retries);
    counter(b, "regulars_engine_refused_busy_total", st.refused_busy);
    counter(b, "regulars_engine_checkpoints_total", st.checkpoints);
    gauge(b, "regulars_engine_wal_pages", st.wal_pages);
    gauge(b, "regulars_engine_readonly", st.is_readonly);
    buf_adds(b, "# TYPE regulars_engine_waiting gauge\n");
    for (size_t i = 0; i < ARRAY_LEN(queues); i++)
        buf_addf(b, "regulars_engine_waiting{queue=\"%s\"} %d\n", queues[i], st.queued[i]);
}

static void http_metrics(struct serve *s, struct buf *b)
{
    struct http_stats st;

    http_stats(s->http, &st);
    counter(b, "regulars_http_requests_total", st.requests);
    buf_addf(b, "# TYPE regulars_http_refused_total counter\n"
                "regulars_http_refused_total{why=\"size\"} %lld\n"
                "regulars_http_refused_total{why=\"budget\"} %lld\n"
                "regulars_http_refused_total{why=\"form\"} %lld\n"
                "regulars_http_refused_total{why=\"stopping\"} %lld\n",
             (long long)st.refused_size, (long long)st.refused_budget, (long long)st.refused_form,
             (long long)st.refused_stopping);
    gauge(b, "regulars_http_bodies_bytes", st.bodies_bytes);
}

static void metrics(void *arg, struct http_request *r)
{
    struct serve *s = arg;
    struct buf b;

    buf_init(&b, r->arena, METRICS_BYTES);
    http_metrics(s, &b);
    door_metrics(s->door, &b);
    engine_metrics(s, &b);
    http_answer(r, &(struct http_answer){ .status = 200, .body = buf_str(&b),
                                          .type = "text/plain; version=0.0.4; charset=utf-8" });
}

/* Health is anybody's; figures of a business are not, and whether a request came through a proxy
 * cannot be seen. */
const struct door_page serve_pages[SERVE_PAGES_N] = {
    { "/healthz", healthz, NULL }, { "/readyz", readyz, NULL },
    { "/metrics", metrics, "metrics.read" }
};
