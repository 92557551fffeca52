#include "db/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/limit.h"
#include "base/time.h"
#include "db/db_kit_test.h"
#include "db/db_sqlite.h"
#include "sql/db_test_sql.h"

/* ---- a request: puts a row, then answers as told ------------------------------------------- */

struct request {
    struct work work;
    int64_t id;
    enum rc answer;                   /* what run returns after its row is written */
    int busy_first;                   /* that many times RC_BUSY before */
    bool has_note;
    int runs;
    enum rc got;
    int done_n;                       /* how often it was answered */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate_closed, gate_waiting;

static enum rc request_run(struct db *db, void *arg)
{
    struct request *r = arg;
    struct arena *a = arena_open(1 << 20);
    struct ctx c = { .db = db, .arena = a };
    struct sql_t_claim v = { .id = r->id, .words = "row" };
    enum rc rc = sql_t_claim(&c, &v);

    arena_close(a);
    r->runs++;
    if (rc != RC_OK) return rc;
    return r->busy_first-- > 0 ? RC_BUSY : r->answer;
}

static enum rc request_notes(struct db *db, void *arg)
{
    struct request *r = arg;
    struct ctx c = { .db = db };
    struct sql_t_put v = { .id = 1000000 + r->id, .number = 1, .words = "note" };
    return sql_t_put(&c, &v);
}

static void request_done(void *arg, enum rc rc)
{
    struct request *r = arg;
    pthread_mutex_lock(&lock);
    r->got = rc;
    r->done_n++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void request_make(struct request *r, int64_t id)
{
    r->id = id;
    r->work = (struct work){ .run = request_run, .done = request_done, .arg = r,
                             .notes = r->has_note ? request_notes : NULL, .queue = r->work.queue,
                             .deadline_ms = r->work.deadline_ms };
}

static void wait_for(struct request *list, int n)
{
    pthread_mutex_lock(&lock);
    for (int i = 0; i < n; i++)
        while (list[i].done_n == 0) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* A gate holds an engine's thread inside run, so that what is submitted meanwhile forms a batch. */
static enum rc gate_run(struct db *db, void *arg)
{
    (void)db;
    (void)arg;
    pthread_mutex_lock(&lock);
    gate_waiting++;
    pthread_cond_broadcast(&changed);
    while (gate_closed) pthread_cond_wait(&changed, &lock);
    gate_waiting--;
    pthread_mutex_unlock(&lock);
    return RC_OK;
}

static void gate_open(void)
{
    pthread_mutex_lock(&lock);
    gate_closed = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void gate_close(struct engine *e, struct request *gate, int n)
{
    gate_closed = 1;
    for (int i = 0; i < n; i++) {
        gate[i].work = (struct work){ .run = gate_run, .done = request_done, .arg = &gate[i] };
        IS_INT(engine_submit(e, &gate[i].work), RC_OK);
        pthread_mutex_lock(&lock);
        while (gate_waiting < i + 1) pthread_cond_wait(&changed, &lock);
        pthread_mutex_unlock(&lock);
    }
}

/* ---- the engine over a kit's database ------------------------------------------------------ */

struct bench { struct engine *e; int workers; char fatal[256]; };

static void on_fatal(void *arg, const char *why)
{
    snprintf(((struct bench *)arg)->fatal, 256, "%s", why);
}

/* The kit's own connection holds the lock: it makes room. */
static void bench_open(struct bench *b, struct kit *k)
{
    char err[256] = "";
    struct engine_config cfg = { .url = k->url, .workers = b->workers, .is_bare = true,
                                 .on_fatal = on_fatal, .on_fatal_arg = b };
    db_close(k->c.db);
    k->c.db = NULL;
    if (engine_open(&cfg, &b->e, err) != RC_OK) FAIL_TEST("%s", err);
}

static void bench_close(struct bench *b, struct kit *k)
{
    engine_close(b->e);
    k->c.db = kit_connect(k);
}

BOTH(work_is_done_after_its_commit)
{
    struct bench b = { .workers = 2 };
    struct request r = { .answer = RC_OK };
    struct db *reader;

    bench_open(&b, k);
    request_make(&r, 1);
    IS_INT(engine_run(b.e, &r.work), RC_OK);
    IS_INT(engine_reader(b.e, &reader), RC_OK);
    IS_INT(kit_i64(reader, "SELECT COUNT(*) FROM t"), 1);
    engine_reader_return(b.e, reader);
    bench_close(&b, k);
}

BOTH(a_refusal_takes_back_its_rows_and_keeps_its_notes)
{
    struct bench b = { .workers = 1 };
    struct request r = { .answer = RC_CONFLICT, .has_note = true };

    bench_open(&b, k);
    request_make(&r, 1);
    IS_INT(engine_run(b.e, &r.work), RC_CONFLICT);
    bench_close(&b, k);
    IS_INT(r.runs, 1);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t WHERE id = 1"), 0);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t WHERE id = 1000001 AND words = 'note'"), 1);
}

BOTH(success_writes_no_notes)
{
    struct bench b = { .workers = 1 };
    struct request r = { .answer = RC_OK, .has_note = true };

    bench_open(&b, k);
    request_make(&r, 1);
    IS_INT(engine_run(b.e, &r.work), RC_OK);
    bench_close(&b, k);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 1);
}

BOTH(busy_is_tried_three_times_more_and_no_further)
{
    struct bench b = { .workers = 1 };
    struct request three = { .answer = RC_OK, .busy_first = 3 }, four = { .busy_first = 4 };
    struct engine_stats stats;

    bench_open(&b, k);
    request_make(&three, 1);
    request_make(&four, 2);
    IS_INT(engine_run(b.e, &three.work), RC_OK);
    IS_INT(engine_run(b.e, &four.work), RC_BUSY);
    engine_stats(b.e, &stats);
    bench_close(&b, k);
    IS_INT(three.runs, 4);
    IS_INT(four.runs, 4);
    IS_INT(kit_i64(k->c.db, "SELECT SUM(id) FROM t"), 1);
}

PURE(what_waits_becomes_one_transaction_and_a_refusal_leaves_the_rest)
{
    struct kit k;
    struct bench b = { 0 };
    struct request gate = { 0 }, list[50] = { { .id = 0 } };
    struct engine_stats before, after;

    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    engine_stats(b.e, &before);
    gate_close(b.e, &gate, 1);
    for (int i = 0; i < 50; i++) {
        list[i].answer = i % 10 == 3 ? RC_LIMIT : RC_OK;
        list[i].has_note = true;
        request_make(&list[i], i + 1);
        IS_INT(engine_submit(b.e, &list[i].work), RC_OK);
    }
    gate_open();
    wait_for(list, 50);
    wait_for(&gate, 1);
    engine_stats(b.e, &after);
    for (int i = 0; i < 50; i++) IS_INT(list[i].got, list[i].answer);
    bench_close(&b, &k);
    IS_TRUE(after.batches - before.batches < 25);         /* a slow machine: 15 ms are over soon */
    IS_INT(kit_i64(k.c.db, "SELECT COUNT(*) FROM t WHERE id < 1000"), 45);
    IS_INT(kit_i64(k.c.db, "SELECT COUNT(*) FROM t WHERE words = 'note'"), 5);
    kit_close(&k);
}

/* ---- bounds -------------------------------------------------------------------------------- */

PURE(a_full_queue_answers_busy_at_once)
{
    static struct request list[LIMIT_QUEUE_BULK + 1];
    struct kit k;
    struct bench b = { 0 };
    struct request gate = { 0 };
    struct engine_stats stats;

    memset(list, 0, sizeof list);
    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    gate_close(b.e, &gate, 1);
    for (int i = 0; i <= LIMIT_QUEUE_BULK; i++) {
        list[i].work.queue = QUEUE_BULK;
        request_make(&list[i], i + 1);
        IS_INT(engine_submit(b.e, &list[i].work), i < LIMIT_QUEUE_BULK ? RC_OK : RC_BUSY);
    }
    engine_stats(b.e, &stats);
    IS_INT(stats.queued[QUEUE_BULK], LIMIT_QUEUE_BULK);
    IS_INT(stats.refused_busy, 1);
    gate_open();
    wait_for(list, LIMIT_QUEUE_BULK);
    IS_INT(list[LIMIT_QUEUE_BULK].done_n, 0);
    bench_close(&b, &k);
    kit_close(&k);
}

BOTH(work_past_its_deadline_is_dropped_unrun)
{
    struct bench b = { .workers = 1 };
    struct request gate = { 0 }, late = { .answer = RC_OK }, soon = { .answer = RC_OK };

    bench_open(&b, k);
    gate_close(b.e, &gate, 1);
    late.work.deadline_ms = time_mono_ms() + 5;
    soon.work.deadline_ms = time_mono_ms() + 5000;
    request_make(&late, 1);
    request_make(&soon, 2);
    IS_INT(engine_submit(b.e, &late.work), RC_OK);
    IS_INT(engine_submit(b.e, &soon.work), RC_OK);
    usleep(10000);
    gate_open();
    wait_for(&late, 1);
    wait_for(&soon, 1);
    wait_for(&gate, 1);
    IS_INT(late.got, RC_BUSY);
    IS_INT(late.runs, 0);
    IS_INT(soon.got, RC_OK);
    bench_close(&b, k);
}

static struct request *order[200];
static int order_n;

static enum rc order_run(struct db *db, void *arg)
{
    (void)db;
    if (order_n < 200) order[order_n++] = arg;
    return RC_OK;
}

PURE(counters_come_first_and_bulk_comes_once_a_batch)
{
    struct kit k;
    struct bench b = { 0 };
    struct request gate = { 0 };
    static struct request list[60];

    memset(list, 0, sizeof list);
    order_n = 0;
    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    gate_close(b.e, &gate, 1);
    for (int i = 0; i < 60; i++) {        /* bulk, other and counter, twenty each, in this order */
        static const enum engine_queue queues[] = { QUEUE_BULK, QUEUE_OTHER, QUEUE_COUNTER };
        list[i].work.queue = queues[i / 20];
        request_make(&list[i], i);
        list[i].work.run = order_run;
        IS_INT(engine_submit(b.e, &list[i].work), RC_OK);
    }
    gate_open();
    wait_for(list, 60);
    wait_for(&gate, 1);
    bench_close(&b, &k);
    IS_INT(order_n, 60);
    for (int i = 0; i < 20; i++) IS_TRUE(order[i]->work.queue != QUEUE_BULK);
    int others = 0;
    for (int i = 0; i < 16; i++) others += order[i]->work.queue == QUEUE_OTHER;
    IS_TRUE(others >= 1 && others <= 2);     /* each eighth */
    kit_close(&k);
}

/* ---- ending -------------------------------------------------------------------------------- */

BOTH(closing_finishes_what_waits_and_takes_nothing_new)
{
    struct bench b = { .workers = 1 };
    struct request gate = { 0 }, list[100] = { { .id = 0 } }, late = { .answer = RC_OK };

    bench_open(&b, k);
    gate_close(b.e, &gate, 1);
    for (int i = 0; i < 100; i++) {
        request_make(&list[i], i + 1);
        IS_INT(engine_submit(b.e, &list[i].work), RC_OK);
    }
    gate_open();
    engine_drain(b.e);
    for (int i = 0; i < 100; i++) IS_INT(list[i].done_n == 1 && list[i].got == RC_OK, true);
    request_make(&late, 999);
    IS_INT(engine_run(b.e, &late.work), RC_BUSY);
    bench_close(&b, k);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 100);
}

PURE(closing_leaves_an_empty_log)
{
    struct kit k;
    struct bench b = { 0 };
    struct request r = { .answer = RC_OK };
    char path[160];

    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    request_make(&r, 1);
    IS_INT(engine_run(b.e, &r.work), RC_OK);
    engine_close(b.e);
    snprintf(path, sizeof path, "%s-wal", k.file);
    IS_INT(access(path, F_OK), -1);
    k.c.db = kit_connect(&k);
    IS_INT(kit_i64(k.c.db, "SELECT COUNT(*) FROM t"), 1);
    kit_close(&k);
}

PURE(a_second_engine_on_the_file_is_refused)
{
    struct kit k;
    struct bench b = { 0 };
    struct engine *second = NULL;
    char err[256] = "";

    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    IS_INT(engine_open(&(struct engine_config){ .url = k.url, .is_bare = true }, &second, err),
           RC_BUSY);
    IS_NULL(second);
    bench_close(&b, &k);
    kit_close(&k);
}

BOTH(readers_are_lent_up_to_a_bound)
{
    struct bench b = { .workers = 1 };
    struct db *lent[4], *fifth;

    bench_open(&b, k);
    for (int i = 0; i < 4; i++) IS_INT(engine_reader(b.e, &lent[i]), RC_OK);
    IS_INT(engine_reader(b.e, &fifth), RC_BUSY);
    IS_INT(db_begin_read(lent[0]), RC_OK);               /* left open: given back closed */
    engine_reader_return(b.e, lent[0]);
    IS_INT(engine_reader(b.e, &fifth), RC_OK);
    IS_INT(db_begin_read(fifth), RC_OK);
    IS_INT(db_commit(fifth), RC_OK);
    engine_reader_return(b.e, fifth);
    for (int i = 1; i < 4; i++) engine_reader_return(b.e, lent[i]);
    bench_close(&b, k);
}

/* ---- the log ------------------------------------------------------------------------------- */

static enum rc fill_run(struct db *db, void *arg)
{
    static const char text[800] = "";
    struct ctx c = { .db = db };
    int64_t *next = arg;

    (void)text;
    for (int i = 0; i < 200; i++) {
        char words[600];
        struct sql_t_put v = { .id = ++*next * INT64_C(2654435761) % 1000000007, .number = i };
        memset(words, 'x', sizeof words - 1);
        words[sizeof words - 1] = '\0';
        v.words = words;
        enum rc rc = sql_t_put(&c, &v);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

PURE(the_log_is_worked_off_while_writing_and_is_empty_when_quiet)
{
    struct kit k;
    struct bench b = { 0 };
    int64_t next = 0;
    struct work w = { .run = fill_run, .arg = &next };
    struct engine_stats stats = { 0 };

    IS_TRUE(kit_open(&k, DB_SQLITE));
    bench_open(&b, &k);
    for (int i = 0; i < 60; i++) IS_INT(engine_run(b.e, &w), RC_OK);
    for (int i = 0; i < 200; i++) {
        engine_stats(b.e, &stats);
        if (stats.wal_pages == 0) break;
        usleep(20000);
    }
    IS_INT(stats.wal_pages, 0);
    IS_TRUE(stats.checkpoints > 0);
    bench_close(&b, &k);
    IS_INT(kit_i64(k.c.db, "SELECT COUNT(*) FROM t"), 60 * 200);
    IS_INT(kit_i64(k.c.db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    kit_close(&k);
}
