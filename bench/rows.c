/* rows URL -- how many rows each table that purchases touch has, to compare two databases. */
#include <stdio.h>

#include "bench/sink.h"

static const char *const tables[] = {
    "member", "member_tag", "event", "posting", "lot", "lot_use", "debt", "balance", "award",
    "purchase", "purchase_line", "refund", "receipt", "tier_change", "task", "idempotency",
    "answer", "note",
};

int main(int argc, char **argv)
{
    char sql[128];

    if (argc != 2) {
        fprintf(stderr, "usage: rows URL\n");
        return 2;
    }
    struct sink *s = sink_open(argv[1]);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", tables[i]);
        printf("%s %lld\n", tables[i], (long long)s->ask(s, sql));
    }
    return 0;
}
