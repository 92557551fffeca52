/* The fold: in order, late, taken back; the example of the core's contract; settlement. */
#include "core/ctx.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":{\"per\":100,\"give\":10}}}]}";
static const char gold_double[] =
    "{\"name\":\"gold x3\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":\"member.tier\"},1]},"
    "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":{\"per\":100,\"give\":20}}}]}";
static const char gold_gift[] =
    "{\"name\":\"gold gift\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":77}},{\"tag.add\":{\"tag\":\"gold\"}}]}";
static const char ladder[] =
    "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":10000}],"
    "\"window_days\":365,\"term_days\":365,\"down\":\"recompute\"}";

TEST(a_sale_earns_by_every_rule_and_says_why)
{
    int64_t id;

    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    id = shop_buy_at(c, m, "2026-05-01T12:00", 580);
    IS_INT(shop_balance(c, m, "points"), 50);
    IS_INT(shop_i64(c, "SELECT basis_minor FROM award WHERE event_id = %lld", (long long)id), 580);
    shop_check(c, m);
}

/* CORE §1: bought to a threshold, and taken back. */
TEST(nobody_gains_by_buying_to_a_threshold_and_returning)
{
    int64_t first, second;

    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, gold_double);
    shop_rule(c, gold_gift);
    shop_ladder(c, ladder);
    int64_t m = shop_member(c, "1");
    first = shop_buy_at(c, m, "2026-05-01T12:00", 10000);
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_balance(c, m, "points"), 1077);
    second = shop_buy_at(c, m, "2026-05-03T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 1077 + 300);
    shop_check(c, m);

    c->now = shop_at(c, "2026-05-05T12:00");
    shop_return(c, m, first, JSON_ABSENT);
    IS_INT(shop_get(c, m).tier_level, 0);
    IS_INT(shop_balance(c, m, "points"), 100);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM tier_change WHERE is_live = 1 AND reason = 'revised'"
                       " AND from_level = 1 AND to_level = 0"), 1);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM tier_change WHERE is_live = 0 AND ended_by > 0"), 1);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM member_tag WHERE awards_n > 0"), 0);
    IS_INT(shop_i64(c, "SELECT CAST(SUM(amount) AS BIGINT) FROM award WHERE event_id = %lld",
                    (long long)second), 100);
    shop_check(c, m);
}

/* The bar's day ends at five, the shop's at midnight: the sale of 00:30 has the later business
 * date, the one of 01:00 the earlier. */
TEST(a_later_business_date_hides_no_earlier_sale)
{
    shop_basics(c);
    shop_ladder(c, "{\"levels\":[{\"code\":\"s\",\"name\":\"S\",\"threshold_minor\":5000}],"
                   "\"window_days\":365,\"term_days\":365}");
    shop_rule(c, "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\"==\":[{\"count\":["
                 "\"purchase\",\"total_minor\",null,\"365d\"]},0]},\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":100}}]}");
    int64_t m = shop_member(c, "1"), at = shop_at(c, "2026-06-02T00:30");
    int32_t today = date_of(c->conf->zone, at);
    c->now = at + 3 * 3600000;
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = at, .total_minor = 3000 });
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = at + 1800000, .total_minor = 3000,
                                     .business_date = today - 1 });
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_balance(c, m, "points"), 100);
    shop_check(c, m);
    c->now = shop_at(c, "2027-06-04T00:00");             /* outside the window of the term */
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_level, 0);
    shop_check(c, m);
}

/* Of the business date, as everything that a shop says in days: half past midnight is yesterday. */
TEST(days_since_the_last_purchase_are_business_days)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"again\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":"
                 "\"member.days_since_last\"},1]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":5}}]}");
    int64_t m = shop_member(c, "1"), night = shop_at(c, "2026-06-02T00:30");
    c->now = shop_at(c, "2026-06-02T12:00");
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = night, .total_minor = 100,
                                     .business_date = date_of(c->conf->zone, night) - 1 });
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 100 });
    IS_INT(shop_balance(c, m, "points"), 5);
    shop_check(c, m);
}

TEST(a_late_sale_is_judged_in_its_place)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, gold_double);
    shop_rule(c, gold_gift);
    shop_ladder(c, ladder);
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-03T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 100);
    shop_buy_at(c, m, "2026-05-01T12:00", 10000);
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_balance(c, m, "points"), 1000 + 77 + 300);
    shop_check(c, m);
}

/* What the answer to a late sale says of other events. */
static const char *differences(struct ctx *c, const char *card, const char *at)
{
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    struct buf b;

    IS_INT(purchase_commit(c, &(struct purchase_tell){
        .member = arena_printf(c->arena, "card:%s", card), .store = "S1", .till = "9",
        .receipt = card, .at = shop_at(c, at), .business_date = JSON_ABSENT_DATE,
        .total_minor = 10000 }, told), RC_OK);
    buf_init(&b, c->arena, 4096);
    for (size_t i = 0; i < told->timeline.given_n; i++)
        buf_addf(&b, "%s %lld\n", told->timeline.given[i].event->name,
                 (long long)told->timeline.given[i].amount);
    return buf_cstr(&b);
}

TEST(an_answer_says_the_same_whether_the_walk_came_first)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, "{\"name\":\"down\",\"on\":\"tier.down\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":4}}]}");
    shop_ladder(c, ladder);
    int64_t walked = shop_member(c, "1"), met = shop_member(c, "2");
    shop_buy_at(c, walked, "2026-05-01T12:00", 10000);
    shop_buy_at(c, met, "2026-05-01T12:00", 10000);
    c->now = shop_at(c, "2027-06-01T12:00");
    shop_settle(c, walked);
    const char *a = differences(c, "1", "2027-01-10T12:00");
    const char *b = differences(c, "2", "2027-01-10T12:00");
    IS_STR(a, b);
    IS_STR(a, "purchase 1000\ntier.down -4\n");
    shop_check(c, walked);
    shop_check(c, met);
}

TEST(points_expire_when_their_last_day_ends_whenever_it_is_noticed)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2025-03-01T10:00");
    shop_buy_at(c, m, "2025-03-01T10:00", 1000);
    c->now = shop_at(c, "2026-03-01T23:59:59");
    shop_settle(c, m);
    IS_INT(shop_balance(c, m, "points"), 100);
    c->now = shop_at(c, "2026-03-02T00:00");
    shop_settle(c, m);
    IS_INT(shop_balance(c, m, "points"), 0);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM posting WHERE kind = 'expiry'"), 1);
    IS_INT(shop_i64(c, "SELECT MAX(book_date) FROM posting WHERE kind = 'expiry'"),
           date_from_civil((struct civil){ 2026, 3, 1 }));
    shop_check(c, m);
}

TEST(a_level_is_judged_when_its_term_ends_over_the_window_of_that_day)
{
    shop_basics(c);
    shop_ladder(c, ladder);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "1997-03-01T12:00");
    shop_buy_at(c, m, "1997-03-01T12:00", 10000);
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "1998-03-02T00:00"));
    shop_buy_at(c, m, "1997-03-02T12:00", 10000);       /* inside the window of 1 March 1998 */
    c->now = shop_at(c, "1998-03-01T23:59");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "1998-03-02T00:00"));
    c->now = shop_at(c, "1998-03-02T00:00");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "1999-03-02T00:00"));
    c->now = shop_at(c, "1999-03-02T00:00");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_level, 0);
    shop_check(c, m);
}

TEST(a_spend_takes_what_expires_first_and_its_reversal_gives_the_same_lots_back)
{
    int64_t spent;
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_buy_at(c, m, "2026-06-01T12:00", 1000);
    spent = shop_spend(c, m, 120);
    IS_INT(shop_balance(c, m, "points"), 80);
    IS_INT(shop_i64(c, "SELECT remaining FROM lot ORDER BY expires_at LIMIT 1"), 0);
    IS_INT(points_reverse(c, &(struct points_reverse){ .member_id = m, .spend_id = spent,
                                                       .amount = 50 }, done), RC_OK);
    IS_INT(shop_i64(c, "SELECT remaining FROM lot ORDER BY expires_at LIMIT 1"), 30);
    IS_INT(points_reverse(c, &(struct points_reverse){ .member_id = m, .spend_id = spent,
                                                       .amount = JSON_ABSENT }, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 200);
    IS_INT(points_reverse(c, &(struct points_reverse){ .member_id = m, .spend_id = spent,
                                                       .amount = 1 }, done), RC_CONFLICT);
    IS_STR(c->err.code, "spend.reversed");
    shop_check(c, m);
}

TEST(a_take_back_of_what_is_spent_becomes_a_debt_that_the_next_grant_pays)
{
    int64_t first;

    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    first = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_spend(c, m, 70);
    shop_return(c, m, first, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), -70);
    IS_INT(shop_i64(c, "SELECT owed FROM debt"), 70);
    shop_check(c, m);
    shop_buy_at(c, m, "2026-05-02T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 30);
    IS_INT(shop_i64(c, "SELECT owed FROM debt"), 0);
    shop_check(c, m);
}

TEST(a_unit_may_forgive_or_refuse_what_cannot_be_taken_back)
{
    int64_t id;

    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_debt_policy(c, "points", "forgive");
    int64_t m = shop_member(c, "1");
    id = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_spend(c, m, 70);
    shop_return(c, m, id, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), 0);
    shop_check(c, m);

    shop_debt_policy(c, "points", "refuse");
    int64_t other = shop_member(c, "2");
    id = shop_buy_at(c, other, "2026-05-01T13:00", 1000);
    shop_spend(c, other, 70);
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);
    IS_INT(purchase_return(c, &(struct purchase_return){ .member_id = other, .purchase_id = id,
                                                         .amount_minor = JSON_ABSENT }, out),
           RC_CONFLICT);
    IS_STR(c->err.code, "points.take_back_refused");
}

TEST(a_partial_return_is_recomputed_on_what_remains)
{
    int64_t id;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"step\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":{\"steps\":[[500,20],[1000,50]]}}}]}");
    int64_t m = shop_member(c, "1");
    id = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 50);
    shop_return(c, m, id, 100);
    IS_INT(shop_balance(c, m, "points"), 20);
    shop_return(c, m, id, 600);
    IS_INT(shop_balance(c, m, "points"), 0);
    shop_check(c, m);
    shop_return(c, m, id, JSON_ABSENT);
    IS_INT(shop_i64(c, "SELECT is_live FROM event WHERE id = %lld", (long long)id), 0);
    shop_check(c, m);
}

TEST(an_event_is_judged_by_what_was_published_when_it_was_first_processed)
{
    int64_t first;

    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    first = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_rule(c, per_hundred);                        /* published after: in force since ever */
    shop_buy_at(c, m, "2026-05-02T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 100 + 200);
    shop_return(c, m, first, 500);
    IS_INT(shop_balance(c, m, "points"), 50 + 200);
    shop_check(c, m);
}
