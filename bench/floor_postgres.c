/* floor_postgres TAPE URL PURCHASES CONNECTIONS -- the least that durable purchases cost on
 * PostgreSQL when each is a transaction: the statements of the tape in two round trips (what is
 * asked; then all rows and COMMIT), prepared, binary, in pipeline mode, a thread for each
 * connection. */
#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/tape.h"
#include "bench/world.h"

enum { THREADS_MAX = 64, OID_INT8 = 20, OID_TEXT = 25 };

struct floor { struct tape tape; const char *url; size_t n; atomic_size_t next; };

struct worker {
    struct floor *f;
    PGconn *db;
    bool is_prepared[TAPE_STATEMENTS_MAX];
    struct tape_run run;
    int64_t numbers[TAPE_VALUES_MAX];
    const char *values[TAPE_VALUES_MAX];
    int lengths[TAPE_VALUES_MAX], formats[TAPE_VALUES_MAX];
};

static void stop(const struct worker *w)
{
    fprintf(stderr, "bench: %s\n", PQerrorMessage(w->db));
    exit(1);
}

/* Numbers and texts say their types; of what is absent the server finds it out. */
static void prepare(struct worker *w, const char *name)
{
    Oid types[TAPE_VALUES_MAX] = { 0 };
    const struct tape_run *r = &w->run;

    for (int i = 0; i < r->n; i++)
        types[i] = r->values[i].type == TAPE_I64 ? OID_INT8 :
                   r->values[i].type == TAPE_TEXT ? OID_TEXT : 0;
    if (PQsendPrepare(w->db, name, w->f->tape.statements[r->statement].postgres, r->n, types) != 1)
        stop(w);
    w->is_prepared[r->statement] = true;
}

static void send_run(struct worker *w)
{
    const struct tape_run *r = &w->run;
    char name[16];

    snprintf(name, sizeof name, "s%d", r->statement);
    if (!w->is_prepared[r->statement]) prepare(w, name);
    for (int i = 0; i < r->n; i++) {
        const struct tape_value *v = &r->values[i];
        w->formats[i] = 1;
        w->values[i] = v->text;
        w->lengths[i] = (int)v->len;
        if (v->type == TAPE_NULL) w->values[i] = NULL;
        if (v->type != TAPE_I64) continue;
        w->numbers[i] = (int64_t)htobe64((uint64_t)v->i64);
        w->values[i] = (const char *)&w->numbers[i];
        w->lengths[i] = 8;
    }
    if (PQsendQueryPrepared(w->db, name, r->n, w->values, w->lengths, w->formats, 1) != 1) stop(w);
}

static void send_text(struct worker *w, const char *sql)
{
    if (PQsendQueryParams(w->db, sql, 0, NULL, NULL, NULL, NULL, 1) != 1) stop(w);
}

static void collect(struct worker *w)
{
    bool is_synced = false;

    if (PQpipelineSync(w->db) != 1) stop(w);
    while (!is_synced) {
        PGresult *res = PQgetResult(w->db);
        if (res == NULL) continue;
        ExecStatusType status = PQresultStatus(res);
        is_synced = status == PGRES_PIPELINE_SYNC;
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !is_synced) stop(w);
        PQclear(res);
    }
}

static void purchase(struct worker *w, size_t k)
{
    const struct tape *t = &w->f->tape;
    const char *at = t->units[k], *end = t->units[k + 1];
    bool is_telling = false;

    send_text(w, "BEGIN");
    while (tape_next(&at, end, &w->run)) {
        if (!is_telling && t->statements[w->run.statement].kind == TAPE_TELLS) {
            collect(w);
            is_telling = true;
        }
        send_run(w);
    }
    send_text(w, "COMMIT");
    collect(w);
}

static void *work(void *arg)
{
    struct worker *w = arg;

    for (;;) {
        size_t k = atomic_fetch_add(&w->f->next, 1);
        if (k >= w->f->n) return NULL;
        purchase(w, k);
    }
}

static struct worker *start(struct floor *f)
{
    struct worker *w = calloc(1, sizeof *w);

    if (w == NULL) exit(1);
    w->f = f;
    w->db = PQconnectdb(f->url);
    if (PQstatus(w->db) != CONNECTION_OK || PQenterPipelineMode(w->db) != 1) stop(w);
    return w;
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    static struct floor f;
    struct worker *workers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];

    if (argc != 5) {
        fprintf(stderr, "usage: floor_postgres TAPE URL PURCHASES CONNECTIONS\n");
        return 2;
    }
    tape_open(&f.tape, argv[1]);
    f.url = argv[2];
    f.n = (size_t)world_number(argv[3]);
    int n = (int)world_number(argv[4]);
    if (f.n > f.tape.units_n) f.n = f.tape.units_n;
    if (n < 1 || n > THREADS_MAX) return 2;
    for (int i = 0; i < n; i++) workers[i] = start(&f);
    double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < n; i++) pthread_create(&threads[i], NULL, work, workers[i]);
    for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
    double took = seconds_of(CLOCK_MONOTONIC) - began;
    printf("n=%zu seconds=%.3f per_second=%.1f cpu_us=%.2f\n", f.n, took, (double)f.n / took,
           (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)f.n);
    return 0;
}
