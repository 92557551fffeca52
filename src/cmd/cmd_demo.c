/* cmd_demo.c -- regulars demo: a small tea shop with a past, to look at and to talk to. */
#include <stdio.h>

#include "app/purchase/purchase.h"
#include "cmd/cmd.h"
#include "app/import/import.h"
#include "cmd/setup.h"
#include "core/auth/key.h"
#include "core/auth/permission.h"
#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/timeline/settle_due.h"
#include "core/feature.h"
#include "core/run/run.h"

enum { MEMBERS = 200, SALES = 2000, DAYS = 400 };

static const char setup[] =
    "{\"company\":{\"code\":\"SPRING\",\"name\":\"春水茶行\",\"tax_id\":\"12345675\"},"
    "\"stores\":[{\"code\":\"TPE1\",\"name\":\"台北永康店\",\"region\":\"north\"},"
    "{\"code\":\"TXG1\",\"name\":\"台中勤美店\",\"region\":\"centre\"},"
    "{\"code\":\"KHH1\",\"name\":\"高雄駁二店\",\"region\":\"south\",\"day_cut_min\":300}],"
    "\"units\":[{\"code\":\"points\",\"name\":\"點\",\"valid_days\":365}],"
    "\"calendars\":[{\"code\":\"office\",\"name\":\"政府行政機關辦公日曆\",\"include\":\"tw_office\"}],"
    "\"tiers\":{\"levels\":[{\"code\":\"green\",\"name\":\"綠茶卡\",\"threshold_minor\":1000},"
    "{\"code\":\"oolong\",\"name\":\"烏龍卡\",\"threshold_minor\":3000},"
    "{\"code\":\"gold\",\"name\":\"金萱卡\",\"threshold_minor\":8000}],"
    "\"window_days\":365,\"term_days\":365,\"renew\":\"at_term_end\",\"down\":\"recompute\"},"
    "\"rules\":[{\"name\":\"每 100 元 1 點\",\"on\":\"purchase\",\"then\":[{\"points.grant\":"
    "{\"unit\":\"points\",\"amount\":{\"per\":100,\"give\":1}}}]},"
    "{\"name\":\"週二會員日加倍\",\"on\":\"purchase\",\"kind\":\"bonus\",\"when\":{\"==\":[{\"var\":"
    "\"now.weekday\"},2]},\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":{\"per\":100,"
    "\"give\":1}}}]},"
    "{\"name\":\"國定假日多 2 點\",\"on\":\"purchase\",\"kind\":\"bonus\",\"when\":{\"var\":"
    "\"now.holiday\"},\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":2}}]},"
    "{\"name\":\"升等禮\",\"on\":\"tier.up\",\"then\":[{\"points.grant\":{\"unit\":\"points\","
    "\"amount\":10}}]}],"
    "\"effective_at\":\"2000-01-01T00:00:00Z\"}";

struct demo {
    struct engine *engine;
    struct dice dice;
    int64_t now;
    int member;
    struct import_row *rows;
    char secret[KEY_TEXT_MAX];
};

static const char *phone_of(struct arena *a, int member)
{
    return arena_printf(a, "09%08d", 12000000 + member * 31);
}

static void rejected(void *arg, const struct import_row *row, const struct import_fault *why)
{
    (void)arg;
    complain("sale %s: %s", row->receipt, why->code);
}

static void progress(void *arg, size_t done, size_t all)
{
    (void)arg, (void)done, (void)all;
}

/* Sales in every store, denser towards today; some people come often. */
static enum rc sell(struct demo *d, struct arena *a)
{
    static const char *const stores[] = { "TPE1", "TXG1", "KHH1" };
    struct import_result result;

    for (size_t s = 0; s < ARRAY_LEN(stores); s++) {
        struct import_row *rows = ARENA_ARRAY(a, struct import_row, SALES / 3 + 1);
        size_t n = SALES / 3 + (s < SALES % 3);
        for (size_t i = 0; i < n; i++) {
            int64_t member = dice_range(&d->dice, 0, dice_range(&d->dice, 0, MEMBERS - 1));
            int64_t back = dice_range(&d->dice, 0, dice_range(&d->dice, 1, DAYS)) * TIME_DAY_MS
                         + dice_range(&d->dice, 0, TIME_DAY_MS - 1);
            rows[i] = (struct import_row){
                .subject = phone_of(a, (int)member), .at = d->now - back - 1000,
                .total_minor = dice_range(&d->dice, 4, 60) * 10, .row = (int64_t)i,
                .receipt = arena_printf(a, "D%zu-%zu", s, i) };
        }
        import_sort(rows, n);
        struct import_job job = { .engine = d->engine, .provider = "phone", .store = stores[s],
                                  .now = d->now, .rows = rows, .rows_n = n,
                                  .rejected = rejected, .progress = progress };
        enum rc rc = import_run(&job, &result);
        if (rc == RC_OK) rc = settle_due(job.engine, job.now);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}

static enum rc join(struct ctx *c, void *arg)
{
    struct demo *d = arg;
    int64_t id;
    enum rc rc;

    for (int i = 0; i < MEMBERS; i++) {
        c->now = d->now - (DAYS + 1) * TIME_DAY_MS;
        rc = member_join(c, &(struct member_join){
            .provider = "phone", .subject = phone_of(c->arena, i), .source = "demo",
            .name = arena_printf(c->arena, "會員 %03d", i + 1) }, &id);
        if (rc != RC_OK) return rc;
    }
    return key_create(c, &(struct key_create){ .name = "demo till", .may = "all" }, d->secret);
}

static void say_next(const struct demo *d)
{
    struct arena *a = arena_open(1 << 16);

    printf("A shop with 3 stores, %d members, %d sales and three levels is ready.\n\n"
           "Talk to it like a till (the key is shown only now):\n\n"
           "  KEY=%s\n  URL=http://127.0.0.1:8080\n\n"
           "  curl -s $URL/v1/members/identify -H \"Authorization: Bearer $KEY\" \\\n"
           "       -H 'Content-Type: application/json' -d '{\"phone\":\"%s\"}'\n\n"
           "  curl -s $URL/v1/purchases -H \"Authorization: Bearer $KEY\" \\\n"
           "       -H 'Content-Type: application/json' \\\n"
           "       -d '{\"member\":\"phone:%s\",\"store\":\"TPE1\",\"till\":\"1\","
           "\"receipt\":\"0001\",\"total_minor\":580}'\n\n"
           "Told twice, the same receipt gives the same answer.  docs/API.md goes on from here.\n",
           MEMBERS, SALES, d->secret, phone_of(a, 0), phone_of(a, 0));
    arena_close(a);
}

static enum rc fill(struct demo *d, struct err *err)
{
    struct arena *a = arena_open(64 << 20);
    enum rc rc = run_write(&(struct run){ .engine = d->engine, .fn = join, .arg = d,
                                          .queue = QUEUE_OTHER }, err);

    if (rc == RC_OK) rc = sell(d, a);
    arena_close(a);
    return rc;
}

static int demo(const struct command_line *line)
{
    static const struct database_shop taipei = { .zone = "Asia/Taipei", .currency = "TWD",
                                                 .phone_region = "TW" };
    struct demo d = { .now = 0 };
    struct err err = { 0 };
    char why[256] = "";
    enum rc rc = RC_INTERNAL;

    if (permission_open(features, why) != RC_OK
        || database_make(database_url(line), &taipei, why) != RC_OK)
        return complain("%s", why[0] ? why : "the database cannot be made");
    d.engine = open_database(line);
    if (!d.engine) return 1;
    d.now = clock_now();
    dice_seed(&d.dice, 20261124);
    if (setup_text(d.engine, str_of(setup), why)) rc = fill(&d, &err);
    close_database(d.engine);
    if (rc != RC_OK)
        return complain("%s", err.code ? err.code : why[0] ? why : "the database did not answer");
    say_next(&d);
    return 0;
}

const struct command cmd_demo = {
    .name = "demo", .summary = "make a small shop to look at", .options = "db= now=", .run = demo,
    .help =
        "usage: regulars demo [--db URL]\n\n"
        "Makes a tea shop with 3 stores, 200 members, 2,000 sales and three levels in a new\n"
        "database, and prints a conversation to paste, with a key that works.",
};
