#include "db/list.h"

#include <string.h>
#include "db/db_kit_test.h"
#include "sql/db_test_sql.h"

enum { ROWS = 60 };

static const char *const by_number[] = { "number", "id", NULL };
static const char *const by_words[] = { "words", "number", "id", NULL };
static const char *const by_id[] = { "id", NULL }, *const words[] = { "words", NULL };

/* Few numbers and few words, so that keys decide only together. */
static void fill(struct kit *k)
{
    static const char *const some[] = { "紅茶", "Green TEA", "100%", "a_b", "axb", "\\" };
    struct sql_t_fill_row rows[ROWS];

    for (int i = 0; i < ROWS; i++)
        rows[i] = (struct sql_t_fill_row){ .id = i + 1, .number = i % 4,
                                           .words = some[i % (int)ARRAY_LEN(some)] };
    IS_INT(sql_t_fill(&k->c, rows, ROWS), RC_OK);
}

static struct db_list_rows read(struct kit *k, const struct db_list *list)
{
    struct db_list_rows out;

    IS_INT(db_list(k->c.db, k->c.arena, list, &out), RC_OK);
    return out;
}

/* A page at a time, each from where the one before ended. */
static size_t pages(struct kit *k, struct db_list list, int64_t *ids)
{
    const char *const *keys = list.keys;
    union db_cell after[DB_LIST_KEYS];
    size_t n = 0;

    for (;;) {
        struct db_list_rows got = read(k, &list);
        const struct sql_t_all_row *rows = got.rows;
        for (size_t i = 0; i < got.n; i++) ids[n++] = rows[i].id;
        if (got.n == 0) return n;
        for (size_t i = 0; keys[i]; i++)
            after[i] = db_list_cell(list.of, &rows[got.n - 1], keys[i]);
        list.after = after;
    }
}

BOTH(a_list_gives_the_same_page_by_page_as_at_once)
{
    static const char *const *const sorts[] = { by_id, by_number, by_words };
    struct sql_t_all least = { .least = 3 };

    fill(k);
    for (size_t s = 0; s < 2 * ARRAY_LEN(sorts); s++) {
        struct db_list list = { .of = &sql_def_t_all, .arg = &least, .keys = sorts[s / 2],
                                .is_ascending = s % 2 == 0, .max = 1000 };
        int64_t ids[ROWS];
        struct db_list_rows whole = read(k, &list);
        const struct sql_t_all_row *rows = whole.rows;
        IS_INT(whole.n, ROWS - 2);
        for (list.max = 1; list.max <= 7; list.max += 3) {
            IS_INT(pages(k, list, ids), ROWS - 2);
            for (size_t i = 0; i < whole.n; i++) IS_INT(ids[i], rows[i].id);
        }
    }
}

BOTH(a_list_is_sorted_up_or_down_by_all_its_keys)
{
    struct sql_t_all least = { 0 };
    struct db_list list = { .of = &sql_def_t_all, .arg = &least, .keys = by_number, .max = 1000 };

    fill(k);
    for (int up = 0; up < 2; up++) {
        list.is_ascending = up != 0;
        const struct sql_t_all_row *r = read(k, &list).rows;
        for (int i = 1; i < ROWS; i++) {
            int64_t a = r[i - 1].number * 1000 + r[i - 1].id, b = r[i].number * 1000 + r[i].id;
            IS_TRUE(up ? a < b : a > b);
        }
    }
}

BOTH(a_list_is_filtered_by_each_of_its_tests)
{
    struct sql_t_all least = { 0 };
    const struct db_list_test tests[] = {
        { "number", DB_IS, { .i64 = 2 } }, { "id", DB_FROM, { .i64 = 10 } },
        { "id", DB_TO, { .i64 = 30 } }, { "id", DB_BEFORE, { .i64 = 30 } },
        { "words", DB_IS, { .text = "紅茶" } } };
    struct db_list list = { .of = &sql_def_t_all, .arg = &least, .keys = by_id, .max = 1000 };
    const size_t each[] = { 15, 51, 30, 29, 10 };
    int64_t n;

    fill(k);
    for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
        list.tests = &tests[i];
        list.tests_n = 1;
        IS_INT(read(k, &list).n, each[i]);
        IS_INT(db_list_count(k->c.db, k->c.arena, &list, &n), RC_OK);
        IS_INT(n, each[i]);
    }
    list.tests = tests;
    list.tests_n = ARRAY_LEN(tests);
    IS_INT(read(k, &list).n, 1);               /* 19 */
    list.tests_n = 4;
    IS_INT(read(k, &list).n, 5);
}

BOTH(what_is_searched_is_a_text_and_never_a_pattern)
{
    static const struct { const char *text; size_t n; } cases[] = {
        { "tea", 10 }, { "TeA", 10 }, { "紅", 10 }, { "%", 10 }, { "_", 10 }, { "a_b", 10 },
        { "\\", 10 }, { "'; DROP TABLE t; --", 0 }, { "e", 10 }, { "x", 10 } };
    struct sql_t_all least = { 0 };
    struct db_list list = { .of = &sql_def_t_all, .arg = &least, .keys = by_id, .max = 1000,
                            .searched = words };

    fill(k);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        list.search = cases[i].text;
        if (read(k, &list).n != cases[i].n) FAIL_TEST("\"%s\" is found otherwise", cases[i].text);
    }
}

/* A made statement is no prepared one of the connection: thousands of them leave nothing. */
BOTH(a_list_runs_between_other_statements_of_a_transaction)
{
    struct sql_t_all least = { 0 };
    struct sql_t_count count = { 0 };
    struct db_list list = { .of = &sql_def_t_all, .arg = &least, .keys = by_id, .max = 5 };

    fill(k);
    IS_INT(db_begin(k->c.db), RC_OK);
    for (int i = 0; i < 50; i++) {
        IS_INT(read(k, &list).n, 5);
        IS_INT(sql_t_count(&k->c, &count), RC_OK);
        IS_INT(count.count, ROWS);
    }
    IS_INT(db_commit(k->c.db), RC_OK);
}
