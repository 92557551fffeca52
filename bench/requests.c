/* requests KIND MEMBERS N KEY [FILE] -- writes N requests to standard output, each led by its
 * length (u32), for load to send.  The same arguments give the same requests.
 *
 *     sale       a sale of 500 to 600 bytes, a random member, now
 *     past       N / MEMBERS sales of each member, spread over the last 200 days, in their order
 *     late       returns of one item and sales told late, in turn, of members in FILE (SQLite)
 *                whose sales are spread as `past` does
 *     identify   by phone and by card, in turn
 *     empty      GET / */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/rand.h"
#include "base/time.h"
#include "bench/world.h"

enum { BODY_MAX = 2048, PAST_DAYS = 200 };

struct maker {
    struct dice dice;
    const char *key;
    int64_t members, n;
    int64_t now;
    sqlite3 *db;
    char body[BODY_MAX];
    int len;
};

static int64_t pick(struct maker *m, int64_t least, int64_t most)
{
    return dice_range(&m->dice, least, most);
}

/* A POST of the body, with one more header line if extra is not empty. */
static void post(struct maker *m, const char *path, const char *extra)
{
    char head[512];
    int n = snprintf(head, sizeof head,
                     "POST %s HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer %s\r\n"
                     "Content-Type: application/json\r\n%sContent-Length: %d\r\n\r\n",
                     path, m->key, extra, m->len);
    uint32_t all = (uint32_t)(n + m->len);

    fwrite(&all, sizeof all, 1, stdout);
    fwrite(head, 1, (size_t)n, stdout);
    fwrite(m->body, 1, (size_t)m->len, stdout);
}

/* `at` is empty, or ,"at":"…". */
static void sale(struct maker *m, int64_t member, const char *at, int64_t number)
{
    char id[ID_TEXT_MAX];
    int64_t first = pick(m, 1, 20) * 35, second = pick(m, 4, 24) * 25 + 100, total = first + second;
    int64_t store = number % WORLD_STORES, till = number / WORLD_STORES % WORLD_TILLS;

    id_emit("mem", world_member_id(member), id);
    m->len = snprintf(m->body, sizeof m->body,
        "{\"member\":\"%s\",\"store\":\"S%lld\",\"till\":\"%lld\",\"receipt\":\"R%09lld\","
        "\"total_minor\":%lld,\"lines\":[{\"sku\":\"TEA-OOLONG-%04lld\",\"quantity\":2,"
        "\"list_minor\":%lld,\"net_minor\":%lld,\"discounts\":[{\"by\":\"till\",\"text\":"
        "\"second cup at half price\",\"amount_minor\":35}]},{\"sku\":\"CUP-GLASS-%04lld\","
        "\"quantity\":1,\"list_minor\":%lld,\"net_minor\":%lld,\"discounts\":[]}],"
        "\"payments\":[{\"method\":\"card\",\"wallet\":\"apple_pay\",\"issuer\":\"NCCC\","
        "\"bin\":\"412345\",\"amount_minor\":%lld},{\"method\":\"voucher\",\"issuer\":"
        "\"mall\",\"amount_minor\":%lld}],\"channel\":\"store\",\"identified_by\":\"card\"%s}",
        id, (long long)store, (long long)till, (long long)number, (long long)total,
        (long long)pick(m, 1, 400), (long long)(first + 35), (long long)first,
        (long long)pick(m, 1, 90), (long long)second, (long long)second, (long long)second,
        (long long)first, at);
    post(m, "/v1/purchases", "");
}

static void at_text(int64_t at, char dst[static 64])
{
    char moment[25];

    time_format(at, moment);
    snprintf(dst, 64, ",\"at\":\"%s\"", moment);
}

static void make_sale(struct maker *m, int64_t i)
{
    sale(m, pick(m, 0, m->members - 1), "", i);
}

static void make_past(struct maker *m, int64_t i)
{
    int64_t rounds = m->n / m->members, round = i / m->members;
    int64_t gap_ms = PAST_DAYS * TIME_DAY_MS / rounds;
    char at[64];

    at_text(m->now - TIME_DAY_MS - (rounds - round) * gap_ms + i % m->members, at);
    sale(m, i % m->members, at, i);
}

/* Another sale of the member in each round, all over its 200: its id and moment. */
static int64_t some_sale(struct maker *m, int64_t member, int64_t round, int64_t *at)
{
    sqlite3_stmt *s;
    int64_t id = 0;

    sqlite3_prepare_v2(m->db, "SELECT id, at FROM event WHERE member_id = ? AND name = 'purchase' "
                       "AND at > ? ORDER BY at LIMIT 1 OFFSET ?", -1, &s, NULL);
    sqlite3_bind_int64(s, 1, member);
    sqlite3_bind_int64(s, 2, m->now - (PAST_DAYS + 30) * TIME_DAY_MS);
    sqlite3_bind_int64(s, 3, (member + round * 79) % 191);
    if (sqlite3_step(s) == SQLITE_ROW) {
        id = sqlite3_column_int64(s, 0);
        *at = sqlite3_column_int64(s, 1);
    }
    sqlite3_finalize(s);
    return id;
}

static void make_late(struct maker *m, int64_t i)
{
    int64_t number = i % m->members, member = world_member_id(number), at = 0;
    int64_t id = some_sale(m, member, i / m->members, &at);
    char text[64], path[128], key[64], owned[ID_TEXT_MAX];

    if (i % 2 == 0) {
        at_text(at + 5000 + i, text);
        sale(m, number, text, 500000000 + i);
        return;
    }
    id_emit_owned("pur", member, id, owned);
    snprintf(path, sizeof path, "/v1/purchases/%s/returns", owned);
    snprintf(key, sizeof key, "Idempotency-Key: late-%lld\r\n", (long long)i);
    m->len = snprintf(m->body, sizeof m->body, "{\"lines\":[{\"n\":1,\"quantity\":1}],"
                      "\"reason\":\"leaked\"}");
    post(m, path, key);
}

static void make_identify(struct maker *m, int64_t i)
{
    char text[WORLD_TEXT_MAX];
    int64_t member = pick(m, 0, m->members - 1);

    if (i % 2 == 0) world_phone(member, text);
    else            world_card(member, text);
    m->len = snprintf(m->body, sizeof m->body, "{\"%s\":\"%s\"}", i % 2 == 0 ? "phone" : "card",
                      text);
    post(m, "/v1/members/identify", "");
}

static void make_empty(struct maker *m, int64_t i)
{
    static const char get[] = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
    uint32_t n = sizeof get - 1;

    (void)m;
    (void)i;
    fwrite(&n, sizeof n, 1, stdout);
    fwrite(get, 1, n, stdout);
}

static const struct { const char *name; void (*make)(struct maker *m, int64_t i); } kinds[] = {
    { "sale", make_sale }, { "past", make_past }, { "late", make_late },
    { "identify", make_identify }, { "empty", make_empty },
};

int main(int argc, char **argv)
{
    struct maker m = { .now = time_wall_ms() };

    if (argc < 5) {
        fprintf(stderr, "usage: requests KIND MEMBERS N KEY [FILE]\n");
        return 2;
    }
    m.members = world_number(argv[2]);
    m.n = world_number(argv[3]);
    m.key = argv[4];
    dice_seed(&m.dice, 20261124);
    if (argc > 5 && sqlite3_open_v2(argv[5], &m.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return 1;
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        if (strcmp(kinds[k].name, argv[1]) != 0) continue;
        for (int64_t i = 0; i < m.n; i++) kinds[k].make(&m, i);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fprintf(stderr, "bench: there is no kind %s\n", argv[1]);
    return 2;
}
