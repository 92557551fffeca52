/* scope.h -- where somebody may act and look: at these stores, and at the stores of these
 * companies; with neither, everywhere.  What happened at no store in particular everybody may see.
 *
 * A store belongs to a company as the snapshot at hand says. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"

struct ctx;

bool    scope_is_all(const struct ctx *c);
bool    scope_has(const struct ctx *c, int64_t store_id);
/* The one store that there is in it; 0: none, several, or all. */
int64_t scope_only_store(const struct ctx *c);
/* Its stores as a parameter of a statement: "" everywhere, else ",17,42,", to be asked with
 * :stores LIKE '%,' || CAST(store_id AS TEXT) || ',%'. */
const char *scope_stores(struct ctx *c);
/* Tells scopes apart, for who may see what another was told: 0 everywhere; that of one store is its
 * id, that of one company its id, negative; -1 any other. */
int64_t scope_mark(const struct ctx *c);
