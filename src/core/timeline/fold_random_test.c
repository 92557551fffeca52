/* The property: after any sequence of sales, returns, voids and late arrivals, net awards and
 * tier equal those of a member who made only the sales that stand, in their order; whether
 * time was noticed every night or never.  REGULARS_FOLD_RUNS sets how many members are tried
 * (default 60). */
#include <stdlib.h>
#include <string.h>

#include "core/ctx.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

enum { SALES_MAX = 24, SPAN_DAYS = 520 };

struct plan { int64_t at, total, returned, id; int32_t date; bool is_told, is_gone; };
struct world {
    struct dice dice;
    struct plan sales[SALES_MAX];
    int n;
    int64_t start, end, mistaken_id;
    struct fold_bounds bounds;
};

static int64_t roll(struct world *w, int64_t lo, int64_t hi)
{
    return dice_range(&w->dice, lo, hi);
}

static void publish_rules(struct ctx *c, struct world *w)
{
    static const char *const whens[] = {
        "null", "{\">=\":[{\"var\":\"member.tier\"},1]}",
        "{\"==\":[{\"var\":\"member.tier_code\"},\"c\"]}",
        "{\"<\":[{\"var\":\"member.purchases\"},3]}",
        "{\">\":[{\"sum\":[\"purchase\",\"total_minor\",null,\"90d\"]},2000]}",
        "{\"==\":[{\"count\":[\"purchase\",null,null,\"month\"]},0]}",
        "{\">\":[{\"var\":\"purchase.total_minor\"},800]}",
        "{\"<=\":[{\"var\":\"now.weekday\"},4]}",
        "{\">\":[{\"var\":\"member.days_since_last\"},20]}",
        "{\">=\":[{\"max\":[\"purchase\",\"total_minor\",null,\"year\"]},1500]}",
        "{\"<\":[{\"count\":[\"purchase\",null,null,\"ever\"]},4]}",
        "{\">\":[{\"last\":[\"purchase\",\"total_minor\",null,\"7d\"]},500]}",
        "{\"<\":[{\"first\":[\"purchase\",\"total_minor\",null,\"week\"]},900]}",
        "{\"<\":[{\"sum\":[\"purchase\",\"total_minor\",null,\"today\"]},700]}",
    };
    static const char *const amounts[] = {
        "{\"per\":100,\"give\":3}", "{\"percent\":\"1.5\"}", "{\"steps\":[[300,5],[1200,40]]}",
        "12",
    };

    for (int64_t i = roll(w, 2, 6); i > 0; i--)
        shop_rule(c, arena_printf(c->arena,
            "{\"name\":\"r\",\"on\":\"purchase\",\"when\":%s,\"then\":[{\"points.%s\":{\"unit\":"
            "\"points\",\"amount\":%s}}],\"priority\":%d}",
            whens[roll(w, 0, ARRAY_LEN(whens) - 1)], roll(w, 0, 5) ? "grant" : "take",
            amounts[roll(w, 0, ARRAY_LEN(amounts) - 1)], (int)roll(w, 0, 3)));
    shop_rule(c, "{\"name\":\"up\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":50}}]}");
    shop_rule(c, "{\"name\":\"kept\",\"on\":\"tier.kept\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":9}},{\"tag.add\":{\"tag\":\"kept\"}}]}");
    shop_rule(c, "{\"name\":\"down\",\"on\":\"tier.down\",\"then\":[{\"points.grant\":{\"unit\":"
                 "\"points\",\"amount\":4}}]}");
}

/* Levels a to e: some of them, in their order. */
static unsigned add_levels(struct world *w, struct buf *b)
{
    unsigned in = (unsigned)roll(w, 1, 31);

    buf_addf(b, "{\"levels\":[");
    for (unsigned i = 0, n = 0; i < 5; i++) {
        if (!(in & 1u << i)) continue;
        buf_addf(b, "%s{\"code\":\"%c\",\"name\":\"%c\",\"threshold_minor\":%d", n++ ? "," : "",
                 'a' + i, 'a' + i, (int)(1000 + 2000 * i + roll(w, 0, 1500)));
        if (roll(w, 0, 1)) buf_addf(b, ",\"keep_minor\":%d", (int)roll(w, 1000, 5000));
        buf_addf(b, "}");
    }
    return in;
}

/* Of those that went, some are said to be somewhere, some on no level. */
static void add_removed(struct world *w, struct buf *b, unsigned were, unsigned are)
{
    bool is_first = true;

    buf_addf(b, "],\"removed\":[");
    for (unsigned i = 0; i < 5; i++) {
        unsigned to = (unsigned)roll(w, 0, 9);
        if (!(were & ~are & 1u << i) || roll(w, 0, 1)) continue;
        buf_addf(b, "%s{\"code\":\"%c\"", is_first ? "" : ",", 'a' + i);
        if (to < 5 && are & 1u << to) buf_addf(b, ",\"to\":\"%c\"", 'a' + to);
        buf_addf(b, "}");
        is_first = false;
    }
    buf_addf(b, "],");
}

/* And some more that come into force while the member lives. */
static void publish_ladders(struct ctx *c, struct world *w)
{
    unsigned were = 0;

    for (int64_t i = 0, n = roll(w, 1, 4); i < n; i++) {
        struct buf b;
        buf_init(&b, c->arena, 64 << 10);
        unsigned are = add_levels(w, &b);
        add_removed(w, &b, were, are);
        buf_addf(&b, "\"window_days\":%d,\"term_days\":%d,\"grace_days\":%d,\"renew\":\"%s\","
                 "\"down\":\"%s\"}", (int)roll(w, 20, 365), (int)roll(w, 20, 200),
                 roll(w, 0, 1) ? 0 : (int)roll(w, 1, 30),
                 roll(w, 0, 1) ? "at_term_end" : "whenever_reached",
                 roll(w, 0, 1) ? "one" : "recompute");
        shop_ladder_at(c, buf_cstr(&b), i == 0 ? 0 : roll(w, w->start, w->end));
        were |= are;
    }
}

static void make_sales(struct ctx *c, struct world *w)
{
    w->n = (int)roll(w, 3, SALES_MAX);
    for (int i = 0; i < w->n; i++)
        w->sales[i] = (struct plan){
            .at = roll(w, w->start, w->end - TIME_DAY_MS) / 60000 * 60000 + i,
            .total = roll(w, 0, 25) * 100 + roll(w, 0, 99) };
    /* A till that closed early or late dates a sale into the next day or the last. */
    for (int i = 0; i < w->n; i++)
        w->sales[i].date = date_of(c->conf->zone, w->sales[i].at)
                         + (roll(w, 0, 3) ? 0 : (int32_t)roll(w, -1, 1));
}

/* A sale of that moment has happened and may be told. */
static struct plan *pick(struct world *w, bool is_told, int64_t now)
{
    int64_t from = roll(w, 0, w->n - 1);

    for (int i = 0; i < w->n; i++) {
        struct plan *p = &w->sales[(from + i) % w->n];
        if (p->is_told == is_told && p->at <= now && !p->is_gone) return p;
    }
    return NULL;
}

static void take_back(struct ctx *c, struct world *w, int64_t member_id)
{
    struct plan *p = pick(w, true, c->now);
    int64_t left = p ? p->total - p->returned : 0;

    if (!p) return;
    if (left > 1 && roll(w, 0, 1)) {
        int64_t part = roll(w, 1, left - 1);
        shop_return(c, member_id, p->id, part);
        p->returned += part;
        return;
    }
    shop_return(c, member_id, p->id, JSON_ABSENT);
    p->is_gone = true;
}

static void spend(struct ctx *c, struct world *w, int64_t member_id)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);
    int64_t balance = shop_balance(c, member_id, "points");
    enum rc rc;

    if (balance < 1) return;
    rc = points_spend(c, &(struct points_spend){ .member_id = member_id,
                                                 .unit = conf_unit_by_code(c->conf, "points"),
                                                 .amount = roll(w, 1, balance) }, done);
    /* what expires meanwhile may leave less than the balance said */
    IS_TRUE(rc == RC_OK || str_eq(c->err.code, "points.insufficient"));
}

/* To another member first, by mistake. */
static int64_t tell_and_move(struct ctx *c, const struct shop_sale *s, int64_t mistaken_id)
{
    struct purchase_moved *moved = ARENA_NEW(c->arena, struct purchase_moved);
    struct purchase_move in = { .member_id = mistaken_id, .to_member_id = s->member_id,
                                .reason = "the wrong card" };
    struct shop_sale wrong = *s;

    wrong.member_id = mistaken_id;
    in.purchase_id = shop_buy(c, &wrong);
    IS_INT(purchase_move(c, &in, moved), RC_OK);
    return moved->to.id;
}

static void tell(struct ctx *c, struct world *w, struct plan *p, int64_t member_id)
{
    struct shop_sale s = { .member_id = member_id, .at = p->at, .total_minor = p->total,
                           .business_date = p->date };

    p->id = roll(w, 0, 7) ? shop_buy(c, &s) : tell_and_move(c, &s, w->mistaken_id);
    p->is_told = true;
}

/* A year and a half of disorder. */
static int64_t live_wildly(struct ctx *c, struct world *w)
{
    int64_t m = shop_member(c, "wild");
    w->mistaken_id = shop_member(c, "mistaken");
    bool is_nightly = roll(w, 0, 1), is_tidy = roll(w, 0, 2) == 0;

    for (c->now = w->start; c->now < w->end; c->now += roll(w, 1, 12) * TIME_DAY_MS / 2) {
        struct plan *p = pick(w, false, c->now);
        if (p && roll(w, 0, 2)) tell(c, w, p, m);
        if (roll(w, 0, 6) == 0) take_back(c, w, m);
        if (roll(w, 0, 5) == 0) spend(c, w, m);
        if (is_nightly) shop_settle(c, m);
        if (is_tidy) shop_tasks(c);
    }
    c->now = w->end;
    for (struct plan *p; (p = pick(w, false, c->now)) != NULL;) tell(c, w, p, m);
    if (roll(w, 0, 1)) take_back(c, w, m);
    shop_tasks(c);
    shop_settle(c, m);
    return m;
}

static int compare_plans(const void *a, const void *b)
{
    const struct plan *x = a, *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

/* Only what stands, in order, told at once. */
static int64_t live_plainly(struct ctx *c, struct world *w)
{
    int64_t m = shop_member(c, "plain");

    qsort(w->sales, (size_t)w->n, sizeof w->sales[0], compare_plans);
    for (int i = 0; i < w->n; i++) {
        struct plan *p = &w->sales[i];
        if (p->is_gone) continue;
        c->now = p->at;
        shop_buy(c, &(struct shop_sale){ .member_id = m, .at = p->at,
                                         .total_minor = p->total - p->returned,
                                         .business_date = p->date });
    }
    c->now = w->end;
    shop_settle(c, m);
    return m;
}

static void add_rows(struct ctx *c, struct buf *b, const char *sql)
{
    struct db_table t;

    IS_INT(db_script_table(c->db, c->arena, sql, &t), RC_OK);
    for (size_t i = 0; i < t.rows * (size_t)t.cols; i++)
        buf_addf(b, "%s%c", t.cells[i], (i + 1) % (size_t)t.cols ? ' ' : '\n');
}

static const char *digest(struct ctx *c, int64_t m)
{
    struct member s = shop_get(c, m);
    struct buf b;

    buf_init(&b, c->arena, 1 << 20);
    buf_addf(&b, "tier %d since %lld until %lld grace %d, %d sales of %lld\n", (int)s.tier_level,
             (long long)s.tier_since_at, (long long)s.tier_until_at, (int)s.tier_in_grace,
             (int)s.purchases_n, (long long)s.spend_minor);
    add_rows(c, &b, arena_printf(c->arena,
        "SELECT e.at, e.name, a.rule_id, a.effect_n, SUM(a.amount) FROM event e JOIN award a"
        " ON a.event_id = e.id AND a.member_id = e.member_id WHERE e.member_id = %lld"
        " GROUP BY e.at, e.name, a.rule_id, a.effect_n HAVING SUM(a.amount) <> 0"
        " ORDER BY e.at, e.name, a.rule_id, a.effect_n", (long long)m));
    add_rows(c, &b, arena_printf(c->arena,
        "SELECT at, from_level, to_level, until_at, reason FROM tier_change WHERE member_id = %lld"
        " AND is_live = 1 AND reason <> 'revised' ORDER BY at, reason, to_level", (long long)m));
    return buf_cstr(&b);
}

/* Pages of any size, and some members whose every change is a task's. */
static void draw_bounds(struct world *w)
{
    struct fold_bounds *b = &w->bounds;

    *b = *fold_bounds();
    if (roll(w, 0, 1)) b->page_events = (size_t)roll(w, 1, 5);
    if (roll(w, 0, 1)) b->page_rows = (size_t)roll(w, 1, 8);
    if (roll(w, 0, 2) == 0) b->events = roll(w, 1, 20);
    if (roll(w, 0, 3) == 0) b->rules = roll(w, 1, 40);
    if (roll(w, 0, 3) == 0) b->differences = roll(w, 0, 6);
    fold_bounds_set(b);
    if (roll(w, 0, 1)) books_bounds_set((size_t)roll(w, 1, 4), 0);
}

static void one_world(struct ctx *c, uint64_t seed)
{
    struct world w = { .n = 0 };

    dice_seed(&w.dice, seed);
    draw_bounds(&w);
    c->now = shop_at(c, "2024-01-01T00:00");
    shop_basics(c);
    w.start = shop_at(c, "2024-01-10T00:00");
    w.end = w.start + SPAN_DAYS * TIME_DAY_MS;
    publish_rules(c, &w);
    publish_ladders(c, &w);
    make_sales(c, &w);
    int64_t wild = live_wildly(c, &w), plain = live_plainly(c, &w);
    const char *a = digest(c, wild), *b = digest(c, plain);
    if (strcmp(a, b) != 0)
        FAIL_TEST("seed %llu\nwild:\n%splain:\n%s", (unsigned long long)seed, a, b);
    shop_check(c, wild);
    shop_check(c, plain);
    shop_check(c, w.mistaken_id);
    IS_INT(shop_get(c, w.mistaken_id).spend_minor, 0);
    fold_bounds_set(NULL);
    books_bounds_set(0, 0);
}

TEST(any_order_of_sales_and_returns_gives_what_the_standing_sales_give)
{
    shop_each_seed(c, 60, one_world);
}
