/* Rules: versions, dates, weekdays, facts, and what is refused on saving. */
#include "core/config/config_store.h"
#include "core/ctx.h"
#include "core/rule/rule.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

#define GIVE(n) "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":" #n "}}]"

static int64_t buy(struct ctx *c, int64_t m, const char *at)
{
    c->now = shop_at(c, at);
    return shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 100 });
}

TEST(a_rule_gives_on_its_weekdays_and_between_its_dates)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"tuesday\",\"on\":\"purchase\",\"active\":{\"weekdays\":[2]},"
                 GIVE(5) "}");
    shop_rule(c, "{\"name\":\"spring\",\"on\":\"purchase\",\"active\":{\"from\":"
                 "\"2026-03-01T00:00:00+08:00\",\"to\":\"2026-04-01T00:00:00+08:00\"},"
                 GIVE(70) "}");
    int64_t m = shop_member(c, "1");
    buy(c, m, "2026-02-28T23:59");
    IS_INT(shop_balance(c, m, "points"), 0);
    buy(c, m, "2026-03-01T00:00");
    IS_INT(shop_balance(c, m, "points"), 70);
    buy(c, m, "2026-03-03T12:00");                        /* a Tuesday */
    IS_INT(shop_balance(c, m, "points"), 145);
    buy(c, m, "2026-04-01T00:00");
    IS_INT(shop_balance(c, m, "points"), 145);
    shop_check(c, m);
}

/* "To 31 May" means to the end of that business day. */
TEST(a_rule_that_holds_between_days_holds_by_business_date_both_included)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"may\",\"on\":\"purchase\",\"active\":{\"from\":\"2026-05-01\","
                 "\"to\":\"2026-05-31\"}," GIVE(7) "}");
    int64_t m = shop_member(c, "1"), given = 0;
    static const struct { const char *at, *date; int64_t gives; } sales[] = {
        { "2026-04-30T23:59", "2026-04-30", 0 }, { "2026-04-30T23:59", "2026-05-01", 7 },
        { "2026-05-01T00:00", "2026-05-01", 7 }, { "2026-05-31T23:59", "2026-05-31", 7 },
        { "2026-06-01T00:30", "2026-05-31", 7 }, { "2026-06-01T00:30", "2026-06-01", 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(sales); i++) {
        int32_t date;
        IS_TRUE(date_parse(str_of(sales[i].date), &date));
        c->now = shop_at(c, sales[i].at);
        shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 100,
                                         .business_date = date });
        given += sales[i].gives;
        IS_INT(shop_balance(c, m, "points"), given);
    }
    shop_check(c, m);
}

TEST(a_rule_whose_end_lies_before_its_beginning_is_refused)
{
    static const struct { const char *active, *pointer; } wrong[] = {
        { "{\"from\":\"2026-05-02\",\"to\":\"2026-05-01\"}", "/active/to" },
        { "{\"from\":\"2026-05-01T00:00:00+08:00\",\"to\":\"2026-05-01T00:00:00+08:00\"}",
          "/active/to" },
        { "{\"from\":\"2026-05-01T00:00:00Z\",\"to\":\"2026-04-01T00:00:00Z\"}", "/active/to" },
        { "{\"from\":\"2026-05-01\",\"to\":\"2026-06-01T00:00:00Z\"}", "/active/to" },
        { "{\"from\":\"2026-05-01T00:00:00\"}", "/active/from" },
        { "{\"from\":\"2026-02-30\"}", "/active/from" },
        { "{\"to\":5}", "/active/to" },
    };

    shop_basics(c);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct json_reader r = { .arena = c->arena };
        struct json_error error;
        struct json doc;
        struct rule out;
        const char *text = arena_printf(c->arena, "{\"name\":\"r\",\"on\":\"purchase\",\"active\":"
                                        "%s," GIVE(1) "}", wrong[i].active);
        IS_INT(json_parse(c->arena, str_of(text), &doc, &error), RC_OK);
        IS_INT(rule_check(&r, c->conf, &doc, &out), RC_INVALID);
        IS_INT(r.mistakes.n, 1);
        IS_STR(r.mistakes.list[0].pointer, wrong[i].pointer);
    }
}

TEST(an_archived_version_gives_no_more_and_the_past_stays)
{
    static const char gone[] = "{\"name\":\"r\",\"on\":\"purchase\",\"status\":\"archived\","
                               GIVE(5) "}";

    shop_basics(c);
    int64_t id = shop_rule(c, "{\"name\":\"r\",\"on\":\"purchase\"," GIVE(5) "}");
    int64_t m = shop_member(c, "1"), first = buy(c, m, "2026-05-01T12:00");
    struct config_put put = { .kind = &rule_kind, .id = id, .if_version = 2,
                              .effective_at = JSON_ABSENT };
    IS_INT(shop_put(c, &put, gone), RC_CONFLICT);
    IS_STR(c->err.code, "version.mismatch");
    put.if_version = 1;
    IS_INT(shop_put(c, &put, gone), RC_OK);
    IS_INT(conf_item(c->conf, &rule_kind, id)->version, 2);
    buy(c, m, "2026-05-02T12:00");
    IS_INT(shop_balance(c, m, "points"), 5);
    shop_return(c, m, first, 40);                         /* a fixed amount stands */
    IS_INT(shop_balance(c, m, "points"), 5);
    shop_check(c, m);
}

/* A version that an upgrade can no longer read neither brings its predecessor back nor takes away
 * what it gave. */
TEST(an_unreadable_version_stays_in_its_place_and_what_it_gave_stands)
{
    static const char *const docs[] = {
        "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
        "\"amount\":{\"per\":1,\"give\":10}}}]}",
        "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
        "\"amount\":{\"per\":1,\"give\":5}}}]}" };
    const char *why;

    shop_basics(c);
    int64_t id = shop_rule(c, docs[0]), m = shop_member(c, "1");
    IS_INT(shop_put(c, &(struct config_put){ .kind = &rule_kind, .id = id, .if_version = 1,
                                             .effective_at = JSON_ABSENT }, docs[1]), RC_OK);
    int64_t sale = buy(c, m, "2026-05-01T12:00");
    IS_INT(shop_balance(c, m, "points"), 500);
    IS_INT(db_script(c->db, "UPDATE config_object SET doc = '{\"then\":1}'"
                           " WHERE kind = 'rule' AND version = 2"), RC_OK);
    shop_conf(c);
    buy(c, m, "2026-05-02T12:00");
    IS_INT(shop_balance(c, m, "points"), 500);
    shop_return(c, m, sale, 10);
    IS_INT(shop_balance(c, m, "points"), 500);
    IS_INT(timeline_prove(c, m, &why), RC_OK);
    IS_STR(why, NULL);
    shop_return(c, m, sale, JSON_ABSENT);
    IS_INT(shop_balance(c, m, "points"), 0);
    IS_INT(timeline_prove(c, m, &why), RC_OK);
    IS_STR(why, NULL);
}

TEST(a_fact_is_read_once_and_kept)
{
    shop_basics(c);
    shop_rule(c, "{\"name\":\"tagger\",\"on\":\"purchase\",\"when\":{\"==\":[{\"var\":"
                 "\"member.purchases\"},0]},\"then\":[{\"tag.add\":{\"tag\":\"new\"}}]}");
    shop_rule(c, "{\"name\":\"tagged\",\"on\":\"purchase\",\"when\":{\"in\":[\"new\",{\"var\":"
                 "\"member.tags\"}]}," GIVE(9) "}");
    int64_t m = shop_member(c, "1");
    buy(c, m, "2026-05-01T12:00");
    IS_INT(shop_balance(c, m, "points"), 0);
    int64_t second = buy(c, m, "2026-05-02T12:00");
    IS_INT(shop_balance(c, m, "points"), 9);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM event WHERE id = %lld AND facts LIKE '%%\"new\"%%'",
                    (long long)second), 1);
    shop_check(c, m);
}

TEST(what_may_not_be_saved_is_answered_with_its_place)
{
    static const struct { const char *doc, *pointer; } cases[] = {
        { "{\"on\":\"purchase\"," GIVE(1) "}", "/name" },
        { "{\"name\":\"r\",\"on\":\"nothing\"," GIVE(1) "}", "/on" },
        { "{\"name\":\"r\",\"on\":\"purchase\"}", "/then" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[]}", "/then" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"fly\":{}}]}", "/then/0" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"x\","
          "\"amount\":1}}]}", "/then/0/points.grant/unit" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
          "\"amount\":0}}]}", "/then/0/points.grant/amount" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"then\":[{\"tag.add\":{}}]}",
          "/then/0/tag.add/tag" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"when\":{\"var\":\"no.such\"}," GIVE(1) "}",
          "/when" },
        { "{\"name\":\"r\",\"on\":\"tier.up\","
          "\"when\":{\">\":[{\"var\":\"purchase.total_minor\"},1]},"
          GIVE(1) "}", "/when" },
        { "{\"name\":\"r\",\"on\":\"purchase\","
          "\"when\":{\"==\":[{\"var\":\"purchase.channel\"},1]},"
          GIVE(1) "}", "/when" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"when\":{\">\":[{\"sum\":[\"visit\"]},1]},"
          GIVE(1) "}",
          "/when" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"active\":{\"weekdays\":[8]}," GIVE(1) "}",
          "/active/weekdays" },
        { "{\"name\":\"r\",\"on\":\"purchase\",\"extra\":1," GIVE(1) "}", "/extra" },
    };

    shop_basics(c);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct config_put put = { .kind = &rule_kind, .effective_at = JSON_ABSENT };
        if (shop_put(c, &put, cases[i].doc) != RC_INVALID)
            FAIL_TEST("accepted: %s", cases[i].doc);
        if (!str_prefix(c->err.pointer, cases[i].pointer))
            FAIL_TEST("%s: at %s, wanted %s", cases[i].doc, c->err.pointer, cases[i].pointer);
        IS_INT(conf_set(c->conf, &rule_kind)->n, 0);
    }
}

static const struct rule *only_rule(struct ctx *c)
{
    const struct event e = { .name = "purchase", .at = c->now,
                             .config_version = c->conf->version };
    const struct judges *by = rules_for(c->conf, &e);

    IS_TRUE(by->n > 0);
    return by->rules[0];
}

/* In the next snapshot it is the same rule, compiled once. */
TEST(a_publication_compiles_what_it_brings_and_takes_the_rest_as_it_was)
{
    const struct conf *old;
    struct conf *fresh;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"first\",\"on\":\"purchase\",\"when\":{\">\":[{\"sum\":[\"purchase\","
                 "\"total_minor\",null,\"30d\"]},5]}," GIVE(5) "}");
    const struct logic *when = only_rule(c)->when;
    IS_INT(conf_read(c, NULL, &fresh), RC_OK);
    old = c->conf;
    c->conf = fresh;
    when = only_rule(c)->when;
    struct json tree;
    struct json_error error;
    struct config_done done;
    IS_INT(json_parse(c->arena, str_of("{\"name\":\"second\",\"on\":\"purchase\",\"when\":{\">\":["
        "{\"sum\":[\"purchase\",\"total_minor\",null,\"7d\"]},1]}," GIVE(6) "}"), &tree, &error),
        RC_OK);
    IS_INT(config_put_tree(c, &(struct config_put){ .kind = &rule_kind,
                                                    .effective_at = JSON_ABSENT }, &tree, &done),
           RC_OK);
    struct conf *next;
    IS_INT(conf_read(c, fresh, &next), RC_OK);
    conf_free(fresh);                               /* what they share stays */
    c->conf = next;
    IS_TRUE(only_rule(c)->when == when);
    IS_INT(conf_set(next, &rule_kind)->n, 2);
    /* each still reads its own window */
    int64_t m = shop_member(c, "1");
    buy(c, m, "2026-05-01T12:00");
    buy(c, m, "2026-05-20T12:00");
    IS_INT(shop_balance(c, m, "points"), 5);
    buy(c, m, "2026-05-21T12:00");
    IS_INT(shop_balance(c, m, "points"), 16);
    /* what adds up to another sum than what is published is read from the beginning */
    IS_INT(db_script(c->db, "UPDATE config_object SET doc = REPLACE(doc, ':5}', ':50}')"), RC_OK);
    next->published_sum++;
    IS_INT(conf_read(c, next, &fresh), RC_OK);
    conf_free(next);
    c->conf = fresh;
    IS_TRUE(only_rule(c)->when != when);
    buy(c, m, "2026-05-22T12:00");
    IS_INT(shop_balance(c, m, "points"), 72);
    conf_free(fresh);
    c->conf = old;
    shop_conf(c);
}
