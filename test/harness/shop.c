/* shop.c -- see shop.h. */
#include "test/harness/shop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/tier/tier.h"
#include "base/limit.h"
#include "core/check/check.h"
#include "core/config/places.h"
#include "core/rule/rule.h"
#include "core/timeline/timeline.h"
#include "sql/task_sql.h"
#include "test/harness/test.h"

static void ok(struct ctx *c, enum rc rc, const char *what)
{
    if (rc == RC_OK) return;
    FAIL_TEST("%s: rc %d, %s (%s:%d) %s", what, (int)rc, c->err.code ? c->err.code : "",
              c->err.file ? c->err.file : "", c->err.line, db_error(c->db));
}

enum rc shop_put(struct ctx *c, const struct config_put *in, const char *doc)
{
    struct config_done done;
    struct json_error error = { .text = "" };
    struct json tree;

    if (json_parse(c->arena, str_of(doc), &tree, &error) != RC_OK) FAIL_TEST("%s", error.text);
    enum rc rc = config_put_tree(c, in, &tree, &done);
    if (rc == RC_OK) shop_conf(c);
    return rc;
}

int64_t shop_config(struct ctx *c, const struct config_kind *kind, const void *doc)
{
    struct config_done done;

    ok(c, config_put(c, &(struct config_put){ .kind = kind, .doc = doc,
                                              .effective_at = JSON_ABSENT }, &done), kind->name);
    shop_conf(c);
    return done.id;
}

enum rc shop_unit_is(struct ctx *c, const char *code, const struct unit_doc *doc)
{
    const struct unit *u = conf_unit_by_code(c->conf, code);
    struct config_put in = { .kind = &unit_kind, .id = u->id, .if_version = u->version,
                             .doc = doc, .effective_at = JSON_ABSENT };
    struct config_done done;
    enum rc rc = config_put(c, &in, &done);

    if (rc == RC_OK) shop_conf(c);
    return rc;
}

int64_t shop_unit(struct ctx *c, const char *code, int64_t valid_days)
{
    return shop_config(c, &unit_kind, &(struct unit_doc){ .code = code, .name = code,
                                                          .valid_days = valid_days });
}

void shop_debt_policy(struct ctx *c, const char *unit, const char *policy)
{
    const struct unit *u = conf_unit_by_code(c->conf, unit);

    ok(c, shop_unit_is(c, unit, &(struct unit_doc){
        .code = u->code, .name = u->name, .valid_days = u->valid_days,
        .available_after_days = u->available_after_days, .debt_policy = policy }), "policy");
}

void shop_basics(struct ctx *c)
{
    shop_config(c, &company_kind, &(struct company_doc){ .code = "A", .name = "A" });
    shop_config(c, &store_kind, &(struct store_doc){ .code = "S1", .name = "S1" });
    shop_unit(c, "points", 365);
}

void shop_rule_at(struct ctx *c, const char *doc, int64_t effective_at)
{
    struct config_put in = { .kind = &rule_kind, .effective_at = effective_at };

    ok(c, shop_put(c, &in, doc), c->err.detail ? c->err.detail : "rule");
}

int64_t shop_rule(struct ctx *c, const char *doc)
{
    shop_rule_at(c, doc, 0);
    return shop_i64(c, "SELECT MAX(id) FROM config_object WHERE kind = 'rule'");
}

void shop_ladder_at(struct ctx *c, const char *doc, int64_t effective_at)
{
    struct config_put in = { .kind = &tier_kind, .id = 1, .if_version = CONFIG_ANY_VERSION,
                             .effective_at = effective_at };

    ok(c, shop_put(c, &in, doc), "ladder");
}

void shop_ladder(struct ctx *c, const char *doc)
{
    shop_ladder_at(c, doc, 0);
}

int64_t shop_member(struct ctx *c, const char *card)
{
    int64_t id;

    ok(c, member_join(c, &(struct member_join){ .provider = "card", .subject = card }, &id),
       "member");
    return id;
}

int64_t shop_at(struct ctx *c, const char *local)
{
    int64_t at;

    if (!time_parse_local(c->conf->zone, str_of(local), &at)) FAIL_TEST("no time: %s", local);
    return at;
}

int64_t shop_buy(struct ctx *c, const struct shop_sale *s)
{
    char member[ID_TEXT_MAX];
    struct purchase_told *told = ARENA_NEW(c->arena, struct purchase_told);
    const char *receipt = s->receipt ? s->receipt
                        : arena_printf(c->arena, "r%lld", (long long)id_next(c->ids));

    id_emit("mem", s->member_id, member);
    ok(c, purchase_commit(c, &(struct purchase_tell){
        .member = member, .store = "S1", .till = "1", .receipt = receipt, .at = s->at,
        .business_date = s->business_date ? s->business_date : JSON_ABSENT_DATE,
        .total_minor = s->total_minor }, told), "sale");
    return told->id;
}

int64_t shop_buy_at(struct ctx *c, int64_t member_id, const char *at, int64_t total_minor)
{
    int64_t when = shop_at(c, at);

    if (when > c->now) c->now = when;
    return shop_buy(c, &(struct shop_sale){ .member_id = member_id, .at = when,
                                            .total_minor = total_minor });
}

int64_t shop_spend(struct ctx *c, int64_t member_id, int64_t amount)
{
    struct points_done *done = ARENA_NEW(c->arena, struct points_done);

    ok(c, points_spend(c, &(struct points_spend){
        .member_id = member_id, .unit = conf_unit_by_code(c->conf, "points"),
        .amount = amount }, done), "spend");
    return done->id;
}

void shop_return(struct ctx *c, int64_t member_id, int64_t purchase_id, int64_t amount_minor)
{
    struct purchase_returned *out = ARENA_NEW(c->arena, struct purchase_returned);

    ok(c, purchase_return(c, &(struct purchase_return){ .member_id = member_id,
                                                        .purchase_id = purchase_id,
                                                        .amount_minor = amount_minor }, out),
       "return");
}

void shop_settle(struct ctx *c, int64_t member_id)
{
    ok(c, timeline_settle_member(c, member_id), "settle");
}

int64_t shop_i64(struct ctx *c, const char *fmt, ...)
{
    char sql[1000];
    int64_t out = 0;
    va_list args;

    va_start(args, fmt);
    vsnprintf(sql, sizeof sql, fmt, args);
    va_end(args);
    ok(c, db_script_i64(c->db, sql, &out), sql);
    return out;
}

int64_t shop_balance(struct ctx *c, int64_t member_id, const char *unit)
{
    return shop_i64(c, "SELECT COALESCE(MAX(available), 0) FROM balance WHERE unit_id = %lld"
                       " AND member_id = %lld",
                    (long long)conf_unit_by_code(c->conf, unit)->id, (long long)member_id);
}

struct member shop_get(struct ctx *c, int64_t member_id)
{
    struct member m;

    ok(c, member_get(c, member_id, &m), "member");
    return m;
}

void shop_check(struct ctx *c, int64_t member_id)
{
    const char *why = NULL;

    ok(c, check_member(c, &(struct check_one){ .member_id = member_id, .is_deep = true }, &why),
       "check");
    if (why) FAIL_TEST("check: %s", why);
}

static enum rc run_in_steps(struct ctx *c, const struct task *t, const struct task_kind *kind)
{
    void *state = NULL;
    bool is_done = false;
    enum rc rc = kind->begin(c, t, &state);

    while (rc == RC_OK && !is_done) {
        rc = kind->step(c, state, &is_done);
        if (rc == RC_OK) kind->kept(state);
    }
    if (state) kind->end(state);
    return rc;
}

enum rc shop_task(struct ctx *c, const struct task *t)
{
    const struct task_kind *kind = task_kind_find(t->kind);
    struct sql_task_end end = { .id = t->id, .now = c->now };

    if (!kind->run) return run_in_steps(c, t, kind);
    enum rc rc = kind->run(c, t);
    return rc == RC_OK ? sql_task_end(c, &end) : rc;
}

int64_t shop_tasks(struct ctx *c)
{
    struct sql_task_due v = { .now = c->now, .is_members_only = 1 };

    IS_INT(sql_task_due(c, &v), RC_OK);
    for (size_t i = 0; i < v.n; i++) {
        struct task t = { .id = v.rows[i].id, .kind = v.rows[i].kind,
                          .member_id = v.rows[i].member_id, .event_id = v.rows[i].event_id,
                          .payload = v.rows[i].payload };
        /* One may have ended others of its member. */
        if (shop_i64(c, "SELECT COUNT(*) FROM task WHERE id = %lld AND state = 'waiting'",
                     (long long)t.id) == 1)
            IS_INT(shop_task(c, &t), RC_OK);
    }
    return (int64_t)v.n;
}

void shop_all_heavy(void)
{
    static const struct fold_bounds light = {
        .page_events = 3, .page_rows = 7, .bytes = LIMIT_FOLD_BYTES, .events = 1,
        .rules = LIMIT_FOLD_RULES, .differences = LIMIT_FOLD_DIFFERENCES };

    fold_bounds_set(&light);
}

void shop_each_seed(struct ctx *c, uint64_t runs_n, void (*live)(struct ctx *c, uint64_t seed))
{
    const char *runs = getenv("REGULARS_FOLD_RUNS"), *from = getenv("REGULARS_FOLD_SEED");
    uint64_t first = from ? strtoull(from, NULL, 10) : 1;
    uint64_t n = runs ? strtoull(runs, NULL, 10) : runs_n;

    for (uint64_t seed = first; seed < first + n; seed++) {
        struct arena_mark mark = arena_mark(c->arena);
        live(c, seed);
        shop_rollback(c);
        arena_rewind(c->arena, mark);
        fixture_again(c);
    }
}
