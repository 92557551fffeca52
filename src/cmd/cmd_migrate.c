/* cmd_migrate.c -- regulars migrate: makes or upgrades a database. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/setup.h"
#include "core/ctx.h"

static const char *or_default(const struct command_line *line, const char *name, const char *value)
{
    const char *given = option(line, name);

    return given ? given : value;
}

static int migrate(const struct command_line *line)
{
    struct database_shop shop = {
        .zone = or_default(line, "zone", "Asia/Taipei"),
        .currency = or_default(line, "currency", "TWD"),
        .phone_region = or_default(line, "region", "TW"),
        .is_simulated = option(line, "now") != NULL };
    char err[256] = "", shown[DB_URL_SHOWN_MAX];
    int64_t decimals = 0;

    if (!zone_find(shop.zone)) return complain("--zone: %s is no IANA zone", shop.zone);
    if (option(line, "decimals") && (!option_i64(line, "decimals", &decimals) || decimals < 0
                                     || decimals > 4))
        return complain("--decimals: 0 to 4");
    db_url_shown(database_url(line), shown);
    shop.currency_decimals = (int)decimals;
    if (option(line, "new-secret")) return new_secret(line) ? 0 : 1;
    if (database_make(database_url(line), &shop, err) != RC_OK)
        return complain("%s: %s", shown, err[0] ? err : "it cannot be migrated");
    if (option(line, "setup")) {
        struct engine *engine = open_database(line);
        if (!engine) return 1;
        bool ok = setup_file(engine, option(line, "setup"), err);
        close_database(engine);
        if (!ok) return complain("%s: %s", option(line, "setup"), err);
    }
    printf("%s is ready\n", shown);
    return 0;
}

const struct command cmd_migrate = {
    .name = "migrate", .summary = "make a database, or bring it up to this program",
    .options = "db= zone= currency= decimals= region= now= setup= new-secret", .run = migrate,
    .help =
        "usage: regulars migrate [--db URL] [--zone Asia/Taipei] [--currency TWD] [--decimals 0]\n"
        "                        [--region TW] [--now TIME] [--setup FILE]\n"
        "       regulars migrate --new-secret [--db URL]\n\n"
        "Makes the database if there is none, and applies what is missing.  Zone, currency, its\n"
        "decimals and the region of phone numbers are set once, when it is made.  --now "
        "makes it a\n"
        "simulated shop: only such a database may be run on a clock of its own.  --setup "
        "publishes\n"
        "what a file says of companies, stores, units, tiers and rules, if there is none yet.\n\n"
        "--new-secret is for when regulars.secret is lost or known to somebody: with the servers\n"
        "stopped and the old file away, it makes another and seals everything anew.",
};
