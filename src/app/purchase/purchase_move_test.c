/* A sale that was told for the wrong member: it ends as if the right one had been told at once. */
#include "app/purchase/purchase.h"

#include "core/ctx.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":{\"per\":100,\"give\":10}}}]}";
static const char first_gift[] =
    "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":\"member.purchases\"},0]},"
    "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":7}}]}";
static const char ladder[] =
    "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":5000}],"
    "\"window_days\":365,\"term_days\":365}";

static enum rc move(struct ctx *c, int64_t from, int64_t sale, int64_t to)
{
    struct purchase_moved *out = ARENA_NEW(c->arena, struct purchase_moved);

    return purchase_move(c, &(struct purchase_move){ from, sale, to, "the wrong card" }, out);
}

static int64_t sale_of(struct ctx *c, int64_t m)
{
    return shop_i64(c, "SELECT purchase_id FROM receipt WHERE member_id = %lld", (long long)m);
}

static enum rc tell(struct ctx *c, const char *card, const char *at, struct purchase_told *told)
{
    return purchase_commit(c, &(struct purchase_tell){
        .member = card, .store = "S1", .till = "1", .receipt = "R-1", .at = shop_at(c, at),
        .business_date = JSON_ABSENT_DATE, .total_minor = 6000 }, told);
}

static void open_shop(struct ctx *c)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, first_gift);
    shop_ladder(c, ladder);
}

TEST(a_moved_sale_counts_at_its_own_moment_for_its_new_member_alone)
{
    open_shop(c);
    int64_t wrong = shop_member(c, "1"), right = shop_member(c, "2");
    c->now = shop_at(c, "2026-05-03T12:00");
    shop_buy(c, &(struct shop_sale){ .member_id = right, .at = c->now, .total_minor = 100 });
    int64_t sale = shop_buy(c, &(struct shop_sale){
        .member_id = wrong, .at = shop_at(c, "2026-05-01T12:00"), .total_minor = 6000 });
    IS_INT(shop_balance(c, wrong, "points"), 607);
    c->now = shop_at(c, "2026-05-20T12:00");
    IS_INT(move(c, wrong, sale, right), RC_OK);
    IS_INT(shop_balance(c, wrong, "points"), 0);
    IS_INT(shop_get(c, wrong).tier_level, 0);
    IS_INT(shop_balance(c, right, "points"), 600 + 7 + 10);  /* the first gift went to this sale */
    IS_INT(shop_get(c, right).tier_level, 1);
    shop_check(c, wrong);
    shop_check(c, right);
    IS_INT(move(c, wrong, sale, right), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.voided");
}

TEST(the_till_is_told_where_its_sale_is_now)
{
    struct purchase_told told = { 0 };

    open_shop(c);
    int64_t a = shop_member(c, "1"), b = shop_member(c, "2"), third = shop_member(c, "3");
    c->now = shop_at(c, "2026-05-01T13:00");
    IS_INT(tell(c, "card:1", "2026-05-01T12:00", &told), RC_OK);
    IS_INT(move(c, a, told.id, b), RC_OK);
    int64_t at_b = sale_of(c, b);
    IS_INT(tell(c, "card:1", "2026-05-01T12:00", &told), RC_OK);
    IS_TRUE(told.is_repeat);
    IS_INT(told.member_id, b);
    IS_INT(told.id, at_b);
    IS_INT(tell(c, "card:3", "2026-05-01T12:00", &told), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.receipt_differs");
    IS_INT(move(c, b, at_b, third), RC_OK);                 /* and on */
    IS_INT(tell(c, "card:1", "2026-05-01T12:00", &told), RC_OK);
    IS_INT(told.member_id, third);
    IS_INT(move(c, third, told.id, a), RC_OK);              /* and back to where it began */
    IS_INT(shop_balance(c, a, "points"), 607);
    IS_INT(shop_balance(c, b, "points") + shop_balance(c, third, "points"), 0);
    shop_check(c, a);
    shop_check(c, b);
    shop_check(c, third);
}

TEST(only_a_whole_sale_is_moved_and_to_somebody_else)
{
    open_shop(c);
    int64_t a = shop_member(c, "1"), b = shop_member(c, "2");
    c->now = shop_at(c, "2026-05-01T13:00");
    int64_t sale = shop_buy(c, &(struct shop_sale){ .member_id = a, .at = c->now,
                                                    .total_minor = 600 });
    IS_INT(move(c, a, sale, a), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.same_member");
    IS_INT(move(c, b, sale, a), RC_NOT_FOUND);
    IS_STR(c->err.code, "purchase.unknown");
    shop_return(c, a, sale, 100);
    IS_INT(move(c, a, sale, b), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.void_in_part");
    shop_return(c, a, sale, JSON_ABSENT);
    IS_INT(move(c, a, sale, b), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.returned");
    shop_check(c, a);
}

TEST(what_was_spent_of_a_moved_sale_is_owed)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    open_shop(c);
    int64_t a = shop_member(c, "1"), b = shop_member(c, "2");
    c->now = shop_at(c, "2026-05-01T13:00");
    int64_t sale = shop_buy(c, &(struct shop_sale){ .member_id = a, .at = c->now,
                                                    .total_minor = 600 });
    IS_INT(points_spend(c, &(struct points_spend){
        .member_id = a, .unit = conf_unit_by_code(c->conf, "points"), .amount = 60 }, done),
        RC_OK);
    IS_INT(move(c, a, sale, b), RC_OK);
    IS_INT(shop_i64(c, "SELECT CAST(SUM(owed) AS BIGINT) FROM debt WHERE member_id = %lld",
                    (long long)a), 60);
    IS_INT(shop_balance(c, b, "points"), 67);
    shop_check(c, a);
    shop_check(c, b);
}
