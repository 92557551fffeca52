/* A database with one altered figure does not check: of a member with everything, each figure is
 * altered in turn, and each row taken away.  REGULARS_CHECK_ALL=1 tries every row of every table,
 * otherwise a few of each. */
#include "core/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ledger/unit.h"
#include "core/member/member.h"
#include "db/migrate.h"
#include "migrations.h"
#include "sql/task_sql.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

/* ---- a member with everything ---------------------------------------------------------------- */

static void publish(struct ctx *c)
{
    int64_t id;

    c->now = shop_at(c, "2025-01-01T00:00");
    shop_basics(c);
    IS_INT(unit_create(c, &(struct unit_put){ .code = "stars", .name = "stars", .valid_days = 90,
                                              .available_after_days = 7 }, &id), RC_OK);
    shop_conf(c);
    shop_rule(c, "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":{\"per\":100,\"give\":10}}}]}");
    shop_rule(c, "{\"name\":\"gold\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":"
                 "\"member.tier\"},1]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":{\"per\":100,\"give\":20}}}]}");
    shop_rule(c, "{\"name\":\"soon\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":25,\"valid_days\":60}}]}");
    shop_rule(c, "{\"name\":\"small\",\"on\":\"purchase\",\"when\":{\"<\":[{\"var\":"
                 "\"purchase.total_minor\"},1000]},\"then\":[{\"points.take\":{\"unit\":\"points\","
                 "\"amount\":{\"per\":100,\"give\":1}}}]}");
    shop_rule(c, "{\"name\":\"star\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"stars\",\"amount\":3}}]}");
    shop_rule(c, "{\"name\":\"gift\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":77}},{\"tag.add\":{\"tag\":\"gold\"}}]}");
    shop_rule(c, "{\"name\":\"comfort\",\"on\":\"points.expired\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"stars\",\"amount\":1}}]}");
    shop_rule(c, "{\"name\":\"sorry\",\"on\":\"tier.down\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":5}}]}");
    shop_ladder(c, "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":10000}],"
                   "\"window_days\":365,\"term_days\":365,\"grace_days\":20,"
                   "\"renew\":\"whenever_reached\",\"down\":\"recompute\"}");
}

struct basket { const char *at; int64_t total, lines[4]; bool is_silent, is_untimed; };

/* The clock goes to the moment of the sale, unless it is past it: then the sale is late. */
static int64_t sell(struct ctx *c, int64_t m, const struct basket *b)
{
    char member[ID_TEXT_MAX];
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    struct purchase_line lines[4];
    int64_t at = shop_at(c, b->at);
    size_t n = 0;

    if (at > c->now) c->now = at;
    id_emit("mem", m, member);
    for (; n < 4 && b->lines[n]; n++)
        lines[n] = (struct purchase_line){ .sku = "s", .quantity = (int64_t)n + 2,
                                           .list_minor = b->lines[n] + 10,
                                           .net_minor = b->lines[n] };
    IS_INT(purchase_commit(c, &(struct purchase_tell){
        .member = member, .store = "S1", .till = "1", .at = b->is_untimed ? JSON_ABSENT : at,
        .receipt = arena_printf(c->arena, "r%lld", (long long)id_next(c->ids)),
        .business_date = JSON_ABSENT_DATE, .total_minor = b->total, .lines = lines, .lines_n = n,
        .is_silent = b->is_silent }, told), RC_OK);
    return told->id;
}

static void give_back(struct ctx *c, const struct purchase_return *r, const char *at)
{
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);

    c->now = shop_at(c, at);
    IS_INT(purchase_return(c, r, out), RC_OK);
}

static int64_t spend(struct ctx *c, int64_t m, int64_t amount, bool is_at_store)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    IS_INT(points_spend(c, &(struct points_spend){
        .member_id = m, .unit = conf_unit_by_code(c->conf, "points"), .amount = amount,
        .store = is_at_store ? conf_store_by_code(c->conf, "S1") : NULL }, done), RC_OK);
    return done->id;
}

static void adjust(struct ctx *c, int64_t m, int64_t amount)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    IS_INT(points_adjust(c, &(struct points_adjust){
        .member_id = m, .unit = conf_unit_by_code(c->conf, "points"), .amount = amount }, done),
        RC_OK);
}

static void spring(struct ctx *c, int64_t m)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    struct purchase_return_line one = { .n = 0, .quantity = 1, .amount_minor = JSON_ABSENT };
    struct purchase_return r = { .member_id = m, .amount_minor = JSON_ABSENT };

    r.purchase_id = sell(c, m, &(struct basket){ "2025-01-10T12:00", 12000, { 5000, 4000, 3000 } });
    r.amount_minor = 500;
    give_back(c, &r, "2025-01-12T09:00");
    r.purchase_id = sell(c, m, &(struct basket){ "2025-02-01T12:00", 3000, { 1800, 1200 } });
    r.amount_minor = JSON_ABSENT;
    r.lines = &one;
    r.lines_n = 1;
    give_back(c, &r, "2025-02-02T09:00");
    r.lines_n = 0;
    r.purchase_id = sell(c, m, &(struct basket){ "2025-02-15T12:00", 1000, { 400, 600 } });
    give_back(c, &r, "2025-02-16T09:00");
    r.purchase_id = sell(c, m, &(struct basket){ "2025-02-20T12:00", 500, { 500 } });
    r.is_void = true;
    give_back(c, &r, "2025-02-20T18:00");
    c->now += TIME_DAY_MS;
    int64_t spent = spend(c, m, 300, true);
    c->now += TIME_DAY_MS;
    IS_INT(points_reverse(c, &(struct points_reverse){ .member_id = m, .spend_id = spent,
                                                       .amount = 100 }, done), RC_OK);
    c->now += TIME_DAY_MS;
    adjust(c, m, 50);
    sell(c, m, &(struct basket){ "2025-03-03T12:00", 700, { 0 }, .is_silent = true });
    sell(c, m, &(struct basket){ "2025-03-04T12:00", 800, { 0 }, .is_untimed = true });
    c->now += TIME_DAY_MS;
    adjust(c, m, -20);
}

static void summer(struct ctx *c, int64_t m)
{
    struct purchase_return r = { .member_id = m, .amount_minor = JSON_ABSENT };
    int64_t late = sell(c, m, &(struct basket){ "2025-01-20T12:00", 2000 });

    c->now += TIME_DAY_MS;
    spend(c, m, shop_balance(c, m, "points"), false);
    r.purchase_id = late;
    give_back(c, &r, "2025-03-08T12:00");                       /* becomes a debt */
    sell(c, m, &(struct basket){ "2025-03-09T12:00", 1000 });   /* pays some of it */
    r.purchase_id = sell(c, m, &(struct basket){ "2025-03-10T12:00", 3000 });
    give_back(c, &r, "2025-04-10T12:00");
    sell(c, m, &(struct basket){ "2025-05-01T12:00", 2000 });
    spend(c, m, shop_balance(c, m, "points"), false);
    r.purchase_id = sell(c, m, &(struct basket){ "2025-05-02T12:00", 900 });
    c->now = shop_at(c, "2025-09-01T12:00");
    shop_settle(c, m);                                          /* what was to go soon has gone */
    give_back(c, &r, "2025-09-02T12:00");                       /* and is not asked for again */
}

/* A level reached and taken back, which people are told of; then one that stands. */
static void winter(struct ctx *c, int64_t m)
{
    struct purchase_return r = { .member_id = m, .amount_minor = JSON_ABSENT };

    c->now = shop_at(c, "2026-02-12T12:00");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_level, 0);
    r.purchase_id = sell(c, m, &(struct basket){ "2026-02-13T12:00", 10000 });
    sell(c, m, &(struct basket){ "2026-02-14T12:00", 1000 });
    give_back(c, &r, "2026-02-15T12:00");
    IS_INT(shop_get(c, m).tier_level, 0);
    sell(c, m, &(struct basket){ "2026-02-16T12:00", 11000 });
    sell(c, m, &(struct basket){ "2026-02-17T12:00", 12000 });  /* and is renewed */
    c->now = shop_at(c, "2026-02-27T12:00");
    shop_settle(c, m);
    r.purchase_id = sell(c, m, &(struct basket){ "2026-02-28T12:00", 700 });
    r.amount_minor = 100;
    give_back(c, &r, "2026-03-01T12:00");
}

static int64_t rich_member(struct ctx *c)
{
    int64_t m;

    publish(c);
    IS_INT(member_join(c, &(struct member_join){ .provider = "card", .subject = "1", .name = "A" },
                       &m), RC_OK);
    spring(c, m);
    summer(c, m);
    winter(c, m);
    shop_check(c, m);
    return m;
}

/* ---- looking --------------------------------------------------------------------------------- */

static void hear(void *arg, int64_t member_id, const char *why)
{
    (void)arg, (void)member_id, (void)why;
}

static bool has_strays(struct ctx *c)
{
    struct check_ear ear = { hear, NULL };
    struct check_walk walk = { .stage = CHECK_EVENTS };

    while (walk.stage != CHECK_DONE) IS_INT(check_strays(c, &walk, &ear), RC_OK);
    return walk.findings > 0;
}

static bool is_found(struct ctx *c, int64_t m)
{
    struct check_one one = { .member_id = m, .is_deep = true };
    const char *why = NULL;

    IS_INT(check_member(c, &one, &why), RC_OK);
    return why != NULL || has_strays(c);
}

TEST(a_member_with_everything_has_no_finding)
{
    rich_member(c);
    IS_FALSE(has_strays(c));
}

/* A return that is too deep to be folded at once has gifts of its own: both are booked under it. */
TEST(what_was_put_off_is_booked_beside_what_its_cause_gave)
{
    struct purchase_return r = { .amount_minor = JSON_ABSENT };

    publish(c);
    shop_rule(c, "{\"name\":\"pity\",\"on\":\"purchase.returned\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":2}}]}");
    r.member_id = shop_member(c, "1");
    r.purchase_id = sell(c, r.member_id, &(struct basket){ "2025-01-10T12:00", 12000 });
    sell(c, r.member_id, &(struct basket){ "2026-02-20T12:00", 900 });
    give_back(c, &r, "2026-03-01T12:00");
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM task WHERE state = 'waiting'"), 1);
    shop_check(c, r.member_id);
    c->now += TIME_DAY_MS;
    shop_tasks(c);
    shop_check(c, r.member_id);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM posting WHERE event_id = (SELECT MAX(id) FROM event"
                       " WHERE name = 'purchase.returned')") > 1, 1);
}

/* ---- altering -------------------------------------------------------------------------------- */

/* What one figure too many cannot show, and why. */
struct loose {
    const char *table, *column;
    int64_t delta;                           /* altered by this instead */
    const char *rows;                        /* only these; NULL: none */
};
static const struct loose loose[] = {
    /* Moments of writing that nothing was computed from. */
    { "member", "created_at", 0, NULL },
    { "member_profile", "updated_at", 0, NULL },
    { "identity", "created_at", 0, NULL },
    { "identity", "verified_at", 0, NULL },
    /* The last settlement may have found nothing to do: that it was not earlier can be shown. */
    { "member", "settled_at", -1, "1 = 1" },
    /* A person's word. */
    { "member_tag", "is_manual", 0, NULL },
    /* The order of rows within an event; nothing leads to it. */
    { "posting", "n", 0, NULL },
    { "award", "n", 0, NULL },
    { "debt", "id", 0, NULL },
    /* Of a lot that is empty nobody asks whether it was taken back before its release or after. */
    { "lot", "is_pending", 1, "remaining > 0 OR expired > 0 OR EXISTS (SELECT 1 FROM lot_use u"
                              " WHERE u.lot_id = lot.id)" },
    /* Another lot of the unit may have been able to give it: take-backs do not say from which. */
    { "lot_use", "lot_id", 1, "NOT EXISTS (SELECT 1 FROM lot l WHERE l.id = lot_use.lot_id + 1"
                              " AND l.unit_id = lot_use.unit_id)" },
    /* As the till told it.  A quantity shows when all of it came back. */
    { "purchase_line", "list_minor", 0, NULL },
    { "purchase_line", "quantity", 1, "returned = quantity" },
    /* The arrival of what was told of an earlier moment shows in what was given for it. */
    { "event", "booked_at", 1,
      "EXISTS (SELECT 1 FROM award a WHERE a.cause_id = event.id) OR is_raised = 2"
      " OR name IN ('points.spent', 'points.adjusted', 'points.spend_reversed',"
      " 'purchase.returned', 'purchase.voided')" },
    /* A sale without a moment of its own is at its arrival, or the clock had stepped back. */
    { "event", "at", 1, "EXISTS (SELECT 1 FROM award a WHERE a.event_id = event.id"
                        " AND a.amount > 0) OR name <> 'purchase' OR is_raised = 3" },
    /* One more than the arrival is a till that was ahead, which is taken as then. */
    { "receipt", "told_at", -1, "told_at > 0" },
    /* What goes after thirty days, and was only said. */
    { "idempotency", NULL, 0, NULL },
    { "answer", NULL, 0, NULL },
};

static const struct loose *loose_of(const char *table, const char *column)
{
    for (size_t i = 0; i < ARRAY_LEN(loose); i++)
        if (strcmp(loose[i].table, table) == 0
            && (!loose[i].column || strcmp(loose[i].column, column) == 0))
            return &loose[i];
    return NULL;
}

struct altering { struct ctx *c; int64_t member_id; int tried, missed_n; char missed[3000]; };
struct shape { const char *table; struct db_table columns, rows; };    /* columns: name, is_int */

static void miss(struct altering *t, const char *what, const char *row)
{
    size_t n = strlen(t->missed);

    t->missed_n++;
    snprintf(t->missed + n, sizeof t->missed - n, "%s%s\n", what, row);
}

static struct db_table query(struct ctx *c, const char *sql)
{
    struct db_table t;

    if (db_script_table(c->db, c->arena, sql, &t) != RC_OK)
        FAIL_TEST("%s: %s", sql, db_error(c->db));
    return t;
}

static struct db_table columns_of(struct ctx *c, const char *table)
{
    const char *sql = db_kind(c->db) == DB_SQLITE
        ? "SELECT name, type = 'INTEGER' FROM pragma_table_info('%s') ORDER BY cid"
        : "SELECT column_name, CASE WHEN data_type = 'bigint' THEN 1 ELSE 0 END"
          " FROM information_schema.columns WHERE table_schema = 'fixture' AND table_name = '%s'"
          " ORDER BY ordinal_position";
    char *text = arena_printf(c->arena, "%s", sql);
    char *hole = strstr(text, "%s");

    *hole = '\0';
    return query(c, arena_printf(c->arena, "%s%s%s", text, table, hole + 2));
}

static void add_text(struct buf *b, const char *s)
{
    buf_addc(b, '\'');
    for (; *s; s++) buf_addf(b, *s == '\'' ? "''" : "%c", *s);
    buf_addc(b, '\'');
}

/* The row by all that it says. */
static const char *where(struct ctx *c, const struct shape *s, size_t row)
{
    struct buf b;

    buf_init(&b, c->arena, 1 << 20);
    for (size_t i = 0; i < s->columns.rows; i++) {
        const char *cell = s->rows.cells[row * (size_t)s->rows.cols + i];
        bool is_int = s->columns.cells[2 * i + 1][0] == '1';
        buf_addf(&b, "%s%s ", i ? " AND " : " WHERE ", s->columns.cells[2 * i]);
        if (!cell)       buf_adds(&b, "IS NULL");
        else if (is_int) buf_addf(&b, "= %s", cell);
        else             buf_adds(&b, "= ");
        if (cell && !is_int) add_text(&b, cell);
    }
    return buf_cstr(&b);
}

/* What the table itself refuses has been found too. */
static bool is_missed(struct altering *t, const char *change)
{
    bool is_seen = true;

    IS_INT(db_savepoint(t->c->db), RC_OK);
    if (db_script(t->c->db, change) == RC_OK) is_seen = is_found(t->c, t->member_id);
    IS_INT(db_rollback_to(t->c->db), RC_OK);
    t->tried++;
    return !is_seen;
}

/* Every row, or seven spread over the table, the last among them. */
static size_t next_row(size_t row, size_t n)
{
    size_t step = getenv("REGULARS_CHECK_ALL") ? 1 : (n + 6) / 7;

    return row + 1 < n && row + step >= n ? n - 1 : row + step;
}

static void alter_column(struct altering *t, const struct shape *s, const char *column)
{
    const struct loose *l = loose_of(s->table, column);
    struct arena *a = t->c->arena;
    const char *name = arena_printf(a, "%s.%s", s->table, column);
    struct shape some = *s;

    if (l && !l->rows) return;
    some.rows = query(t->c, arena_printf(a, "SELECT * FROM %s WHERE %s IS NOT NULL AND (%s)",
                                         s->table, column, l ? l->rows : "1 = 1"));
    if (some.rows.rows == 0) miss(t, name, ": no row to try");
    for (size_t i = 0; i < some.rows.rows; i = next_row(i, some.rows.rows)) {
        struct arena_mark mark = arena_mark(a);
        const char *row = where(t->c, &some, i);
        if (is_missed(t, arena_printf(a, "UPDATE %s SET %s = %s + %d%s", s->table, column, column,
                                      l ? (int)l->delta : 1, row)))
            miss(t, name, row);
        arena_rewind(a, mark);
    }
}

static void alter_table(struct altering *t, const struct shape *s)
{
    for (size_t i = 0; i < s->columns.rows; i++)
        if (s->columns.cells[2 * i + 1][0] == '1') alter_column(t, s, s->columns.cells[2 * i]);
}

/* Nobody must be known by a card or a name, and a sale may be told without lines. */
static void take_rows(struct altering *t, const struct shape *s)
{
    struct shape some = *s;

    if (strcmp(s->table, "identity") == 0 || strcmp(s->table, "member_profile") == 0) return;
    if (strcmp(s->table, "purchase_line") == 0)
        some.rows = query(t->c, "SELECT * FROM purchase_line WHERE EXISTS (SELECT 1 FROM"
                                " purchase_line o WHERE o.purchase_id = purchase_line.purchase_id"
                                " AND o.n <> purchase_line.n)");
    for (size_t i = 0; i < some.rows.rows; i = next_row(i, some.rows.rows)) {
        struct arena_mark mark = arena_mark(t->c->arena);
        const char *row = where(t->c, &some, i);
        if (is_missed(t, arena_printf(t->c->arena, "DELETE FROM %s%s", s->table, row)))
            miss(t, arena_printf(t->c->arena, "deleted from %s", s->table), row);
        arena_rewind(t->c->arena, mark);
    }
}

static void each_table(struct altering *t, void (*fn)(struct altering *t, const struct shape *s))
{
    struct migration list[100];
    struct tables tables;

    for (size_t i = 0; i < migrations_n && i < ARRAY_LEN(list); i++)
        list[i] = (struct migration){ migrations[i].name, (const char *)migrations[i].data,
                                      migrations[i].len };
    IS_INT(migrate_tables(t->c->arena, list, migrations_n, &tables), RC_OK);
    for (size_t i = 0; i < tables.n; i++) {
        const struct table_info *info = &tables.list[i];
        struct shape s = { .table = info->name };
        const struct loose *l = loose_of(info->name, "");
        if (info->kind != TABLE_MEMBER && info->kind != TABLE_LOOKUP) continue;
        if (l && !l->column) continue;
        s.columns = columns_of(t->c, s.table);
        s.rows = query(t->c, arena_printf(t->c->arena, "SELECT * FROM %s", s.table));
        if (s.rows.rows == 0) miss(t, s.table, ": no row to try");
        fn(t, &s);
    }
    if (t->missed_n > 0) FAIL_TEST("%d of %d not found:\n%s", t->missed_n, t->tried, t->missed);
}

TEST(one_altered_figure_is_found_wherever_it_stands)
{
    struct altering t = { .c = c, .member_id = rich_member(c) };

    each_table(&t, alter_table);
}

TEST(one_row_less_is_found_wherever_it_was)
{
    struct altering t = { .c = c, .member_id = rich_member(c) };

    each_table(&t, take_rows);
}
