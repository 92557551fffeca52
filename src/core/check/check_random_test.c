/* Whatever happens to a member, what was booked proves: sales in order and late, with and without
 * lines, returns, spends and reversals, corrections, expiries, policies that change in between.
 * REGULARS_FOLD_RUNS sets how many members are tried (default 40), REGULARS_FOLD_SEED the first. */

#include <stdio.h>
#include <string.h>

#include "app/store/store.h"
#include "core/check/check.h"
#include "app/unit/unit.h"
#include "core/ctx.h"
#include "core/member/member.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

enum { KEPT = 40, STEPS = 45 };
struct life {
    struct ctx *c;
    struct dice dice;
    int64_t member_id, sales[KEPT], spends[KEPT];
    size_t sales_n, spends_n;
};

static int64_t roll(struct life *l, int64_t lo, int64_t hi)
{
    return dice_range(&l->dice, lo, hi);
}

static const struct unit *points(struct life *l)
{
    return conf_unit_by_code(l->c->conf, "points");
}

static struct unit_doc any_unit(struct life *l)
{
    static const char *const debts[] = { "debt", "debt", "forgive" };

    return (struct unit_doc){
        .code = "points", .name = "points", .valid_days = roll(l, 0, 3) * 45,
        .available_after_days = roll(l, 0, 2) ? 0 : roll(l, 1, 60),
        .debt_policy = debts[roll(l, 0, 2)], .revive_days = 10,
        .reversal_policy = roll(l, 0, 1) ? "lapse" : "revive" };
}

static void publish(struct life *l)
{
    struct unit_doc unit = any_unit(l);
    struct ctx *c = l->c;

    shop_config(c, &company_kind, &(struct company_doc){ .code = "A", .name = "A" });
    shop_config(c, &store_kind, &(struct store_doc){ .code = "S1", .name = "S1",
                                                     .day_cut_min = 300 });
    shop_config(c, &unit_kind, &unit);
    shop_rule(c, "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":{\"per\":100,\"give\":3}}}]}");
    shop_rule(c, "{\"name\":\"soon\",\"on\":\"purchase\",\"when\":{\">\":[{\"var\":"
                 "\"member.days_since_last\"},9]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":7,\"valid_days\":20,\"available_after_days\":3}},{\"tag.add\":"
                 "{\"tag\":\"slow\"}}]}");
    shop_rule(c, "{\"name\":\"less\",\"on\":\"purchase\",\"when\":{\"<\":[{\"var\":"
                 "\"purchase.total_minor\"},500]},\"then\":[{\"points.take\":{\"unit\":\"points\","
                 "\"amount\":{\"per\":100,\"give\":2}}}]}");
    shop_rule(c, "{\"name\":\"pity\",\"on\":\"purchase.returned\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":2}}]}");
    shop_rule(c, "{\"name\":\"up\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":50}},{\"tag.add\":{\"tag\":\"up\"}}]}");
    shop_rule(c, "{\"name\":\"gone\",\"on\":\"points.expired\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":1,\"valid_days\":400}}]}");
    shop_rule(c, "{\"name\":\"spent\",\"on\":\"points.spent\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":1}}]}");
    shop_ladder(c, "{\"levels\":[{\"code\":\"a\",\"name\":\"a\",\"threshold_minor\":3000}],"
                   "\"window_days\":100,\"term_days\":60,\"grace_days\":5,\"down\":\"one\"}");
}

static void sale(struct life *l)
{
    struct purchase_told *told = ARENA_NEW(l->c->arena, struct purchase_told);
    struct purchase_line lines[3];
    size_t n = (size_t)roll(l, 0, 3);
    int64_t total = 0, late = roll(l, 0, 2) ? 0 : roll(l, 0, 90 * TIME_DAY_MS);
    char member[ID_TEXT_MAX];

    for (size_t i = 0; i < n; i++) {
        lines[i] = (struct purchase_line){ .sku = "s", .quantity = roll(l, 1, 4),
                                           .net_minor = roll(l, 0, 800) };
        total += lines[i].net_minor;
    }
    id_emit("mem", l->member_id, member);
    IS_INT(purchase_commit(l->c, &(struct purchase_tell){
        .member = member, .store = "S1", .till = "1", .business_date = JSON_ABSENT_DATE,
        .receipt = arena_printf(l->c->arena, "r%lld", (long long)id_next(l->c->ids)),
        .at = roll(l, 0, 4) ? l->c->now - late : JSON_ABSENT, .lines = lines, .lines_n = n,
        .total_minor = n ? total : roll(l, 0, 1500), .is_silent = roll(l, 0, 9) == 0 }, told),
        RC_OK);
    l->sales[l->sales_n++ % KEPT] = told->id;
}

/* What is refused takes nothing with it. */
static void finish(struct life *l, enum rc rc)
{
    if (rc != RC_OK) IS_INT(db_rollback_to(l->c->db), RC_OK);
    IS_INT(db_release(l->c->db), RC_OK);
}

static void take_back(struct life *l)
{
    struct purchase_returned *out = ARENA_NEW(l->c->arena, struct purchase_returned);
    struct purchase_return_line line = { .n = roll(l, 0, 2), .quantity = roll(l, 1, 3),
                                         .amount_minor = JSON_ABSENT };
    struct purchase_return r = { .member_id = l->member_id, .amount_minor = JSON_ABSENT };
    size_t n = l->sales_n < KEPT ? l->sales_n : KEPT;
    enum rc rc;

    if (n == 0) return;
    r.purchase_id = l->sales[(l->sales_n - 1) % KEPT];
    if (roll(l, 0, 1)) r.purchase_id = l->sales[roll(l, 0, (int64_t)n - 1)];
    if (roll(l, 0, 2) == 0) r.amount_minor = roll(l, 1, 300);
    else if (roll(l, 0, 1)) {
        r.lines = &line;
        r.lines_n = 1;
    } else {
        r.is_void = roll(l, 0, 1);
    }
    IS_INT(db_savepoint(l->c->db), RC_OK);
    rc = purchase_return(l->c, &r, out);
    IS_TRUE(rc == RC_OK || rc == RC_CONFLICT || rc == RC_INVALID);
    finish(l, rc);
}

static void use_points(struct life *l)
{
    struct points_done *done = ARENA_NEW(l->c->arena, struct points_done);
    int64_t balance = shop_balance(l->c, l->member_id, "points");
    enum rc rc;

    if (balance < 1) return;
    if (roll(l, 0, 1)) balance = roll(l, 1, balance);
    IS_INT(db_savepoint(l->c->db), RC_OK);
    rc = points_spend(l->c, &(struct points_spend){
        .member_id = l->member_id, .unit = points(l), .amount = balance,
        .store = roll(l, 0, 1) ? conf_store_by_code(l->c->conf, "S1") : NULL }, done);
    IS_TRUE(rc == RC_OK || str_eq(l->c->err.code, "points.insufficient")
            || str_eq(l->c->err.code, "points.scattered"));
    finish(l, rc);
    if (rc == RC_OK) l->spends[l->spends_n++ % KEPT] = done->id;
}

static void unspend(struct life *l)
{
    struct points_done *done = ARENA_NEW(l->c->arena, struct points_done);
    size_t n = l->spends_n < KEPT ? l->spends_n : KEPT;
    enum rc rc;

    if (n == 0) return;
    IS_INT(db_savepoint(l->c->db), RC_OK);
    rc = points_reverse(l->c, &(struct points_reverse){
        .member_id = l->member_id, .spend_id = l->spends[roll(l, 0, (int64_t)n - 1)],
        .amount = roll(l, 0, 1) ? JSON_ABSENT : roll(l, 1, 20) }, done);
    IS_TRUE(rc == RC_OK || rc == RC_CONFLICT);
    finish(l, rc);
}

static void correct(struct life *l)
{
    struct points_done *done = ARENA_NEW(l->c->arena, struct points_done);
    int64_t amount = roll(l, -20, 40);
    enum rc rc;

    if (amount == 0) return;
    IS_INT(db_savepoint(l->c->db), RC_OK);
    rc = points_adjust(l->c, &(struct points_adjust){ .member_id = l->member_id, .amount = amount,
                                                      .unit = points(l) }, done);
    IS_TRUE(rc == RC_OK || str_eq(l->c->err.code, "points.insufficient")
            || str_eq(l->c->err.code, "points.scattered"));
    finish(l, rc);
}

static void change_unit(struct life *l)
{
    struct unit_doc unit = any_unit(l);

    l->c->now++;
    IS_INT(shop_unit_is(l->c, "points", &unit), RC_OK);
    l->c->now++;
}

static void step(struct life *l)
{
    int64_t what = roll(l, 0, 19);

    if (roll(l, 0, 1)) l->c->now += roll(l, 1, (roll(l, 0, 19) ? 15 : 450) * TIME_DAY_MS);
    if (what < 7)       sale(l);
    else if (what < 11) {
        if (roll(l, 0, 1)) use_points(l);
        take_back(l);
    }
    else if (what < 14) use_points(l);
    else if (what < 16) unspend(l);
    else if (what < 17) correct(l);
    else if (what < 18) shop_settle(l->c, l->member_id);
    else if (what < 19) shop_tasks(l->c);
    else if (roll(l, 0, 2) == 0) change_unit(l);
}

static void begin(struct life *l, struct ctx *c, uint64_t seed)
{
    *l = (struct life){ .c = c };
    dice_seed(&l->dice, seed);
    c->now = shop_at(c, "2024-01-01T00:00");
    publish(l);
    c->now += TIME_DAY_MS;
    l->member_id = shop_member(c, "1");
}

/* Of some members few lots come to hand at once, and of some not all that would have to. */
static void live(struct ctx *c, uint64_t seed)
{
    struct life l;
    const char *why = NULL;

    books_bounds_set(seed % 2 ? seed % 5 : 0, seed % 3 ? 0 : 1 + seed % 4);
    begin(&l, c, seed);
    for (int i = 0; i < STEPS; i++) {
        struct check_one one = { .member_id = l.member_id, .is_deep = true };
        step(&l);
        IS_INT(check_member(c, &one, &why), RC_OK);
        if (why) FAIL_TEST("seed %llu, step %d: %s", (unsigned long long)seed, i, why);
    }
    books_bounds_set(0, 0);
}

TEST(whatever_happens_to_a_member_proves)
{
    shop_each_seed(c, 40, live);
}

/* What the lots say, and what moved in all: that does not depend on how many were at hand. */
static const char *books_of(struct life *l)
{
    struct ctx *c = l->c;

    shop_settle(c, l->member_id);
    return arena_printf(c->arena, "%lld lots, %lld left, %lld ended, %lld pending, by date %lld; "
                        "balance %lld; expired %lld, taken %lld, spent %lld",
        (long long)shop_i64(c, "SELECT COUNT(*) FROM lot"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(remaining), 0) FROM lot"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(expired), 0) FROM lot"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(is_pending), 0) FROM lot"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(remaining * (expires_at %% 1000003)), 0) "
                               "FROM lot"),
        (long long)shop_balance(c, l->member_id, "points"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(amount), 0) FROM posting "
                               "WHERE kind = 'expiry'"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(amount), 0) FROM posting "
                               "WHERE kind = 'take_back'"),
        (long long)shop_i64(c, "SELECT COALESCE(SUM(amount), 0) FROM posting "
                               "WHERE kind = 'spend'"));
}

static void live_twice(struct ctx *c, uint64_t seed)
{
    char whole[400];
    struct life l;

    for (size_t page = 0; page < 4; page++) {
        begin(&l, c, seed);
        books_bounds_set(page, 0);
        for (int i = 0; i < STEPS; i++) step(&l);
        const char *books = books_of(&l);
        if (page > 0 && strcmp(books, whole) != 0)
            FAIL_TEST("seed %llu, %zu at a time: %s; at once: %s", (unsigned long long)seed, page,
                      books, whole);
        snprintf(whole, sizeof whole, "%s", books);
        shop_rollback(c);
        fixture_again(c);
    }
}

TEST(lots_read_in_pages_are_spent_and_end_as_those_read_whole)
{
    shop_each_seed(c, 15, live_twice);
}
