/* Every write with its 1st, 2nd, 3rd … statement broken: nothing is ever half done.
 *
 * A case is a line of the API, run through its handler with its claim and its kept answer as the
 * door does, or a task, or a write of the command line.  A new line of the API or a new kind of
 * task without a case fails the list at the end. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/ctx.h"
#include "core/door/answer.h"
#include "core/auth/key.h"
#include "core/event/task.h"
#include "core/note.h"
#include "sql/task_sql.h"
#include "app/tier/tier.h"
#include "test/harness/broken.h"
#include "test/harness/tables.h"
#include "test/harness/test.h"

enum { STATEMENTS_MAX = 400, HUNDRED_DAYS = 100 };

static const struct write_case *registered;

void broken_register(struct write_case *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        list[i].next = registered;
        registered = &list[i];
    }
}

/* ---- the shop -------------------------------------------------------------------------------- */

static const char per_hundred[] =
    "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":{\"per\":100,\"give\":10}}}]}";
static const char gold_more[] =
    "{\"name\":\"gold\",\"on\":\"purchase\",\"when\":{\">=\":[{\"var\":\"member.tier\"},1]},"
    "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":{\"per\":100,\"give\":20}}}]}";
static const char gold_gift[] =
    "{\"name\":\"gift\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":77}},{\"tag.add\":{\"tag\":\"gold\"}}]}";
static const char ladder[] =
    "{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":10000}],"
    "\"window_days\":365,\"term_days\":365,\"down\":\"recompute\"}";

static void make_shop(struct ctx *c)
{
    c->now = shop_at(c, "2026-03-01T09:00");
    shop_basics(c);
    shop_rule(c, per_hundred);
    shop_rule(c, gold_more);
    shop_rule(c, gold_gift);
    shop_ladder(c, ladder);
}

static int64_t buy(struct ctx *c, const struct scene *s, int64_t at, int64_t total_minor)
{
    if (at > c->now) c->now = at;
    return shop_buy(c, &(struct shop_sale){ .member_id = s->member_id, .at = at,
                                            .total_minor = total_minor });
}

static void spend(struct ctx *c, struct scene *s, int64_t amount)
{
    struct points_done done;

    IS_INT(points_spend(c, &(struct points_spend){
        .member_id = s->member_id, .unit = conf_unit_by_code(c->conf, "points"),
        .amount = amount }, &done), RC_OK);
    s->spend_id = done.id;
}

const char *scene_id(struct ctx *c, const char *prefix, int64_t id)
{
    char text[ID_TEXT_MAX];

    id_emit(prefix, id, text);
    return arena_strdup(c->arena, text);
}

static const char *owned_text(struct ctx *c, const char *prefix, const struct scene *s, int64_t id)
{
    char text[ID_TEXT_MAX];

    id_emit_owned(prefix, s->member_id, id, text);
    return arena_strdup(c->arena, text);
}

/* ---- before a case --------------------------------------------------------------------------- */

static void a_new_member(struct ctx *c, struct scene *s)
{
    c->now = shop_at(c, "2026-03-02T12:00");
    s->member_id = shop_member(c, s->card);
    s->param = arena_printf(c->arena, "card:%s", s->card);
}

static void a_member(struct ctx *c, struct scene *s)
{
    a_new_member(c, s);
    s->sale_id = buy(c, s, shop_at(c, "2026-03-03T12:00"), 10000);
    s->other_id = buy(c, s, shop_at(c, "2026-03-05T12:00"), 3000);
    spend(c, s, 300);
    c->now = shop_at(c, "2026-03-06T12:00");
}

/* Its lots have expired and its term has ended, and nobody has noticed. */
static void a_member_long_ago(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    c->now = shop_at(c, "2027-06-01T12:00");
}

static void somebody_in_debt(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    spend(c, s, shop_balance(c, s->member_id, "points"));
    shop_return(c, s->member_id, s->other_id, JSON_ABSENT);
    IS_TRUE(shop_i64(c, "SELECT owed FROM balance WHERE member_id = %lld",
                     (long long)s->member_id) > 0);
}

static void a_spend(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    s->param = owned_text(c, "spd", s, s->spend_id);
}

static void a_sale(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    s->param = owned_text(c, "pur", s, s->sale_id);
}

static void a_sale_with_lines(struct ctx *c, struct scene *s)
{
    static const struct purchase_line lines[] = {
        { .sku = "A", .quantity = 3, .list_minor = 9000, .net_minor = 9000 },
        { .sku = "B", .quantity = 1, .list_minor = 2000, .net_minor = 2000 } };
    struct purchase_told told;

    a_new_member(c, s);
    IS_INT(purchase_commit(c, &(struct purchase_tell){
        .member = s->param, .store = "S1", .till = "1", .receipt = s->card, .at = c->now,
        .business_date = JSON_ABSENT_DATE, .total_minor = 11000, .lines = lines,
        .lines_n = ARRAY_LEN(lines) }, &told), RC_OK);
    s->sale_id = told.id;
    s->param = owned_text(c, "pur", s, s->sale_id);
}

/* What it earned is spent: taking it back makes a debt. */
static void a_sale_spent(struct ctx *c, struct scene *s)
{
    a_sale(c, s);
    spend(c, s, shop_balance(c, s->member_id, "points"));
}

static void a_sale_of_today(struct ctx *c, struct scene *s)
{
    a_sale(c, s);
    c->now = shop_at(c, "2026-03-05T23:00");
    s->param = owned_text(c, "pur", s, s->other_id);
}

static void a_sale_and_somebody(struct ctx *c, struct scene *s)
{
    a_sale(c, s);
    shop_member(c, arena_printf(c->arena, "T%s", s->card));
}

static void a_heavy_member(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    shop_all_heavy();
}

/* A change so heavy that it became a task. */
static void a_heavy_change(struct ctx *c, struct scene *s)
{
    a_heavy_member(c, s);
    shop_return(c, s->member_id, s->sale_id, JSON_ABSENT);
    s->other_id = shop_i64(c, "SELECT MAX(id) FROM task WHERE state = 'waiting'"
                              " AND member_id = %lld", (long long)s->member_id);
    IS_TRUE(s->other_id > 0);
}

static void a_key(struct ctx *c, struct scene *s)
{
    char secret[KEY_TEXT_MAX];

    IS_INT(key_create(c, &(struct key_create){ .name = "till", .may = "all" }, secret), RC_OK);
    s->param = arena_strdup(c->arena, secret);
}

static void old_answers(struct ctx *c, struct scene *s)
{
    struct claim claim;
    struct claim_result got;

    (void)s;
    claim_of(&c->actor, &(struct telling){ .key = "old", .method = "POST", .path = STR("/") },
             &claim);
    IS_INT(claim_take(c, &claim, &got), RC_OK);
    IS_INT(answer_keep(c, id_first_at(c->now), 0, &(struct answer){ .status = 201,
                                                                    .body = STR("{}") }), RC_OK);
    c->now += HUNDRED_DAYS * TIME_DAY_MS;
}

/* ---- writes that are no lines of the API ----------------------------------------------------- */

static enum rc reconsider_task(struct ctx *c, const struct scene *s)
{
    struct sql_task_pending v = { .member_id = s->member_id, .kind = "reconsider" };
    struct task task = { .id = s->other_id, .kind = "reconsider", .member_id = s->member_id };
    enum rc rc = sql_task_pending(c, &v);

    if (rc != RC_OK) return rc;
    task.event_id = v.rows[0].event_id;
    task.payload = v.rows[0].payload;
    return shop_task(c, &task);
}

static enum rc settle(struct ctx *c, const struct scene *s)
{
    return timeline_settle_member(c, s->member_id);
}

static void a_frozen_member(struct ctx *c, struct scene *s)
{
    a_member(c, s);
    shop_i64(c, "UPDATE member SET status = 'frozen' WHERE id = %lld RETURNING id",
             (long long)s->member_id);
}

static enum rc thaw(struct ctx *c, const struct scene *s)
{
    return member_thaw(c, s->member_id, "looked at");
}

static enum rc import_sale(struct ctx *c, const struct scene *s)
{
    struct purchase_told told;

    return purchase_commit(c, &(struct purchase_tell){
        .member = s->param, .store = "S1", .till = "import", .receipt = s->card, .at = c->now,
        .business_date = JSON_ABSENT_DATE, .total_minor = 500, .is_silent = true }, &told);
}

static enum rc make_key(struct ctx *c, const struct scene *s)
{
    char secret[KEY_TEXT_MAX];

    (void)s;
    return key_create(c, &(struct key_create){ .name = "till", .may = "all" }, secret);
}

static enum rc revoke_key(struct ctx *c, const struct scene *s)
{
    return key_revoke(c, s->param);
}

static enum rc purge(struct ctx *c, const struct scene *s)
{
    struct job job = { .arena = c->arena };

    (void)s;
    return task_kind_find("answers.forget")->go(c, &job);
}

static enum rc freeze(struct ctx *c, const struct scene *s)
{
    note(c, &(struct note){ .what = "broken", .member_id = s->member_id, .detail = "x" });
    note(c, &(struct note){ .what = "purchase.receipt_differs", .member_id = s->member_id });
    return note_write_all(c);
}

/* ---- the table ------------------------------------------------------------------------------- */

#define SALE(more) "{\"member\":\"card:CARD\",\"store\":\"S1\",\"till\":\"1\"" more "}"
static struct write_case cases[] = {
    { "POST /v1/members", "with everything", "{\"phone\":\"0912345678\",\"identities\":"
      "[{\"provider\":\"email\",\"subject\":\"a@b.tw\"},"
      "{\"provider\":\"ext:pos\",\"subject\":\"7\"}],"
      "\"name\":\"Mei\",\"birthday\":\"1990-02-03\",\"source\":\"till\"}", NULL, NULL },
    { "POST /v1/members", "by name", "{\"name\":\"Mei\"}", NULL, NULL },
    { "POST /v1/members/{member}/identities", NULL,
      "{\"provider\":\"ext:web\",\"subject\":\"31\"}", a_new_member, NULL },
    { "POST /v1/members/{member}/adjustments", "more",
      "{\"unit\":\"points\",\"amount\":500,\"reason\":\"sorry\"}", a_member, NULL },
    { "POST /v1/members/{member}/adjustments", "less",
      "{\"unit\":\"points\",\"amount\":-500,\"reason\":\"wrong\"}", a_member, NULL },
    { "POST /v1/members/{member}/adjustments", "pays a debt",
      "{\"unit\":\"points\",\"amount\":5000,\"reason\":\"sorry\"}", somebody_in_debt, NULL },
    { "POST /v1/members/{member}/spends", "from several lots",
      "{\"unit\":\"points\",\"amount\":1100,\"reference\":\"7\",\"store\":\"S1\"}", a_member,
      NULL },
    { "POST /v1/spends/{spend}/reverse", "in part", "{\"amount\":100,\"reason\":\"no\"}", a_spend,
      NULL },
    { "POST /v1/spends/{spend}/reverse", "whole", NULL, a_spend, NULL },
    { "POST /v1/purchases", "the first, with lines", SALE(",\"receipt\":\"CARD\",\"total_minor\":"
      "3000,\"lines\":[{\"sku\":\"A\",\"quantity\":2,\"net_minor\":2000,\"list_minor\":2500,"
      "\"discounts\":[{\"by\":\"till\",\"amount_minor\":500}]},{\"sku\":\"B\",\"quantity\":1,"
      "\"net_minor\":1000}],\"payments\":[{\"method\":\"cash\",\"amount_minor\":3000}]"),
      a_new_member, NULL },
    { "POST /v1/purchases", "moves up a tier", SALE(",\"receipt\":\"CARD\",\"total_minor\":20000"),
      a_new_member, NULL },
    { "POST /v1/purchases", "claimed by its key", SALE(",\"total_minor\":700"), a_member, NULL },
    { "POST /v1/purchases", "late", SALE(",\"receipt\":\"CARD\",\"total_minor\":4000,"
      "\"at\":\"2026-03-02T13:00:00+08:00\""), a_member, NULL },
    { "POST /v1/purchases", "so heavy that it becomes a task",
      SALE(",\"receipt\":\"CARD\",\"total_minor\":4000,\"at\":\"2025-01-02T13:00:00+08:00\""),
      a_heavy_member, NULL },
    { "POST /v1/purchases", "settles what was due",
      SALE(",\"receipt\":\"CARD\",\"total_minor\":900"), a_member_long_ago, NULL },
    { "POST /v1/purchases", "pays a debt", SALE(",\"receipt\":\"CARD\",\"total_minor\":80000"),
      somebody_in_debt, NULL },
    { "POST /v1/purchases/{purchase}/returns", "whole, and the tier with it", "{}", a_sale, NULL },
    { "POST /v1/purchases/{purchase}/returns", "an amount", "{\"amount_minor\":400}", a_sale,
      NULL },
    { "POST /v1/purchases/{purchase}/returns", "by line",
      "{\"lines\":[{\"n\":0,\"quantity\":2},{\"n\":1,\"quantity\":1}],\"reason\":\"too small\"}",
      a_sale_with_lines, NULL },
    { "POST /v1/purchases/{purchase}/returns", "of what is spent", "{}", a_sale_spent, NULL },
    { "POST /v1/purchases/{purchase}/void", NULL, "{\"reason\":\"mistyped\"}", a_sale_of_today,
      NULL },
    { "POST /v1/purchases/{purchase}/member", NULL,
      "{\"member\":\"card:TCARD\",\"reason\":\"mistaken\"}", a_sale_and_somebody, NULL },
    { "task reconsider", NULL, NULL, a_heavy_change, reconsider_task },
    { "task members.settle", "expiries and the end of a term", NULL, a_member_long_ago, settle },
    { "command thaw", NULL, NULL, a_frozen_member, thaw },
    { "command import", NULL, NULL, a_member, import_sale },
    { "command key create", NULL, NULL, NULL, make_key },
    { "command key revoke", NULL, NULL, a_key, revoke_key },
    { "task answers.forget", NULL, NULL, old_answers, purge },
    { "engine notes", "freezing", NULL, a_member, freeze },
};
BROKEN_CASES(cases)

/* ---- running one ----------------------------------------------------------------------------- */

static const struct route *route_of(const char *line)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };

    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->routes) {
            const struct route *r = &features[i]->routes->items[k];
            size_t n = strlen(methods[r->method]);
            bool is_method = strncmp(line, methods[r->method], n) == 0;
            if (is_method && str_eq(line + n + 1, r->path)) return r;
        }
    return NULL;
}

static const char *with_card(struct ctx *c, const char *body, const char *card)
{
    const char *at = strstr(body, "CARD");

    if (!at) return body;
    return arena_printf(c->arena, "%.*s%s%s", (int)(at - body), body, card,
                        with_card(c, at + 4, card));
}

static const void *read_body(struct ctx *c, const struct route *r, const char *text)
{
    struct json_reader reader = { .arena = c->arena };
    struct json_error error = { .text = "" };
    struct json tree;
    void *dst;

    if (!r->body || !text) return NULL;
    dst = arena_alloc(c->arena, r->body->size);
    if (json_parse(c->arena, str_of(text), &tree, &error) != RC_OK) FAIL_TEST("%s", error.text);
    if (json_read(&reader, r->body, &tree, dst) != RC_OK)
        FAIL_TEST("%s %s", reader.mistakes.list[0].pointer, reader.mistakes.list[0].reason);
    return dst;
}

static enum rc claimed(struct ctx *c, const struct route *r, struct call *call)
{
    struct claim claim;
    struct claim_result got = { 0 };
    enum rc rc = RC_OK;

    if (r->key == KEY_REQUIRED) {
        claim_of(&c->actor, &(struct telling){ .key = call->key, .method = "POST",
                                               .path = str_of(r->path) }, &claim);
        rc = claim_take(c, &claim, &got);
        call->answer_id = got.answer_id;
    }
    if (rc == RC_OK) rc = r->run(c, call);
    if (rc != RC_OK || r->key != KEY_REQUIRED) return rc;
    if (call->answer_id == got.answer_id && call->answer_member_id == 0) return rc;
    return claim_point(c, &claim, call->answer_id, call->answer_member_id);
}

/* What the door does of a request. */
static enum rc ask(struct ctx *c, const struct write_case *w, const struct scene *s)
{
    const struct route *r = route_of(w->line);
    struct call call = { .params = { s->param }, .key = s->key, .if_match = s->if_match,
                         .language = "en", .arg = r ? r->arg : NULL };
    struct answer kept;
    enum rc rc;

    if (!r) FAIL_TEST("%s: there is no such line", w->line);
    call.body = read_body(c, r, w->body ? with_card(c, w->body, s->card) : NULL);
    rc = claimed(c, r, &call);
    if (rc != RC_OK || !call.answer) return rc;
    kept = (struct answer){ .status = call.status, .location = call.location,
                            .version = call.version,
                            .body = answer_render(c, r->answer, call.answer) };
    if (call.is_replay || call.answer_id == 0 || r->key == KEY_NONE) return rc;
    return answer_keep(c, call.answer_id, call.answer_member_id, &kept);
}

/* ---- breaking it ----------------------------------------------------------------------------- */

struct breaker { int n, at; enum rc rc; };

static enum rc break_one(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct breaker *b = arg;

    (void)d;
    (void)row;
    (void)rows;
    return ++b->n == b->at ? b->rc : RC_OK;
}

static const char *name_of(const struct write_case *w)
{
    static char text[200];

    snprintf(text, sizeof text, "%s%s%s", w->line, w->how ? ": " : "", w->how ? w->how : "");
    return text;
}

struct trial { const struct write_case *w; const struct scene *s; int64_t now; int at; };

/* One run with the at-th statement broken; false when there was none to break any more. */
static bool try_one(struct ctx *c, const struct trial *t, const struct tables *before)
{
    struct breaker b = { .at = t->at, .rc = RC_INTERNAL };
    struct arena_mark mark = arena_mark(c->arena);
    struct tables after;
    const char *table;
    enum rc rc;

    c->now = t->now;
    c->notes = NULL;
    log_level_set(LOG_ALARM);                /* each break would be a line of the log */
    db_watch(c->db, break_one, &b);
    rc = t->w->run ? t->w->run(c, t->s) : ask(c, t->w, t->s);
    db_watch(c->db, NULL, NULL);
    log_level_set(LOG_INFO);
    if (b.n < t->at) {
        if (rc != RC_OK) FAIL_TEST("%s, unbroken: rc %d %s", name_of(t->w), (int)rc,
                                   c->err.code ? c->err.code : db_error(c->db));
        shop_commit(c);
        return false;
    }
    if (rc == RC_OK) FAIL_TEST("%s: statement %d fails, and nobody says so", name_of(t->w), t->at);
    if (c->err.code)
        FAIL_TEST("%s: statement %d fails, and is told as %s", name_of(t->w), t->at, c->err.code);
    shop_rollback(c);
    tables_read(c, &after);
    table = tables_differ(before, &after);
    if (table) FAIL_TEST("%s: statement %d fails, and leaves something in %s", name_of(t->w), t->at,
                         table);
    arena_rewind(c->arena, mark);
    return true;
}

static int break_each(struct ctx *c, const struct write_case *w, struct scene *s)
{
    struct trial t = { .w = w, .s = s, .at = 1 };
    struct tables before, after;

    if (w->before) w->before(c, s);
    t.now = c->now;
    shop_commit(c);
    tables_read(c, &before);
    while (try_one(c, &t, &before)) {
        if (++t.at > STATEMENTS_MAX) FAIL_TEST("%s: no end of it", name_of(w));
    }
    tables_read(c, &after);
    if (!tables_differ(&before, &after)) FAIL_TEST("%s changes nothing", name_of(w));
    return t.at - 1;
}

TEST(a_write_whose_nth_statement_breaks_leaves_nothing_behind)
{
    int broken = 0, n = 0;

    make_shop(c);
    shop_commit(c);
    for (const struct write_case *w = registered; w; w = w->next, n++) {
        struct scene s = { 0 };
        snprintf(s.card, sizeof s.card, "B%d", n);
        s.key = arena_printf(c->arena, "key-%d", n);
        shop_conf(c);
        broken += break_each(c, w, &s);
        fold_bounds_set(NULL);
        if (s.member_id && !str_eq(w->line, "engine notes")) shop_check(c, s.member_id);
    }
    IS_TRUE(broken > n * 3);
}

/* ---- the list -------------------------------------------------------------------------------- */

static bool has_case(const char *line)
{
    for (const struct write_case *w = registered; w; w = w->next)
        if (str_eq(w->line, line)) return true;
    return false;
}

PURE(every_write_of_the_api_and_every_task_has_a_case)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
    char line[200];

    for (size_t i = 0; features[i]; i++) {
        for LIST_EACH(k, features[i]->routes) {
            const struct route *r = &features[i]->routes->items[k];
            if (r->mode != WRITE && r->mode != COUNTER) continue;
            snprintf(line, sizeof line, "%s %s", methods[r->method], r->path);
            if (!has_case(line)) FAIL_TEST("%s has no case here", line);
        }
        for LIST_EACH(k, features[i]->tasks) {
            /* One that walks runs units of its own, each of which has its case. */
            if (features[i]->tasks->items[k]->walk) continue;
            snprintf(line, sizeof line, "task %s", features[i]->tasks->items[k]->name);
            if (!has_case(line)) FAIL_TEST("%s has no case here", line);
        }
    }
}
