/* config_store.c -- see config_store.h. */
#include "core/config/config_store.h"

#include <assert.h>
#include <pthread.h>

#include "core/feature.h"

enum { KINDS_MAX = 64, FIRST_BUCKETS = 256 };

/* ---- kinds ---------------------------------------------------------------------------------- */

static struct { const struct config_kind *list[KINDS_MAX]; size_t n; } kinds;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void gather(void)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->configs) {
            assert(kinds.n < KINDS_MAX);
            kinds.list[kinds.n++] = features[i]->configs->items[k];
        }
}

size_t config_kinds(const struct config_kind *const **list)
{
    pthread_once(&once, gather);
    *list = kinds.list;
    return kinds.n;
}

size_t config_slot(const struct config_kind *kind)
{
    const struct config_kind *const *list;
    size_t n = config_kinds(&list), i = 0;

    while (i < n && list[i] != kind) i++;
    assert(i < n);
    return i;
}

const struct config_kind *config_kind_find(const char *name)
{
    const struct config_kind *const *list;
    size_t n = config_kinds(&list);

    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i]->name, name)) return list[i];
    return NULL;
}

/* ---- the life of a store -------------------------------------------------------------------- */

struct kept { struct config_item item; int64_t seal; struct kept *next; };
struct config_store {
    struct arena *arena;
    int refs;
    struct kept **buckets; size_t buckets_n;     /* a power of two */
    size_t n;
    void *states[KINDS_MAX];
};

/* For everything here: snapshots are read one after the other. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct config_store *begin(void)
{
    struct arena *a = arena_open((size_t)4 << 30);
    struct config_store *s = ARENA_NEW(a, struct config_store);

    s->arena = a;
    s->buckets_n = FIRST_BUCKETS;
    s->buckets = ARENA_ARRAY(a, struct kept *, s->buckets_n);
    return s;
}

struct config_store *config_store_open(const struct conf *before)
{
    pthread_mutex_lock(&lock);
    struct config_store *s = before ? before->store : begin();
    s->refs++;
    return s;
}

void config_store_ready(void)
{
    pthread_mutex_unlock(&lock);
}

void config_store_release(struct config_store *s)
{
    pthread_mutex_lock(&lock);
    bool is_last = --s->refs == 0;
    pthread_mutex_unlock(&lock);
    if (is_last) arena_close(s->arena);
}

void *config_store_state(struct config_store *s, const struct config_kind *kind)
{
    size_t slot = config_slot(kind);

    if (!s->states[slot] && kind->state_size)
        s->states[slot] = arena_alloc(s->arena, kind->state_size);
    return s->states[slot];
}

/* ---- its versions --------------------------------------------------------------------------- */

static struct kept **bucket_of(const struct config_store *s, int64_t id, int64_t version)
{
    uint64_t h = ((uint64_t)id * 31 + (uint64_t)version) * UINT64_C(0x9e3779b97f4a7c15);

    return &s->buckets[(h >> 32) & (s->buckets_n - 1)];
}

static void grow(struct config_store *s)
{
    struct kept **old = s->buckets;
    size_t old_n = s->buckets_n;

    s->buckets_n *= 2;
    s->buckets = ARENA_ARRAY(s->arena, struct kept *, s->buckets_n);
    for (size_t i = 0; i < old_n; i++)
        for (struct kept *k = old[i], *next; k; k = next) {
            struct kept **to = bucket_of(s, k->item.id, k->item.version);
            next = k->next;
            k->next = *to;
            *to = k;
        }
}

static struct kept *find(const struct config_store *s, const struct config_kind *kind,
                         const struct config_row *row)
{
    struct kept *k = *bucket_of(s, row->id, row->version);

    while (k && (k->item.kind != kind || k->item.id != row->id || k->item.version != row->version))
        k = k->next;
    return k;
}

static const char *copy(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

static void make(struct config_store *s, const struct conf *conf, const struct config_row *row,
                 struct kept *k)
{
    struct config_row own = *row, last = { .id = row->id, .version = row->version - 1 };
    const struct config_kind *kind = k->item.kind;
    struct kept *before = find(s, kind, &last);

    own.code = copy(s->arena, row->code);
    own.name = copy(s->arena, row->name);
    k->item = (struct config_item){
        .kind = kind, .id = row->id, .version = row->version,
        .config_version = row->config_version, .effective_at = row->effective_at,
        .code = own.code, .name = own.name, .is_archived = row->is_archived };
    k->item.made = kind->make(&(struct config_make){
        .arena = s->arena, .conf = conf, .row = &own, .before = before ? &before->item : NULL,
        .state = config_store_state(s, kind) });
}

const struct config_item *config_store_take(struct config_store *s, const struct conf *conf,
                                            const struct config_kind *kind,
                                            const struct config_row *row)
{
    struct kept *k = find(s, kind, row), **to;

    if (k && k->seal == row->seal) return &k->item;
    if (s->n >= s->buckets_n) grow(s);
    k = ARENA_NEW(s->arena, struct kept);
    k->item.kind = kind;
    k->seal = row->seal;
    make(s, conf, row, k);
    to = bucket_of(s, row->id, row->version);
    k->next = *to;
    *to = k;
    s->n++;
    return &k->item;
}
