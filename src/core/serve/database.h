/* database.h -- a database fit for this program: migrated, configured, with its engine running.
 * The server and the command line open it the same way, so either may be the first to do so. */
#pragma once
#include "base/rc.h"
#include "db/engine.h"

struct ctx;

/* What a shop is born with; it cannot be changed afterwards. */
struct database_shop {
    const char *zone, *currency, *phone_region;   /* IANA, ISO 4217, ISO 3166 */
    int currency_decimals;
    bool is_simulated;                            /* may run on a clock of its own */
};
/* The row of a new database, sealed with the secret at hand. */
enum rc database_configure(struct ctx *c, const struct database_shop *shop) MUST_CHECK;
/* For who only reads: the installation's secret, and that it is this database's. */
enum rc database_secret(struct engine *e, const char *url, char err[static 256]) MUST_CHECK;
/* Migrates, and configures a database that is not configured yet; one that is stays as it is. */
enum rc database_make(const char *url, const struct database_shop *shop, char err[static 256])
    MUST_CHECK;
/* A new database gets the configuration of a shop in Taipei; what is there is left alone. */
enum rc database_open(const struct engine_config *cfg, struct engine **out, char err[static 256])
    MUST_CHECK;
/* With a new secret, for core/check/seal_anew.h.  RC_CONFLICT: the one that is there fits. */
enum rc database_open_anew(const struct engine_config *cfg, struct engine **out,
                           char err[static 256]) MUST_CHECK;
