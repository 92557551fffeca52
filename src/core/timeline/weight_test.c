/* Members of any weight: what a till says of them never costs more memory than a request has, and
 * comes out as for a light one.  REGULARS_WEIGHT_RUNS sets how many random shapes are tried. */
#include <stdlib.h>

#include "base/limit.h"
#include "core/seal/sealed.h"
#include "core/timeline/timeline.h"
#include "sql/task_sql.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

/* Sales of one member, each of so many lines, before which one more is told; and rules that ask the
 * tier, so that it changes what all of them gave. */
struct shape { int sales, rules, lines; };

static void publish(struct ctx *c, const struct shape *s)
{
    shop_basics(c);
    for (int i = 0; i < s->rules; i++)
        shop_rule(c, "{\"name\":\"gold\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":"
                     "\"member.tier\"},1]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                     "\"amount\":1}}]}");
    shop_rule(c, "{\"name\":\"skus\",\"on\":\"purchase\",\"when\":{\"in\":[\"nothing\",{\"var\":"
                 "\"purchase.skus\"}]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
                 "\"amount\":1}}]}");
    shop_ladder(c, "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":"
                   "1000000}],\"window_days\":3650,\"term_days\":3650}");
}

static struct purchase_line *make_lines(struct ctx *c, int n)
{
    struct purchase_line *lines = ARENA_ARRAY(c->arena, struct purchase_line, n + 1);

    for (int i = 0; i < n; i++)
        lines[i] = (struct purchase_line){
            .sku = arena_printf(c->arena, "%064d", i), .quantity = 1, .net_minor = 1,
            .list_minor = 1 };
    return lines;
}

struct selling { int64_t at, total_minor; int lines; };

/* In memory of the size a request has: what does not fit fails the test as it fails a request. */
static enum rc sell(struct ctx *c, const struct selling *s)
{
    struct arena *own = arena_open(LIMIT_REQUEST_ARENA + LIMIT_REQUEST_RESERVE), *was = c->arena;
    struct purchase_told *told;
    enum rc rc;

    arena_reserve(own, LIMIT_REQUEST_RESERVE);
    c->arena = own;
    told = ARENA_NEW(own, struct purchase_told);
    rc = purchase_commit(c, &(struct purchase_tell){
        .member = "card:1", .store = "S1", .till = "1",
        .receipt = arena_printf(own, "%lld", (long long)s->at), .at = s->at,
        .business_date = JSON_ABSENT_DATE, .total_minor = s->total_minor,
        .lines = make_lines(c, s->lines), .lines_n = (size_t)s->lines }, told);
    c->arena = was;
    arena_close(own);
    return rc;
}

static int64_t points_of(const struct shape *s)
{
    return (int64_t)s->sales * s->rules;
}

static void one_shape(struct ctx *c, const struct shape *s)
{
    int64_t start, m;

    publish(c, s);
    m = shop_member(c, "1");
    start = c->now + TIME_DAY_MS;
    for (int i = 0; i < s->sales; i++) {
        c->now = start + i * 60000;
        IS_INT(sell(c, &(struct selling){ c->now, s->lines ? s->lines : 1, s->lines }), RC_OK);
    }
    IS_INT(shop_balance(c, m, "points"), 0);
    c->now += 60000;
    IS_INT(sell(c, &(struct selling){ start - 60000, 1000000, 0 }), RC_OK);
    shop_tasks(c);
    IS_INT(shop_balance(c, m, "points"), points_of(s));
    IS_INT(shop_get(c, m).tier_level, 1);
    /* As autovacuum does when rows have been committed; these never are.  Without it PostgreSQL
     * now and then joined 12,000 events, awards and lots by loops, for minutes. */
    IS_INT(db_analyze(c->db), RC_OK);
    shop_check(c, m);
}

TEST(a_late_sale_that_moves_the_tier_is_told_whatever_hangs_on_it)
{
    static const struct shape shapes[] = {
        { 900, 3, 0 }, { 900, 6, 0 }, { 500, 20, 0 }, { 300, 40, 0 }, { 200, 60, 0 },
        { 100, 120, 0 }, { 50, 250, 0 }, { 1100, 10, 0 }, { 150, 2, 200 },
    };

    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        struct arena_mark mark = arena_mark(c->arena);
        one_shape(c, &shapes[i]);
        shop_rollback(c);
        fixture_again(c);
        arena_rewind(c->arena, mark);
    }
}

static void random_shape(struct ctx *c, uint64_t seed)
{
    struct dice dice;
    struct shape s;

    dice_seed(&dice, seed);
    s = (struct shape){ .sales = (int)dice_range(&dice, 1, 300),
                        .rules = (int)dice_range(&dice, 0, 60),
                        .lines = (int)dice_range(&dice, 0, 3) * (int)dice_range(&dice, 0, 60) };
    one_shape(c, &s);
}

TEST(any_weight_is_told_in_the_memory_of_a_request)
{
    const char *runs = getenv("REGULARS_WEIGHT_RUNS");
    uint64_t n = runs ? strtoull(runs, NULL, 10) : 3;

    for (uint64_t seed = 1; seed <= n; seed++) {
        struct arena_mark mark = arena_mark(c->arena);
        random_shape(c, seed);
        shop_rollback(c);
        fixture_again(c);
        arena_rewind(c->arena, mark);
    }
}

/* What the door, the rules and the books cannot bound is bounded here: an error of that request. */
TEST(a_request_that_runs_out_of_memory_fails_and_the_next_one_does_not)
{
    struct arena *own = arena_open(128 << 10), *was = c->arena;
    struct event_list list;
    int64_t m;

    arena_reserve(own, 64 << 10);
    shop_basics(c);
    m = shop_member(c, "1");
    for (int i = 0; i < 500; i++)
        shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now - 500 + i,
                                         .total_minor = 1 });
    shop_commit(c);
    struct event_range all = { .member_id = m, .at = TIME_BEGIN, .max = 1000 };
    c->arena = own;
    IS_INT(event_told(c, &all, &list), RC_INTERNAL);
    shop_rollback(c);
    arena_reset(own);
    all.max = 10;
    IS_INT(event_told(c, &all, &list), RC_OK);
    IS_INT(list.n, 10);
    c->arena = was;
    arena_close(own);
}

/* Told by a node whose clock is behind: it may have changed what the fold has passed already. */
TEST(a_change_that_comes_while_a_task_folds_waits_for_the_next_one)
{
    struct task first = { .kind = "reconsider" };
    struct sql_task_pending pending = { .kind = "reconsider" };
    bool is_done = false;
    void *state;

    shop_basics(c);
    shop_all_heavy();
    first.member_id = pending.member_id = shop_member(c, "1");
    for (int i = 3; i > 0; i--)
        shop_buy(c, &(struct shop_sale){ .member_id = first.member_id, .at = c->now - i * 1000,
                                         .total_minor = 100 });
    first.event_id = shop_buy(c, &(struct shop_sale){
        .member_id = first.member_id, .at = c->now - 9000, .total_minor = 100 });
    IS_INT(sql_task_pending(c, &pending), RC_OK);
    IS_INT(pending.n, 1);
    first.id = pending.rows[0].id;
    first.payload = pending.rows[0].payload;

    IS_INT(timeline_reconsider_task.begin(c, &first, &state), RC_OK);
    struct sql_task_add late = { .id = 1, .kind = "reconsider", .member_id = first.member_id,
                                 .event_id = first.event_id, .revision = 1, .now = c->now,
                                 .payload = first.payload,
                                 .by_kind = "system" };
    late.seal = TASK_SEAL(c, &late);
    IS_INT(sql_task_add(c, &late), RC_OK);
    while (!is_done) {
        IS_INT(timeline_reconsider_task.step(c, state, &is_done), RC_OK);
        timeline_reconsider_task.kept(state);
    }
    timeline_reconsider_task.end(state);
    IS_INT(sql_task_pending(c, &pending), RC_OK);
    IS_INT(pending.n, 1);
    IS_INT(pending.rows[0].id, 1);
    IS_INT(shop_task(c, &(struct task){ .id = 1, .kind = "reconsider", .payload = late.payload,
                                        .member_id = first.member_id,
                                        .event_id = first.event_id }), RC_OK);
    IS_INT(sql_task_pending(c, &pending), RC_OK);
    IS_INT(pending.n, 0);
    shop_check(c, first.member_id);
}

/* Windows over years are a few bytes a day. */
TEST(a_window_over_many_sales_takes_the_memory_of_its_days)
{
    struct arena *a = arena_open(1 << 20);
    struct history h = { 0 };
    struct history_term t = { .what = HISTORY_SUM, .window = WINDOW_DAYS, .days = 30 };

    for (int64_t i = 0; i < 1000000; i++)
        IS_TRUE(history_add(a, &h, &(struct sale){
            .id = i, .at = i, .value_minor = 2, .business_date = (int32_t)(20000 + i / 10000) },
                            i >= 995000));
    IS_INT(h.n, 100);
    IS_INT(history_value(&t, &h, 20099).u.i, 30 * 20000);
    IS_INT(history_rolling_sum(&h, 20099, 1), 20000);
    IS_INT(history_term_sum(&h, 20099, 365), 10000);
    t.what = HISTORY_COUNT;
    IS_INT(history_value(&t, &h, 20099).u.i, 30 * 10000);
    history_new_term(&h);
    IS_INT(history_term_sum(&h, 20099, 365), 0);
    arena_close(a);
}
