/* The handler of a visit: on the loop, in a pool, or in the engine's transaction. */
#include <stdio.h>
#include <string.h>
#include "base/limit.h"
#include "base/log.h"
#include "core/config/conf.h"
#include "core/ctx.h"
#include "core/door/door_private.h"
#include "core/door/list_private.h"
#include "core/note.h"
#include "core/run/clock.h"

/* ---- one run ---- */

/* A second run starts from what was read, with the same dice, and nothing of the first. */
static void restart(struct visit *v, struct db *db)
{
    arena_rewind(v->r->arena, v->mark);
    v->call = v->given;
    v->dice = v->seed;
    v->body = (struct str){ 0 };
    v->c.db = db;
    v->c.err = (struct err){ 0 };
    v->c.notes = NULL;
    v->c.is_published = false;
    v->c.dice = &v->dice;
}

static void leave(struct visit *v)
{
    v->c.conf = NULL;
    v->c.db = NULL;
}

static int status_of(const struct visit *v)
{
    if (v->call.status != 0) return v->call.status;
    return v->body.n == 0 ? 204 : 200;
}

static enum rc render(struct visit *v)
{
    const struct route *route = v->entry->route;

    if (v->call.is_replay) {
        v->body = v->call.replay;
        return RC_OK;
    }
    if (v->call.piece != NULL) {
        v->body = v->call.piece->text;
        return v->body.n > 0 ? RC_OK : fail(&v->c, RC_INTERNAL, "server.answer_too_large");
    }
    if (v->call.answer == NULL) return RC_OK;
    v->body = answer_render(&v->c, route->answer, v->call.answer);
    return v->body.n > 0 ? RC_OK : fail(&v->c, RC_INTERNAL, "server.answer_too_large");
}

static enum rc keep(struct visit *v)
{
    bool is_natural = v->entry->route->key == KEY_NATURAL;
    const struct answer kept = { .status = v->call.status, .body = v->body,
                                 .location = is_natural ? NULL : v->call.location,
                                 .version = v->call.version };

    if (v->call.is_replay || v->call.answer_id == 0) return RC_OK;
    return answer_keep(&v->c, v->call.answer_id, v->call.answer_member_id, &kept);
}

static enum rc run(struct visit *v)
{
    enum rc rc = v->entry->route->run(&v->c, &v->call);

    if (rc == RC_OK) rc = render(v);
    v->call.status = status_of(v);
    return rc;
}

/* ---- writes ---- */

static void replay(struct visit *v, const struct answer *first)
{
    v->call.is_replay = true;
    v->call.status = first->status;
    v->call.replay = first->body;
    v->call.location = first->location;
    v->call.version = first->version;
    v->body = first->body;
}

/* The claim first, then the work, then where its answer lies: all of it, or nothing. */
static enum rc run_claimed(struct visit *v)
{
    struct claim_result got;
    enum rc rc = claim_take(&v->c, &v->claim, &got);

    if (rc != RC_OK) return rc;
    if (got.found) {
        replay(v, &got.first);
        return RC_OK;
    }
    v->call.answer_id = got.answer_id;
    rc = run(v);
    if (rc != RC_OK) return rc;
    if (v->call.answer_id != got.answer_id || v->call.answer_member_id != 0)
        rc = claim_point(&v->c, &v->claim, v->call.answer_id, v->call.answer_member_id);
    return rc == RC_OK ? keep(v) : rc;
}

static enum rc run_kept(struct visit *v)
{
    enum rc rc = run(v);

    return rc == RC_OK && v->entry->route->key == KEY_NATURAL ? keep(v) : rc;
}

static enum rc write_notes(struct db *db, void *arg)
{
    struct visit *v = arg;
    enum rc rc;

    if (v->c.notes == NULL) return RC_OK;
    v->c.db = db;
    rc = note_write_all(&v->c);
    v->c.db = NULL;
    return rc;
}

static enum rc write_run(struct db *db, void *arg)
{
    struct visit *v = arg;
    enum rc rc;

    restart(v, db);
    v->c.conf = conf_acquire();
    rc = v->entry->route->key == KEY_REQUIRED ? run_claimed(v) : run_kept(v);
    conf_release(v->c.conf);
    leave(v);
    return rc;
}

/* Committed, or taken back.  What was published must be in force before this is told. */
static void write_done(void *arg, enum rc rc)
{
    struct visit *v = arg;

    if (rc == RC_OK && v->c.is_published && door_refresh(v->door) != RC_OK)
        log_line(LOG_ALARM, "conf.refresh", "failed after a publication; the tick tries again");
    door_answer(v, rc);
}

/* To the engine; `otherwise` is the answer when it takes no more. */
static void submit(struct visit *v, const struct work *work, enum rc otherwise)
{
    v->work = *work;
    v->work.notes = write_notes;
    v->work.done = write_done;
    v->work.arg = v;
    v->work.deadline_ms = v->r->arrived_ms + LIMIT_REQUEST_MS;
    http_defer(v->r);
    if (engine_submit(v->door->cfg.engine, &v->work) != RC_OK) door_answer(v, otherwise);
}

static void submit_write(struct visit *v)
{
    const struct route *route = v->entry->route;

    if (route->key == KEY_REQUIRED)
        claim_of(&v->c.actor, &(struct telling){ .key = v->given.key, .method = v->r->method,
                                                 .path = v->r->path, .query = v->r->query,
                                                 .body = v->r->body }, &v->claim);
    submit(v, &(struct work){ .run = write_run, .queue = route->mode == COUNTER ? QUEUE_COUNTER
                                                                                : QUEUE_OTHER },
           RC_BUSY);
}

/* ---- denials ---- */

static enum rc deny_run(struct db *db, void *arg)
{
    struct visit *v = arg;

    restart(v, db);
    note(&v->c, &(struct note){
        .what = v->denied.code,
        .detail = arena_printf(v->r->arena, "%s %s", v->entry->method, v->entry->path) });
    leave(v);
    v->c.err = v->denied;
    return RC_DENIED;
}

/* Whoever knocks a thousand times a second fills no disk. */
static bool may_note(struct door *d)
{
    long long now_s = time_mono_ms() / 1000;

    if (atomic_exchange(&d->denials_at_s, now_s) != now_s) atomic_store(&d->denials, 0);
    return atomic_fetch_add(&d->denials, 1) < LIMIT_DENIALS_NOTED;
}

void door_deny(struct visit *v)
{
    if (!may_note(v->door)) {
        door_answer(v, RC_DENIED);
        return;
    }
    v->denied = v->c.err;
    v->mark = arena_mark(v->r->arena);
    submit(v, &(struct work){ .run = deny_run, .queue = QUEUE_OTHER }, RC_DENIED);
}

/* ---- reads ---- */

/* An answer is of one moment: all that it is made of comes from one snapshot. */
static enum rc read_run(struct visit *v, struct db *db, const struct conf *conf)
{
    enum rc rc = db_begin_read(db);

    if (rc != RC_OK) return rc;
    restart(v, db);
    v->c.conf = conf;
    rc = run(v);
    leave(v);
    db_rollback(db);
    return rc;
}

static enum rc pool_run(struct visit *v)
{
    struct engine *e = v->door->cfg.engine;
    struct db *db;
    enum rc rc = engine_reader(e, &db);

    if (rc != RC_OK) return rc;
    const struct conf *conf = conf_acquire();
    rc = read_run(v, db, conf);
    conf_release(conf);
    engine_reader_return(e, db);
    return rc;
}

static void crew_run(void *arg)
{
    struct visit *v = arg;

    door_answer(v, time_mono_ms() <= v->r->arrived_ms + LIMIT_REQUEST_MS ? pool_run(v) : RC_BUSY);
}

/* ---- files ---- */

static void piece_run(void *arg)
{
    struct visit *v = arg;
    enum rc rc = pool_run(v);

    if (rc != RC_OK)
        log_line(LOG_WARN, "file.cut", "request=%s route=%s code=%s", v->r->id, v->entry->path,
                 v->c.err.code == NULL ? "-" : v->c.err.code);
    http_piece(v->r, v->body, rc != RC_OK ? HTTP_BROKEN :
                              v->call.piece->next != NULL ? HTTP_MORE : HTTP_LAST);
}

/* The last piece is sent, and its memory free for the next: only where it ended is kept. */
void door_more(void *arg)
{
    struct visit *v = arg;
    char next[LIST_CURSOR_MAX];

    snprintf(next, sizeof next, "%s", v->call.piece->next);
    if (v->from == NULL) {
        arena_rewind(v->r->arena, v->mark);
        v->from = arena_alloc(v->r->arena, sizeof next);
        v->mark = arena_mark(v->r->arena);
    }
    memcpy(v->from, next, sizeof next);
    v->given.from = v->from;
    v->c.now = clock_now();
    v->task = (struct crew_task){ .run = piece_run, .arg = v };
    if (crew_submit(v->door->slows, &v->task) != RC_OK) http_piece(v->r, STR(""), HTTP_BROKEN);
}

static void submit_read(struct visit *v, struct crew *crew)
{
    v->task = (struct crew_task){ .run = crew_run, .arg = v };
    http_defer(v->r);
    if (crew_submit(crew, &v->task) != RC_OK) door_answer(v, RC_BUSY);
}

static enum rc open_loop(struct visit *v)
{
    char err[256];
    struct db_config cfg = { .url = v->door->cfg.url, .is_readonly = true };
    enum rc rc = db_open(&cfg, &v->loop->db, err);

    if (rc != RC_OK) log_line(LOG_ALARM, "loop.db", "%s", err);
    if (rc == RC_OK && (rc = db_prepare_all(v->loop->db)) != RC_OK) {
        log_line(LOG_ALARM, "loop.db", "%s", db_error(v->loop->db));
        db_close(v->loop->db);
    }
    if (rc != RC_OK) v->loop->db = NULL;
    return rc == RC_OK ? RC_OK : RC_BUSY;
}

static void run_here(struct visit *v)
{
    enum rc rc = v->loop->db == NULL ? open_loop(v) : RC_OK;

    v->loop->conf = conf_renew(v->loop->conf);
    if (rc == RC_OK) rc = read_run(v, v->loop->db, v->loop->conf);
    door_answer(v, rc);
}

void door_run(struct visit *v)
{
    dice_seed(&v->seed, dice_next(&v->loop->dice));
    v->mark = arena_mark(v->r->arena);
    switch (v->entry->route->mode) {
    case QUICK:
        if (v->door->is_sqlite) run_here(v);
        else submit_read(v, v->door->reads);
        break;
    case READ:
        submit_read(v, v->door->reads);
        break;
    case SLOW:
        submit_read(v, v->door->slows);
        break;
    case WRITE:
    case COUNTER:
        submit_write(v);
        break;
    }
}
