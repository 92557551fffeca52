/* floor_sqlite TAPE FILE PURCHASES -- the least that durable purchases cost on SQLite: the
 * statements of the tape, 128 purchases to a transaction, FULL sync, nothing else.  The log is
 * copied whenever it passes the bound at which the server's is, and once at the end, inside the
 * time. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/tape.h"
#include "bench/world.h"

enum { BATCH = 128, LOG_PAGES = 16000 };

struct loop {
    sqlite3 *db;
    struct tape tape;
    sqlite3_stmt *statements[TAPE_STATEMENTS_MAX];
    int log_pages;
};

static void check(sqlite3 *db, int result)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    fprintf(stderr, "bench: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(struct loop *l, const char *sql)
{
    check(l->db, sqlite3_exec(l->db, sql, NULL, NULL, NULL));
}

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct loop *)arg)->log_pages = pages;
    return SQLITE_OK;
}

static void checkpoint(struct loop *l, int how)
{
    check(l->db, sqlite3_wal_checkpoint_v2(l->db, NULL, how, NULL, NULL));
    l->log_pages = 0;
}

static void replay(struct loop *l, const struct tape_run *r)
{
    sqlite3_stmt *s = l->statements[r->statement];

    for (int i = 0; i < r->n; i++) {
        const struct tape_value *v = &r->values[i];
        if (v->type == TAPE_I64) sqlite3_bind_int64(s, i + 1, v->i64);
        else if (v->type == TAPE_TEXT)
            sqlite3_bind_text(s, i + 1, v->text, (int)v->len, SQLITE_STATIC);
        else sqlite3_bind_null(s, i + 1);
    }
    int result;
    while ((result = sqlite3_step(s)) == SQLITE_ROW) continue;
    check(l->db, result);
    sqlite3_reset(s);
}

static void purchase(struct loop *l, size_t k)
{
    static struct tape_run r;
    const char *at = l->tape.units[k];

    while (tape_next(&at, l->tape.units[k + 1], &r)) replay(l, &r);
}

static void open_file(struct loop *l, const char *file)
{
    check(l->db, sqlite3_open_v2(file, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    run(l, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
           "PRAGMA cache_size = -65536");
    sqlite3_wal_hook(l->db, on_commit, l);
    for (int i = 0; i < l->tape.statements_n; i++)
        check(l->db, sqlite3_prepare_v3(l->db, l->tape.statements[i].sqlite, -1,
                                        SQLITE_PREPARE_PERSISTENT, &l->statements[i], NULL));
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Through write(): the log and its copies. */
static double written(void)
{
    char text[512] = "";
    FILE *f = fopen("/proc/self/io", "r");

    if (f == NULL || fread(text, 1, sizeof text - 1, f) == 0) return 0;
    fclose(f);
    const char *at = strstr(text, "wchar: ");
    return at ? (double)strtoll(at + 7, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
    static struct loop l;

    if (argc != 4) {
        fprintf(stderr, "usage: floor_sqlite TAPE FILE PURCHASES\n");
        return 2;
    }
    tape_open(&l.tape, argv[1]);
    size_t n = (size_t)world_number(argv[3]);
    if (n > l.tape.units_n) n = l.tape.units_n;
    open_file(&l, argv[2]);
    double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    double wrote = written();
    for (size_t k = 0; k < n; k++) {
        if (k % BATCH == 0) run(&l, "BEGIN IMMEDIATE");
        purchase(&l, k);
        if (k % BATCH != BATCH - 1 && k + 1 < n) continue;
        run(&l, "COMMIT");
        if (l.log_pages >= LOG_PAGES) checkpoint(&l, SQLITE_CHECKPOINT_PASSIVE);
    }
    checkpoint(&l, SQLITE_CHECKPOINT_TRUNCATE);
    double took = seconds_of(CLOCK_MONOTONIC) - began;
    printf("n=%zu seconds=%.3f per_second=%.1f cpu_us=%.2f written_kb=%.2f\n", n, took,
           (double)n / took, (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)n,
           (written() - wrote) / 1024 / (double)n);
    return 0;
}
