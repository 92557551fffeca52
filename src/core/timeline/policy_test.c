/* Who may be refused for points that are spent, and what becomes of gifts when the past changes. */
#include "core/ctx.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

#define RULE(name, on, when, then) \
    "{\"name\":\"" name "\",\"on\":\"" on "\",\"when\":" when ",\"then\":[{" then "}]}"
#define POINTS(verb, amount) \
    "\"points." verb "\":{\"unit\":\"points\",\"amount\":" amount "}"
#define EACH "{\"per\":1,\"give\":1}"

static enum rc give_back(struct ctx *c, int64_t m, int64_t sale, int64_t amount)
{
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);

    return purchase_return(c, &(struct purchase_return){ .member_id = m, .purchase_id = sale,
                                                         .amount_minor = amount }, out);
}

static void refusing_shop(struct ctx *c)
{
    shop_basics(c);
    shop_debt_policy(c, "points", "refuse");
}

/* The gift of the first purchase was spent, and was another's. */
TEST(a_late_sale_is_told_though_it_takes_back_what_is_spent)
{
    refusing_shop(c);
    shop_rule(c, RULE("first", "purchase", "{\"==\":[{\"var\":\"member.purchases\"},0]}",
                      POINTS("grant", EACH)));
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-02T12:00", 100);
    shop_spend(c, m, 100);
    shop_buy_at(c, m, "2026-05-01T12:00", 30);
    IS_INT(shop_balance(c, m, "points"), -70);
    shop_check(c, m);
}

TEST(a_sale_whose_rule_takes_what_is_missing_is_told)
{
    refusing_shop(c);
    shop_rule(c, RULE("fee", "purchase", "null", POINTS("take", "50")));
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-02T12:00", 100);
    IS_INT(shop_balance(c, m, "points"), -50);
    shop_check(c, m);
}

TEST(what_time_brings_happens_and_shuts_nobody_out)
{
    refusing_shop(c);
    shop_rule(c, RULE("ten", "purchase", "null", POINTS("grant", "10")));
    shop_rule(c, RULE("down", "tier.down", "null", POINTS("take", "50")));
    shop_ladder(c, "{\"levels\":[{\"code\":\"gold\",\"name\":\"G\",\"threshold_minor\":1000}],"
                   "\"window_days\":30,\"term_days\":30}");
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-02T12:00", 1000);
    c->now = shop_at(c, "2026-07-01T12:00");
    shop_settle(c, m);
    IS_INT(shop_balance(c, m, "points"), -40);
    shop_buy_at(c, m, "2026-07-02T12:00", 100);
    IS_INT(shop_balance(c, m, "points"), -30);
    shop_check(c, m);
}

TEST(a_return_is_refused_for_what_is_spent_and_nothing_of_it_stays)
{
    refusing_shop(c);
    shop_rule(c, RULE("each", "purchase", "null", POINTS("grant", EACH)));
    int64_t m = shop_member(c, "1"), old = shop_buy_at(c, m, "2026-05-02T12:00", 100);
    shop_spend(c, m, 100);
    c->now = shop_at(c, "2028-05-01T12:00");             /* long ago is no way round it */
    shop_commit(c);
    IS_INT(give_back(c, m, old, JSON_ABSENT), RC_CONFLICT);
    IS_STR(c->err.code, "points.take_back_refused");
    shop_rollback(c);
    IS_INT(shop_balance(c, m, "points"), 0);
    IS_INT(shop_get(c, m).purchases_n, 1);
}

TEST(a_return_that_cannot_be_judged_at_once_is_not_taken_where_it_might_be_refused)
{
    refusing_shop(c);
    shop_rule(c, RULE("each", "purchase", "null", POINTS("grant", EACH)));
    int64_t m = shop_member(c, "1"), old = shop_buy_at(c, m, "2026-05-02T12:00", 100);
    shop_buy_at(c, m, "2026-05-03T12:00", 100);
    shop_all_heavy();
    shop_commit(c);
    IS_INT(give_back(c, m, old, JSON_ABSENT), RC_CONFLICT);
    IS_STR(c->err.code, "return.unjudged");
    shop_rollback(c);
    /* A sale is taken all the same; while its task waits, no return is, heavy or light. */
    int64_t late = shop_buy_at(c, m, "2026-05-01T12:00", 40);
    fold_bounds_set(NULL);
    shop_commit(c);
    IS_INT(give_back(c, m, late, JSON_ABSENT), RC_CONFLICT);
    IS_STR(c->err.code, "return.unjudged");
    shop_rollback(c);
    shop_tasks(c);
    IS_INT(shop_balance(c, m, "points"), 240);
    IS_INT(give_back(c, m, late, JSON_ABSENT), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 200);
    shop_check(c, m);
    shop_commit(c);
}

/* A gift that has expired pays no debt when what it was given for says something else. */
TEST(an_expired_gift_is_not_given_anew_and_pays_no_debt)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"up\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":100,\"valid_days\":30}}]}");
    shop_rule(c, RULE("small", "purchase", "{\"<=\":[{\"var\":\"purchase.total_minor\"},100]}",
                      POINTS("grant", EACH)));
    shop_ladder(c, "{\"levels\":[{\"code\":\"a\",\"name\":\"A\",\"threshold_minor\":500},"
                   "{\"code\":\"b\",\"name\":\"B\",\"threshold_minor\":1500}],"
                   "\"window_days\":365,\"term_days\":365}");
    int64_t m = shop_member(c, "1"), first = shop_buy_at(c, m, "2026-05-01T12:00", 1500);
    IS_INT(shop_get(c, m).tier_level, 2);
    IS_INT(shop_balance(c, m, "points"), 100);
    c->now = shop_at(c, "2026-07-01T12:00");
    shop_settle(c, m);
    IS_INT(shop_balance(c, m, "points"), 0);
    int64_t second = shop_buy_at(c, m, "2026-07-02T12:00", 100);
    shop_spend(c, m, 100);
    shop_return(c, m, second, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), -100);

    shop_return(c, m, first, 400);                       /* 0 to 2 becomes 0 to 1 */
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_balance(c, m, "points"), -100);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM event WHERE name = 'tier.up' AND is_raised = 1"), 1);
    IS_INT(shop_i64(c, "SELECT to_level FROM tier_change WHERE reason = 'reached'"), 1);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM lot"), 2);
    shop_check(c, m);
}

/* The sale is told a year late: what it gave is over by now, and paid for nothing. */
TEST(points_that_are_over_before_they_are_booked_pay_nothing)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"each\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":{\"per\":1,\"give\":1},\"valid_days\":30}}]}");
    int64_t m = shop_member(c, "1"), sale = shop_buy_at(c, m, "2026-07-01T12:00", 100);
    shop_spend(c, m, 100);
    shop_return(c, m, sale, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), -100);
    shop_buy_at(c, m, "2026-03-05T12:00", 500);
    IS_INT(shop_balance(c, m, "points"), -100);
    shop_check(c, m);
}

/* What a rule took and gives back goes to the lots it came from, with their dates. */
TEST(an_undone_take_gives_back_to_the_same_lots)
{
    shop_basics(c);
    shop_rule(c, RULE("each", "purchase", "{\">\":[{\"var\":\"purchase.total_minor\"},50]}",
                      POINTS("grant", EACH)));
    shop_rule(c, RULE("fee", "purchase", "{\"==\":[{\"var\":\"purchase.total_minor\"},50]}",
                      POINTS("take", "130")));
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-03-02T12:00", 100);
    shop_buy_at(c, m, "2026-05-02T12:00", 100);
    int64_t lots = shop_i64(c, "SELECT COUNT(*) FROM lot");
    int64_t fee = shop_buy_at(c, m, "2026-05-03T12:00", 50);
    IS_INT(shop_balance(c, m, "points"), 70);
    shop_check(c, m);
    shop_return(c, m, fee, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), 200);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM lot"), lots);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM lot WHERE remaining = granted"), lots);
    shop_check(c, m);
    c->now = shop_at(c, "2027-03-03T00:00");             /* the older half has ended */
    shop_settle(c, m);
    IS_INT(shop_balance(c, m, "points"), 100);
    shop_check(c, m);
}

/* A late sale brings points that are over, and takes back a gift: one does not pay the other. */
TEST(a_lot_that_was_over_before_it_was_booked_pays_no_take_back)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":"
                 "\"member.purchases\"},0]},\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":{\"per\":1,\"give\":1},\"valid_days\":30}}]}");
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-07-01T12:00", 70);
    shop_spend(c, m, 70);
    shop_buy_at(c, m, "2026-03-05T12:00", 500);
    IS_INT(shop_balance(c, m, "points"), -70);
    shop_check(c, m);
}
