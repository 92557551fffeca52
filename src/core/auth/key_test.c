#include "core/auth/key.h"

#include <stdio.h>
#include <string.h>
#include "core/auth/permission.h"
#include "core/ctx.h"
#include "test/harness/test.h"

static const struct permission names[] = { { .name = "a.read" }, { .name = "a.write" },
                                           { .name = "b.read" } };
static const struct feature a_feature = { .name = "a",
                                          .permissions = LIST(permission_list, names) };
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
    struct may may = permission_set("a.read b.read");
    IS_TRUE(permission_has(&may, permission_number("a.read")));
    IS_FALSE(permission_has(&may, permission_number("a.write")));
    IS_TRUE(permission_has(&may, permission_number("b.read")));
    may = permission_set("a.write, nothing.such");
    IS_FALSE(permission_has(&may, permission_number("a.read")));
    IS_TRUE(permission_has(&may, permission_number("a.write")));
    IS_FALSE(permission_has(&may, permission_number("nothing.such")));
    may = permission_set("all");
    IS_TRUE(permission_has(&may, permission_number("b.read")));
    IS_TRUE(permission_parse(a, "a.read,b.read a.write", &unknown));
    IS_FALSE(permission_parse(a, "a.read,c.read", &unknown));
    IS_STR(unknown, "c.read");
    IS_FALSE(permission_parse(a, " ,", &unknown));
    arena_close(a);
}

PURE(a_route_without_a_registered_permission_does_not_start_the_server)
{
    struct route r[] = { { .method = GET, .path = "/x", .may = NULL } };
    struct feature f = { .name = "x", .routes = LIST(route_list, r) };
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

/* Each has a place of its own, however many there are; one too many is said at the start. */
PURE(there_is_room_for_many_permissions_and_one_more_is_refused)
{
    static struct permission many[PERMISSIONS_MAX + 1];
    static char texts[PERMISSIONS_MAX + 1][16];
    struct permission_list all = { many, PERMISSIONS_MAX };
    struct feature f = { .name = "x", .permissions = &all };
    const struct feature *const list[] = { &f, NULL };
    char err[256];

    for (int i = 0; i <= PERMISSIONS_MAX; i++) {
        snprintf(texts[i], sizeof texts[i], "p.n%d", i);
        many[i].name = texts[i];
    }
    IS_INT(permission_open(list, err), RC_OK);
    for (int i = 0; i < PERMISSIONS_MAX; i++) {
        struct may one = permission_set(texts[i]);
        for (int k = 0; k < PERMISSIONS_MAX; k++)
            if (permission_has(&one, k) != (k == i)) FAIL_TEST("%s opens %s", texts[i], texts[k]);
    }
    all.n++;
    IS_INT(permission_open(list, err), RC_INVALID);
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
    IS_TRUE(permission_has(&who.may, permission_number("a.read")));
    IS_FALSE(permission_has(&who.may, permission_number("a.write")));
    IS_INT(who.scope.stores_n, 1);
    IS_INT(who.scope.stores[0], 9);
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
