#include "core/serve/serve.h"

#include "core/ctx.h"
#include "core/door/list_api.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "base/limit.h"
#include "base/log.h"
#include "base/time.h"
#include "core/serve/database.h"
#include "core/run/run.h"
#include "core/door/router.h"
#include "core/serve/serve_page.h"

enum { TICK_MS = 500, FINISH_MS = 15000, SEND_MS = 5000, FILES = LIMIT_CONNECTIONS + 512,
       KEEP_BYTES = 8 << 20 };

static const char *const modes[] = {
    [QUICK] = "quick", [READ] = "read", [SLOW] = "slow", [WRITE] = "write", [COUNTER] = "counter"
};
static const char *const keys[] = {
    [KEY_NONE] = "-", [KEY_REQUIRED] = "required", [KEY_NATURAL] = "natural"
};

/* What may stand in its query: "limit,cursor"; "-": nothing. */
static void print_query(FILE *out, struct arena *a, const struct route *r)
{
    struct route whole = *r;

    if (r->list) list_shapes(a, r->list, &whole);
    if (!whole.query) fprintf(out, " -");
    for (size_t i = 0; whole.query && i < whole.query->n; i++)
        fprintf(out, "%c%s", i == 0 ? ' ' : ',', whole.query->fields[i].name);
    fprintf(out, "\n");
}

void routes_print(FILE *out)
{
    struct arena *a = arena_open(4 << 20);

    for (size_t i = 0; i < SERVE_PAGES_N; i++)
        fprintf(out, "GET %s %s page - -\n", serve_pages[i].path,
                serve_pages[i].may ? serve_pages[i].may : PUBLIC);
    for (size_t i = 0; features[i] != NULL; i++) {
        for LIST_EACH(k, features[i]->routes) {
            const struct route *r = &features[i]->routes->items[k];
            fprintf(out, "%s %s %s %s %s", route_method_name(r->method), r->path, r->may,
                    modes[r->mode], keys[r->key]);
            print_query(out, a, r);
        }
    }
    arena_close(a);
}

/* ---- the process ---- */

/* Every connection is a file; the usual soft limit of 1024 would be met first. */
static void raise_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES) return;
    files.rlim_cur = files.rlim_max < FILES ? files.rlim_max : FILES;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) log_line(LOG_WARN, "serve.files", "not raised");
}

/* Requests take and give back the same megabytes all day: to hand them to the system each time
 * costs a page fault for every 4 KB of the next one. */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
}

/* Blocked before any thread is made, so that all inherit it and only stop_asked takes them. */
static sigset_t block_signals(void)
{
    sigset_t stops;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    return stops;
}

static bool stop_asked(const sigset_t *stops, int wait_ms)
{
    struct timespec wait = { .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000L };

    return sigtimedwait(stops, NULL, &wait) > 0;
}

static void on_fatal(void *arg, const char *why)
{
    (void)arg;
    log_line(LOG_ALARM, "serve.fatal", "%s", why);
    _exit(1);                   /* nothing may run on: recovery decides what was committed */
}

/* ---- opening and closing ---- */

static enum rc open_door(struct serve *s, const struct serve_config *cfg, char err[static 256])
{
    struct door_page *pages = s->pages;
    struct door_config door = {
        .features = features, .pages = pages, .pages_n = SERVE_PAGES_N, .pages_arg = s,
        .engine = s->engine, .url = cfg->url, .ids = run_ids()
    };
    struct http_config http = { .listen = cfg->listen, .loops = cfg->loops, .admit = door_admit,
                                .serve = door_serve, .loop_open = door_loop_open,
                                .loop_close = door_loop_close };
    enum rc rc;

    for (size_t i = 0; i < SERVE_PAGES_N; i++) {
        pages[i] = serve_pages[i];
        if (cfg->is_metrics_public) pages[i].may = NULL;
    }
    rc = door_open(&door, &s->door, err);

    if (rc != RC_OK) return rc;
    atomic_store(&s->refreshed_ms, time_mono_ms());
    http.arg = s->door;
    rc = http_open(&http, &s->http, err);
    if (rc != RC_OK) door_close(s->door);
    return rc;
}

static enum rc open_all(struct serve *s, const struct serve_config *cfg, char err[static 256])
{
    struct engine_config engine = { .url = cfg->url, .workers = cfg->workers, .is_new_ok = true,
                                    .on_fatal = on_fatal,
                                    .is_answer_early = cfg->is_answer_early };
    enum rc rc = database_open(&engine, &s->engine, err);

    if (rc != RC_OK) return rc;
    rc = node_lease(s->engine, &s->node);
    if (rc == RC_OK) run_node(s->node.n);
    else snprintf(err, 256, "no number is free: are 1,023 programs running on this database?");
    if (rc == RC_OK) rc = open_door(s, cfg, err);
    if (rc != RC_OK) engine_close(s->engine);
    return rc;
}

/* Each step needs the one before: answers are sent before connections close, and the library must
 * not be stopped while a request is put off. */
static void close_all(struct serve *s)
{
    atomic_store(&s->is_stopping, true);
    http_refuse(s->http);
    if (!http_wait_idle(s->http, FINISH_MS))
        log_line(LOG_WARN, "serve.stop", "requests are still running after %d ms", FINISH_MS);
    door_drain(s->door);
    upkeep_close(s->upkeep);
    node_release(s->engine, &s->node);
    engine_drain(s->engine);
    if (!http_wait_idle(s->http, SEND_MS))
        log_line(LOG_WARN, "serve.stop", "some clients do not take their answers");
    http_close(s->http);
    door_close(s->door);
    engine_close(s->engine);
}

static void tick(struct serve *s)
{
    if (door_refresh(s->door) == RC_OK) atomic_store(&s->refreshed_ms, time_mono_ms());
    else log_line(LOG_WARN, "serve.tick", "keys and configuration could not be looked at");
}

static void say_where(const struct serve *s, const char *listen)
{
    int host = (int)(strrchr(listen, ':') - listen);

    printf("regulars %s listens on http://%.*s:%d\n", REGULARS_VERSION, host, listen,
           http_port(s->http));
    fflush(stdout);
}

int serve_run(const struct serve_config *given)
{
    static struct serve s;
    struct serve_config cfg = *given;
    sigset_t stops = block_signals();
    char err[256] = "";

    if (cfg.url == NULL) cfg.url = "sqlite:regulars.db";
    if (cfg.listen == NULL) cfg.listen = "127.0.0.1:8080";
    raise_files();
    keep_memory();
    if (open_all(&s, &cfg, err) != RC_OK) {
        log_line(LOG_ALARM, "serve.start", "%s", err);
        return 1;
    }
    struct upkeep_config upkeep = { .engine = s.engine, .node = &s.node, .on_fatal = on_fatal };
    if (upkeep_open(&upkeep, &s.upkeep) != RC_OK) {
        log_line(LOG_ALARM, "serve.start", "no thread for upkeep");
        return 1;
    }
    say_where(&s, cfg.listen);
    while (!stop_asked(&stops, TICK_MS)) tick(&s);
    log_line(LOG_INFO, "serve.stop", "finishing");
    /* Whoever asks twice does not want to wait. */
    pthread_sigmask(SIG_UNBLOCK, &stops, NULL);
    close_all(&s);
    return 0;
}
