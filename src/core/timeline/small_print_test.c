/* The small print of docs/RULES.md, a line each. */
#include "core/ctx.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":{\"per\":100,\"give\":10},\"valid_days\":30,\"available_after_days\":2}}]}";

static void ladder(struct ctx *c, const char *more)
{
    shop_ladder(c, arena_printf(c->arena,
        "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":1000}],"
        "\"window_days\":60,\"term_days\":30%s}", more));
}

TEST(what_lasts_so_many_days_counts_from_the_day_of_its_moment)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    ladder(c, "");
    int64_t m = shop_member(c, "1"), night = shop_at(c, "2026-06-02T00:30");
    c->now = shop_at(c, "2026-06-02T01:00");
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = night, .total_minor = 1000,
                                     .business_date = date_of(c->conf->zone, night) - 1 });
    IS_INT(shop_i64(c, "SELECT available_at FROM lot"), shop_at(c, "2026-06-05T00:00"));
    IS_INT(shop_i64(c, "SELECT expires_at FROM lot"), shop_at(c, "2026-07-03T00:00"));
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "2026-07-03T00:00"));
    shop_check(c, m);
}

TEST(points_given_by_hand_do_not_wait)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    shop_basics(c);
    IS_INT(shop_unit_is(c, "points", &(struct unit_doc){
        .code = "points", .name = "points", .available_after_days = 7, .valid_days = 30 }), RC_OK);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2026-06-02T12:00");
    IS_INT(points_adjust(c, &(struct points_adjust){
        .member_id = m, .unit = conf_unit_by_code(c->conf, "points"), .amount = 50,
        .reason = "sorry" }, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 50);
    IS_INT(shop_i64(c, "SELECT expires_at FROM lot"), shop_at(c, "2026-07-03T00:00"));
}

TEST(differences_are_booked_in_the_order_of_the_fold_and_what_ends_comes_last)
{
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    static const int64_t wanted[] = { 1000, 7, 3, -7 };

    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":"
                 "\"member.purchases\"},0]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":7}}],\"priority\":-1}");
    shop_rule(c, "{\"name\":\"second\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":"
                 "\"member.purchases\"},1]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":3}}],\"priority\":-1}");
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-03T12:00", 1000);
    IS_INT(purchase_commit(c, &(struct purchase_tell){
        .member = "card:1", .store = "S1", .till = "9", .receipt = "late",
        .at = shop_at(c, "2026-05-01T12:00"), .business_date = JSON_ABSENT_DATE,
        .total_minor = 10000 }, told), RC_OK);
    IS_INT(told->timeline.given_n, ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        IS_INT(told->timeline.given[i].amount, wanted[i]);
    shop_check(c, m);
}

TEST(a_grace_ends_by_the_window_of_its_last_day)
{
    shop_basics(c);
    ladder(c, ",\"grace_days\":10");
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-01T12:00", 1000);          /* until 31 May, in a window of 60 */
    c->now = shop_at(c, "2026-06-05T12:00");
    shop_settle(c, m);                            /* kept: still in the window of 31 May */
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "2026-07-01T00:00"));
    c->now = shop_at(c, "2026-07-05T12:00");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_in_grace, 1);
    IS_INT(shop_get(c, m).tier_until_at, shop_at(c, "2026-07-11T00:00"));
    shop_buy_at(c, m, "2026-07-10T12:00", 1000);
    IS_INT(shop_get(c, m).tier_in_grace, 1);      /* at_term_end: judged when the grace ends */
    c->now = shop_at(c, "2026-07-11T12:00");
    shop_settle(c, m);
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_get(c, m).tier_in_grace, 0);
    shop_check(c, m);
}

TEST(sales_of_the_moment_that_began_a_term_do_not_renew_it)
{
    shop_basics(c);
    ladder(c, ",\"renew\":\"whenever_reached\"");
    int64_t m = shop_member(c, "1");
    shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM tier_change WHERE reason = 'renewed'"), 0);
    shop_buy_at(c, m, "2026-05-01T12:01", 1000);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM tier_change WHERE reason = 'renewed'"), 1);
    shop_check(c, m);
}

TEST(lines_come_back_after_an_amount_as_far_as_the_sale_reaches)
{
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);
    struct purchase_line line = { .sku = "tea", .quantity = 2, .list_minor = 100,
                                  .net_minor = 100 };
    struct purchase_return_line one = { .n = 0, .quantity = 1, .amount_minor = JSON_ABSENT };
    struct purchase_return r = { .lines = &one, .lines_n = 1, .amount_minor = JSON_ABSENT };

    shop_basics(c);
    r.member_id = shop_member(c, "1");
    c->now = shop_at(c, "2026-05-01T12:00");
    IS_INT(purchase_commit(c, &(struct purchase_tell){
        .member = "card:1", .store = "S1", .till = "1", .receipt = "1", .at = c->now,
        .business_date = JSON_ABSENT_DATE, .total_minor = 100, .lines = &line, .lines_n = 1 },
        told), RC_OK);
    r.purchase_id = told->id;
    shop_return(c, r.member_id, told->id, 30);
    IS_INT(purchase_return(c, &r, out), RC_OK);
    IS_INT(out->amount_minor, 50);
    IS_INT(out->left_minor, 20);
    IS_INT(purchase_return(c, &r, out), RC_CONFLICT);
    IS_STR(c->err.code, "return.too_much");
    shop_check(c, r.member_id);
}
