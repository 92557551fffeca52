/* run.c -- contexts for units of work that do not come by HTTP. */
#include "core/run/run.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/limit.h"
#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/note.h"

struct unit_of_work {
    struct run run;
    struct arena *home;                  /* where the unit itself lives; NULL: on the stack */
    struct arena *arena;
    struct ctx c;
    struct dice dice;
    struct work work;
    void (*done)(void *arg, enum rc rc, const struct err *err);
};

static struct idgen *ids;
static pthread_once_t ids_once = PTHREAD_ONCE_INIT;

static void open_ids(void)
{
    ids = idgen_open(0, NULL);
}

void run_node(int64_t node)
{
    pthread_once(&ids_once, open_ids);
    idgen_close(ids);
    ids = idgen_open((int)node, NULL);
}

struct idgen *run_ids(void)
{
    pthread_once(&ids_once, open_ids);
    return ids;
}

static void prepare(struct unit_of_work *u, struct db *db)
{
    arena_reset(u->arena);
    conf_release(u->c.conf);
    uint64_t chance;
    rand_bytes(&chance, sizeof chance);
    dice_seed(&u->dice, chance);
    u->c = (struct ctx){ .arena = u->arena, .db = db, .conf = conf_acquire(), .ids = run_ids(),
                         .dice = &u->dice, .now = u->run.now ? u->run.now : clock_now(),
                         .actor = { .kind = ACTOR_SYSTEM, .may = MAY_ALL } };
}

static enum rc run_it(struct db *db, void *arg)
{
    struct unit_of_work *u = arg;

    prepare(u, db);
    return u->run.fn(&u->c, u->run.arg);
}

static enum rc write_notes(struct db *db, void *arg)
{
    struct unit_of_work *u = arg;

    u->c.db = db;
    return u->c.notes ? note_write_all(&u->c) : RC_OK;
}

static void finish(struct unit_of_work *u)
{
    conf_release(u->c.conf);
    arena_close(u->arena);
}

static struct unit_of_work make(const struct run *r)
{
    size_t max = r->arena_max ? r->arena_max : LIMIT_REQUEST_ARENA;
    struct unit_of_work u = { .run = *r, .arena = arena_open(max + LIMIT_REQUEST_RESERVE) };

    arena_reserve(u.arena, LIMIT_REQUEST_RESERVE);
    return u;
}

static void keep_error(const struct unit_of_work *u, struct err *err)
{
    if (err) *err = (struct err){ .code = u->c.err.code, .file = u->c.err.file,
                                  .line = u->c.err.line };
}

enum rc run_write(const struct run *r, struct err *err)
{
    struct unit_of_work u = make(r);
    enum rc rc;

    u.work = (struct work){ .run = run_it, .notes = write_notes, .arg = &u, .queue = r->queue };
    rc = engine_run(r->engine, &u.work);
    keep_error(&u, err);
    if (rc == RC_OK && u.c.is_published) rc = run_conf_load(r->engine);
    finish(&u);
    return rc;
}

enum rc run_read(const struct run *r, struct err *err)
{
    struct unit_of_work u = make(r);
    struct db *db;
    enum rc rc = engine_reader(r->engine, &db);

    if (rc == RC_OK) {
        rc = run_it(db, &u);
        engine_reader_return(r->engine, db);
    }
    keep_error(&u, err);
    finish(&u);
    return rc;
}

static void submitted(void *arg, enum rc rc)
{
    struct unit_of_work *u = arg;
    struct arena *home = u->home;

    if (rc == RC_OK && u->c.is_published) rc = run_conf_load(u->run.engine);
    u->done(u->run.arg, rc, &u->c.err);
    finish(u);
    arena_close(home);
}

/* The unit outlives this call, and every rerun of its request: it lives in an arena of its own. */
enum rc run_submit(const struct run *r, void (*done)(void *arg, enum rc rc, const struct err *err))
{
    struct arena *home = arena_open(sizeof(struct unit_of_work) * 2);
    struct unit_of_work *u = ARENA_NEW(home, struct unit_of_work);
    enum rc rc;

    *u = make(r);
    u->home = home;
    u->done = done;
    u->work = (struct work){ .run = run_it, .notes = write_notes, .done = submitted, .arg = u,
                             .queue = r->queue };
    rc = engine_submit(r->engine, &u->work);
    if (rc == RC_OK) return rc;
    finish(u);
    arena_close(home);
    return rc;
}

static enum rc load_conf(struct ctx *c, void *arg)
{
    const struct conf *before = conf_acquire();
    struct conf **out = arg;
    enum rc rc = conf_read(c, before, out);

    conf_release(before);
    return rc;
}

enum rc run_conf_load(struct engine *e)
{
    struct conf *fresh = NULL;
    struct run r = { .engine = e, .fn = load_conf, .arg = &fresh };
    enum rc rc = run_read(&r, NULL);

    if (rc == RC_OK) conf_install(fresh);
    return rc;
}
