/* The catalogue against what the tables say of themselves: what sharding by member will demand. */
#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/str.h"
#include "db/migrate.h"

/* Each query gives table, thing, and a flag (0 or 1) or, of a unique index, its columns.  On SQLite
 * the key of an owned row is its id alone (migrate.c). */
static const char sqlite_tables[] =
    "SELECT name, 'the table', strict FROM pragma_table_list"
    " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    " ORDER BY name";
static const char sqlite_unique[] =
    "SELECT m.name, i.name, ' ' || GROUP_CONCAT(c.name, ' ') || ' ' FROM sqlite_schema AS m,"
    " pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c"
    " WHERE m.type = 'table' AND i.\"unique\" GROUP BY m.name, i.name"
    " UNION ALL"
    " SELECT m.name, 'primary key', ' ' || GROUP_CONCAT(c.name, ' ') ||"
    " CASE WHEN MAX(c.name = 'id') THEN ' member_id ' ELSE ' ' END FROM sqlite_schema AS m,"
    " pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.pk > 0 GROUP BY m.name";
static const char sqlite_foreign[] =
    "SELECT m.name, f.\"table\", MAX(f.\"from\" = 'member_id'"
    " AND COALESCE(f.\"to\", f.\"from\") = 'member_id') FROM sqlite_schema AS m,"
    " pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'"
    " GROUP BY m.name, f.id, f.\"table\"";

static const char postgres_tables[] =
    "SELECT relname, 'the table', 1 FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = CAST(current_schema() AS regnamespace) ORDER BY relname";
static const char postgres_unique[] =
    "SELECT c.relname, i.relname, ' ' || STRING_AGG(a.attname, ' ') || ' '"
    " FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i"
    " ON i.oid = x.indexrelid JOIN pg_attribute AS a ON a.attrelid = i.oid WHERE x.indisunique"
    " AND c.relnamespace = CAST(current_schema() AS regnamespace) GROUP BY c.relname, i.relname";
static const char postgres_foreign[] =
    "SELECT c.relname, f.relname, MAX(CASE WHEN a.attname = 'member_id' AND b.attname = 'member_id'"
    " THEN 1 ELSE 0 END) FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid"
    " JOIN pg_class AS f ON f.oid = k.confrelid, unnest(k.conkey, k.confkey) AS u (x, y),"
    " pg_attribute AS a, pg_attribute AS b WHERE k.contype = 'f' AND a.attrelid = k.conrelid"
    " AND a.attnum = u.x AND b.attrelid = k.confrelid AND b.attnum = u.y"
    " AND c.relnamespace = CAST(current_schema() AS regnamespace)"
    " GROUP BY k.oid, c.relname, f.relname";

struct check { struct db *db; struct arena *a; const struct tables *tables; struct buf why; };

static const struct table_info *find(const struct check *k, const char *name)
{
    for (size_t i = 0; i < k->tables->n; i++)
        if (str_eq(k->tables->list[i].name, name)) return &k->tables->list[i];
    return NULL;
}

static bool is_member(const struct check *k, const char *name)
{
    const struct table_info *t = find(k, name);
    return t != NULL && t->kind == TABLE_MEMBER;
}

typedef void row_check(struct check *k, const char *const *row);

static void table_row(struct check *k, const char *const *row)
{
    bool is_ours = str_eq(row[0], "migration");          /* the migrator's own */
    if (!is_ours && find(k, row[0]) == NULL) buf_addf(&k->why, "%s: has no kind\n", row[0]);
    if (!str_eq(row[2], "1")) buf_addf(&k->why, "%s: is not STRICT\n", row[0]);
}

static void unique_row(struct check *k, const char *const *row)
{
    const struct table_info *t = find(k, row[0]);

    if (t == NULL || t->by == NULL) return;
    if (strstr(row[2], arena_printf(k->a, " %s ", t->by)) == NULL)
        buf_addf(&k->why, "%s: %s is unique without %s\n", row[0], row[1], t->by);
}

static void foreign_row(struct check *k, const char *const *row)
{
    if (!is_member(k, row[0]) || !is_member(k, row[1]) || !str_eq(row[2], "1"))
        buf_addf(&k->why, "%s: its foreign key to %s leaves the member\n", row[0], row[1]);
}

static enum rc walk(struct check *k, const char *sql, row_check *each)
{
    struct db_table t;
    enum rc rc = db_script_table(k->db, k->a, sql, &t);

    for (size_t i = 0; rc == RC_OK && i < t.rows; i++) each(k, t.cells + i * 3);
    return rc;
}

enum rc migrate_check_kinds(struct db *db, struct arena *a, const struct tables *tables,
                            const char **why)
{
    struct check k = { .db = db, .a = a, .tables = tables };
    bool is_sqlite = db_kind(db) == DB_SQLITE;

    buf_init(&k.why, a, 1 << 20);
    enum rc rc = walk(&k, is_sqlite ? sqlite_tables : postgres_tables, table_row);
    if (rc == RC_OK) rc = walk(&k, is_sqlite ? sqlite_unique : postgres_unique, unique_row);
    if (rc == RC_OK) rc = walk(&k, is_sqlite ? sqlite_foreign : postgres_foreign, foreign_row);
    *why = buf_cstr(&k.why);
    return rc == RC_OK && **why != '\0' ? RC_INVALID : rc;
}
