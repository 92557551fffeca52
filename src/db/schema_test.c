/* The product's own migrations and statements, on each engine: they apply, the tables keep what
 * their kinds promise, every statement fits, none scans a large table. */
#include <stdio.h>
#include "base/embedded.h"
#include "base/str.h"
#include "db/db_kit_test.h"
#include "db/explain_test.h"
#include "db/migrate.h"
#include "migrations.h"

/* Sums over all the books, for a person at the command line. */
static const char *const may_scan[] = {
    "totals_sales", "totals_postings", "totals_lots", "totals_tiers", "totals_moves", NULL
};

static struct migration list[256];

static void migrate_fresh(struct kit *k)
{
    char err[256] = "";

    for (size_t i = 0; i < migrations_n && i < ARRAY_LEN(list); i++)
        list[i] = (struct migration){ migrations[i].name, (const char *)migrations[i].data,
                                      migrations[i].len };
    IS_INT(db_script(k->c.db, "DROP TABLE t"), RC_OK);
    if (migrate_run(k->c.db, list, migrations_n, err) != RC_OK) FAIL_TEST("%s", err);
}

static void migrate_again(struct kit *k)
{
    char err[256] = "";

    if (migrate_run(k->c.db, list, migrations_n, err) != RC_OK) FAIL_TEST("%s", err);
}

BOTH(tables_keep_what_their_kinds_promise)
{
    struct tables tables;
    const char *why = "";

    migrate_fresh(k);
    IS_INT(migrate_tables(k->c.arena, list, migrations_n, &tables), RC_OK);
    if (migrate_check_kinds(k->c.db, k->c.arena, &tables, &why) != RC_OK) FAIL_TEST("%s", why);
}

BOTH(every_statement_fits_the_tables)
{
    migrate_fresh(k);
    if (db_prepare_all(k->c.db) != RC_OK) FAIL_TEST("%s", db_error(k->c.db));
}

BOTH(no_statement_scans_a_large_table)
{
    struct tables tables;
    struct explain x = { .db = k->c.db, .arena = k->c.arena, .tables = &tables,
                         .may_scan = may_scan };
    const char *why = "";

    migrate_fresh(k);
    IS_INT(migrate_tables(k->c.arena, list, migrations_n, &tables), RC_OK);
    if (explain_all(&x, &why) != RC_OK) FAIL_TEST("\n%s", why);
}

/* Two functions stand in for the extension and write down what they are told. */
BOTH(on_citus_every_table_is_distributed_as_it_says)
{
    static const char stand_in[] =
        "CREATE TABLE told (n BIGSERIAL, name TEXT, col TEXT, beside TEXT);"
        "CREATE FUNCTION create_distributed_table(t regclass, c TEXT, colocate_with TEXT)"
        " RETURNS void LANGUAGE sql AS 'INSERT INTO told (name, col, beside) VALUES"
        " (CAST(t AS TEXT), c, colocate_with)';"
        "CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS"
        " 'INSERT INTO told (name) VALUES (CAST(t AS TEXT))'";
    struct tables tables;
    struct db_table told;

    if (k->kind == DB_SQLITE) return;
    IS_INT(db_script(k->c.db, stand_in), RC_OK);
    migrate_fresh(k);
    IS_INT(migrate_tables(k->c.arena, list, migrations_n, &tables), RC_OK);
    IS_INT(db_script_table(k->c.db, k->c.arena, "SELECT name, COALESCE(col, ''),"
                           " COALESCE(beside, '') FROM told ORDER BY n", &told), RC_OK);
    IS_INT(told.rows, tables.n);
    for (size_t i = 0; i < told.rows; i++) {
        const struct table_info *t = &tables.list[i];
        const char *const *row = told.cells + i * 3;
        IS_STR(row[0], t->name);
        IS_STR(row[1], t->by ? t->by : "");
        IS_STR(row[2], !t->by ? "" : str_eq(t->by, "member_id") && !str_eq(t->name, "member")
                                   ? "member" : "none");
    }
    /* A second start distributes nothing again. */
    migrate_again(k);
    IS_INT(kit_i64(k->c.db, "SELECT COUNT(*) FROM told"), tables.n);
}

BOTH(no_statement_asks_what_may_lie_apart)
{
    struct tables tables;
    struct explain x = { .db = k->c.db, .arena = k->c.arena, .tables = &tables };
    const char *why = "";

    migrate_fresh(k);
    IS_INT(migrate_tables(k->c.arena, list, migrations_n, &tables), RC_OK);
    if (explain_apart(&x, &why) != RC_OK) FAIL_TEST("\n%s", why);
}
