#include "core/door/door.h"

#include <stdio.h>
#include "base/limit.h"
#include "core/auth/permission.h"
#include "core/ctx.h"
#include "core/run/batch.h"
#include "core/run/clock.h"
#include "core/config/conf.h"
#include "core/door/door_private.h"
#include "core/door/list_api.h"
#include "core/run/run.h"
#include "sql/conf_sql.h"

enum {
    READ_THREADS = 4, SLOW_THREADS = 2, READ_QUEUE = 1024, SLOW_QUEUE = 64,
    DOOR_BYTES = 4 << 20, LOOP_BYTES = 1 << 20, REFRESH_BYTES = 64 << 20
};

/* ---- opening ---- */

static enum rc add(struct door *d, const struct entry *line, char err[static 256])
{
    struct entry *e = ARENA_NEW(d->arena, struct entry);
    struct route_place place = { .path = line->path, .target = e };

    e->route = line->route;
    e->page = line->page;
    e->path = line->path;
    e->may = line->may;
    place.method = line->route == NULL ? GET : line->route->method;
    e->method = route_method_name(place.method);
    e->next = d->entries;
    d->entries = e;
    return router_add(d->router, &place, err);
}

/* The route of a list, with what the list brings. */
static const struct route *whole_route(struct door *d, const struct route *r)
{
    struct route *whole;

    if (!r->list) return r;
    whole = ARENA_NEW(d->arena, struct route);
    *whole = *r;
    list_shapes(d->arena, r->list, whole);
    return whole;
}

/* A POST that changes something and says nothing of repeats would do it twice. */
static enum rc check_route(const struct route *r, char err[static 256])
{
    bool is_write = r->mode == WRITE || r->mode == COUNTER;
    const char *why = NULL;

    if (r->run == NULL) why = "has no handler";
    else if (is_write && r->method == GET) why = "changes something and is a GET";
    else if (is_write && r->method == POST && r->key == KEY_NONE) why = "is a POST without .key";
    else if (!is_write && r->key != KEY_NONE) why = "reads and has a .key";
    if (why == NULL) return RC_OK;
    snprintf(err, 256, "route %.150s %s", r->path, why);
    return RC_INVALID;
}

static enum rc add_feature(struct door *d, const struct feature *f, char err[static 256])
{
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && f->routes && i < f->routes->n; i++) {
        const struct route *r = whole_route(d, &f->routes->items[i]);
        struct entry line = {
            .route = r, .path = r->path,
            .may = str_eq(r->may, PUBLIC) ? -1 : permission_number(r->may)
        };
        rc = check_route(r, err);
        if (rc == RC_OK) rc = add(d, &line, err);
    }
    return rc;
}

static enum rc add_page(struct door *d, const struct door_page *page, char err[static 256])
{
    return add(d, &(struct entry){ .page = page, .path = page->path,
                                   .may = page->may ? permission_number(page->may) : -1 }, err);
}

static void add_texts(const struct feature *f)
{
    if (f->refusals) problem_texts_add(&(struct refusals){ f->refusals->items, f->refusals->n });
}

static enum rc add_lines(struct door *d, char err[static 256])
{
    enum rc rc = permission_open(d->cfg.features, err);

    for (size_t i = 0; rc == RC_OK && i < d->cfg.pages_n; i++)
        rc = add_page(d, &d->cfg.pages[i], err);
    for (size_t i = 0; rc == RC_OK && d->cfg.features[i] != NULL; i++) {
        add_texts(d->cfg.features[i]);
        rc = add_feature(d, d->cfg.features[i], err);
    }
    return rc;
}

enum rc door_open(const struct door_config *cfg, struct door **out, char err[static 256])
{
    struct arena *arena = arena_open(DOOR_BYTES);
    struct door *d = ARENA_NEW(arena, struct door);
    enum rc rc;

    d->arena = arena;
    d->cfg = *cfg;
    d->is_sqlite = engine_kind(cfg->engine) == DB_SQLITE;
    d->router = router_open(arena);
    d->nowhere = (struct entry){ .method = "-", .path = "-", .may = -1 };
    batch_use(cfg->engine);
    d->keys = keyring_open();
    pthread_mutex_init(&d->refreshing, NULL);
    rc = add_lines(d, err);
    if (rc == RC_OK && (rc = door_refresh(d)) != RC_OK)
        snprintf(err, 256, "keys and configuration cannot be read");
    if (rc != RC_OK) {
        door_close(d);
        return rc;
    }
    d->reads = crew_open(cfg->read_threads > 0 ? cfg->read_threads : READ_THREADS, READ_QUEUE);
    d->slows = crew_open(cfg->slow_threads > 0 ? cfg->slow_threads : SLOW_THREADS, SLOW_QUEUE);
    *out = d;
    return RC_OK;
}

void door_drain(struct door *d)
{
    crew_close(d->reads);
    crew_close(d->slows);
    d->reads = d->slows = NULL;
}

void door_close(struct door *d)
{
    if (d == NULL) return;
    door_drain(d);
    keyring_close(d->keys);
    pthread_mutex_destroy(&d->refreshing);
    arena_close(d->arena);
}

/* ---- loops ---- */

void *door_loop_open(void *door)
{
    struct arena *arena = arena_open(LOOP_BYTES);
    struct door_loop *loop = ARENA_NEW(arena, struct door_loop);
    uint64_t seed;

    (void)door;
    loop->arena = arena;
    rand_bytes(&seed, sizeof seed);
    dice_seed(&loop->dice, seed);
    return loop;
}

void door_loop_close(void *door, void *arg)
{
    struct door_loop *loop = arg;

    (void)door;
    if (loop->db != NULL) db_close(loop->db);
    conf_release(loop->conf);
    arena_close(loop->arena);
}

/* ---- keys and configuration ---- */

static bool is_installed(int64_t version)
{
    const struct conf *now = conf_acquire();
    bool is_it = now != NULL && now->version == version;

    conf_release(now);
    return is_it;
}

static enum rc read_versions(struct door *d, struct ctx *c, int64_t *version)
{
    struct sql_config_get v = { 0 };
    enum rc rc = keyring_refresh(d->keys, c);

    if (rc == RC_OK) rc = sql_config_get(c, &v);
    *version = v.version;
    return rc;
}

/* Two at once would load the same twice. */
enum rc door_refresh(struct door *d)
{
    struct ctx c = { .ids = d->cfg.ids, .now = clock_now(), .actor = { .kind = ACTOR_SYSTEM } };
    int64_t version = 0;
    enum rc rc;

    pthread_mutex_lock(&d->refreshing);
    rc = engine_reader(d->cfg.engine, &c.db);
    if (rc == RC_OK) {
        c.arena = arena_open(REFRESH_BYTES);
        rc = read_versions(d, &c, &version);
        arena_close(c.arena);
        engine_reader_return(d->cfg.engine, c.db);
    }
    if (rc == RC_OK && !is_installed(version)) rc = run_conf_load(d->cfg.engine);
    pthread_mutex_unlock(&d->refreshing);
    return rc;
}

/* ---- a request ---- */

static enum rc refuse_method(struct visit *v, const char *allow)
{
    v->allow = arena_strdup(v->r->arena, allow);
    return fail(&v->c, RC_INVALID, "request.method");
}

static enum rc authorize(struct visit *v)
{
    const char *refusal;

    if (v->entry->may < 0) return RC_OK;
    refusal = keyring_check(v->door->keys, v->r->headers[HTTP_AUTHORIZATION], &v->c.actor);
    if (refusal != NULL) return fail(&v->c, RC_DENIED, refusal);
    if (!permission_has(&v->c.actor.may, v->entry->may))
        return fail(&v->c, RC_DENIED, "auth.forbidden");
    return RC_OK;
}

/* As far as the key: what the head alone says. */
static enum rc enter(struct visit *v)
{
    if (!router_find(v->door->router, v->r->path, route_method_of(v->r->method), &v->match))
        return fail(&v->c, RC_NOT_FOUND, "request.path");
    if (v->match.target == NULL) return refuse_method(v, v->match.allow);
    v->entry = v->match.target;
    return authorize(v);
}

static struct visit *begin(struct door *d, struct http_request *r)
{
    struct visit *v = ARENA_NEW(r->arena, struct visit);

    *v = (struct visit){
        .door = d, .entry = &d->nowhere, .r = r, .loop = r->loop, .begun_us = time_mono_us(),
        .c = { .arena = r->arena, .ids = d->cfg.ids, .now = clock_now() }
    };
    return v;
}

/* Keys are judged before bodies are taken: whoever has none holds no memory. */
bool door_admit(void *door, struct http_request *r)
{
    struct visit *v = begin(door, r);

    if (enter(v) != RC_OK || v->entry->page != NULL) return false;
    r->admitted = v;
    return true;
}

void door_serve(void *door, struct http_request *r)
{
    struct door *d = door;
    struct visit *v = r->admitted;
    enum rc rc = RC_OK;

    if (v == NULL) {
        v = begin(d, r);
        rc = enter(v);
    } else {
        v->begun_us = time_mono_us();        /* the wait for its body is not ours */
        v->c.now = clock_now();
    }
    if (rc == RC_OK && v->entry->page == NULL) rc = door_input(v, v->match.params);
    if (rc == RC_DENIED && v->r->headers[HTTP_AUTHORIZATION] != NULL) {
        door_deny(v);
    } else if (rc != RC_OK) {
        door_answer(v, rc);
    } else if (v->entry->page != NULL) {
        door_count(v, 200);
        v->entry->page->serve(d->cfg.pages_arg, r);
    } else {
        door_run(v);
    }
}
