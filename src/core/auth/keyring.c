/* All keys in memory.  Loops read it for each request, the tick replaces it when keys changed. */
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include "core/auth/digest.h"
#include "core/auth/key.h"
#include "core/auth/permission.h"
#include "sql/auth_sql.h"

enum { RING_BYTES = 64 << 20 };

struct held {
    int64_t id, company_id, store_id;
    struct may may;
    bool is_revoked;
    const char *digest;
};

struct keyring {
    pthread_rwlock_t lock;
    struct arena *arena;                     /* of this struct */
    struct arena *held_arena;                /* of the keys held */
    struct held *held;                       /* by id */
    size_t n;
    int64_t version;
};

struct keyring *keyring_open(void)
{
    struct arena *arena = arena_open(4096);
    struct keyring *ring = ARENA_NEW(arena, struct keyring);

    ring->arena = arena;
    ring->version = -1;
    pthread_rwlock_init(&ring->lock, NULL);
    return ring;
}

void keyring_close(struct keyring *ring)
{
    if (ring == NULL) return;
    arena_close(ring->held_arena);
    pthread_rwlock_destroy(&ring->lock);
    arena_close(ring->arena);
}

/* The rows are in order of id: so is the ring. */
static struct held *hold(struct arena *a, const struct sql_key_all *all)
{
    struct held *held = ARENA_ARRAY(a, struct held, all->n);

    for (size_t i = 0; i < all->n; i++)
        held[i] = (struct held){
            .id = all->rows[i].id, .company_id = all->rows[i].company_id,
            .store_id = all->rows[i].store_id,
            .may = permission_set(all->rows[i].permissions),
            .is_revoked = all->rows[i].revoked_at != SQL_NULL,
            .digest = arena_strdup(a, all->rows[i].secret_digest)
        };
    return held;
}

static void replace(struct keyring *ring, const struct sql_key_all *all, int64_t version)
{
    struct arena *fresh = arena_open(RING_BYTES), *old = ring->held_arena;
    struct held *held = hold(fresh, all);

    pthread_rwlock_wrlock(&ring->lock);
    ring->held_arena = fresh;
    ring->held = held;
    ring->n = all->n;
    ring->version = version;
    pthread_rwlock_unlock(&ring->lock);
    arena_close(old);
}

/* The version is read first: a change in between is seen again by the next tick, never lost. */
enum rc keyring_refresh(struct keyring *ring, struct ctx *c)
{
    struct sql_key_version v = { 0 };
    struct sql_key_all all = { 0 };
    enum rc rc = sql_key_version(c, &v);

    if (rc != RC_OK || v.version == ring->version) return rc;
    rc = sql_key_all(c, &all);
    if (rc == RC_OK) replace(ring, &all, v.version);
    return rc;
}

static const struct held *find(const struct keyring *ring, int64_t id)
{
    size_t lo = 0, hi = ring->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ring->held[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < ring->n && ring->held[lo].id == id ? &ring->held[lo] : NULL;
}

/* That a key was revoked is said only to who has its secret. */
static const char *check(const struct keyring *ring, const struct key_parts *parts,
                         struct actor *out)
{
    char digest[SHA256_HEX_MAX];
    const struct held *key = find(ring, parts->id);

    digest_sha256(parts->secret, digest);
    if (key == NULL || !str_equal_secret(str_of(digest), str_of(key->digest)))
        return "auth.unknown";
    if (key->is_revoked) return "auth.revoked";
    *out = (struct actor){ .kind = ACTOR_KEY, .id = key->id, .may = key->may };
    if (key->company_id) out->scope.companies[out->scope.companies_n++] = key->company_id;
    if (key->store_id) out->scope.stores[out->scope.stores_n++] = key->store_id;
    return NULL;
}

const char *keyring_check(struct keyring *ring, const char *authorization, struct actor *out)
{
    struct key_parts parts;
    const char *refusal;

    if (authorization == NULL) return "auth.missing";
    if (strncasecmp(authorization, "Bearer ", 7) != 0) return "auth.unknown";
    if (!key_parse(str_trim(str_of(authorization + 7)), &parts)) return "auth.unknown";
    pthread_rwlock_rdlock(&ring->lock);
    refusal = check(ring, &parts, out);
    pthread_rwlock_unlock(&ring->lock);
    return refusal;
}
