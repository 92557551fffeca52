/* tables.h -- all tables of the database at once, as one figure each: for tests that hold what is
 * there against what was. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/rc.h"

struct ctx;

enum { TABLES_MAX = 64 };
struct table_digest { const char *name; size_t rows; uint64_t sum; };
struct tables { struct table_digest items[TABLES_MAX]; size_t n; };

/* Reads all of them, in the transaction at hand; the order of rows does not matter. */
void tables_read(struct ctx *c, struct tables *out);
/* The name of the first table that differs; NULL if none does. */
const char *tables_differ(const struct tables *a, const struct tables *b);
