#include "core/door/list_private.h"

#include <string.h>
#include "base/embedded.h"
#include "core/feature.h"
#include "db/explain_test.h"
#include "db/migrate.h"
#include "migrations.h"
#include "sql/config_sql.h"
#include "test/harness/test.h"

/* ---- places ---- */

static const char *const keys[] = { "name", "id", NULL };
static const struct db_list ask = { .of = &sql_def_config_object_list, .keys = keys };

TEST(a_place_in_a_list_is_read_as_it_was_written)
{
    static const char *const names[] = { "", "a", "紅茶.-", "x.y-z", "\x01 \xf0\x9f\x8d\xb5" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct sql_config_object_list_row row = { .id = INT64_MAX - (int64_t)i, .name = names[i] };
        const char *place = list_place(c->arena, &ask, "-name", &row);
        const union db_cell *cells = list_place_read(c->arena, &ask, "-name", place);
        if (!cells) FAIL_TEST("%s is not read", place);
        IS_STR(cells[0].text, names[i]);
        IS_INT(cells[1].i64, row.id);
        IS_NULL(list_place_read(c->arena, &ask, "name", place));
    }
}

TEST(what_is_no_place_in_a_list_is_none)
{
    static const char *const texts[] = {
        "", "-name", "-name.", "-name.61", "-name.61.", "-name.61.x", "-name.61.5.", "-name.61.5.6",
        "-name.6.5", "-name.6g.5", "-name.ff.5", "-name.00.5", "-name.61.99999999999999999999",
        "-name.61.-9223372036854775808", "-names.61.5", "61.5", "-name61.5", "-name.6A.5" };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (list_place_read(c->arena, &ask, "-name", texts[i]))
            FAIL_TEST("\"%s\" is taken for a place", texts[i]);
}

/* ---- plans ---- */

static void read_tables(struct ctx *c, struct tables *out)
{
    static struct migration list[256];

    for (size_t i = 0; i < migrations_n && i < ARRAY_LEN(list); i++)
        list[i] = (struct migration){ migrations[i].name, (const char *)migrations[i].data,
                                      migrations[i].len };
    IS_INT(migrate_tables(c->arena, list, migrations_n, out), RC_OK);
}

TEST(no_list_scans_a_large_table_however_it_is_asked)
{
    struct tables tables;
    struct explain x = { .db = c->db, .arena = c->arena, .tables = &tables };
    struct db_list example;
    const char *why;
    int lists_n = 0;

    read_tables(c, &tables);
    db_rollback(c->db);
    for (size_t i = 0; features[i]; i++) {
        for LIST_EACH(k, features[i]->routes) {
            const struct list *list = features[i]->routes->items[k].list;
            if (!list) continue;
            lists_n++;
            for (size_t n = 0; list_example(c->arena, list, n, &example); n++)
                if (explain_one(&x, db_list_sql(db_kind(c->db), c->arena, &example), &why) != RC_OK)
                    FAIL_TEST("%s, %zu: %s", features[i]->routes->items[k].path, n, why);
        }
    }
    IS_TRUE(lists_n > 10);
}
