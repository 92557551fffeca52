#include "db/db_kit_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIT_SCHEMA "db_test"

static void make_sqlite(struct kit *k)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(k->dir, sizeof k->dir, "%.30s/regulars-db-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    NOT_NULL(mkdtemp(k->dir));
    snprintf(k->file, sizeof k->file, "%s/db", k->dir);
    snprintf(k->url, sizeof k->url, "sqlite:%s", k->file);
}

static void make_postgres(struct kit *k)
{
    const char *url = getenv("REGULARS_TEST_PG");
    snprintf(k->url, sizeof k->url, "%.400s%coptions=-csearch_path%%3D" KIT_SCHEMA, url,
             strchr(url, '?') == NULL ? '?' : '&');
}

void kit_make(struct kit *k, enum db_kind kind)
{
    *k = (struct kit){ .kind = kind };
    if (kind == DB_SQLITE) make_sqlite(k);
    else make_postgres(k);
}

void kit_remove(struct kit *k)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[160];

    for (size_t i = 0; k->kind == DB_SQLITE && i < ARRAY_LEN(ends); i++) {
        snprintf(path, sizeof path, "%s%s", k->file, ends[i]);
        unlink(path);
    }
    if (k->kind == DB_SQLITE) rmdir(k->dir);
}

static void make_table(struct kit *k)
{
    struct db *db = k->c.db;
    if (k->kind == DB_SQLITE) {
        IS_INT(db_script(db, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, number INTEGER,"
                             " words TEXT, bytes BLOB) STRICT"), RC_OK);
        return;
    }
    IS_INT(db_script(db, "DROP SCHEMA IF EXISTS " KIT_SCHEMA " CASCADE; CREATE SCHEMA " KIT_SCHEMA
                         "; CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, number BIGINT,"
                         " words TEXT, bytes BYTEA)"), RC_OK);
}

bool kit_open(struct kit *k, enum db_kind kind)
{
    char err[256] = "";

    if (kind == DB_POSTGRES && getenv("REGULARS_TEST_PG") == NULL) return false;
    kit_make(k, kind);
    enum rc rc = db_open(&(struct db_config){ .url = k->url, .is_new_ok = true }, &k->c.db, err);
    if (rc != RC_OK) FAIL_TEST("%s", err);
    k->c.arena = arena_open(64 << 20);
    make_table(k);
    return true;
}

void kit_close(struct kit *k)
{
    db_close(k->c.db);
    arena_close(k->c.arena);
    kit_remove(k);
}

void kit_each(void (*body)(struct kit *k))
{
    for (enum db_kind kind = DB_SQLITE; kind <= DB_POSTGRES; kind++) {
        struct kit k;
        if (!kit_open(&k, kind)) continue;
        body(&k);
        kit_close(&k);
    }
}

struct db *kit_connect(const struct kit *k)
{
    char err[256] = "";
    struct db *db = NULL;
    struct db_config cfg = { .url = k->url, .is_readonly = k->kind == DB_SQLITE };
    if (db_open(&cfg, &db, err) != RC_OK) FAIL_TEST("%s", err);
    return db;
}

int64_t kit_i64(struct db *db, const char *sql)
{
    int64_t v = 0;
    IS_INT(db_script_i64(db, sql, &v), RC_OK);
    return v;
}
