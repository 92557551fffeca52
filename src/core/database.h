/* database.h -- a database fit for this program: migrated, configured, with its engine running.
 * The server and the command line open it the same way, so either may be the first to do so. */
#pragma once
#include "db/engine.h"

/* A new database gets the configuration of a shop in Taipei; what is there is left alone. */
enum rc database_open(const struct engine_config *cfg, struct engine **out, char err[static 256])
    MUST_CHECK;
