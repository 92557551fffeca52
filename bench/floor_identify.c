/* floor_identify FILE MEMBERS SECONDS -- what it costs to read who somebody is, and nothing else:
 * the statements of an identification, bare, on members drawn as bench/requests draws them, in a
 * read transaction each; on a connection for each core, as the server's loops have them. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/rand.h"
#include "bench/world.h"
#include "db/db.h"
#include "sql/member_sql.h"

enum { THREADS_MAX = 8 };

struct reader {
    pthread_t thread;
    const char *file;
    int64_t members, n, seed;
    sqlite3_stmt *begin, *identity, *view, *commit;
};

static atomic_bool is_over;

static void check(sqlite3 *db, int result)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    fprintf(stderr, "bench: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL));
    return s;
}

/* The server's settings of a reader (db/db_sqlite.c). */
static sqlite3 *open_file(struct reader *r)
{
    sqlite3 *db;

    check(db, sqlite3_open_v2(r->file, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    sqlite3_busy_timeout(db, 5000);
    check(db, sqlite3_exec(db, "PRAGMA query_only = ON; PRAGMA cache_size = -16384", NULL, NULL,
                           NULL));
    r->begin = prepare(db, "BEGIN");
    r->identity = prepare(db, sql_def_identity_get.sqlite[0]);
    r->view = prepare(db, sql_def_member_view.sqlite[0]);
    r->commit = prepare(db, "ROLLBACK");
    return db;
}

static void run(sqlite3 *db, sqlite3_stmt *s)
{
    int result;

    while ((result = sqlite3_step(s)) == SQLITE_ROW) continue;
    check(db, result);
    sqlite3_reset(s);
}

static void identify(struct reader *r, sqlite3 *db, int64_t member)
{
    char text[WORLD_TEXT_MAX];
    bool is_phone = r->n % 2 == 0;
    int64_t id;

    if (is_phone) world_phone(member, text);
    else          world_card(member, text);
    run(db, r->begin);
    sqlite3_bind_text(r->identity, 1, is_phone ? "phone" : "card", -1, SQLITE_STATIC);
    sqlite3_bind_text(r->identity, 2, text, -1, SQLITE_STATIC);
    if (sqlite3_step(r->identity) != SQLITE_ROW) {
        fprintf(stderr, "bench: nobody is known under %s\n", text);
        exit(1);
    }
    id = sqlite3_column_int64(r->identity, 0);
    sqlite3_reset(r->identity);
    sqlite3_bind_int64(r->view, 1, id);
    run(db, r->view);
    run(db, r->commit);
}

static void *read_on(void *arg)
{
    struct reader *r = arg;
    sqlite3 *db = open_file(r);
    struct dice dice;

    dice_seed(&dice, (uint64_t)r->seed);
    for (; !atomic_load(&is_over); r->n++) identify(r, db, dice_range(&dice, 0, r->members - 1));
    return NULL;
}

int main(int argc, char **argv)
{
    static struct reader readers[THREADS_MAX];
    long threads = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t n = 0, seconds;

    if (argc != 4) {
        fprintf(stderr, "usage: floor_identify FILE MEMBERS SECONDS\n");
        return 2;
    }
    seconds = world_number(argv[3]);
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    for (long i = 0; i < threads; i++) {
        readers[i] = (struct reader){ .file = argv[1], .members = world_number(argv[2]),
                                      .seed = i + 1 };
        pthread_create(&readers[i].thread, NULL, read_on, &readers[i]);
    }
    sleep((unsigned)seconds);
    atomic_store(&is_over, true);
    for (long i = 0; i < threads; i++) {
        pthread_join(readers[i].thread, NULL);
        n += readers[i].n;
    }
    printf("n=%lld seconds=%lld per_second=%.1f\n", (long long)n, (long long)seconds,
           (double)n / (double)seconds);
    return 0;
}
