/* setup.h -- the first configuration of a shop, from one JSON document:
 *
 *     {"company": {"code", "name", "tax_id"},
 *      "stores": [{"code", "name", …}], "units": [{"code", "name", "decimals", …}],
 *      "tiers": {…}, "rules": [{…}], "effective_at": "1997-01-01T00:00:00Z"}
 *
 * Everything in one transaction, and only in a shop that has no company yet: a second time changes
 * nothing. */
#pragma once
#include <stdbool.h>
#include "base/str.h"
#include "db/engine.h"

bool setup_file(struct engine *engine, const char *file, char err[static 256]);
bool setup_text(struct engine *engine, struct str text, char err[static 256]);
