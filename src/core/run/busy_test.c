/* A statement that finds the database busy: the engine runs the whole unit again, and what comes
 * out is what would have come out at once. */
#include <stdio.h>
#include <time.h>

#include "app/purchase/purchase.h"
#include "cmd/setup.h"
#include "core/ctx.h"
#include "core/serve/database.h"
#include "core/run/run.h"
#include "db/db_kit_test.h"

enum { STATEMENTS_MAX = 100 };

static const char shop[] =
    "{\"company\":{\"code\":\"A\",\"name\":\"A\"},\"stores\":[{\"code\":\"S1\",\"name\":\"S1\"}],"
    "\"units\":[{\"code\":\"points\",\"name\":\"points\",\"valid_days\":365}],"
    "\"tiers\":{\"levels\":[{\"code\":\"gold\",\"name\":\"Gold\",\"threshold_minor\":10000}],"
    "\"window_days\":365,\"term_days\":365,\"down\":\"recompute\"},"
    "\"rules\":[{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":{\"unit\":"
    "\"points\",\"amount\":{\"per\":100,\"give\":1}}}]},{\"name\":\"gift\",\"on\":\"tier.up\","
    "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":77}}]}]}";

/* ---- the eye ---- */

struct busy { int n, at; bool is_always; };

static enum rc be_busy(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct busy *b = arg;

    (void)row;
    (void)rows;
    if (b->is_always) return str_eq(d->name, "purchase_add") ? RC_BUSY : RC_OK;
    return ++b->n == b->at ? RC_BUSY : RC_OK;
}

/* ---- a member, and a sale that moves it up ---- */

struct errand { char card[16]; int64_t member_id; };

static enum rc join(struct ctx *c, void *arg)
{
    struct errand *e = arg;

    return member_join(c, &(struct member_join){ .provider = "card", .subject = e->card },
                       &e->member_id);
}

static enum rc tell(struct ctx *c, void *arg)
{
    const struct errand *e = arg;
    struct purchase_told told;
    char member[32];

    snprintf(member, sizeof member, "card:%s", e->card);
    return purchase_commit(c, &(struct purchase_tell){
        .member = member, .store = "S1", .till = "1", .receipt = e->card, .at = JSON_ABSENT,
        .business_date = JSON_ABSENT_DATE, .total_minor = 12000 }, &told);
}

static enum rc run_fn_on(struct engine *engine, run_fn *fn, struct errand *e)
{
    return run_write(&(struct run){ .engine = engine, .fn = fn, .arg = e }, NULL);
}

/* Rows of this member, as one number, and what it has. */
static int64_t what_is_there(struct engine *engine, const struct errand *e)
{
    static const char *const tables[] = { "event", "purchase", "award", "posting", "lot",
                                          "receipt", "tier_change" };
    struct db *db;
    char sql[200];
    int64_t out = 0;

    IS_INT(engine_reader(engine, &db), RC_OK);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s WHERE member_id = %lld", tables[i],
                 (long long)e->member_id);
        out = out * 10 + kit_i64(db, sql);
    }
    snprintf(sql, sizeof sql, "SELECT CAST(COALESCE(SUM(available), 0) AS BIGINT) FROM balance"
             " WHERE member_id = %lld", (long long)e->member_id);
    out = out * 1000 + kit_i64(db, sql);
    engine_reader_return(engine, db);
    return out;
}

static struct engine *open_shop(struct kit *k)
{
    struct engine_config cfg = { .url = k->url, .is_new_ok = true, .workers = 2 };
    struct engine *engine;
    char err[256] = "";

    db_close(k->c.db);                       /* the engine wants the file for itself */
    k->c.db = NULL;
    if (database_open(&cfg, &engine, err) != RC_OK) FAIL_TEST("%s", err);
    if (!setup_text(engine, str_of(shop), err)) FAIL_TEST("%s", err);
    return engine;
}

/* Counted after the work is answered: it may take a moment to be seen. */
static int64_t retries(struct engine *engine, int64_t wanted)
{
    struct engine_stats stats;

    for (int i = 0; i < 200; i++) {
        engine_stats(engine, &stats);
        if (stats.retries == wanted) break;
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    return stats.retries;
}

BOTH(a_sale_that_meets_a_busy_database_is_run_again_with_the_same_result)
{
    struct engine *engine = open_shop(k);
    struct errand first = { .card = "first" };
    int at = 0;

    IS_INT(run_fn_on(engine, join, &first), RC_OK);
    IS_INT(what_is_there(engine, &first), 0);
    IS_INT(run_fn_on(engine, tell, &first), RC_OK);
    int64_t wanted = what_is_there(engine, &first);
    IS_INT(wanted % 1000, 120 + 77);
    for (struct busy b = { 0 }; b.n >= b.at; at++) {
        struct errand e;
        b = (struct busy){ .at = at + 1 };
        snprintf(e.card, sizeof e.card, "n%d", at);
        IS_INT(run_fn_on(engine, join, &e), RC_OK);
        engine_watch(engine, be_busy, &b);
        IS_INT(run_fn_on(engine, tell, &e), RC_OK);
        engine_watch(engine, NULL, NULL);
        IS_INT(what_is_there(engine, &e), wanted);
        IS_TRUE(at < STATEMENTS_MAX);
    }
    IS_TRUE(at > 10);
    IS_INT(retries(engine, at - 1), at - 1);         /* the last had nothing left to break */
    engine_close(engine);
}

BOTH(a_database_that_stays_busy_is_told_and_nothing_is_kept)
{
    struct engine *engine = open_shop(k);
    struct errand e = { .card = "busy" };
    struct busy b = { .is_always = true };

    IS_INT(run_fn_on(engine, join, &e), RC_OK);
    engine_watch(engine, be_busy, &b);
    IS_INT(run_fn_on(engine, tell, &e), RC_BUSY);
    IS_INT(retries(engine, 3), 3);
    IS_INT(what_is_there(engine, &e), 0);
    engine_watch(engine, NULL, NULL);
    IS_INT(run_fn_on(engine, tell, &e), RC_OK);
    IS_INT(what_is_there(engine, &e) % 1000, 120 + 77);
    engine_close(engine);
}
