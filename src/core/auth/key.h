/* key.h -- API keys: how a till, a web shop, an ERP says who it is.
 *
 *     rk_live_0123456789abc_AbCdEfGhIjKlMnOpQrStUvWxYz012345
 *             id            secret: 192 random bits
 *
 * Only the SHA-256 of the secret is stored; the key is shown once, when it is made.  A key may do
 * what its permissions say, everywhere or in one company or store, until it is revoked. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/rc.h"
#include "base/str.h"

struct actor;
struct ctx;

#define KEY_PREFIX   "rk_live"
#define KEY_TEXT_MAX 64

struct key_create {
    const char *name;                        /* for people; 1 to LIMIT_TEXT bytes */
    const char *may;                         /* "all", or names separated by commas or spaces */
    int64_t company_id, store_id;            /* bound to; 0: all */
};
struct key_row {
    int64_t id;
    const char *name, *permissions;
    int64_t company_id, store_id, created_at;
    int64_t revoked_at;                      /* SQL_NULL: valid */
};
struct keys { const struct key_row *rows; size_t n; };

/* Refusals: key.name_invalid, key.permission_unknown. */
enum rc key_create(struct ctx *c, const struct key_create *in, char secret[static KEY_TEXT_MAX])
    MUST_CHECK;
enum rc key_list(struct ctx *c, struct keys *out) MUST_CHECK;
/* Takes "0123456789abc" or a whole key.  Revoking twice is no mistake.  Refusal: key.unknown. */
enum rc key_revoke(struct ctx *c, const char *key) MUST_CHECK;

/* A key as sent, taken apart.  False: it has not the form of one. */
struct key_parts { int64_t id; struct str secret; };
bool    key_parse(struct str text, struct key_parts *out);

/* ---- the keyring: all keys in memory, so that no request asks the database ---- */

struct keyring;
struct keyring *keyring_open(void);
void            keyring_close(struct keyring *ring);
/* Reads the keys again if they have changed; called each half second.  Until then an old key
 * works. */
enum rc         keyring_refresh(struct keyring *ring, struct ctx *c) MUST_CHECK;
/* Who sends this Authorization header.  Refusals: auth.missing, auth.unknown, auth.revoked. */
const char     *keyring_check(struct keyring *ring, const char *authorization, struct actor *out);
