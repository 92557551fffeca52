#include "db/migrate.h"

#include <string.h>
#include "db/db_kit_test.h"

#define MIGRATION(name_, sql_) { .name = (name_), .sql = (sql_), .len = sizeof(sql_) - 1 }

static const struct migration first[] = {
    MIGRATION("0001_shop.sql",
        "-- kind: config\n"
        "CREATE TABLE shop (\n"
        "    id BIGINT NOT NULL,   -- a BIGINT; 'quoted\n"
        "    name TEXT NOT NULL DEFAULT 'BIGINT;',\n"
        "    PRIMARY KEY (id)\n"
        ");\n"
        "INSERT INTO shop (id, name) VALUES (1, 'it''s; BIGINT');\n"),
    MIGRATION("0002_sale.sql",
        "-- kind: member\n"
        "-- large\n"
        "-- Every sale there ever was.\n"
        "CREATE TABLE sale (\n"
        "    id BIGINT NOT NULL, member_id BIGINT NOT NULL, picture BYTEA,\n"
        "    PRIMARY KEY (id, member_id)\n"
        ");\n"
        "CREATE UNIQUE INDEX sale_member ON sale (member_id, id);\n"
        "-- :sqlite\n"
        "CREATE TRIGGER sale_kept BEFORE DELETE ON sale BEGIN SELECT RAISE(ABORT, 'kept'); END;\n"
        "-- :postgres\n"
        "CREATE RULE sale_kept AS ON DELETE TO sale DO INSTEAD NOTHING;\n"
        "-- :both\n"
        "-- kind: queue\n"
        "CREATE TABLE task (id BIGINT NOT NULL, PRIMARY KEY (id));\n"),
};

static enum rc migrate(struct kit *k, const struct migration *list, size_t n)
{
    char err[256] = "";
    return migrate_run(k->c.db, list, n, err);
}

BOTH(migrations_run_once_and_in_order)
{
    size_t pending;

    IS_INT(migrate_pending(k->c.db, first, 2, &pending), RC_OK);
    IS_INT(pending, 2);
    IS_INT(migrate(k, first, 1), RC_OK);
    IS_INT(migrate_pending(k->c.db, first, 2, &pending), RC_OK);
    IS_INT(pending, 1);
    IS_INT(migrate(k, first, 2), RC_OK);
    IS_INT(migrate(k, first, 2), RC_OK);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM migration WHERE applied_at > 0"), 2);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM shop WHERE name = 'it''s; BIGINT'"), 1);
    IS_INT(db_script(k->c.db, "INSERT INTO shop (id) VALUES (2)"), RC_OK);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM shop WHERE name = 'BIGINT;'"), 1);
}

BOTH(a_migration_that_changed_is_refused)
{
    struct migration changed[2] = { first[0], first[1] };
    char err[256] = "";

    IS_INT(migrate(k, first, 2), RC_OK);
    changed[1].len--;
    IS_INT(migrate_run(k->c.db, changed, 2, err), RC_CONFLICT);
    IS_STR(err, "0002_sale.sql was changed after it was applied");
}

BOTH(a_database_newer_than_the_program_is_refused)
{
    char err[256] = "";
    size_t pending;

    IS_INT(migrate(k, first, 2), RC_OK);
    IS_INT(migrate_run(k->c.db, first, 1, err), RC_CONFLICT);
    IS_STR(err, "0002_sale.sql was applied by a newer program");
    IS_INT(migrate_run(k->c.db, first + 1, 1, err), RC_CONFLICT);
    IS_INT(migrate_pending(k->c.db, first, 1, &pending), RC_CONFLICT);
}

BOTH(a_migration_that_fails_leaves_nothing_behind)
{
    static const struct migration bad[] = { MIGRATION("0001_bad.sql",
        "-- kind: config\nCREATE TABLE half (id BIGINT NOT NULL, PRIMARY KEY (id));\n"
        "INSERT INTO half (id) VALUES (1);\nINSERT INTO half (id) VALUES (1);\n") };
    struct db_table t;

    IS_TRUE(migrate(k, bad, 1) != RC_OK);
    IS_TRUE(db_script_table(k->c.db, k->c.arena, "SELECT * FROM half", &t) != RC_OK);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM migration"), 0);
    IS_INT(migrate(k, first, 2), RC_OK);                  /* and the connection is free again */
}

PURE(the_text_is_turned_into_each_engines_words)
{
    struct arena *a = arena_open(1 << 20);
    const char *lite = migrate_text(a, &first[1], DB_SQLITE);
    const char *post = migrate_text(a, &first[1], DB_POSTGRES);

    NOT_NULL(strstr(lite, "id INTEGER NOT NULL"));
    NOT_NULL(strstr(lite, "picture BLOB"));
    NOT_NULL(strstr(lite, "PRIMARY KEY (id)\n) STRICT;"));
    NOT_NULL(strstr(lite, "CREATE TRIGGER"));
    IS_NULL(strstr(lite, "CREATE RULE"));
    IS_NULL(strstr(lite, "INDEX sale_member ON sale (member_id, id) STRICT"));
    NOT_NULL(strstr(post, "picture BYTEA"));
    NOT_NULL(strstr(post, "PRIMARY KEY (id, member_id)"));
    IS_NULL(strstr(post, "STRICT"));
    IS_NULL(strstr(post, "TRIGGER"));
    NOT_NULL(strstr(post, "CREATE TABLE task"));
    arena_close(a);
}

PURE(on_sqlite_each_table_is_one_tree_in_the_order_of_its_key)
{
    static const struct migration m = MIGRATION("x",
        "CREATE TABLE a (n BIGINT NOT NULL, k TEXT NOT NULL, PRIMARY KEY (n, k));\n"
        "CREATE TABLE b (id BIGINT NOT NULL, member_id BIGINT NOT NULL, w TEXT,\n"
        "    PRIMARY KEY (id, member_id));\n"
        "CREATE TABLE c (k TEXT NOT NULL, PRIMARY KEY (k));\n");
    struct arena *a = arena_open(1 << 20);

    IS_STR(migrate_text(a, &m, DB_SQLITE),
        "CREATE TABLE a (n INTEGER NOT NULL, k TEXT NOT NULL, PRIMARY KEY (n, k)) STRICT,"
        " WITHOUT ROWID;\n"
        "CREATE TABLE b (id INTEGER NOT NULL, member_id INTEGER NOT NULL, w TEXT,\n"
        "    PRIMARY KEY (id)) STRICT;\n"
        "CREATE TABLE c (k TEXT NOT NULL, PRIMARY KEY (k)) STRICT;\n");
    arena_close(a);
}

PURE(tables_say_their_kind)
{
    static const struct migration none[] = { MIGRATION("x", "CREATE TABLE x (id BIGINT);") };
    static const struct migration stale[] = { MIGRATION("x",
        "-- kind: config\nCREATE TABLE a (id BIGINT);\nCREATE TABLE b (id BIGINT);") };
    struct arena *a = arena_open(1 << 20);
    struct tables t;

    IS_INT(migrate_tables(a, first, 2, &t), RC_OK);
    IS_INT(t.n, 3);
    IS_STR(t.list[0].name, "shop");
    IS_INT(t.list[0].kind, TABLE_CONFIG);
    IS_INT(t.list[1].kind, TABLE_MEMBER);
    IS_TRUE(t.list[1].is_large);
    IS_INT(t.list[2].kind, TABLE_QUEUE);
    IS_FALSE(t.list[2].is_large);
    IS_INT(migrate_tables(a, none, 1, &t), RC_INVALID);
    IS_INT(migrate_tables(a, stale, 1, &t), RC_INVALID);
    arena_close(a);
}

/* ---- the catalogue ------------------------------------------------------------------------- */

/* On SQLite the key of an owned row is its id alone (migrate.c), so only PostgreSQL can tell. */
struct mistake { struct migration m; const char *why; bool is_postgres_only; };

static void is_found(struct kit *k, const struct mistake *m)
{
    struct tables t;
    const char *why = "";
    char err[256] = "";
    const char *clean = k->kind == DB_SQLITE
        ? "DROP TABLE IF EXISTS b; DROP TABLE IF EXISTS a; DROP TABLE IF EXISTS t;"
          "DROP TABLE IF EXISTS migration"
        : "DROP SCHEMA db_test CASCADE; CREATE SCHEMA db_test";

    IS_INT(db_script(k->c.db, clean), RC_OK);
    if (migrate_run(k->c.db, &m->m, 1, err) != RC_OK) FAIL_TEST("%s", err);
    IS_INT(migrate_tables(k->c.arena, &m->m, 1, &t), RC_OK);
    enum rc rc = migrate_check_kinds(k->c.db, k->c.arena, &t, &why);
    if ((rc == RC_OK) != (m->why == NULL)) FAIL_TEST("%d %s: %s", rc, m->m.sql, why);
    if (m->why != NULL && strstr(why, m->why) == NULL) FAIL_TEST("%s is not in: %s", m->why, why);
}

BOTH(the_catalogue_is_held_against_the_kinds)
{
    static const struct mistake list[] = {
        { MIGRATION("1", "-- kind: member\nCREATE TABLE a (id BIGINT NOT NULL, member_id BIGINT"
                         " NOT NULL, PRIMARY KEY (id, member_id));"
                         "CREATE INDEX a_id ON a (id);"), NULL },
        { MIGRATION("1", "-- kind: member\nCREATE TABLE a (id BIGINT NOT NULL, member_id BIGINT,"
                         " PRIMARY KEY (id));"), "a: a_pkey is unique without", true },
        { MIGRATION("1", "-- kind: lookup\nCREATE TABLE a (id BIGINT NOT NULL, PRIMARY KEY (id));"),
          NULL },
        { MIGRATION("1", "-- kind: queue by what\nCREATE TABLE a (id BIGINT NOT NULL, what TEXT"
                         " NOT NULL, PRIMARY KEY (id, what)); CREATE UNIQUE INDEX a_u ON a (id);"),
          "a: a_u is unique without what" },
        { MIGRATION("1", "-- kind: member\nCREATE TABLE a (id BIGINT NOT NULL, member_id BIGINT"
                         " NOT NULL, PRIMARY KEY (id, member_id));"
                         "CREATE UNIQUE INDEX a_u ON a (id);"), "a: a_u is unique without" },
        { MIGRATION("1", "-- kind: member\nCREATE TABLE a (id BIGINT NOT NULL, member_id BIGINT"
                         " NOT NULL, PRIMARY KEY (id, member_id));\n"
                         "-- kind: member\nCREATE TABLE b (id BIGINT NOT NULL, member_id BIGINT"
                         " NOT NULL, PRIMARY KEY (id, member_id), FOREIGN KEY (id, member_id)"
                         " REFERENCES a (id, member_id));"), NULL },
        { MIGRATION("1", "-- kind: config\nCREATE TABLE a (id BIGINT NOT NULL, PRIMARY KEY (id));\n"
                         "-- kind: member\nCREATE TABLE b (id BIGINT NOT NULL, member_id BIGINT"
                         " NOT NULL, PRIMARY KEY (id, member_id), FOREIGN KEY (id)"
                         " REFERENCES a (id));"), "b: its foreign key to a leaves the member" },
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (!list[i].is_postgres_only || k->kind == DB_POSTGRES) is_found(k, &list[i]);
}

BOTH(a_table_nobody_declared_has_no_kind)
{
    struct tables none = { 0 };
    const char *why = "";

    IS_INT(migrate_check_kinds(k->c.db, k->c.arena, &none, &why), RC_INVALID);
    NOT_NULL(strstr(why, "t: has no kind"));
}
