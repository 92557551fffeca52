#include "core/auth/key.h"

#include <sodium.h>
#include <string.h>
#include "base/buf.h"
#include "base/limit.h"
#include "base/rand.h"
#include "core/auth/digest.h"
#include "core/auth/permission.h"
#include "core/ctx.h"
#include "core/seal/sealed.h"
#include "sql/auth_sql.h"

enum { SECRET_BYTES = 24, SECRET_TEXT = 32, ID_TEXT = 13, PREFIX_TEXT = sizeof KEY_PREFIX };

static void make_secret(char dst[static SECRET_TEXT + 1])
{
    unsigned char raw[SECRET_BYTES];

    rand_bytes(raw, sizeof raw);
    sodium_bin2base64(dst, SECRET_TEXT + 1, raw, sizeof raw,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(raw, sizeof raw);
}

enum rc key_create(struct ctx *c, const struct key_create *in, char secret[static KEY_TEXT_MAX])
{
    char text[SECRET_TEXT + 1], digest[SHA256_HEX_MAX], id_text[ID_TEXT_MAX];
    struct buf b;
    struct str name = str_trim(str_of(in->name));
    const char *unknown;
    enum rc rc;

    if (name.n == 0 || name.n > LIMIT_TEXT) return fail(c, RC_INVALID, "key.name_invalid");
    if (!permission_parse(c->arena, in->may, &unknown))
        return fail_at(c, RC_INVALID, "key.permission_unknown", "/may", unknown);
    make_secret(text);
    digest_sha256((struct str){ text, SECRET_TEXT }, digest);
    struct sql_key_add row = {
        .id = id_next(c->ids), .name = arena_strndup(c->arena, name.p, name.n),
        .secret_digest = digest, .permissions = in->may, .company_id = in->company_id,
        .store_id = in->store_id, .now = c->now
    };
    row.seal = KEY_SEAL(c, &row, row.now, SQL_NULL);
    rc = sql_key_add(c, &row);
    if (rc != RC_OK) return rc;
    id_emit(KEY_PREFIX, row.id, id_text);
    buf_init(&b, c->arena, KEY_TEXT_MAX - 1);
    buf_addf(&b, "%s_%s", id_text, text);
    memcpy(secret, buf_cstr(&b), b.n + 1);
    return sql_key_changed(c);
}

enum rc key_list(struct ctx *c, struct keys *out)
{
    struct sql_key_all all = { 0 };
    enum rc rc = sql_key_all(c, &all);

    if (rc != RC_OK) return rc;
    struct key_row *rows = ARENA_ARRAY(c->arena, struct key_row, all.n);
    for (size_t i = 0; i < all.n; i++)
        rows[i] = (struct key_row){
            .id = all.rows[i].id, .name = all.rows[i].name,
            .permissions = all.rows[i].permissions, .company_id = all.rows[i].company_id,
            .store_id = all.rows[i].store_id, .created_at = all.rows[i].created_at,
            .revoked_at = all.rows[i].revoked_at
        };
    *out = (struct keys){ rows, all.n };
    return RC_OK;
}

bool key_parse(struct str text, struct key_parts *out)
{
    char id[PREFIX_TEXT + ID_TEXT + 1];

    if (text.n != PREFIX_TEXT + ID_TEXT + 1 + SECRET_TEXT) return false;
    if (text.p[sizeof id - 1] != '_') return false;
    memcpy(id, text.p, sizeof id - 1);
    id[sizeof id - 1] = '\0';
    out->secret = (struct str){ text.p + sizeof id, SECRET_TEXT };
    return id_parse(KEY_PREFIX, id, &out->id);
}

/* A whole key, its id with the prefix, or its id alone. */
static bool id_of(struct arena *a, const char *key, int64_t *id)
{
    struct key_parts parts;

    if (!key_parse(str_of(key), &parts)) {
        const char *mark = key[0] == '_' ? "" : "_";
        if (!str_prefix(key, KEY_PREFIX)) key = arena_printf(a, "%s%s%s", KEY_PREFIX, mark, key);
        return id_parse(KEY_PREFIX, key, id);
    }
    *id = parts.id;
    return true;
}

enum rc key_revoke(struct ctx *c, const char *key)
{
    struct sql_key_revoke v = { .now = c->now };
    struct sql_key_get known = { 0 };
    enum rc rc;

    if (!id_of(c->arena, key, &v.id)) return fail(c, RC_NOT_FOUND, "key.unknown");
    known.id = v.id;
    rc = sql_key_get(c, &known);
    if (rc == RC_NOT_FOUND) return fail(c, RC_NOT_FOUND, "key.unknown");
    if (rc != RC_OK || known.revoked_at != SQL_NULL) return rc;
    v.seal = KEY_SEAL(c, &known, known.created_at, v.now);
    rc = sql_key_revoke(c, &v);
    if (rc == RC_NOT_FOUND) return RC_OK;              /* somebody was faster */
    return rc == RC_OK ? sql_key_changed(c) : rc;
}
