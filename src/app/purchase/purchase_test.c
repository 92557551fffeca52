/* Telling a sale: its receipt, its place, its refusals in their order. */
#include "app/purchase/purchase.h"
#include "base/limit.h"
#include "sql/purchase_sql.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static struct purchase_tell tell_of(struct ctx *c, int64_t member_id, const char *receipt)
{
    char member[ID_TEXT_MAX];

    id_emit("mem", member_id, member);
    return (struct purchase_tell){ .member = arena_strdup(c->arena, member), .store = "S1",
                                   .till = "1", .receipt = receipt, .at = JSON_ABSENT,
                                   .business_date = JSON_ABSENT_DATE, .total_minor = 580 };
}

static enum rc tell(struct ctx *c, const struct purchase_tell *in, struct purchase_told **out)
{
    *out = ARENA_NEW(c->arena, struct purchase_told);
    return purchase_commit(c, in, *out);
}

TEST(the_same_receipt_is_one_sale_and_another_amount_is_a_conflict)
{
    struct purchase_told *first, *again;

    shop_basics(c);
    int64_t m = shop_member(c, "1"), other = shop_member(c, "2");
    struct purchase_tell in = tell_of(c, m, "0001");
    IS_INT(tell(c, &in, &first), RC_OK);
    IS_INT(tell(c, &in, &again), RC_OK);
    IS_TRUE(again->is_repeat);
    IS_INT(again->id, first->id);
    in.total_minor = 581;
    IS_INT(tell(c, &in, &again), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.receipt_differs");
    NOT_NULL(c->notes);
    in = tell_of(c, other, "0001");
    IS_INT(tell(c, &in, &again), RC_CONFLICT);
    in = tell_of(c, m, "0001");
    in.till = "2";
    IS_INT(tell(c, &in, &again), RC_OK);
    IS_FALSE(again->is_repeat);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM purchase"), 2);
}

TEST(the_same_number_on_the_next_business_day_is_another_sale)
{
    struct purchase_told *first, *next;

    shop_basics(c);
    struct purchase_tell in = tell_of(c, shop_member(c, "1"), "0001");
    c->now = shop_at(c, "2026-05-01T23:59:59");
    IS_INT(tell(c, &in, &first), RC_OK);
    c->now = shop_at(c, "2026-05-02T00:00");
    IS_INT(tell(c, &in, &next), RC_OK);
    IS_FALSE(next->is_repeat);
}

TEST(a_receipt_made_from_a_key_is_the_same_after_midnight)
{
    struct purchase_told *first, *again;

    shop_basics(c);
    struct purchase_tell in = tell_of(c, shop_member(c, "1"), NULL);
    in.key = "k-1";
    c->now = shop_at(c, "2026-05-01T23:59:59");
    IS_INT(tell(c, &in, &first), RC_OK);
    c->now = shop_at(c, "2026-05-02T00:00:01");
    IS_INT(tell(c, &in, &again), RC_OK);
    IS_TRUE(again->is_repeat);
    IS_INT(again->id, first->id);
    c->actor.id = 7;                                   /* keys belong to their actor */
    IS_INT(tell(c, &in, &again), RC_OK);
    IS_FALSE(again->is_repeat);
    shop_check(c, first->member_id);
}

TEST(a_sale_is_refused_for_the_first_of_its_reasons)
{
    struct purchase_told *out;
    struct purchase_line line = { .sku = "tea", .quantity = 1, .net_minor = 579 };

    shop_basics(c);
    int64_t m = shop_member(c, "1");
    struct purchase_tell in = tell_of(c, m, NULL);
    in.lines = &line;
    in.lines_n = 1;
    in.store = "nowhere";
    in.at = c->now + 601000;
    in.member = "who?";
    static const char *const codes[] = { "purchase.lines_differ", "store.unknown",
                                         "purchase.at_future", "purchase.receipt_missing",
                                         "member.reference", "member.unknown" };
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        IS_TRUE(tell(c, &in, &out) != RC_OK);
        IS_STR(c->err.code, codes[i]);
        if (i == 0) in.total_minor = 579;
        if (i == 1) in.store = "S1";
        if (i == 2) in.at = c->now + 599000;           /* taken as now */
        if (i == 3) in.receipt = "1";
        if (i == 4) in.member = "card:none";
    }
    in.member = tell_of(c, m, NULL).member;
    IS_INT(tell(c, &in, &out), RC_OK);
    IS_INT(out->at, c->now);
    IS_INT(db_script(c->db, "UPDATE member SET status = 'blocked'"), RC_OK);
    in.receipt = "2";
    IS_TRUE(tell(c, &in, &out) == RC_CONFLICT);
    IS_STR(c->err.code, "member.blocked");
}

TEST(a_store_whose_day_is_cut_late_sells_into_the_day_before)
{
    struct purchase_told *out;

    shop_basics(c);
    IS_INT(db_script(c->db, "UPDATE config_object SET doc = REPLACE(doc, '\"day_cut_min\":0',"
                           " '\"day_cut_min\":300') WHERE kind = 'store'"), RC_OK);
    shop_conf(c);
    struct purchase_tell in = tell_of(c, shop_member(c, "1"), "1");
    c->now = shop_at(c, "2026-05-02T01:30");
    IS_INT(tell(c, &in, &out), RC_OK);
    IS_INT(out->business_date, date_from_civil((struct civil){ 2026, 5, 1 }));
}

TEST(a_void_is_for_the_same_business_day_and_a_return_for_ever)
{
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);

    shop_basics(c);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2026-05-01T12:00");
    int64_t id = shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now,
                                                  .total_minor = 100 });
    struct purchase_return in = { .member_id = m, .purchase_id = id, .is_void = true,
                                  .amount_minor = JSON_ABSENT };
    c->now = shop_at(c, "2026-05-02T00:00");
    IS_INT(purchase_return(c, &in, out), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.void_late");
    int64_t early = shop_buy(c, &(struct shop_sale){           /* the till has closed its day */
        .member_id = m, .at = c->now, .total_minor = 100,
        .business_date = date_of(c->conf->zone, c->now) + 1 });
    IS_INT(purchase_return(c, &(struct purchase_return){ .member_id = m, .purchase_id = early,
                                                         .is_void = true,
                                                         .amount_minor = JSON_ABSENT }, out),
           RC_OK);
    in.is_void = false;
    in.amount_minor = 101;
    IS_INT(purchase_return(c, &in, out), RC_CONFLICT);
    IS_STR(c->err.code, "return.too_much");
    in.amount_minor = JSON_ABSENT;
    IS_INT(purchase_return(c, &in, out), RC_OK);
    IS_STR(out->status, "returned");
    IS_INT(purchase_return(c, &in, out), RC_CONFLICT);
    IS_STR(c->err.code, "purchase.returned");
    in.purchase_id = 12345;
    IS_INT(purchase_return(c, &in, out), RC_NOT_FOUND);
    IS_STR(c->err.code, "purchase.unknown");
}

TEST(lines_come_back_in_pieces_and_the_last_takes_the_rest)
{
    struct purchase_told *sale;
    struct purchase_line line = { .sku = "tea", .quantity = 3, .list_minor = 100,
                                  .net_minor = 100 };
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);
    struct purchase_return_line back = { .n = 0, .quantity = 1, .amount_minor = JSON_ABSENT };

    shop_basics(c);
    int64_t m = shop_member(c, "1");
    struct purchase_tell in = tell_of(c, m, "1");
    in.total_minor = 100;
    in.lines = &line;
    in.lines_n = 1;
    IS_INT(tell(c, &in, &sale), RC_OK);
    struct purchase_return r = { .member_id = m, .purchase_id = sale->id, .lines = &back,
                                 .lines_n = 1, .amount_minor = JSON_ABSENT };
    static const int64_t amounts[] = { 33, 33, 34 };
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        IS_INT(purchase_return(c, &r, out), RC_OK);
        IS_INT(out->amount_minor, amounts[i]);
    }
    IS_STR(out->status, "returned");
    IS_INT(out->left_minor, 0);
    shop_check(c, m);
}

TEST(a_business_date_lies_within_two_days_of_its_moment)
{
    struct purchase_told *told;

    shop_basics(c);
    int64_t m = shop_member(c, "1");
    c->now = shop_at(c, "2026-05-05T12:00");
    int32_t today = date_of(c->conf->zone, c->now);
    for (int days = -4; days <= 4; days++) {
        struct purchase_tell in = tell_of(c, m, arena_printf(c->arena, "d%d", days));
        in.business_date = today + days;
        bool is_far = days < -2 || days > 2;
        IS_INT(tell(c, &in, &told), is_far ? RC_INVALID : RC_OK);
        if (is_far) IS_STR(c->err.code, "purchase.date_far");
        if (is_far) IS_STR(c->err.pointer, "/business_date");
    }
}

/* No sum of a member's sales can pass what a number holds: the door stops long before. */
TEST(all_that_a_member_buys_is_bounded_and_never_wraps)
{
    struct purchase_told *told;
    enum rc rc = RC_OK;
    int n = 0;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"rich\",\"on\":\"purchase\",\"when\":{\">\":[{\"sum\":[\"purchase\","
                 "\"total_minor\",null,\"30d\"]},0]},\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":1}}]}");
    int64_t m = shop_member(c, "1");
    while (rc == RC_OK && n < 1100) {
        struct arena_mark mark = arena_mark(c->arena);
        struct purchase_tell in = tell_of(c, m, arena_printf(c->arena, "n%d", n++));
        c->now += 1000;
        in.total_minor = LIMIT_MONEY_MINOR;
        rc = tell(c, &in, &told);
        if (rc == RC_OK) arena_rewind(c->arena, mark);
    }
    IS_INT(rc, RC_CONFLICT);
    IS_STR(c->err.code, "purchase.spend_limit");
    IS_INT(n, LIMIT_SPEND_MINOR / LIMIT_MONEY_MINOR + 1);
    IS_INT(shop_get(c, m).spend_minor, LIMIT_SPEND_MINOR);
    IS_INT(shop_balance(c, m, "points"), n - 2);
    shop_rollback(c);
}
