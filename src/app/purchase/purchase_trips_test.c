/* How often a sale waits for PostgreSQL: twice.  Claims, lock and loads; then all its rows and
 * COMMIT.  Whoever adds a question in between sees it here. */
#include <stdio.h>

#include "app/purchase/purchase_api.h"
#include "core/ctx.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":{\"per\":100,\"give\":10}}}]}";
static const char gold_more[] =
    "{\"name\":\"gold\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":\"member.tier\"},1]},"
    "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":{\"per\":100,\"give\":20}}}]}";
static const char ladder[] =
    "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":100000}],"
    "\"window_days\":365,\"term_days\":365,\"down\":\"recompute\"}";

static const struct route *sale_route(void)
{
    return &purchase_routes.items[0];
}

/* What the door does of a sale, and the commit. */
static int64_t trips_of(struct ctx *c, const struct sale_doc *doc)
{
    struct call call = { .body = doc, .language = "en" };
    int64_t before = db_round_trips(c->db);

    c->now += 1000;                          /* two of one moment are looked at more closely */
    IS_INT(sale_route()->run(c, &call), RC_OK);
    if (!call.is_replay)
        IS_INT(answer_keep(c, call.answer_id, call.answer_member_id, &(struct answer){
            .status = call.status, .location = call.location,
            .body = answer_render(c, sale_route()->answer, call.answer) }), RC_OK);
    shop_commit(c);
    return db_round_trips(c->db) - before;
}

static struct sale_doc sale(const char *member, const char *receipt, int64_t total_minor)
{
    return (struct sale_doc){ .member = member, .store = "S1", .till = "1", .receipt = receipt,
                              .at = JSON_ABSENT, .business_date = JSON_ABSENT_DATE,
                              .total_minor = total_minor };
}

static const char *make_shop(struct ctx *c)
{
    static char member[ID_TEXT_MAX];
    int64_t id;

    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, gold_more);
    shop_ladder(c, ladder);
    IS_STR(sale_route()->path, "/v1/purchases");
    IS_INT(member_join(c, &(struct member_join){ .provider = "phone", .subject = "0912345678" },
                       &id), RC_OK);
    id_emit("mem", id, member);
    shop_commit(c);
    return member;
}

TEST(a_sale_waits_for_postgres_twice)
{
    static const struct purchase_line lines[] = {
        { .sku = "A", .quantity = 1, .list_minor = 100, .net_minor = 100 },
        { .sku = "B", .quantity = 2, .list_minor = 400, .net_minor = 400 } };
    const char *member = make_shop(c);
    struct sale_doc with_lines = sale(member, "lines", 500);
    with_lines.lines = lines;
    with_lines.lines_n = ARRAY_LEN(lines);
    const struct { const char *how; struct sale_doc doc; int64_t trips; } cases[] = {
        { "the first of a member, by its id", sale(member, "1", 500), 2 },
        { "the second", sale(member, "2", 700), 2 },
        { "with lines", with_lines, 2 },
        { "by phone, which is looked up before", sale("phone:0912345678", "3", 900), 3 },
        { "one that may move the tier: the sales of its window", sale(member, "4", 100000), 3 },
        { "the next, at the top of the ladder", sale(member, "5", 500), 2 },
        { "told again: the receipt, the kept answer", sale(member, "5", 500), 4 },
    };

    if (db_kind(c->db) == DB_SQLITE) return;          /* nothing travels there */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t trips = trips_of(c, &cases[i].doc);
        if (trips != cases[i].trips)
            FAIL_TEST("%s: %lld round trips, not %lld", cases[i].how, (long long)trips,
                      (long long)cases[i].trips);
    }
}
