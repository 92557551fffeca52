#include "db/db.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "db/db_kit_test.h"
#include "db/db_sqlite.h"
#include "db/db_sqlite_private.h"
#include "sql/db_test_sql.h"

/* ---- values -------------------------------------------------------------------------------- */

static void number_comes_back(struct kit *k, int64_t number)
{
    struct sql_t_put p = { .id = 1, .number = number, .words = "x", .bytes = { "", 0 } };
    struct sql_t_get g = { .id = 1 };

    IS_INT(sql_t_clear(&k->c), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_get(&k->c, &g), RC_OK);
    IS_INT(g.number, number);
}

BOTH(numbers_come_back_over_the_whole_range)
{
    static const int64_t numbers[] = { 0, 1, -1, 127, -128, 255, 256, INT32_MAX, INT32_MIN,
        INT64_C(1) << 40, INT64_MAX, INT64_MAX - 1, INT64_MIN + 1, SQL_NULL };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) number_comes_back(k, numbers[i]);
}

BOTH(what_is_absent_comes_back_absent)
{
    struct sql_t_put p = { .id = 1, .number = SQL_NULL };
    struct sql_t_get g = { .id = 1, .number = 5, .words = "before" };

    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_get(&k->c, &g), RC_OK);
    IS_INT(g.number, SQL_NULL);
    IS_NULL(g.words);
    IS_NULL(g.bytes.p);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t WHERE words IS NULL AND bytes IS NULL"), 1);
}

BOTH(empty_text_and_empty_bytes_are_not_absent)
{
    struct sql_t_put p = { .id = 1, .number = 0, .words = "", .bytes = { "", 0 } };
    struct sql_t_get g = { .id = 1 };

    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_get(&k->c, &g), RC_OK);
    IS_STR(g.words, "");
    NOT_NULL(g.bytes.p);
    IS_INT(g.bytes.n, 0);
}

BOTH(bytes_and_unicode_come_back_as_they_were)
{
    unsigned char all[256];
    struct sql_t_get g = { .id = 1 };

    for (int i = 0; i < 256; i++) all[i] = (unsigned char)i;
    struct sql_t_put p = { .id = 1, .number = 1, .words = "會員 'x'; -- \xf0\x9f\x8e\x81",
                           .bytes = { all, sizeof all } };
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_get(&k->c, &g), RC_OK);
    IS_STR(g.words, p.words);
    IS_INT(g.bytes.n, sizeof all);
    IS_INT(memcmp(g.bytes.p, all, sizeof all), 0);
}

BOTH(a_missing_parameter_is_refused_before_it_runs)
{
    struct sql_t_claim v = { .id = 1, .words = NULL };

    IS_INT(sql_t_claim(&k->c, &v), RC_INTERNAL);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 0);
}

BOTH(a_null_in_a_column_declared_without_is_an_error)
{
    struct sql_t_put p = { .id = 1, .number = SQL_NULL, .words = "x" };
    struct sql_t_strict s = { .id = 1 };

    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_strict(&k->c, &s), RC_INTERNAL);
    NOT_NULL(strstr(db_error(k->c.db), "t_strict"));
    NOT_NULL(strstr(db_error(k->c.db), "number"));
}

/* ---- kinds --------------------------------------------------------------------------------- */

BOTH(one_says_when_there_is_none_and_when_there_are_several)
{
    struct sql_t_get g = { .id = 1 };
    struct sql_t_many many = { 0 };
    struct sql_t_fill_row rows[] = { { 1, 1, "a" }, { 2, 2, "b" } };

    IS_INT(sql_t_get(&k->c, &g), RC_NOT_FOUND);
    IS_INT(sql_t_many(&k->c, &many), RC_NOT_FOUND);
    IS_INT(sql_t_fill(&k->c, rows, 2), RC_OK);
    IS_INT(sql_t_many(&k->c, &many), RC_INTERNAL);
}

BOTH(one_that_breaks_a_unique_key_is_a_conflict)
{
    struct sql_t_claim v = { .id = 1, .words = "a" };

    IS_INT(sql_t_claim(&k->c, &v), RC_OK);
    IS_INT(sql_t_claim(&k->c, &v), RC_CONFLICT);
    IS_INT(v.id, 1);
}

BOTH(exec_that_breaks_a_unique_key_is_internal)
{
    struct sql_t_put p = { .id = 1, .number = 1 };

    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_INTERNAL);
    IS_INT(db_begin(k->c.db), RC_OK);
    if (sql_t_put(&k->c, &p) == RC_OK) IS_INT(db_sync(k->c.db), RC_INTERNAL);
    db_rollback(k->c.db);
}

BOTH(each_gives_every_row_in_order_and_none_as_none)
{
    struct sql_t_fill_row rows[100];
    struct sql_t_list list = { .least = 10, .most = 89 };

    for (int i = 0; i < 100; i++) rows[i] = (struct sql_t_fill_row){ i, i % 3 ? i : SQL_NULL, "w" };
    IS_INT(sql_t_fill(&k->c, rows, 100), RC_OK);
    IS_INT(sql_t_list(&k->c, &list), RC_OK);
    IS_INT(list.n, 80);
    for (size_t i = 0; i < list.n; i++) {
        IS_INT(list.rows[i].id, 10 + (int64_t)i);
        IS_INT(list.rows[i].number, list.rows[i].id % 3 ? list.rows[i].id : SQL_NULL);
        IS_STR(list.rows[i].words, "w");
    }
    list = (struct sql_t_list){ .least = 1000, .most = 2000 };
    IS_INT(sql_t_list(&k->c, &list), RC_OK);
    IS_INT(list.n, 0);
}

BOTH(each_may_change_rows_and_return_them)
{
    struct sql_t_claim v = { .id = 1, .words = "a" };
    struct sql_t_take take = { .number = 7, .id = 1 };

    IS_INT(sql_t_claim(&k->c, &v), RC_OK);
    IS_INT(sql_t_take(&k->c, &take), RC_OK);
    IS_INT(take.n, 1);
    IS_INT(kit_i64(k->c.db, "SELECT number FROM t"), 7);
}

BOTH(a_statement_may_have_a_body_for_each_engine)
{
    struct sql_t_engine v = { .seed = 41 };

    IS_INT(sql_t_engine(&k->c, &v), RC_OK);
    IS_STR(v.engine, k->kind == DB_SQLITE ? "sqlite :no" : "postgres :no");
    IS_INT(v.seed, 41);
}

BOTH(declared_columns_must_be_those_that_come_back)
{
    struct sql_t_swapped swapped = { .id = 1 };
    struct sql_t_untyped untyped = { .id = 1 };

    IS_INT(sql_t_swapped(&k->c, &swapped), RC_INTERNAL);
    NOT_NULL(strstr(db_error(k->c.db), "t_swapped"));
    IS_INT(sql_t_untyped(&k->c, &untyped), RC_INTERNAL);
    NOT_NULL(strstr(db_error(k->c.db), "t_untyped"));
}

/* ---- rows and the eye ---------------------------------------------------------------------- */

struct seen { int n; size_t rows[16]; int64_t first[16]; int stop_at; enum rc answer; };

static enum rc see(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct seen *seen = arg;
    const struct sql_t_fill_row *first = row;

    if (++seen->n == seen->stop_at) return seen->answer;
    if (d != &sql_def_t_fill || seen->n > 16) return RC_OK;
    seen->rows[seen->n - 1] = rows;
    seen->first[seen->n - 1] = first->id;
    return RC_OK;
}

BOTH(rows_travel_as_sixteen_four_and_one)
{
    struct sql_t_fill_row rows[39];
    struct seen seen = { 0 };
    static const size_t wanted[] = { 16, 16, 4, 1, 1, 1 };

    for (int i = 0; i < 39; i++) rows[i] = (struct sql_t_fill_row){ i + 1, i * 2, "w" };
    db_watch(k->c.db, see, &seen);
    IS_INT(sql_t_fill(&k->c, rows, 39), RC_OK);
    db_watch(k->c.db, NULL, NULL);
    IS_INT(seen.n, 6);
    for (int i = 0; i < 6; i++) IS_INT(seen.rows[i], wanted[i]);
    IS_INT(seen.first[2], 33);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t WHERE number = (id - 1) * 2"), 39);
    IS_INT(sql_t_fill(&k->c, rows, 0), RC_OK);
}

BOTH(an_eye_breaks_the_nth_statement_and_nothing_runs_after_it)
{
    struct sql_t_put p = { .id = 1, .number = 1 };
    struct seen seen = { .stop_at = 2, .answer = RC_INTERNAL };

    IS_INT(db_begin(k->c.db), RC_OK);
    db_watch(k->c.db, see, &seen);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    p.id = 2;
    IS_INT(sql_t_put(&k->c, &p), RC_INTERNAL);
    p.id = 3;
    IS_INT(sql_t_put(&k->c, &p), RC_INTERNAL);
    db_watch(k->c.db, NULL, NULL);
    IS_INT(seen.n, 2);
    IS_INT(db_commit(k->c.db), RC_INTERNAL);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 0);
}

/* ---- transactions -------------------------------------------------------------------------- */

BOTH(commit_keeps_and_rollback_takes_back)
{
    struct sql_t_put p = { .id = 1, .number = 1 };

    IS_INT(db_begin(k->c.db), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_TRUE(db_in_transaction(k->c.db));
    IS_INT(db_commit(k->c.db), RC_OK);
    IS_FALSE(db_in_transaction(k->c.db));
    p.id = 2;
    IS_INT(db_begin(k->c.db), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    db_rollback(k->c.db);
    IS_INT(kit_i64(k->c.db, "SELECT SUM(id) FROM t"), 1);
}

BOTH(a_savepoint_takes_back_only_its_own)
{
    struct sql_t_put p = { .id = 1, .number = 1 };

    IS_INT(db_begin(k->c.db), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(db_savepoint(k->c.db), RC_OK);
    p.id = 2;
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    struct sql_t_claim again = { .id = 1, .words = "again" };
    IS_INT(sql_t_claim(&k->c, &again), RC_CONFLICT);
    IS_INT(sql_t_claim(&k->c, &again), RC_CONFLICT);      /* and nothing else runs either */
    IS_INT(db_rollback_to(k->c.db), RC_OK);
    IS_INT(db_release(k->c.db), RC_OK);
    p.id = 4;
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(db_commit(k->c.db), RC_OK);
    IS_INT(kit_i64(k->c.db, "SELECT SUM(id) FROM t"), 5);
}

BOTH(a_failed_transaction_cannot_be_committed)
{
    struct sql_t_put p = { .id = 1, .number = 1 };
    struct sql_t_claim again = { .id = 1, .words = "again" };

    IS_INT(db_begin(k->c.db), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_claim(&k->c, &again), RC_CONFLICT);
    IS_INT(db_commit(k->c.db), RC_CONFLICT);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 0);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);                   /* and the connection lives on */
}

BOTH(asked_statements_say_each_what_they_found)
{
    struct sql_t_put p = { .id = 1, .number = 11, .words = "one" };
    struct sql_t_get found = { .id = 1 }, missing = { .id = 2 };
    struct sql_t_list list = { .least = 0, .most = 9 };

    IS_INT(db_begin(k->c.db), RC_OK);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    sql_t_get_ask(&k->c, &found);
    sql_t_get_ask(&k->c, &missing);
    sql_t_list_ask(&k->c, &list);
    IS_INT(db_sync(k->c.db), RC_OK);
    IS_INT(found.rc, RC_OK);
    IS_INT(found.number, 11);
    IS_INT(missing.rc, RC_NOT_FOUND);
    IS_INT(list.rc, RC_OK);
    IS_INT(list.n, 1);
    IS_INT(db_commit(k->c.db), RC_OK);
}

BOTH(an_asked_conflict_shows_at_the_sync_and_spoils_what_follows)
{
    struct sql_t_claim a = { .id = 1, .words = "a" }, b = { .id = 1, .words = "b" };
    struct sql_t_get after = { .id = 1 };

    IS_INT(db_begin(k->c.db), RC_OK);
    sql_t_claim_ask(&k->c, &a);
    sql_t_claim_ask(&k->c, &b);
    sql_t_get_ask(&k->c, &after);
    IS_INT(db_sync(k->c.db), RC_CONFLICT);
    IS_INT(a.rc, RC_OK);
    IS_INT(b.rc, RC_CONFLICT);
    IS_INT(after.rc, RC_CONFLICT);
    db_rollback(k->c.db);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 0);
}

BOTH(asking_without_a_sync_is_no_success)
{
    struct sql_t_get g = { .id = 1 };

    IS_INT(db_begin(k->c.db), RC_OK);
    sql_t_get_ask(&k->c, &g);
    IS_INT(db_commit(k->c.db), RC_INTERNAL);
}

BOTH(a_read_transaction_sees_one_moment)
{
    struct sql_t_put p = { .id = 1, .number = 1 };
    struct db *other = kit_connect(k);
    struct ctx reader = { .arena = k->c.arena, .db = other };
    struct sql_t_count count = { 0 };

    IS_INT(db_begin_read(other), RC_OK);
    IS_INT(sql_t_count(&reader, &count), RC_OK);
    IS_INT(count.count, 0);
    IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(sql_t_count(&reader, &count), RC_OK);
    IS_INT(count.count, 0);
    IS_INT(db_commit(other), RC_OK);
    IS_INT(sql_t_count(&reader, &count), RC_OK);
    IS_INT(count.count, 1);
    db_close(other);
}

BOTH(a_script_has_several_statements_and_tables_have_cells)
{
    struct db_table t;

    IS_INT(db_script(k->c.db, "INSERT INTO t (id, number) VALUES (1, 10); -- a comment; here\n"
                              "INSERT INTO t (id, words) VALUES (2, 'b;c');"), RC_OK);
    IS_INT(db_script_table(k->c.db, k->c.arena, "SELECT number, words FROM t ORDER BY id", &t),
           RC_OK);
    IS_INT(t.rows, 2);
    IS_INT(t.cols, 2);
    IS_STR(t.cells[0], "10");
    IS_NULL(t.cells[1]);
    IS_STR(t.cells[3], "b;c");
    IS_INT(db_script(k->c.db, "SELECT nonsense FROM nowhere"), RC_INTERNAL);
}

BOTH(more_statements_than_the_pipeline_remembers_are_no_trouble)
{
    struct sql_t_put p = { .number = 1, .words = "many" };

    IS_INT(db_begin(k->c.db), RC_OK);
    for (p.id = 1; p.id <= 2000; p.id++) IS_INT(sql_t_put(&k->c, &p), RC_OK);
    IS_INT(db_commit(k->c.db), RC_OK);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM t"), 2000);
}

/* ---- one engine's own ---------------------------------------------------------------------- */

PURE(a_transaction_on_postgres_takes_two_round_trips)
{
    struct kit k;
    struct sql_t_put p = { .id = 1, .number = 1 };

    if (!kit_open(&k, DB_POSTGRES)) return;
    for (int64_t id = 1; id <= 2; id++) {          /* the first also prepares, in the same trips */
        int64_t before = db_round_trips(k.c.db);
        struct sql_t_get a = { .id = id }, b = { .id = 99 };
        IS_INT(db_begin(k.c.db), RC_OK);
        sql_t_get_ask(&k.c, &a);
        sql_t_get_ask(&k.c, &b);
        IS_INT(db_sync(k.c.db), RC_OK);
        for (int i = 0; i < 12; i++) {
            p.id = id * 100 + i;
            IS_INT(sql_t_put(&k.c, &p), RC_OK);
        }
        IS_INT(db_commit(k.c.db), RC_OK);
        IS_INT(db_round_trips(k.c.db) - before, 2);
    }
    kit_close(&k);
}

PURE(postgres_comes_back_after_its_connection_was_cut)
{
    struct kit k;
    struct sql_t_put p = { .id = 1, .number = 1 };

    if (!kit_open(&k, DB_POSTGRES)) return;
    struct db *other = kit_connect(&k);
    IS_INT(db_begin(k.c.db), RC_OK);
    IS_INT(sql_t_put(&k.c, &p), RC_OK);
    IS_INT(db_sync(k.c.db), RC_OK);
    IS_INT(db_script(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                            " pid <> pg_backend_pid() AND datname = current_database()"), RC_OK);
    IS_INT(db_commit(k.c.db), RC_BUSY);
    IS_INT(db_failure(k.c.db), DB_LOST);
    IS_INT(db_begin(k.c.db), RC_OK);
    IS_INT(sql_t_put(&k.c, &p), RC_OK);
    IS_INT(db_commit(k.c.db), RC_OK);
    IS_INT(kit_i64(other, "SELECT COUNT(*) FROM t"), 1);
    db_close(other);
    kit_close(&k);
}

PURE(postgres_gives_busy_for_a_deadlock)
{
    struct kit k;
    struct sql_t_fill_row rows[] = { { 1, 1, "a" }, { 2, 2, "b" } };

    if (!kit_open(&k, DB_POSTGRES)) return;
    struct db *other = kit_connect(&k);
    struct ctx second = { .arena = k.c.arena, .db = other };
    struct sql_t_take x1 = { .number = 5, .id = 1 }, x2 = { .number = 5, .id = 2 };
    IS_INT(sql_t_fill(&k.c, rows, 2), RC_OK);
    IS_INT(db_script(other, "SET lock_timeout = 100"), RC_OK);
    IS_INT(db_begin(k.c.db), RC_OK);
    IS_INT(db_begin(other), RC_OK);
    IS_INT(sql_t_take(&k.c, &x1), RC_OK);
    IS_INT(sql_t_take(&second, &x2), RC_OK);
    IS_INT(sql_t_take(&second, &x1), RC_BUSY);
    IS_INT(db_failure(other), DB_BUSY);
    db_rollback(other);
    IS_INT(db_commit(k.c.db), RC_OK);
    db_close(other);
    kit_close(&k);
}

PURE(sqlite_below_the_fixed_version_is_refused)
{
    IS_FALSE(db_sqlite_version_ok(3040001));
    IS_FALSE(db_sqlite_version_ok(3051002));
    IS_TRUE(db_sqlite_version_ok(3051003));
    IS_TRUE(db_sqlite_version_ok(3053002));
}

PURE(a_second_writer_of_one_file_is_refused)
{
    struct kit k;
    struct db *second = NULL;
    char err[256] = "";

    IS_TRUE(kit_open(&k, DB_SQLITE));
    IS_INT(db_open(&(struct db_config){ .url = k.url }, &second, err), RC_BUSY);
    NOT_NULL(strstr(err, "another regulars"));
    IS_NULL(second);
    struct db *reader = kit_connect(&k);                 /* readers are welcome */
    IS_INT(kit_i64(reader, "SELECT COUNT(*) FROM t"), 0);
    IS_INT(db_script(reader, "INSERT INTO t (id) VALUES (1)"), RC_INTERNAL);
    db_close(reader);
    kit_close(&k);
}

PURE(a_missing_file_is_made_only_when_asked_to)
{
    struct kit k;
    struct db *db = NULL;
    char err[256] = "";

    kit_make(&k, DB_SQLITE);
    IS_TRUE(db_open(&(struct db_config){ .url = k.url }, &db, err) != RC_OK);
    IS_INT(access(k.file, F_OK), -1);
    IS_INT(db_open(&(struct db_config){ .url = k.url, .is_new_ok = true }, &db, err), RC_OK);
    IS_INT(kit_i64(db, "PRAGMA synchronous"), 2);
    IS_INT(kit_i64(db, "PRAGMA wal_autocheckpoint"), 0);
    db_close(db);
    kit_remove(&k);
}

PURE(a_url_of_neither_engine_is_refused)
{
    struct db *db = NULL;
    char err[256] = "";
    IS_INT(db_open(&(struct db_config){ .url = "mysql://x" }, &db, err), RC_INVALID);
    IS_TRUE(err[0] != '\0');
}

/* However it is called, it is one file. */
PURE(a_file_has_one_writer_under_whatever_name)
{
    char other[sizeof ((struct kit *)0)->file + 8], url[sizeof other + 8], err[256] = "";
    struct kit k;
    struct db *db = NULL;

    IS_TRUE(kit_open(&k, DB_SQLITE));
    snprintf(other, sizeof other, "%s.alias", k.file);
    snprintf(url, sizeof url, "sqlite:%s", other);
    IS_INT(symlink(k.file, other), 0);
    IS_INT(db_open(&(struct db_config){ .url = url }, &db, err), RC_BUSY);
    NOT_NULL(strstr(err, "another regulars"));
    unlink(other);
    IS_INT(link(k.file, other), 0);
    IS_INT(db_open(&(struct db_config){ .url = url }, &db, err), RC_BUSY);
    NOT_NULL(strstr(err, "hard link"));
    unlink(other);
    IS_INT(kit_i64(k.c.db, "SELECT COUNT(*) FROM t"), 0);
    kit_close(&k);
}

/* Whoever else opens it, in this process or another. */
PURE(the_lock_lies_on_the_file_itself)
{
    char err[256] = "";
    struct kit k;
    struct db *db = NULL;
    int fd;

    kit_make(&k, DB_SQLITE);
    IS_INT(db_open(&(struct db_config){ .url = k.url, .is_new_ok = true }, &db, err), RC_OK);
    fd = open(k.file, O_RDONLY | O_CLOEXEC);
    IS_INT(flock(fd, LOCK_EX | LOCK_NB), -1);
    db_close(db);
    IS_INT(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
    kit_remove(&k);
}

PURE(a_file_of_another_program_is_left_alone)
{
    char err[256] = "", head[20] = "";
    struct kit k;
    struct db *db = NULL;
    sqlite3 *theirs;

    kit_make(&k, DB_SQLITE);
    IS_INT(sqlite3_open(k.file, &theirs), SQLITE_OK);
    IS_INT(sqlite3_exec(theirs, "CREATE TABLE theirs (id)", NULL, NULL, NULL), SQLITE_OK);
    IS_INT(sqlite3_close(theirs), SQLITE_OK);
    IS_TRUE(db_open(&(struct db_config){ .url = k.url, .is_new_ok = true }, &db, err) != RC_OK);
    NOT_NULL(strstr(err, "another program's"));
    FILE *file = fopen(k.file, "rbe");
    IS_INT(fread(head, 1, sizeof head, file), sizeof head);
    fclose(file);
    IS_INT(head[18], 1);                    /* its journal is as it was */
    kit_remove(&k);
}

static int compiled_again(const struct kit *k)
{
    const struct db_sqlite *q = (const struct db_sqlite *)k->c.db;
    int n = 0;

    for (int i = 0; i < q->slots_n; i++)
        if (q->slots[i].stmt[0])
            n += sqlite3_stmt_status(q->slots[i].stmt[0], SQLITE_STMTSTATUS_REPREPARE, 0);
    return n;
}

PURE(a_statement_is_compiled_once_whatever_its_limit)
{
    struct kit k;

    IS_TRUE(kit_open(&k, DB_SQLITE));
    for (int64_t max = 1; max < 20; max++) {
        struct sql_t_first v = { .max = max };
        IS_INT(sql_t_first(&k.c, &v), RC_OK);
    }
    IS_INT(compiled_again(&k), 0);
    kit_close(&k);
}

PURE(an_address_is_shown_without_its_password)
{
    static const struct { const char *url, *shown; } t[] = {
        { "sqlite:/tmp/a:b@c.db?x", "sqlite:/tmp/a:b@c.db?x" },
        { "postgres://host/db", "postgres://host/db" },
        { "postgres://me@host:5432/db", "postgres://me@host:5432/db" },
        { "postgres://me:se@cr:et@host:5432/db", "postgres://me:***@host:5432/db" },
        { "postgresql://me:secret@/db?host=/run&password=secret", "postgresql://me:***@/db" },
        { "postgres:///db?password=secret", "postgres:///db" },
    };
    char shown[DB_URL_SHOWN_MAX];

    for (size_t i = 0; i < ARRAY_LEN(t); i++) IS_STR(db_url_shown(t[i].url, shown), t[i].shown);
}
