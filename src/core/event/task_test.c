/* Tasks and jobs: states, steps, schedules, a person's word; on an engine of their own. */
#include "core/ctx.h"
#include "core/event/task.h"

#include <pthread.h>
#include <stdio.h>

#include "core/config/conf.h"
#include "core/run/run.h"
#include "core/serve/database.h"
#include "db/db_kit_test.h"
#include "sql/task_sql.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

/* ---- what a person may say ------------------------------------------------------------------ */

static int64_t a_job(struct ctx *c)
{
    int64_t id;

    IS_INT(job_add(c, task_kind_find("check"), NULL, &id), RC_OK);
    return id;
}

static void is_in(struct ctx *c, int64_t id, const char *state)
{
    if (shop_i64(c, "SELECT COUNT(*) FROM task WHERE id = %lld AND state = '%s'", (long long)id,
                 state) != 1)
        FAIL_TEST("not %s", state);
}

TEST(a_word_leads_from_its_states_and_from_no_other)
{
    static const char *const states[] = { "waiting", "paused", "done", "dropped", "failed" };
    static const struct { enum task_turn turn; const char *to[5]; } words[] = {
        { TASK_PAUSE,  { "paused", NULL, NULL, NULL, NULL } },
        { TASK_RESUME, { NULL, "waiting", NULL, NULL, NULL } },
        { TASK_CANCEL, { "dropped", "dropped", NULL, NULL, NULL } },
        { TASK_RETRY,  { NULL, NULL, NULL, NULL, "waiting" } },
    };

    shop_basics(c);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (size_t k = 0; k < ARRAY_LEN(states); k++) {
            int64_t id = a_job(c);
            shop_i64(c, "UPDATE task SET state = '%s' WHERE id = %lld RETURNING id", states[k],
                     (long long)id);
            enum rc rc = task_turn(c, &(struct task_turning){ id, 0, words[i].turn });
            IS_INT(rc, words[i].to[k] ? RC_OK : RC_CONFLICT);
            if (rc != RC_OK) IS_STR(c->err.code, "task.state");
            is_in(c, id, words[i].to[k] ? words[i].to[k] : states[k]);
        }
    IS_INT(task_turn(c, &(struct task_turning){ 5, 0, TASK_PAUSE }), RC_NOT_FOUND);
    IS_STR(c->err.code, "task.unknown");
}

/* What a member's task was to book would be missing for ever; what the clock runs comes again. */
TEST(a_members_task_and_what_the_clock_runs_are_not_dropped)
{
    shop_basics(c);
    int64_t m = shop_member(c, "1");
    IS_INT(task_add(c, &(struct task){ .kind = "reconsider", .member_id = m, .event_id = 7 }),
           RC_OK);
    int64_t id = shop_i64(c, "SELECT MAX(id) FROM task");
    IS_INT(task_turn(c, &(struct task_turning){ id, m, TASK_CANCEL }), RC_CONFLICT);
    IS_INT(task_turn(c, &(struct task_turning){ id, m, TASK_PAUSE }), RC_CONFLICT);
    IS_INT(task_add(c, &(struct task){ .kind = "answers.forget" }), RC_OK);
    id = shop_i64(c, "SELECT MAX(id) FROM task");
    IS_INT(task_turn(c, &(struct task_turning){ id, 0, TASK_CANCEL }), RC_CONFLICT);
    IS_INT(task_turn(c, &(struct task_turning){ id, 0, TASK_PAUSE }), RC_OK);
}

/* ---- by the clock --------------------------------------------------------------------------- */

TEST(the_next_time_of_a_day_is_that_of_the_shops_wall)
{
    static const struct { const char *now, *next; int at_min; } cases[] = {
        { "2026-05-01T03:59", "2026-05-01T04:00", 240 },
        { "2026-05-01T04:00", "2026-05-02T04:00", 240 },
        { "2026-05-01T23:00", "2026-05-02T00:00", 1440 },
        { "2026-12-31T12:00", "2027-01-01T04:00", 240 },
    };
    struct task_kind minute = { .every_ms = 60000 };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct task_kind daily = { .daily_at_min = cases[i].at_min };
        IS_INT(task_next_at(c->conf, &daily, shop_at(c, cases[i].now)),
               shop_at(c, cases[i].next));
    }
    IS_INT(task_next_at(c->conf, &minute, 1000), 61000);
}

TEST(of_one_member_never_two_at_once)
{
    int64_t ids[2];

    shop_basics(c);
    int64_t m = shop_member(c, "1");
    for (int i = 0; i < 2; i++) {
        IS_INT(task_add(c, &(struct task){ .kind = "reconsider", .member_id = m,
                                           .event_id = 7 + i }), RC_OK);
        ids[i] = shop_i64(c, "SELECT MAX(id) FROM task");
    }
    struct sql_task_lease second = { .id = ids[1], .now = c->now, .until_at = c->now + 1000 };
    struct sql_task_lease first = { .id = ids[0], .now = c->now, .until_at = c->now + 1000 };
    IS_INT(sql_task_lease(c, &second), RC_NOT_FOUND);    /* the older goes first */
    IS_INT(sql_task_lease(c, &first), RC_OK);
    IS_INT(sql_task_lease(c, &second), RC_NOT_FOUND);
    struct sql_task_end end = { .id = ids[0], .now = c->now };
    IS_INT(sql_task_end(c, &end), RC_OK);
    IS_INT(sql_task_lease(c, &second), RC_OK);
}

/* ---- carried out, on an engine -------------------------------------------------------------- */

enum { OLD_ANSWERS = 900 };

static enum rc add_answers(struct ctx *c, void *arg)
{
    char sql[200];

    (void)arg;
    for (int i = 1; i <= OLD_ANSWERS; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO answer (id, member_id, status, body, version,"
                 " store_id, at, seal) VALUES (%d, 0, 200, '{}', 0, 0, 0, 0)", i);
        if (db_script(c->db, sql) != RC_OK) return RC_INTERNAL;
    }
    return RC_OK;
}

static int64_t ask(struct engine *e, const char *sql)
{
    struct db *db;

    IS_INT(engine_reader(e, &db), RC_OK);
    int64_t out = kit_i64(db, sql);
    engine_reader_return(e, db);
    return out;
}

struct script { const char *sql; };

static enum rc run_script(struct ctx *c, void *arg)
{
    return db_script(c->db, ((struct script *)arg)->sql);
}

static void change(struct engine *e, const char *sql)
{
    struct script s = { sql };

    IS_INT(run_write(&(struct run){ .engine = e, .fn = run_script, .arg = &s }, NULL), RC_OK);
}

static struct engine *open_engine(struct kit *k)
{
    struct engine_config cfg = { .url = k->url, .is_new_ok = true, .workers = 2 };
    struct engine *engine;
    char err[256] = "";

    db_close(k->c.db);                       /* the engine wants the file for itself */
    k->c.db = NULL;
    if (database_open(&cfg, &engine, err) != RC_OK) FAIL_TEST("%s", err);
    IS_INT(run_write(&(struct run){ .engine = engine, .fn = add_answers }, NULL), RC_OK);
    IS_INT(task_start(engine), RC_OK);
    IS_INT(task_start(engine), RC_OK);       /* once each, however often it starts */
    change(engine, "DELETE FROM task WHERE kind <> 'answers.forget'");
    IS_INT(ask(engine, "SELECT COUNT(*) FROM task"), 1);
    return engine;
}

static int round_of(struct engine *e, const atomic_bool *stop)
{
    struct task_round round = { .lease_ms = 30000, .max = 100, .stop = stop };
    int done;

    IS_INT(task_run_due(e, &round, &done), RC_OK);
    return done;
}

#define IS_IDLE "SELECT COUNT(*) FROM task WHERE state = 'waiting' AND lease_at = 0" \
                " AND cursor IS NULL AND ended_at > 0 AND due_at > ended_at"

BOTH(what_runs_by_the_clock_runs_to_its_end_and_waits_for_its_next_time)
{
    struct engine *e = open_engine(k);

    IS_INT(round_of(e, NULL), 1);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), 0);
    IS_INT(ask(e, IS_IDLE), 1);
    IS_INT(ask(e, "SELECT due_at - ended_at FROM task"), 3600000);
    IS_INT(round_of(e, NULL), 0);
    /* down for days: caught up once */
    change(e, "UPDATE task SET due_at = 5");
    IS_INT(round_of(e, NULL), 1);
    IS_INT(round_of(e, NULL), 0);
    engine_close(e);
}

struct breaking { int n, at; };

static enum rc break_one(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct breaking *b = arg;

    (void)d, (void)row, (void)rows;
    return ++b->n == b->at ? RC_INTERNAL : RC_OK;
}

/* Whatever breaks, the step it was in is taken back, the job waits, and goes on where it was. */
BOTH(a_job_that_is_broken_anywhere_goes_on_where_it_was)
{
    struct engine *e = open_engine(k);
    int64_t left = OLD_ANSWERS, was;
    int broken = 0;

    /* every 41st statement of all that there are, over and over, until one run gets through */
    for (int at = 1; left > 0; at += 41) {
        struct breaking b = { .at = at };
        engine_watch(e, break_one, &b);
        struct task_round round = { .lease_ms = 30000, .max = 100 };
        int done;
        enum rc rc = task_run_due(e, &round, &done);
        engine_watch(e, NULL, NULL);
        IS_TRUE(rc == RC_OK || rc == RC_INTERNAL);
        was = left;
        left = ask(e, "SELECT COUNT(*) FROM answer");
        IS_TRUE(left <= was);
        if (left > 0) {
            broken++;
            IS_INT(ask(e, "SELECT COUNT(*) FROM task WHERE state = 'waiting'"), 1);
            IS_INT((was - left) % 200, 0);       /* whole steps */
        }
        change(e, "UPDATE task SET due_at = 5, lease_at = 0");
        IS_TRUE(at < 10000);
    }
    IS_TRUE(broken > 3);
    engine_close(e);
}

struct stopping { atomic_bool stop; int steps; };

static enum rc stop_after_a_step(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct stopping *s = arg;

    (void)row, (void)rows;
    if (str_eq(d->name, "task_advance") && ++s->steps == 2) atomic_store(&s->stop, true);
    return RC_OK;
}

static enum rc say(struct ctx *c, void *arg)
{
    return task_turn(c, arg);
}

BOTH(a_job_that_is_stopped_and_paused_goes_on_when_it_is_told_to)
{
    struct engine *e = open_engine(k);
    struct stopping s = { .steps = 0 };
    struct task_turning word = { .id = ask(e, "SELECT id FROM task"), .turn = TASK_PAUSE };
    struct run run = { .engine = e, .fn = say, .arg = &word };

    engine_watch(e, stop_after_a_step, &s);
    IS_INT(round_of(e, &s.stop), 0);
    engine_watch(e, NULL, NULL);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), OLD_ANSWERS - 400);
    IS_INT(ask(e, "SELECT COUNT(*) FROM task WHERE lease_at = 0 AND cursor IS NOT NULL"), 1);
    IS_INT(run_write(&run, NULL), RC_OK);
    IS_INT(round_of(e, NULL), 0);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), OLD_ANSWERS - 400);
    word.turn = TASK_RESUME;
    IS_INT(run_write(&run, NULL), RC_OK);
    IS_INT(round_of(e, NULL), 1);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), 0);
    engine_close(e);
}

/* A kind that no feature brings any more is tried, ever later, and has failed at last. */
BOTH(what_cannot_be_done_has_failed_at_last_and_is_tried_again_by_hand)
{
    struct engine *e = open_engine(k);

    change(e, "UPDATE task SET kind = 'gone'");
    for (int i = 1; i <= TASK_ATTEMPTS; i++) {
        IS_INT(ask(e, "SELECT COUNT(*) FROM task WHERE state = 'waiting'"), 1);
        IS_INT(round_of(e, NULL), 0);
        change(e, "UPDATE task SET due_at = 5");
    }
    IS_INT(ask(e, "SELECT COUNT(*) FROM task WHERE state = 'failed'"
                  " AND error = 'task.kind_unknown'"), 1);
    IS_INT(round_of(e, NULL), 0);
    struct task_turning word = { .id = ask(e, "SELECT id FROM task"), .turn = TASK_RETRY };
    change(e, "UPDATE task SET kind = 'answers.forget'");
    IS_INT(run_write(&(struct run){ .engine = e, .fn = say, .arg = &word }, NULL), RC_OK);
    IS_INT(round_of(e, NULL), 1);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), 0);
    engine_close(e);
}

static void *one_runner(void *arg)
{
    for (int i = 0; i < 20; i++) round_of(arg, NULL);
    return NULL;
}

/* Two programs share the work: each step once. */
BOTH(two_runners_do_no_step_twice)
{
    struct engine *e = open_engine(k);
    pthread_t other;

    IS_INT(pthread_create(&other, NULL, one_runner, e), 0);
    one_runner(e);
    pthread_join(other, NULL);
    IS_INT(ask(e, "SELECT COUNT(*) FROM answer"), 0);
    IS_INT(ask(e, IS_IDLE), 1);
    engine_close(e);
}
