/* The product's own migrations and statements, on each engine: they apply, the tables keep what
 * their kinds promise, every statement fits, none scans a large table. */
#include <stdio.h>
#include "base/embedded.h"
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
