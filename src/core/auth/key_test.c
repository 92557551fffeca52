#include "core/auth/key.h"

#include <string.h>
#include "core/auth/permission.h"
#include "test/harness/test.h"

static const struct permission names[] = { { "a.read", "" }, { "a.write", "" }, { "b.read", "" } };
static const struct feature a_feature = { .name = "a", .permissions = names, .permissions_n = 3 };
static const struct feature *const some[] = { &a_feature, NULL };

static void open_some(void)
{
    char err[256];
    IS_INT(permission_open(some, err), RC_OK);
}

static const char *bearer(struct ctx *c, const char *key)
{
    return arena_printf(c->arena, "Bearer %s", key);
}

PURE(names_of_permissions_become_bits_and_unknown_ones_are_told)
{
    struct arena *a = arena_open(1 << 16);
    const char *unknown;

    open_some();
    IS_INT(permission_bits("a.read b.read"), 5);
    IS_INT(permission_bits("a.write, nothing.such"), 2);
    IS_TRUE(permission_bits("all") == MAY_ALL);
    IS_TRUE(permission_parse(a, "a.read,b.read a.write", &unknown));
    IS_FALSE(permission_parse(a, "a.read,c.read", &unknown));
    IS_STR(unknown, "c.read");
    IS_FALSE(permission_parse(a, " ,", &unknown));
    arena_close(a);
}

PURE(a_route_without_a_registered_permission_does_not_start_the_server)
{
    struct route r[] = { { .method = GET, .path = "/x", .may = NULL } };
    struct feature f = { .name = "x", .routes = r, .routes_n = 1 };
    const struct feature *const list[] = { &f, &a_feature, NULL };
    char err[256];

    IS_INT(permission_open(list, err), RC_INVALID);
    r[0].may = "a.raed";
    IS_INT(permission_open(list, err), RC_INVALID);
    IS_TRUE(strstr(err, "a.raed") != NULL);
    r[0].may = "a.read";
    IS_INT(permission_open(list, err), RC_OK);
    r[0].may = PUBLIC;
    IS_INT(permission_open(list, err), RC_OK);
}

TEST(a_key_opens_what_it_was_made_for_until_it_is_revoked)
{
    char secret[KEY_TEXT_MAX];
    struct keyring *ring = keyring_open();
    struct actor who = { 0 };
    struct keys keys;

    open_some();
    IS_INT(key_create(c, &(struct key_create){ .name = " till 3 ", .may = "a.read", .store_id = 9 },
                      secret), RC_OK);
    IS_INT(keyring_refresh(ring, c), RC_OK);
    IS_NULL(keyring_check(ring, bearer(c, secret), &who));
    IS_INT(who.kind, ACTOR_KEY);
    IS_INT(who.may, 1);
    IS_INT(who.store_id, 9);
    IS_INT(key_list(c, &keys), RC_OK);
    IS_INT(keys.n, 1);
    IS_STR(keys.rows[0].name, "till 3");
    IS_INT(keys.rows[0].revoked_at, SQL_NULL);

    IS_INT(key_revoke(c, secret), RC_OK);
    IS_INT(keyring_refresh(ring, c), RC_OK);
    IS_STR(keyring_check(ring, bearer(c, secret), &who), "auth.revoked");
    IS_INT(key_revoke(c, secret), RC_OK);                      /* twice is no mistake */
    keyring_close(ring);
}

TEST(what_is_no_key_of_ours_is_unknown)
{
    char secret[KEY_TEXT_MAX], other[KEY_TEXT_MAX];
    struct keyring *ring = keyring_open();
    struct actor who;

    open_some();
    IS_STR(keyring_check(ring, NULL, &who), "auth.missing");
    IS_INT(key_create(c, &(struct key_create){ .name = "x", .may = "all" }, secret), RC_OK);
    IS_STR(keyring_check(ring, bearer(c, secret), &who), "auth.unknown");      /* not yet read */
    IS_INT(keyring_refresh(ring, c), RC_OK);
    IS_NULL(keyring_check(ring, bearer(c, secret), &who));
    memcpy(other, secret, sizeof other);
    other[strlen(other) - 1] = other[strlen(other) - 1] == 'A' ? 'B' : 'A';
    IS_STR(keyring_check(ring, bearer(c, other), &who), "auth.unknown");
    IS_STR(keyring_check(ring, secret, &who), "auth.unknown");
    IS_STR(keyring_check(ring, "Bearer ", &who), "auth.unknown");
    IS_STR(keyring_check(ring, "Bearer rk_live_", &who), "auth.unknown");
    keyring_close(ring);
}

TEST(a_key_needs_a_name_and_permissions_that_exist)
{
    char secret[KEY_TEXT_MAX], id[64];

    open_some();
    IS_INT(key_create(c, &(struct key_create){ .name = "  ", .may = "all" }, secret), RC_INVALID);
    IS_STR(c->err.code, "key.name_invalid");
    IS_INT(key_create(c, &(struct key_create){ .name = "x", .may = "a.fly" }, secret), RC_INVALID);
    IS_STR(c->err.code, "key.permission_unknown");
    IS_INT(key_revoke(c, "rk_live_0000000000001"), RC_NOT_FOUND);
    IS_STR(c->err.code, "key.unknown");
    IS_INT(key_revoke(c, "nonsense"), RC_NOT_FOUND);
    IS_INT(key_create(c, &(struct key_create){ .name = "x", .may = "all" }, secret), RC_OK);
    memcpy(id, secret + sizeof KEY_PREFIX, 13);                /* the id alone will do */
    id[13] = '\0';
    IS_INT(key_revoke(c, id), RC_OK);
}
