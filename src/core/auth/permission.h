/* permission.h -- the names of what may be done, as bits of one word.
 *
 * Features register names ("voucher.redeem"); the registry gives each a bit in the order of the
 * wiring.  Bits are of this process only: what is stored are names. */
#pragma once
#include "core/feature.h"

#define PERMISSIONS_MAX 64
#define MAY_ALL UINT64_MAX

/* Once, before anything else of auth.  RC_INVALID with a reason for a route without a permission,
 * or with one that nobody registered. */
enum rc permission_open(const struct feature *const *list, char err[static 256]) MUST_CHECK;

/* The bit of a name; 0 if unknown. */
uint64_t permission_bit(const char *name);
/* Names separated by commas or spaces, or "all".  False: *unknown is a name that is none. */
bool     permission_parse(struct arena *a, const char *names, const char **unknown);
/* Of stored names; one that this program does not know (any more) gives nothing. */
uint64_t permission_bits(const char *names);
/* The n-th registered, NULL past the end. */
const struct permission *permission_at(size_t n);
