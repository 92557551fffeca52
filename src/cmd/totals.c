/* totals.c -- see totals.h. */
#include "cmd/totals.h"

#include "app/tier/tier.h"
#include "core/config/conf.h"
#include "core/ctx.h"
#include "core/run/run.h"
#include "sql/totals_sql.h"

enum { LEVELS = 4 };                     /* tier_0_members … tier_3_members, at least */

static void line(FILE *out, const char *name, int64_t value)
{
    fprintf(out, "%s %lld\n", name, (long long)value);
}

/* By the place that their level has on the ladder of now. */
static void print_tiers(FILE *out, struct ctx *c, const struct sql_totals_tiers *tiers,
                        int64_t members)
{
    struct tier_when now = { c->conf, c->conf->version, c->now };
    int64_t n[TIER_LEVELS_MAX + 1] = { 0 }, levels = LEVELS;

    for (size_t i = 0; i < tiers->n; i++) {
        int64_t level = tier_place(&now, tiers->rows[i].tier_level);
        if (level == 0) continue;
        n[level] += tiers->rows[i].members;
        members -= tiers->rows[i].members;
        if (level >= levels) levels = level + 1;
    }
    n[0] = members;                      /* whoever has no level, with or without a past one */
    for (int64_t level = 0; level < levels; level++)
        fprintf(out, "tier_%lld_members %lld\n", (long long)level, (long long)n[level]);
}

static enum rc totals(struct ctx *c, void *arg)
{
    struct sql_totals_sales sales = { 0 };
    struct sql_totals_postings postings = { 0 };
    struct sql_totals_lots lots = { 0 };
    struct sql_totals_tiers tiers = { 0 };
    struct sql_totals_moves moves = { 0 };
    FILE *out = arg;
    enum rc rc = sql_totals_sales(c, &sales);

    if (rc == RC_OK) rc = sql_totals_postings(c, &postings);
    if (rc == RC_OK) rc = sql_totals_lots(c, &lots);
    if (rc == RC_OK) rc = sql_totals_tiers(c, &tiers);
    if (rc == RC_OK) rc = sql_totals_moves(c, &moves);
    if (rc != RC_OK) return rc;
    line(out, "purchases", sales.purchases);
    line(out, "members", sales.members);
    line(out, "revenue_minor", sales.revenue_minor);
    line(out, "points_issued", postings.issued);
    line(out, "points_expired", postings.expired);
    line(out, "points_outstanding", lots.outstanding);
    print_tiers(out, c, &tiers, sales.members);
    line(out, "upgrades", moves.upgrades);
    line(out, "downgrades", moves.downgrades);
    return RC_OK;
}

enum rc totals_print(struct engine *engine, FILE *out)
{
    return run_read(&(struct run){ .engine = engine, .fn = totals, .arg = out }, NULL);
}
