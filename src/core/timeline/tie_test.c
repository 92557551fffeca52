/* Sales of one moment.  On PostgreSQL an id is made before the member's lock is had, so the sale
 * with the earlier id may be told second. */
#include "core/ctx.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static const char gold_gift[] =
    "{\"name\":\"gold gift\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":77}}]}";
static const char ladder[] =
    "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":10000}],"
    "\"window_days\":365,\"term_days\":365,\"down\":\"recompute\"}";

static int64_t one_moment(void)
{
    return INT64_C(1772323200000);
}

/* The sale with an id of this node. */
static int64_t buy_as(struct ctx *c, int node, const struct shop_sale *s)
{
    struct idgen *mine = c->ids, *other = idgen_open(node, one_moment);
    int64_t id;

    c->ids = other;
    id = shop_buy(c, s);
    c->ids = mine;
    idgen_close(other);
    return id;
}

TEST(two_sales_of_one_moment_stand_in_the_order_of_their_ids)
{
    int64_t m, first, second;

    shop_basics(c);
    shop_rule(c, gold_gift);
    shop_ladder(c, ladder);
    m = shop_member(c, "1");
    c->now = one_moment() + 1000;
    second = buy_as(c, 9, &(struct shop_sale){ m, one_moment(), 6000, "a" });
    first = buy_as(c, 2, &(struct shop_sale){ m, one_moment(), 6000, "b" });
    IS_TRUE(first < second);
    IS_INT(shop_get(c, m).tier_level, 1);
    IS_INT(shop_balance(c, m, "points"), 77);
    IS_INT(shop_i64(c, "SELECT cause_id FROM event WHERE name = 'tier.up' AND is_live = 1"),
           second);
    shop_check(c, m);
}
