/* Where the property of the fold ends: each exception that docs/RULES.md states, with its test. */
#include "app/unit/unit.h"
#include "core/ctx.h"
#include "core/note.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

#define GRANT(amount) "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":" amount "}}]}"

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\"," GRANT("{\"per\":100,\"give\":10}");
static const char first_only[] =
    "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":\"member.purchases\"},0]},"
    GRANT("{\"per\":100,\"give\":10}");

static int64_t earned(struct ctx *c, int64_t event_id)
{
    return shop_i64(c, "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM award"
                       " WHERE event_id = %lld", (long long)event_id);
}

TEST(facts_that_cannot_be_read_stop_the_change_and_say_so)
{
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);

    shop_basics(c);
    shop_rule(c, "{\"name\":\"tagged\",\"on\":\"purchase\",\"when\":{\"in\":[\"big\",{\"var\":"
                 "\"member.tags\"}]}," GRANT("9"));
    int64_t m = shop_member(c, "1"), sale = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    shop_i64(c, "UPDATE event SET facts = '{' WHERE id = %lld RETURNING id", (long long)sale);
    IS_INT(purchase_return(c, &(struct purchase_return){
        .member_id = m, .purchase_id = sale, .amount_minor = 100 }, out), RC_INTERNAL);
    IS_STR(c->err.code, "event.facts");
    IS_STR(c->notes->what, "broken");
    IS_STR(c->notes->detail, "event.facts");
}

TEST(of_two_sales_of_the_same_moment_the_one_told_first_comes_first)
{
    shop_basics(c);
    shop_rule(c, first_only);
    int64_t m = shop_member(c, "1"), other = shop_member(c, "2");
    int64_t small = shop_buy_at(c, m, "2026-05-01T12:00", 100);
    int64_t large = shop_buy_at(c, m, "2026-05-01T12:00", 700);
    IS_INT(shop_balance(c, m, "points"), 10);
    shop_buy_at(c, other, "2026-05-01T12:00", 700);
    shop_buy_at(c, other, "2026-05-01T12:00", 100);
    IS_INT(shop_balance(c, other, "points"), 70);
    shop_check(c, m);
    shop_check(c, other);

    shop_buy_at(c, other, "2026-05-02T12:00", 100);
    int64_t late = shop_buy_at(c, other, "2026-05-01T12:00", 300);   /* late, and last */
    IS_INT(earned(c, late), 0);
    IS_INT(shop_balance(c, other, "points"), 70);
    shop_check(c, other);

    shop_return(c, m, small, JSON_ABSENT);              /* what stands decides again */
    IS_INT(earned(c, large), 70);
    IS_INT(shop_balance(c, m, "points"), 70);
    shop_check(c, m);
}

TEST(a_fact_stays_as_it_was_read_though_what_made_it_went)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"tagger\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":"
                 "\"purchase.total_minor\"},1000]},\"then\":[{\"tag.add\":{\"tag\":\"big\"}}]}");
    shop_rule(c, "{\"name\":\"tagged\",\"on\":\"purchase\",\"when\":{\"in\":[\"big\",{\"var\":"
                 "\"member.tags\"}]}," GRANT("9"));
    int64_t m = shop_member(c, "1"), plain = shop_member(c, "2");
    int64_t first = shop_buy_at(c, m, "2026-05-01T12:00", 1000);
    int64_t second = shop_buy_at(c, m, "2026-05-02T12:00", 100);
    IS_INT(earned(c, second), 9);
    shop_return(c, m, first, JSON_ABSENT);
    IS_INT(shop_i64(c, "SELECT awards_n FROM member_tag WHERE tag = 'big'"), 0);
    IS_INT(earned(c, second), 9);                       /* it wore the tag that day */
    shop_check(c, m);
    shop_buy_at(c, plain, "2026-05-02T12:00", 100);             /* one who made only what stands */
    IS_INT(shop_balance(c, plain, "points"), 0);
}

TEST(what_had_expired_is_not_asked_for_again)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2025-03-01T10:00");
    int64_t first = shop_buy_at(c, m, "2025-03-01T10:00", 1000);
    shop_buy_at(c, m, "2026-02-01T10:00", 500);
    c->now = shop_at(c, "2026-03-05T10:00");            /* 100 of the first are gone */
    shop_return(c, m, first, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), 50);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM debt"), 0);
    IS_INT(shop_i64(c, "SELECT lapsed FROM award WHERE event_id = %lld AND amount < 0",
                    (long long)first), 100);
    shop_check(c, m);
}

TEST(points_of_a_late_sale_that_have_expired_do_not_pay_for_what_was_spent_before)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t late = shop_member(c, "1"), plain = shop_member(c, "2");
    c->now = shop_at(c, "2025-03-01T10:00");
    shop_buy_at(c, plain, "2025-03-01T10:00", 1000);
    shop_buy_at(c, plain, "2026-02-01T10:00", 1000);
    shop_buy_at(c, late, "2026-02-01T10:00", 1000);
    shop_spend(c, plain, 100);                               /* takes what expires first */
    shop_spend(c, late, 100);                                /* has only the other */
    c->now = shop_at(c, "2026-03-20T10:00");
    int64_t told = shop_buy_at(c, late, "2025-03-01T10:00", 1000);
    shop_settle(c, plain);
    IS_INT(earned(c, told), 100);
    IS_INT(shop_balance(c, late, "points"), 0);
    IS_INT(shop_balance(c, plain, "points"), 100);
    shop_check(c, late);
    shop_check(c, plain);
}

TEST(a_difference_lives_as_long_as_its_unit_said_of_its_event)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, "{\"name\":\"second\",\"on\":\"purchase\",\"when\":{\">\":[{\"var\":"
                 "\"member.purchases\"},0]}," GRANT("7"));
    int64_t m = shop_member(c, "1"), second = shop_buy_at(c, m, "2026-05-02T12:00", 100);
    c->now = shop_at(c, "2026-05-03T12:00");
    IS_INT(shop_unit_is(c, "points", &(struct unit_doc){ .code = "points", .name = "points",
                                                         .valid_days = 30 }), RC_OK);
    shop_buy_at(c, m, "2026-05-01T12:00", 100);         /* late: the other is now the second */
    IS_INT(earned(c, second), 17);
    IS_INT(shop_i64(c, "SELECT expires_at FROM lot WHERE event_id = %lld AND granted = 10",
                    (long long)second), shop_at(c, "2027-05-03T00:00"));
    IS_INT(shop_i64(c, "SELECT expires_at FROM lot WHERE granted = 7"),
           shop_at(c, "2027-05-03T00:00"));
    shop_check(c, m);
    int64_t third = shop_buy_at(c, m, "2026-05-04T12:00", 100);
    IS_INT(shop_i64(c, "SELECT MIN(expires_at) FROM lot WHERE event_id = %lld", (long long)third),
           shop_at(c, "2026-06-04T00:00"));
    shop_check(c, m);
}

TEST(a_heavy_change_is_folded_by_a_task_and_later_ones_wait_behind_it)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, first_only);
    int64_t m = shop_member(c, "1"), recent = shop_buy_at(c, m, "2026-04-01T12:00", 1000);
    IS_INT(shop_balance(c, m, "points"), 200);
    c->now = shop_at(c, "2026-05-01T12:00");
    shop_all_heavy();
    int64_t old = shop_buy_at(c, m, "2025-03-20T12:00", 100);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM task WHERE state = 'waiting'"), 1);
    IS_INT(earned(c, old), 0);
    fold_bounds_set(NULL);
    shop_return(c, m, recent, 500);                     /* light, and it waits all the same */
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM task WHERE state = 'waiting'"), 2);
    IS_INT(shop_balance(c, m, "points"), 200);

    shop_tasks(c);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM task WHERE state = 'done'"), 2);
    IS_INT(earned(c, old), 20);
    IS_INT(earned(c, recent), 50);                      /* not the first any more, and half of it */
    IS_INT(shop_balance(c, m, "points"), 50);           /* the old ones expired on 20 March 2026 */
    shop_check(c, m);
}

/* Another kind of work that waits for the member is no reason to put a return off. */
TEST(only_a_change_that_waits_puts_later_ones_off)
{
    shop_basics(c);
    shop_rule(c, per_hundred);
    int64_t m = shop_member(c, "1"), sale = shop_buy_at(c, m, "2026-05-01T12:00", 500);
    IS_INT(task_add(c, &(struct task){ .kind = "other", .member_id = m, .event_id = sale }), RC_OK);
    shop_return(c, m, sale, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), 0);
}
