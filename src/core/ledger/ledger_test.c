/* The books themselves: what is not whole is not written, and stops at its member. */
#include "core/ctx.h"
#include "core/ledger/ledger.h"
#include "core/note.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

TEST(a_balance_that_is_not_its_lots_freezes_the_member_and_nobody_else)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    shop_basics(c);
    shop_rule(c, "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":10}}]}");
    int64_t m = shop_member(c, "1"), other = shop_member(c, "2");
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 1 });
    shop_buy(c, &(struct shop_sale){ .member_id = other, .at = c->now, .total_minor = 1 });
    IS_INT(db_script(c->db, "UPDATE lot SET remaining = remaining + 1"), RC_OK);
    shop_commit(c);

    struct points_spend spend = { .member_id = m, .amount = 5,
                                  .unit = conf_unit_by_code(c->conf, "points") };
    IS_INT(points_spend(c, &spend, done), RC_INTERNAL);
    IS_STR(c->err.code, "ledger.balance");
    struct note *notes = c->notes;
    shop_rollback(c);
    c->notes = notes;                                  /* as whoever runs the request does */
    IS_INT(note_write_all(c), RC_OK);
    IS_STR(shop_get(c, m).status, "frozen");
    IS_STR(shop_get(c, other).status, "active");
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM note WHERE what = 'broken'"), 1);
    IS_INT(points_spend(c, &spend, done), RC_CONFLICT);
    IS_STR(c->err.code, "member.frozen");
}

TEST(points_that_wait_are_not_spent_before_their_day)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    shop_basics(c);
    shop_rule(c, "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":10,\"available_after_days\":7}}]}");
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2026-05-01T12:00");
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 1 });
    struct points_spend spend = { .member_id = m, .amount = 10,
                                  .unit = conf_unit_by_code(c->conf, "points") };
    c->now = shop_at(c, "2026-05-08T23:59:59");
    IS_INT(points_spend(c, &spend, done), RC_CONFLICT);
    IS_STR(c->err.code, "points.insufficient");
    shop_check(c, m);
    c->now = shop_at(c, "2026-05-09T00:00");           /* when the seventh day after has ended */
    IS_INT(points_spend(c, &spend, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 0);
    shop_check(c, m);
}

TEST(an_adjustment_gives_or_takes_and_never_below_zero)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    struct points_adjust in = { .amount = 30, .reason = "complaint 17" };

    shop_basics(c);
    in.member_id = shop_member(c, "1");
    in.unit = conf_unit_by_code(c->conf, "points");
    IS_INT(points_adjust(c, &in, done), RC_OK);
    in.amount = -31;
    IS_INT(points_adjust(c, &in, done), RC_CONFLICT);
    IS_STR(c->err.code, "points.insufficient");
    in.amount = -30;
    IS_INT(points_adjust(c, &in, done), RC_OK);
    IS_INT(shop_balance(c, in.member_id, "points"), 0);
    /* what was taken by hand is no spend that could be given back */
    struct points_reverse back = { .member_id = in.member_id, .spend_id = done->id,
                                   .amount = JSON_ABSENT };
    IS_INT(points_reverse(c, &back, done), RC_NOT_FOUND);
    IS_STR(c->err.code, "spend.unknown");
    shop_check(c, in.member_id);
}

TEST(a_spend_given_back_after_its_lot_expired_lapses_or_lives_again)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    shop_basics(c);
    for (int i = 0; i < 2; i++) {
        int64_t m = shop_member(c, i ? "revive" : "lapse");
        c->now = shop_at(c, "2026-05-01T12:00");
        IS_INT(shop_unit_is(c, "points", &(struct unit_doc){
            .code = "points", .name = "points", .valid_days = 365, .revive_days = 30,
            .reversal_policy = i ? "revive" : "lapse" }), RC_OK);
        const struct unit *u = conf_unit_by_code(c->conf, "points");
        IS_INT(points_adjust(c, &(struct points_adjust){ m, 50, u, "gift" }, done), RC_OK);
        IS_INT(points_spend(c, &(struct points_spend){ .member_id = m, .unit = u, .amount = 50 },
                            done), RC_OK);
        c->now = shop_at(c, "2027-06-01T12:00");
        IS_INT(points_reverse(c, &(struct points_reverse){ .member_id = m, .spend_id = done->id,
                                                           .amount = JSON_ABSENT }, done), RC_OK);
        IS_INT(shop_balance(c, m, "points"), i ? 50 : 0);
        c->now = shop_at(c, "2027-07-02T00:00");       /* 30 days later they are gone */
        shop_settle(c, m);
        IS_INT(shop_balance(c, m, "points"), 0);
        shop_check(c, m);
    }
}

/* Twenty lots of 1 each; a request holds six. */
static int64_t scatter(struct ctx *c, struct points_done *done)
{
    struct points_adjust gift = { .amount = 1, .reason = "gift" };

    shop_basics(c);
    gift.member_id = shop_member(c, "1");
    gift.unit = conf_unit_by_code(c->conf, "points");
    for (int i = 0; i < 20; i++) IS_INT(points_adjust(c, &gift, done), RC_OK);
    books_bounds_set(2, 6);
    return gift.member_id;
}

TEST(a_spend_from_too_many_lots_says_how_much_can_be_spent_at_once)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    int64_t m = scatter(c, done);
    struct points_spend spend = { .member_id = m, .amount = 20,
                                  .unit = conf_unit_by_code(c->conf, "points") };

    IS_INT(points_spend(c, &spend, done), RC_CONFLICT);
    IS_STR(c->err.code, "points.scattered");
    IS_STR(c->err.pointer, "/amount");
    IS_STR(c->err.detail, "They lie in very many small lots: spend at most 6 at once.");
    spend.amount = 6;
    IS_INT(points_spend(c, &spend, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 14);
    shop_check(c, m);
    books_bounds_set(0, 0);
}

TEST(what_too_many_lots_would_have_to_pay_back_is_a_debt_beside_them)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    int64_t m = scatter(c, done);

    shop_rule(c, "{\"name\":\"take\",\"on\":\"purchase\",\"then\":[{\"points.take\":{\"unit\":"
                 "\"points\",\"amount\":18}}]}");
    shop_debt_policy(c, "points", "forgive");
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 1 });
    IS_INT(shop_balance(c, m, "points"), 2);
    IS_TRUE(shop_i64(c, "SELECT owed FROM balance") > 0);
    IS_TRUE(shop_i64(c, "SELECT SUM(remaining) FROM lot") > 2);
    IS_INT(shop_i64(c, "SELECT SUM(forgiven) FROM award"), 0);
    shop_check(c, m);
    /* the next grant pays it, in as many steps as it takes */
    struct points_adjust gift = { .member_id = m, .amount = 30, .reason = "gift",
                                  .unit = conf_unit_by_code(c->conf, "points") };
    IS_INT(points_adjust(c, &gift, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 32);
    IS_INT(shop_i64(c, "SELECT owed FROM balance"), 0);
    shop_check(c, m);
    books_bounds_set(0, 0);
}

TEST(debts_are_paid_in_pages_the_oldest_first)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    int64_t m;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"take\",\"on\":\"purchase\",\"then\":[{\"points.take\":{\"unit\":"
                 "\"points\",\"amount\":2}}]}");
    m = shop_member(c, "1");
    for (int i = 0; i < 9; i++) {
        c->now += 1000;
        shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 1 });
    }
    IS_INT(shop_balance(c, m, "points"), -18);
    struct points_adjust gift = { .member_id = m, .amount = 9, .reason = "gift",
                                  .unit = conf_unit_by_code(c->conf, "points") };
    books_bounds_set(2, 0);
    IS_INT(points_adjust(c, &gift, done), RC_OK);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM debt WHERE owed = 0"), 4);
    IS_INT(shop_i64(c, "SELECT owed FROM debt ORDER BY id LIMIT 1 OFFSET 4"), 1);
    IS_INT(shop_balance(c, m, "points"), -9);
    shop_check(c, m);
    books_bounds_set(2, 4);                        /* no more debts than are held; the rest stays */
    gift.amount = 20;
    IS_INT(points_adjust(c, &gift, done), RC_OK);
    IS_INT(shop_balance(c, m, "points"), 11);
    IS_TRUE(shop_i64(c, "SELECT owed FROM balance") > 0);
    shop_check(c, m);
    books_bounds_set(0, 0);
}

/* One request, a year later: six lots have ended at once, and few of them were at hand. */
TEST(a_lot_that_ended_unseen_has_ended_when_it_comes_to_hand)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    int64_t m[2], sales[6], spend = 0;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":10}}]}");
    for (int k = 0; k < 2; k++) {
        c->now = shop_at(c, "2026-05-01T12:00");
        m[k] = shop_member(c, k ? "back" : "given");
        for (int i = 0; i < 6; i++) {
            c->now += 1000;
            sales[i] = shop_buy(c, &(struct shop_sale){ .member_id = m[k], .at = c->now,
                                                        .total_minor = 1 });
        }
        if (k == 1) spend = shop_spend(c, m[k], 55);
        c->now = shop_at(c, "2027-06-01T12:00");
        books_bounds_set(1, 0);
        if (k == 0) shop_return(c, m[k], sales[5], JSON_ABSENT);
        else IS_INT(points_reverse(c, &(struct points_reverse){
                 .member_id = m[k], .spend_id = spend, .amount = JSON_ABSENT }, done), RC_OK);
        books_bounds_set(0, 0);
        IS_INT(shop_balance(c, m[k], "points"), 0);
        IS_INT(shop_i64(c, "SELECT SUM(expired) FROM lot WHERE member_id = %lld",
                        (long long)m[k]), 60);
        shop_check(c, m[k]);
    }
}

/* In one request: stars end and a rule takes for it, points that end early are released, stars end
 * again.  The second take is paid by what ends first now. */
TEST(what_is_released_between_two_takes_pays_for_the_second)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    const struct unit *stars, *points;
    int64_t m;

    shop_basics(c);
    shop_unit(c, "stars", 10);
    shop_rule(c, "{\"name\":\"early\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":10,\"available_after_days\":12,\"valid_days\":100}}]}");
    shop_rule(c, "{\"name\":\"fee\",\"on\":\"points.expired\",\"then\":[{\"points.take\":{\"unit\":"
                 "\"points\",\"amount\":15}}]}");
    m = shop_member(c, "1");
    stars = conf_unit_by_code(c->conf, "stars");
    points = conf_unit_by_code(c->conf, "points");
    c->now = shop_at(c, "2026-05-01T12:00");
    for (int i = 0; i < 3; i++) {
        c->now += 1000;
        shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 1 });
    }
    for (int i = 0; i < 4; i++)
        IS_INT(points_adjust(c, &(struct points_adjust){ m, 10, points, "gift" }, done), RC_OK);
    IS_INT(points_adjust(c, &(struct points_adjust){ m, 1, stars, "gift" }, done), RC_OK);
    c->now = shop_at(c, "2026-05-06T12:00");
    IS_INT(points_adjust(c, &(struct points_adjust){ m, 1, stars, "gift" }, done), RC_OK);
    c->now = shop_at(c, "2026-05-20T12:00");
    books_bounds_set(1, 0);
    shop_settle(c, m);
    books_bounds_set(0, 0);
    IS_INT(shop_balance(c, m, "points"), 40);
    IS_INT(shop_i64(c, "SELECT SUM(remaining) FROM lot WHERE available_at = 0"), 25);
    IS_INT(shop_i64(c, "SELECT SUM(remaining) FROM lot WHERE available_at > 0"), 15);
    shop_check(c, m);
}
