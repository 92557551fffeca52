/* What the writer owes its tills when the disk fails (the table of CORE.md §8).
 *
 * The oracle stands outside: a list of what each request was answered.  After the failure the files
 * are copied as a crash would leave them and opened anew; a row answered OK is there, a row
 * answered otherwise is not; only a COMMIT that failed may leave its batch, and then the whole of
 * it. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/time.h"
#include "db/db_kit_test.h"
#include "db/db_sqlite.h"
#include "db/db_sqlite_fault_test.h"
#include "db/engine.h"
#include "sql/db_test_sql.h"

enum { BATCH = 12 };

struct request { struct work work; int64_t id; enum rc answer, got; int done_n, runs; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct {
    struct kit kit;
    struct engine *e;
    struct request list[BATCH];
    struct request gate;
    bool is_gate_closed, is_gate_reached;
    bool is_page_bound;                  /* request 5 finds no more pages */
    bool is_spilling;                    /* the cache is tiny: pages go out before COMMIT */
    int fatal_n;
} f;

static void on_fatal(void *arg, const char *why)
{
    (void)arg;
    (void)why;
    pthread_mutex_lock(&lock);
    f.fatal_n++;
    pthread_mutex_unlock(&lock);
}

static enum rc row_run(struct db *db, void *arg)
{
    struct request *r = arg;
    struct arena *a = arena_open(1 << 20);
    struct ctx c = { .db = db, .arena = a };
    char words[3000];
    struct sql_t_claim v = { .id = r->id, .words = words };
    enum rc rc = RC_OK;

    r->runs++;
    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    if (f.is_page_bound && r == &f.list[4]) rc = db_script(db, "PRAGMA max_page_count = 1");
    if (rc == RC_OK) rc = sql_t_claim(&c, &v);
    arena_close(a);
    return rc == RC_OK ? r->answer : rc;
}

static enum rc gate_run(struct db *db, void *arg)
{
    (void)arg;
    enum rc rc = db_script(db, f.is_spilling ? "PRAGMA cache_size = 2"
                                             : "PRAGMA cache_size = -2000");
    pthread_mutex_lock(&lock);
    f.is_gate_reached = true;
    pthread_cond_broadcast(&changed);
    while (f.is_gate_closed) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return rc;
}

static void row_done(void *arg, enum rc rc)
{
    struct request *r = arg;
    pthread_mutex_lock(&lock);
    r->got = rc;
    r->done_n++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void put(struct request *r, enum rc (*run)(struct db *, void *))
{
    r->work = (struct work){ .run = run, .done = row_done, .arg = r };
    r->done_n = 0;
    if (engine_submit(f.e, &r->work) != RC_OK) row_done(r, RC_BUSY);
}

static void wait_for(struct request *r)
{
    pthread_mutex_lock(&lock);
    while (r->done_n == 0) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    IS_INT(r->done_n, 1);
}

/* Twelve requests behind a gate are one batch; the third is a refusal. */
static void batch_run(int64_t first_id)
{
    f.is_gate_closed = true;
    f.is_gate_reached = false;
    put(&f.gate, gate_run);
    pthread_mutex_lock(&lock);
    while (!f.is_gate_reached) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < BATCH; i++) {
        f.list[i] = (struct request){ .id = first_id + i, .answer = i == 2 ? RC_CONFLICT : RC_OK };
        put(&f.list[i], row_run);
    }
    pthread_mutex_lock(&lock);
    f.is_gate_closed = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < BATCH; i++) wait_for(&f.list[i]);
    wait_for(&f.gate);
}

static void shop_open(void)
{
    char err[256] = "";
    struct engine_config cfg = { .url = f.kit.url, .is_bare = true, .on_fatal = on_fatal,
                                 .probe_ms = 5 };
    if (engine_open(&cfg, &f.e, err) != RC_OK) FAIL_TEST("%s", err);
}

static void shop_make(void)
{
    memset(&f, 0, sizeof f);
    IS_TRUE(kit_open(&f.kit, DB_SQLITE));
    db_close(f.kit.c.db);
    f.kit.c.db = NULL;
    shop_open();
}

static void shop_end(void)
{
    arena_close(f.kit.c.arena);
    kit_remove(&f.kit);
}

/* ---- the oracle ---------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
    char buf[65536];
    ssize_t n;
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (in >= 0) {
        while ((n = read(in, buf, sizeof buf)) > 0) IS_INT(write(out, buf, (size_t)n), n);
        close(in);
    }
    close(out);
}

/* What a crash right now would leave: without the shared memory, so that the log is read anew.
 * The copy of a file's bytes closes a descriptor of it, which drops SQLite's locks: only once
 * nothing runs any more. */
static struct db *crash_copy(char url[static 300])
{
    char path[256], from[256], err[256] = "";
    struct db *db = NULL;

    snprintf(path, sizeof path, "%s.crash", f.kit.file);
    copy_file(f.kit.file, path);
    snprintf(from, sizeof from, "%s-wal", f.kit.file);
    snprintf(path, sizeof path, "%s.crash-wal", f.kit.file);
    copy_file(from, path);
    snprintf(url, 300, "sqlite:%s.crash", f.kit.file);
    if (db_open(&(struct db_config){ .url = url }, &db, err) != RC_OK) FAIL_TEST("%s", err);
    return db;
}

static void crash_remove(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[256];
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        snprintf(path, sizeof path, "%s.crash%s", f.kit.file, ends[i]);
        unlink(path);
    }
}

static bool is_there(struct db *db, int64_t id)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM t WHERE id = %lld", (long long)id);
    return kit_i64(db, sql) == 1;
}

/* Answered OK: there.  Answered otherwise: not there; only where the outcome of COMMIT is unknown
 * may they be, and then all that had run. */
static void books_check(struct db *db, bool is_unknown_ok)
{
    int unknown = 0, ran = 0;

    for (int i = 0; i < BATCH; i++) {
        const struct request *r = &f.list[i];
        bool is = is_there(db, r->id);
        if (r->got == RC_OK) IS_TRUE(is);
        if (r->answer != RC_OK) IS_FALSE(is);
        if (r->got != RC_BUSY || r->answer != RC_OK) continue;
        unknown += is;
        ran += r->runs > 0;
    }
    if (!is_unknown_ok) IS_INT(unknown, 0);
    if (unknown > 0) IS_INT(unknown, ran);
    IS_INT(kit_i64(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

/* On a slow machine the twelve may be two batches: then the first may have been kept.  Returns
 * whether somebody was told to come again. */
static bool answers_check(bool has_failed)
{
    int busy = 0;

    for (int i = 0; i < BATCH; i++) {
        busy += f.list[i].got == RC_BUSY;
        if (f.list[i].got != RC_BUSY) IS_INT(f.list[i].got, f.list[i].answer);
    }
    if (!has_failed) IS_INT(busy, 0);
    return busy > 0;
}

/* ---- a full disk --------------------------------------------------------------------------- */

static void writable_again(void)
{
    struct engine_stats stats = { .is_readonly = true };
    for (int i = 0; i < 1000 && stats.is_readonly; i++) {
        usleep(1000);
        engine_stats(f.e, &stats);
    }
    IS_FALSE(stats.is_readonly);
}

PURE(a_full_disk_in_request_5_of_12_books_none_of_them)
{
    struct engine_stats stats;

    shop_make();
    f.is_page_bound = true;
    batch_run(1);
    IS_TRUE(answers_check(true));
    IS_INT(f.list[4].got, RC_BUSY);
    engine_stats(f.e, &stats);
    IS_INT(f.fatal_n, 0);
    f.is_page_bound = false;
    writable_again();                            /* writing page 1 needs no new page */
    engine_close(f.e);
    f.kit.c.db = kit_connect(&f.kit);
    books_check(f.kit.c.db, false);
    db_close(f.kit.c.db);
    shop_end();
}

PURE(a_full_disk_stops_writing_goes_on_reading_and_heals)
{
    struct db *reader;
    struct engine_stats stats;

    fault_install();
    shop_make();
    batch_run(1);
    answers_check(false);
    fault_arm(FAULT_WRITE_FULL, 1, true);
    batch_run(100);
    IS_TRUE(answers_check(true));
    engine_stats(f.e, &stats);
    IS_TRUE(stats.is_readonly);
    struct request late = { .id = 500, .answer = RC_OK };
    put(&late, row_run);
    IS_INT(late.got, RC_BUSY);
    IS_INT(engine_reader(f.e, &reader), RC_OK);
    IS_INT(kit_i64(reader, "SELECT COUNT(*) FROM t"), BATCH - 1);
    engine_reader_return(f.e, reader);
    IS_TRUE(fault_disarm() > 0);
    writable_again();
    batch_run(100);                              /* the tills ask again by their keys */
    answers_check(false);
    engine_close(f.e);
    f.kit.c.db = kit_connect(&f.kit);
    IS_INT(kit_i64(f.kit.c.db, "SELECT COUNT(*) FROM t"), 2 * (BATCH - 1));
    db_close(f.kit.c.db);
    shop_end();
    fault_remove();
}

/* ---- every write and every sync in turn ---------------------------------------------------- */

/* One run with the n-th call broken; returns whether it came to that. */
static bool broken_run(enum fault_kind kind, int n, bool is_spilling)
{
    char url[300];
    bool is_full = kind == FAULT_WRITE_FULL;

    shop_make();
    f.is_spilling = is_spilling;
    fault_arm(kind, n, is_full);
    batch_run(1);
    bool has_failed = fault_disarm() > 0;
    answers_check(has_failed);
    engine_drain(f.e);
    IS_INT(f.fatal_n, has_failed && !is_full ? 1 : 0);
    struct db *copy = crash_copy(url);
    books_check(copy, !is_full);
    db_close(copy);
    engine_close(f.e);
    shop_open();                                 /* the supervisor; the tills ask again */
    batch_run(1);
    for (int i = 0; i < BATCH; i++)
        if (f.list[i].got != RC_CONFLICT) IS_INT(f.list[i].got, f.list[i].answer);
    engine_close(f.e);
    f.kit.c.db = kit_connect(&f.kit);
    IS_INT(kit_i64(f.kit.c.db, "SELECT COUNT(*) FROM t"), BATCH - 1);
    db_close(f.kit.c.db);
    crash_remove();
    shop_end();
    return has_failed;
}

static void sweep(enum fault_kind kind, bool is_spilling)
{
    int n = 1;

    fault_install();
    while (broken_run(kind, n, is_spilling)) n++;
    fault_remove();
    IS_TRUE(n > (kind == FAULT_SYNC_IOERR ? 1 : 10));
}

PURE(a_full_disk_at_any_write_books_nothing_it_did_not_answer)
{
    sweep(FAULT_WRITE_FULL, false);
}

PURE(a_full_disk_at_any_write_books_nothing_also_when_pages_spill)
{
    sweep(FAULT_WRITE_FULL, true);
}

PURE(a_failed_write_anywhere_stops_the_engine_and_tells_no_lie)
{
    sweep(FAULT_WRITE_IOERR, false);
}

PURE(a_failed_write_anywhere_stops_the_engine_also_when_pages_spill)
{
    sweep(FAULT_WRITE_IOERR, true);
}

PURE(a_failed_sync_stops_the_engine_and_tells_no_lie)
{
    sweep(FAULT_SYNC_IOERR, false);
}

PURE(no_answer_leaves_without_a_sync)
{
    fault_install();
    shop_make();
    batch_run(1);                    /* a new log is synced whatever the setting: not this one */
    fault_arm(FAULT_SYNC_IOERR, 1, true);
    batch_run(100);
    for (int i = 0; i < BATCH; i++) IS_TRUE(f.list[i].got != RC_OK);
    IS_TRUE(fault_disarm() > 0);
    engine_close(f.e);
    shop_end();
    fault_remove();
}

/* ---- the checkpoint ------------------------------------------------------------------------ */

/* The batch is answered; then the n-th call of the checkpoint that follows breaks. */
static bool broken_checkpoint(enum fault_kind kind, int n)
{
    char url[300];

    shop_make();
    batch_run(1);
    answers_check(false);
    fault_arm(kind, n, false);
    usleep(60000);
    bool has_failed = fault_disarm() > 0;
    engine_drain(f.e);
    IS_INT(f.fatal_n, has_failed && kind != FAULT_WRITE_FULL ? 1 : 0);
    struct db *copy = crash_copy(url);
    books_check(copy, false);
    db_close(copy);
    crash_remove();
    engine_close(f.e);
    shop_end();
    return has_failed;
}

static void sweep_checkpoint(enum fault_kind kind)
{
    int n = 1;

    fault_install();
    while (n <= 8 && broken_checkpoint(kind, n)) n++;
    fault_remove();
    IS_TRUE(n > 1);
}

PURE(a_checkpoint_that_finds_the_disk_full_loses_nothing)
{
    sweep_checkpoint(FAULT_WRITE_FULL);
}

PURE(a_checkpoint_whose_write_fails_stops_the_engine_and_loses_nothing)
{
    sweep_checkpoint(FAULT_WRITE_IOERR);
}

PURE(a_checkpoint_whose_sync_fails_stops_the_engine_and_loses_nothing)
{
    sweep_checkpoint(FAULT_SYNC_IOERR);
}
