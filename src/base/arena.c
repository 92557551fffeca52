#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#endif

#ifdef UNDER_ASAN
#include <sanitizer/asan_interface.h>
#define GAP_BYTES 16        /* a poisoned gap after each piece, so that an overrun is seen */
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define GAP_BYTES 0
#endif

#define ALIGN_BYTES     16
#define FIRST_BYTES     ((size_t)16 << 10)
#define CHUNK_MAX_BYTES ((size_t)1 << 20)   /* chunks double up to here */

struct chunk {
    struct chunk *older;
    size_t cap, used;
    size_t before;          /* bytes used in all older chunks */
};
static_assert(sizeof(struct chunk) % ALIGN_BYTES == 0, "what follows the header is aligned");

struct defer {
    struct defer *older;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct chunk *chunk;    /* the newest; the list ends with the first, which is kept */
    struct chunk *spare;    /* one emptied chunk, so that a loop of mark and rewind stays cheap */
    struct defer *defers;
    size_t max_bytes, reserve;
};

static _Noreturn void give_up(const char *why, size_t bytes, size_t max_bytes)
{
    log_line(LOG_ALARM, why, "bytes=%zu max=%zu", bytes, max_bytes);
    abort();
}

static unsigned char *bytes_of(struct chunk *k)
{
    return (unsigned char *)(k + 1);
}

static struct chunk *chunk_new(size_t cap)
{
    struct chunk *k = malloc(sizeof *k + cap);

    if (k == NULL) give_up("arena.memory", cap, 0);
    *k = (struct chunk){ .cap = cap };
    ASAN_POISON_MEMORY_REGION(bytes_of(k), cap);
    return k;
}

static void chunk_free(struct chunk *k)
{
    if (k == NULL) return;
    ASAN_UNPOISON_MEMORY_REGION(bytes_of(k), k->cap);
    free(k);
}

/* Of two emptied chunks the larger is worth keeping. */
static void chunk_retire(struct arena *a, struct chunk *k)
{
    struct chunk *drop = a->spare;

    if (drop != NULL && drop->cap >= k->cap) {
        drop = k;
    } else {
        a->spare = k;
        k->used = 0;
        ASAN_POISON_MEMORY_REGION(bytes_of(k), k->cap);
    }
    chunk_free(drop);
}

struct arena *arena_open(size_t max_bytes)
{
    struct arena *a = malloc(sizeof *a);

    if (a == NULL) give_up("arena.memory", sizeof *a, max_bytes);
    *a = (struct arena){ .max_bytes = max_bytes, .chunk = chunk_new(FIRST_BYTES) };
    return a;
}

void arena_reserve(struct arena *a, size_t bytes)
{
    assert(bytes < a->max_bytes);
    a->reserve = bytes;
}

static void run_defers(struct arena *a, const struct defer *until)
{
    while (a->defers != until) {
        struct defer *d = a->defers;

        assert(d != NULL);      /* a mark of another arena, or one already rewound past */
        a->defers = d->older;
        d->fn(d->arg);
    }
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
    run_defers(a, m.defers);
    while (a->chunk != m.chunk) {
        struct chunk *k = a->chunk;

        assert(k->older != NULL);
        a->chunk = k->older;
        chunk_retire(a, k);
    }
    assert(m.used <= a->chunk->used);
    ASAN_POISON_MEMORY_REGION(bytes_of(a->chunk) + m.used, a->chunk->cap - m.used);
    a->chunk->used = m.used;
}

void arena_reset(struct arena *a)
{
    struct chunk *first = a->chunk;

    while (first->older != NULL) first = first->older;
    arena_rewind(a, (struct arena_mark){ .chunk = first });
    chunk_free(a->spare);
    a->spare = NULL;
}

void arena_close(struct arena *a)
{
    if (a == NULL) return;
    arena_reset(a);
    chunk_free(a->chunk);
    free(a);
}

/* A new newest chunk with room for `need` bytes. */
static void add_chunk(struct arena *a, size_t need)
{
    struct chunk *k = a->spare;
    size_t cap = a->chunk->cap * 2;

    if (k != NULL && k->cap >= need) {
        a->spare = NULL;
    } else {
        if (cap > CHUNK_MAX_BYTES) cap = CHUNK_MAX_BYTES;
        k = chunk_new(need > cap ? need : cap);
    }
    k->before = a->chunk->before + a->chunk->used;
    k->older = a->chunk;
    a->chunk = k;
}

/* Whatever lay there before: for who fills all of it. */
static void *take(struct arena *a, size_t bytes)
{
    size_t need;

    if (bytes > a->max_bytes) give_up("arena.full", bytes, a->max_bytes);
    need = ((bytes == 0 ? 1 : bytes) + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES + GAP_BYTES;
    if (arena_used(a) + need > a->max_bytes) give_up("arena.full", bytes, a->max_bytes);
    if (need > a->chunk->cap - a->chunk->used) add_chunk(a, need);

    unsigned char *p = bytes_of(a->chunk) + a->chunk->used;
    a->chunk->used += need;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return p;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    return memset(take(a, bytes), 0, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *copy = take(a, n + 1);

    if (n > 0) memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    char *text;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0);
    text = take(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, args);
    va_end(args);
    return text;
}

struct arena_mark arena_mark(struct arena *a)
{
    return (struct arena_mark){ .chunk = a->chunk, .used = a->chunk->used, .defers = a->defers };
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct defer *d = ARENA_NEW(a, struct defer);

    *d = (struct defer){ .older = a->defers, .fn = fn, .arg = arg };
    a->defers = d;
}

static void close_inner(void *arg)
{
    arena_close(arg);
}

struct arena *arena_open_in(struct arena *a, size_t max_bytes)
{
    struct arena *inner = arena_open(max_bytes);

    arena_defer(a, close_inner, inner);
    return inner;
}

size_t arena_used(const struct arena *a)
{
    return a->chunk->before + a->chunk->used;
}

size_t arena_room(const struct arena *a)
{
    size_t used = arena_used(a), soft = a->max_bytes - a->reserve;

    return used < soft ? soft - used : 0;
}

/* tidy: allow parameters -- only ever called by ARENA_PUSH, which fills them in */
void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t item_bytes)
{
    if (n >= *cap) {
        size_t more = *cap < 4 ? 8 : *cap * 2, bytes;

        if (__builtin_mul_overflow(more, item_bytes, &bytes)) bytes = SIZE_MAX;
        unsigned char *grown = take(a, bytes);
        if (n > 0) memcpy(grown, items, n * item_bytes);
        memset(grown + n * item_bytes, 0, bytes - n * item_bytes);
        items = grown;
        *cap = more;
    }
    /* The place may have been used before, by an item since removed. */
    memset((unsigned char *)items + n * item_bytes, 0, item_bytes);
    return items;
}
