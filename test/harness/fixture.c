/* fixture.c -- one database for the process, fresh for each test: everything a test does happens in
 * one transaction that is taken back; what a test committed is emptied. */
#include "test/harness/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limit.h"
#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/config/conf.h"
#include "core/serve/database.h"
#include "core/seal/seal.h"
#include "db/migrate.h"
#include "migrations.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static struct {
    struct db *db;
    struct ctx c;
    struct dice dice;
    struct conf *conf;
    char file[64];
    bool is_committed;
} fix;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "fixture: %s: %s\n", what, why);
    exit(1);
}

static void must(enum rc rc, const char *what)
{
    if (rc != RC_OK) die(what, fix.db ? db_error(fix.db) : "");
}

void fixture_abandon(void)
{
    static const char *const ends[] = { "-wal", "-shm" };
    char side[80];

    if (!fix.file[0]) return;
    unlink(fix.file);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        snprintf(side, sizeof side, "%s%s", fix.file, ends[i]);
        unlink(side);
    }
}

static void remove_file(void)
{
    db_close(fix.db);
    fixture_abandon();
}

static void open_database(const char *engine)
{
    static struct migration list[100];
    struct db_config cfg = { .is_new_ok = true };
    char url[512], err[256] = "";
    const char *pg = getenv("REGULARS_TEST_PG");

    if (strcmp(engine, "sqlite") == 0) {
        snprintf(fix.file, sizeof fix.file, "/tmp/regulars-test.%d.db", (int)getpid());
        snprintf(url, sizeof url, "sqlite:%s", fix.file);
    } else {
        if (!pg) die("REGULARS_TEST_PG", "is not set");
        snprintf(url, sizeof url, "%s", pg);
    }
    cfg.url = url;
    if (db_open(&cfg, &fix.db, err) != RC_OK) die("open", err);
    if (strcmp(engine, "postgres") == 0)
        must(db_script(fix.db, "DROP SCHEMA IF EXISTS fixture CASCADE; CREATE SCHEMA fixture;"
                               "SET search_path = fixture"), "schema");
    for (size_t i = 0; i < migrations_n; i++)
        list[i] = (struct migration){ migrations[i].name, (const char *)migrations[i].data,
                                      migrations[i].len };
    if (migrate_run(fix.db, list, migrations_n, err) != RC_OK) die("migrate", err);
    must(db_prepare_all(fix.db), "prepare");
    atexit(remove_file);
}

/* A still clock in the shop's spring; tests move it. */
static void begin(void)
{
    fix.c = (struct ctx){ .arena = fix.c.arena, .db = fix.db, .conf = fix.conf,
                          .ids = fix.c.ids, .dice = &fix.dice, .now = fix.c.now,
                          .actor = { .kind = ACTOR_SYSTEM, .may = MAY_ALL } };
    must(db_begin(fix.db), "begin");
}

void shop_conf(struct ctx *c)
{
    struct conf *fresh;

    must(conf_read(c, NULL, &fresh), "configuration");
    if (fix.conf) conf_free(fix.conf);
    fix.conf = fresh;
    c->conf = fresh;
}

/* A new, empty shop in the transaction at hand. */
void fixture_again(struct ctx *c)
{
    const char *pages = getenv("REGULARS_LOTS_PAGE");
    static const struct database_shop first = { .zone = "Asia/Taipei", .currency = "TWD",
                                                .phone_region = "TW" };

    c->now = INT64_C(1772323200000);             /* 2026-03-01T00:00Z */
    dice_seed(&fix.dice, 1);
    fold_bounds_set(NULL);
    books_bounds_set(pages ? strtoul(pages, NULL, 10) : 0, 0);
    must(database_configure(c, &first), "configure");
    shop_conf(c);
}

struct ctx *fixture_open(const char *engine)
{
    if (!fix.db) open_database(engine);
    seal_key("fixture", 7);
    fix.c.arena = arena_open((size_t)1 << 30);
    fix.c.ids = idgen_open(1, NULL);
    begin();
    fixture_again(&fix.c);
    return &fix.c;
}

static void empty_all(void)
{
    struct arena *a = arena_open(1 << 20);
    struct db_table t;
    const char *list = db_kind(fix.db) == DB_SQLITE
        ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migration'"
          " AND name NOT LIKE 'sqlite%'"
        : "SELECT tablename FROM pg_tables WHERE schemaname = 'fixture' AND tablename <> "
          "'migration'";

    must(db_script_table(fix.db, a, list, &t), "tables");
    for (size_t i = 0; i < t.rows; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "DELETE FROM %s", t.cells[i]);
        must(db_script(fix.db, sql), sql);
    }
    arena_close(a);
}

void fixture_close(struct ctx *c)
{
    db_watch(c->db, NULL, NULL);
    db_rollback(fix.db);
    if (fix.is_committed) empty_all();
    fix.is_committed = false;
    if (fix.conf) conf_free(fix.conf);
    fix.conf = NULL;
    idgen_close(c->ids);
    arena_close(c->arena);
}

void shop_commit(struct ctx *c)
{
    must(db_commit(c->db), "commit");
    fix.is_committed = true;
    begin();
}

void shop_rollback(struct ctx *c)
{
    db_rollback(c->db);
    begin();
}
