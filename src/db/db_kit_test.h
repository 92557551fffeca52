/* db_kit_test.h -- what the tests in src/db stand on: a fresh database with one table `t`, on each
 * engine there is.  SQLite always; PostgreSQL where REGULARS_TEST_PG holds a URL, in a schema of
 * its own. */
#pragma once
#include "core/ctx.h"
#include "test/harness/test.h"

struct kit {
    struct ctx c;                       /* c.db is the connection, c.arena the arena */
    enum db_kind kind;
    char dir[64], file[128], url[512];
};

bool kit_open(struct kit *k, enum db_kind kind);     /* false: there is no such engine here */
void kit_close(struct kit *k);
void kit_make(struct kit *k, enum db_kind kind);     /* only names: dir, file, url */
void kit_remove(struct kit *k);
void kit_each(void (*body)(struct kit *k));          /* on every engine */
struct db *kit_connect(const struct kit *k);         /* one more connection (SQLite: read-only) */
int64_t kit_i64(struct db *db, const char *sql);

/* BOTH(a_sentence) { … k … }: a test that runs on both engines. */
#define BOTH(test)                                       \
    static void test##_on(struct kit *k);                \
    PURE(test)                                           \
    {                                                    \
        kit_each(test##_on);                             \
    }                                                    \
    static void test##_on(struct kit *k)
