/* seed URL MEMBERS -- fills a database that `regulars migrate --setup` has made: members who
 * joined, bought once under the first rule of the setup, and have its points.  `regulars check
 * --deep` accepts every row.
 *
 * Who joined first does not buy first: sales come in a shuffled order, so that the trees keyed by
 * member are as full as those of a shop that grew, not packed as no shop's ever are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "base/time.h"
#include "bench/sink.h"
#include "bench/world.h"

enum { SALE_DAYS_AGO = 60, SALE_EVERY_MS = 1000, VALID_DAYS = 365, EPOCH_DAY = 18262 };

struct seed {
    struct sink *sink;
    const struct zone *zone;
    int64_t from_at;                       /* of the first sale */
    int32_t *buyer_of, *sale_of;           /* sale -> member, and back */
    int64_t store_id, company_id, unit_id, rule_id, config_version;
};

struct sale { int64_t id, member_id, at, amount_minor, points; int32_t date; };

static struct sale sale_of(const struct seed *s, int64_t k)
{
    int64_t i = s->buyer_of[k];
    struct sale sale = { .member_id = world_member_id(i), .at = s->from_at + k * SALE_EVERY_MS,
                         .amount_minor = world_first_minor(i) };

    sale.id = (sale.at - EPOCH_DAY * TIME_DAY_MS) << 22;
    sale.date = date_of(s->zone, sale.at);
    sale.points = sale.amount_minor / 100;
    return sale;
}

#define ROW(s, ...)                                                                       \
    (s)->sink->row((s)->sink, (struct cell[]){ __VA_ARGS__ },                             \
                   (int)(sizeof((struct cell[]){ __VA_ARGS__ }) / sizeof(struct cell)))

static void member(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, s->sale_of[i]);

    ROW(s, I64(p.member_id), I64(p.member_id), TEXT("active"), TEXT("bench"),
        I64(p.at - TIME_DAY_MS), I64(0), I64(0), I64(TIME_NEVER), I64(0), I64(1),
        I64(p.amount_minor), I64(p.at), I64(p.at), I64(p.date), I64(p.at), I64(p.at),
        I64(time_after(s->zone, p.at, VALID_DAYS, TIME_DAYS)));
}

static void profile(struct seed *s, int64_t i)
{
    char name[WORLD_TEXT_MAX];

    snprintf(name, sizeof name, "會員%lld", (long long)i);
    ROW(s, I64(world_member_id(i)), TEXT(name), TEXT("1990-06-15"), I64(s->from_at));
}

static void phone(struct seed *s, int64_t i)
{
    char text[WORLD_TEXT_MAX];

    world_phone(i, text);
    ROW(s, TEXT("phone"), TEXT(text), I64(world_member_id(i)), I64(s->from_at), I64(0));
}

static void card(struct seed *s, int64_t i)
{
    char text[WORLD_TEXT_MAX];

    world_card(i, text);
    ROW(s, TEXT("card"), TEXT(text), I64(world_member_id(i)), I64(s->from_at), I64(0));
}

static void event(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.id), I64(p.member_id), TEXT("purchase"), I64(p.at), I64(p.date),
        I64(s->store_id), I64(s->company_id), I64(1), I64(p.amount_minor), I64(s->config_version),
        I64(0), I64(0), I64(p.at), TEXT("store"), I64(0));
}

static void receipt_text(int64_t i, char dst[static WORLD_TEXT_MAX])
{
    snprintf(dst, WORLD_TEXT_MAX, "S%09lld", (long long)i);
}

static void purchase(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);
    char text[WORLD_TEXT_MAX];

    receipt_text(i, text);
    ROW(s, I64(p.id), I64(p.member_id), TEXT("1"), TEXT(text), I64(p.amount_minor), TEXT("live"),
        TEXT("card"), I64(0));
}

static void line(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.id), I64(0), I64(p.member_id), TEXT("TEA-0001"), I64(1), I64(100), I64(100),
        I64(0), I64(0));
    ROW(s, I64(p.id), I64(1), I64(p.member_id), TEXT("TEA-0002"), I64(2), I64(p.amount_minor - 100),
        I64(p.amount_minor - 100), I64(0), I64(0));
}

static void receipt(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);
    char text[WORLD_TEXT_MAX];

    receipt_text(i, text);
    ROW(s, I64(s->store_id), I64(p.date), TEXT("1"), TEXT(text), I64(p.member_id), I64(p.id),
        I64(p.amount_minor), I64(p.at));
}

static void award(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.id), I64(0), I64(p.member_id), I64(s->rule_id), I64(1), I64(0),
        TEXT("points.grant"), I64(0), I64(s->unit_id), I64(p.points), I64(p.amount_minor),
        I64(p.id | 1), I64(p.points), I64(0), I64(0), I64(0), I64(p.id), I64(p.at));
}

static void lot(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.member_id), I64(p.id | 1), I64(s->unit_id), I64(p.id), I64(s->company_id),
        I64(p.points), I64(p.points), I64(0), I64(0), I64(0),
        I64(time_after(s->zone, p.at, VALID_DAYS, TIME_DAYS)));
}

static void posting(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.id), I64(0), I64(p.member_id), I64(s->unit_id), TEXT("issued"), TEXT("member"),
        I64(p.points), TEXT("award"), I64(s->company_id), I64(s->store_id), I64(p.at), I64(p.date));
}

static void balance(struct seed *s, int64_t i)
{
    struct sale p = sale_of(s, i);

    ROW(s, I64(p.member_id), I64(s->unit_id), I64(p.points), I64(0), I64(0));
}

/* Rows of the seed have no seals: `regulars migrate --new-secret` makes them, before a check. */
static const struct { struct table table; void (*rows)(struct seed *s, int64_t i); } tables[] = {
    { { "member", "id, member_id, status, source, created_at, tier_level, tier_since_at, "
        "tier_until_at, tier_in_grace, purchases_n, spend_minor, first_purchase_at, "
        "last_purchase_at, last_purchase_date, fold_at, settled_at, due_at", 17 }, member },
    { { "member_profile", "member_id, name, birthday, updated_at", 4 }, profile },
    { { "identity", "provider, subject, member_id, created_at, seal", 5 }, card },
    { { "identity", "provider, subject, member_id, created_at, seal", 5 }, phone },
    { { "event", "id, member_id, name, at, business_date, store_id, company_id, is_live, "
        "value_minor, config_version, cause_id, is_raised, booked_at, channel, seal", 15 }, event },
    { { "purchase", "id, member_id, till, receipt, total_minor, status, identified_by, seal", 8 },
      purchase },
    { { "purchase_line", "purchase_id, n, member_id, sku, quantity, list_minor, net_minor, "
        "returned, returned_minor", 9 }, line },
    { { "receipt", "store_id, business_date, till, number, member_id, purchase_id, total_minor, "
        "told_at", 8 }, receipt },
    { { "award", "event_id, n, member_id, rule_id, rule_version, effect_n, effect, is_dependent, "
        "unit_id, amount, basis_minor, lot_id, posted, owed, lapsed, forgiven, cause_id, at", 18 },
      award },
    { { "lot", "member_id, id, unit_id, event_id, company_id, granted, remaining, expired, "
        "is_pending, available_at, expires_at", 11 }, lot },
    { { "posting", "event_id, n, member_id, unit_id, from_account, to_account, amount, kind, "
        "company_id, store_id, at, book_date", 12 }, posting },
    { { "balance", "member_id, unit_id, available, pending, owed", 5 }, balance },
};

#define FIRST(what, kind) "SELECT MIN(" what ") FROM config_object WHERE kind = '" kind "'"

static void look_up(struct seed *s)
{
    struct sink *k = s->sink;

    s->store_id = k->ask(k, FIRST("id", "store"));
    s->company_id = k->ask(k, FIRST("id", "company"));
    s->unit_id = k->ask(k, FIRST("id", "unit"));
    s->rule_id = k->ask(k, FIRST("id", "rule"));
    s->config_version = k->ask(k, FIRST("config_version", "rule"));
}

static void shuffle(struct seed *s, int64_t members)
{
    struct dice dice;

    dice_seed(&dice, 20261124);
    s->buyer_of = calloc((size_t)members, sizeof *s->buyer_of);
    s->sale_of = calloc((size_t)members, sizeof *s->sale_of);
    if (s->buyer_of == NULL || s->sale_of == NULL) exit(1);
    for (int64_t k = 0; k < members; k++) {
        int64_t j = dice_range(&dice, 0, k);
        s->buyer_of[k] = s->buyer_of[j];
        s->buyer_of[j] = (int32_t)k;
    }
    for (int64_t k = 0; k < members; k++) s->sale_of[s->buyer_of[k]] = (int32_t)k;
}

int main(int argc, char **argv)
{
    struct seed s = { .zone = zone_find("Asia/Taipei"),
                      .from_at = time_wall_ms() / TIME_DAY_MS * TIME_DAY_MS
                               - SALE_DAYS_AGO * TIME_DAY_MS };

    if (argc != 3) {
        fprintf(stderr, "usage: seed URL MEMBERS\n");
        return 2;
    }
    int64_t members = world_number(argv[2]);
    s.sink = sink_open(argv[1]);
    look_up(&s);
    shuffle(&s, members);
    for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
        s.sink->begin(s.sink, &tables[t].table);
        for (int64_t i = 0; i < members; i++) tables[t].rows(&s, i);
        s.sink->end(s.sink);
    }
    s.sink->close(s.sink);
    return 0;
}
