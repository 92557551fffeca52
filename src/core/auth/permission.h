/* permission.h -- the names of what may be done.
 *
 * Features register names ("voucher.redeem"); the registry gives each a number in the order of the
 * wiring.  Numbers are of this process only: what is stored are names. */
#pragma once
#include "core/feature.h"

struct may;

/* Once, before anything else of auth.  RC_INVALID with a reason for a route without a permission,
 * or with one that nobody registered. */
enum rc permission_open(const struct feature *const *list, char err[static 256]) MUST_CHECK;

/* The number of a name; -1: there is none. */
int      permission_number(const char *name);
bool     permission_has(const struct may *may, int number);
/* Names separated by commas or spaces, or "all".  False: *unknown is a name that is none. */
bool     permission_parse(struct arena *a, const char *names, const char **unknown);
/* Of stored names; one that this program does not know (any more) gives nothing. */
struct may permission_set(const char *names);
/* The n-th registered, NULL past the end. */
const struct permission *permission_at(size_t n);
