/* settle_due.c -- pages of due members, each settled in a transaction of its own. */
#include "core/timeline/settle_due.h"

#include <pthread.h>

#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/run/run.h"
#include "core/timeline/timeline.h"
#include "sql/member_sql.h"

enum { PAGE = 200, IN_FLIGHT = 48, EVERY_MS = 60000 };

struct walk {
    struct engine *engine;
    int64_t now, after_at, after_id;
    int64_t ids[PAGE];
    size_t n;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int in_flight;
    bool is_broken;
};
struct one { int64_t id; struct walk *walk; };

static enum rc list(struct ctx *c, void *arg)
{
    struct walk *w = arg;
    struct sql_member_due v = { .now = w->now, .after_at = w->after_at, .after_id = w->after_id };
    enum rc rc = sql_member_due(c, &v);

    w->n = v.n;
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) w->ids[i] = v.rows[i].id;
    if (v.n) {
        w->after_at = v.rows[v.n - 1].due_at;
        w->after_id = v.rows[v.n - 1].id;
    }
    return rc;
}

static enum rc settle(struct ctx *c, void *arg)
{
    const struct one *s = arg;
    enum rc rc;

    c->now = s->walk->now;
    rc = timeline_settle_member(c, s->id);
    return rc == RC_CONFLICT ? RC_OK : rc;        /* blocked or frozen: they wait, visibly */
}

static void settled(void *arg, enum rc rc, const struct err *err)
{
    struct walk *w = ((const struct one *)arg)->walk;

    (void)err;
    pthread_mutex_lock(&w->lock);
    w->in_flight--;
    if (rc != RC_OK) w->is_broken = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static void wait_for(struct walk *w, int n)
{
    pthread_mutex_lock(&w->lock);
    while (w->in_flight > n) pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static enum rc settle_page(struct walk *w)
{
    struct one all[PAGE];
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < w->n; i++) {
        all[i] = (struct one){ w->ids[i], w };
        wait_for(w, IN_FLIGHT);
        pthread_mutex_lock(&w->lock);
        w->in_flight++;
        pthread_mutex_unlock(&w->lock);
        rc = run_submit(&(struct run){ .engine = w->engine, .fn = settle, .arg = &all[i],
                                       .queue = QUEUE_BULK }, settled);
        if (rc != RC_OK) settled(&all[i], rc, NULL);
    }
    wait_for(w, 0);
    return w->is_broken ? RC_BUSY : RC_OK;
}

static void begin(struct walk *w, struct engine *engine, int64_t now)
{
    *w = (struct walk){ .engine = engine, .now = now, .after_at = -TIME_NEVER };
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
}

static enum rc page(struct walk *w)
{
    enum rc rc = run_read(&(struct run){ .engine = w->engine, .fn = list, .arg = w }, NULL);

    return rc == RC_OK ? settle_page(w) : rc;
}

static void end(struct walk *w)
{
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
}

/* Whoever could not be settled keeps their due_at: the walk goes past them, the next one tries
 * again. */
enum rc settle_due(struct engine *engine, int64_t now)
{
    struct walk w;
    enum rc rc;

    begin(&w, engine, now);
    do rc = page(&w);
    while (rc == RC_OK && w.n > 0);
    end(&w);
    return rc;
}

/* ---- as a job ------------------------------------------------------------------------------- */

static bool read_place(const char *cursor, struct walk *w)
{
    struct str s = str_of(cursor);
    size_t n = 0;

    while (n < s.n && s.p[n] != ' ') n++;
    return n < s.n && str_to_i64((struct str){ s.p, n }, &w->after_at)
        && str_to_i64((struct str){ s.p + n + 1, s.n - n - 1 }, &w->after_id);
}

static enum rc walk_page(struct engine *engine, struct job *j)
{
    struct walk w;
    enum rc rc;

    begin(&w, engine, clock_now());
    if (j->cursor && !read_place(j->cursor, &w)) w.after_at = -TIME_NEVER;
    rc = page(&w);
    end(&w);
    j->is_done = w.n == 0;
    j->done_n += (int64_t)w.n;
    if (w.n) j->cursor = arena_printf(j->arena, "%lld %lld", (long long)w.after_at,
                                      (long long)w.after_id);
    return rc;
}

const struct task_kind timeline_settle_task = {
    .name = "members.settle", .walk = walk_page, .every_ms = EVERY_MS,
    .label = { "結算到期的點數與等級", "settle what is due", "期限の到来分を精算" },
};
