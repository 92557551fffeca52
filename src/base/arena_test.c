#include <stdint.h>
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "test/harness/test.h"

PURE(arena_memory_is_zeroed_and_aligned_also_after_reuse)
{
    struct arena *a = arena_open(1 << 20);

    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 300; n += 7) {
            unsigned char *p = arena_alloc(a, n);

            IS_INT((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < n; i++) IS_INT(p[i], 0);
            memset(p, 0xAB, n);
        }
        arena_reset(a);
        IS_INT(arena_used(a), 0);
    }
    arena_close(a);
}

PURE(arena_holds_pieces_larger_than_a_chunk)
{
    struct arena *a = arena_open(64 << 20);
    char *small = arena_strdup(a, "before");
    char *large = arena_alloc(a, 5 << 20);

    large[(5 << 20) - 1] = 'x';
    IS_STR(arena_strdup(a, "after"), "after");
    IS_STR(small, "before");
    IS_TRUE(arena_used(a) >= 5 << 20);
    arena_close(a);
}

PURE(arena_rewind_forgets_what_came_after_the_mark_across_chunks)
{
    struct arena *a = arena_open(64 << 20);
    const char *kept = arena_strdup(a, "kept");
    struct arena_mark m = arena_mark(a);
    size_t used = arena_used(a);

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 100; i++) memset(arena_alloc(a, 1000), 1, 1000);
        arena_rewind(a, m);
        IS_INT(arena_used(a), used);
    }
    IS_STR(kept, "kept");
    arena_close(a);
}

static int order[8], ran;

static void note(void *arg)
{
    order[ran++] = *(const int *)arg;
}

PURE(arena_defers_run_last_first_at_rewind_and_close)
{
    static int one = 1, two = 2, three = 3;
    struct arena *a = arena_open(1 << 20);

    ran = 0;
    arena_defer(a, note, &one);
    struct arena_mark m = arena_mark(a);
    arena_defer(a, note, &two);
    arena_defer(a, note, &three);
    arena_rewind(a, m);
    IS_INT(ran, 2);
    IS_INT(order[0], 3);
    IS_INT(order[1], 2);
    arena_close(a);
    IS_INT(ran, 3);
    IS_INT(order[2], 1);
}

PURE(arena_strings_are_copies)
{
    struct arena *a = arena_open(1 << 20);
    char s[] = "hello";
    char *copy = arena_strdup(a, s), *part = arena_strndup(a, s, 2);

    s[0] = 'j';
    IS_STR(copy, "hello");
    IS_STR(part, "he");
    IS_STR(arena_printf(a, "%s-%d", copy, 7), "hello-7");
    IS_STR(arena_printf(a, "%s", ""), "");
    IS_NULL(arena_strdup(a, NULL));
    IS_STR(arena_strndup(a, NULL, 0), "");
    arena_close(a);
}

PURE(arena_push_grows_and_gives_zeroed_items)
{
    struct arena *a = arena_open(1 << 20);
    struct { int *items; size_t n, cap; } list = { 0 };

    for (int i = 0; i < 1000; i++) {
        int *item = ARENA_PUSH(a, list.items, list.n, list.cap);

        IS_INT(*item, 0);
        *item = i;
    }
    for (int i = 0; i < 1000; i++) IS_INT(list.items[i], i);
    list.n = 0;
    IS_INT(*ARENA_PUSH(a, list.items, list.n, list.cap), 0);
    arena_close(a);
}

static void go_past_the_maximum(void)
{
    struct arena *a = arena_open(100000);

    for (int i = 0; i < 200; i++) arena_alloc(a, 1000);
}

static void ask_for_more_than_there_is(void)
{
    size_t cap = SIZE_MAX / 16;

    arena_grow(arena_open(1 << 20), NULL, cap, &cap, 1000);
}

PURE(arena_stops_the_process_past_its_maximum)
{
    DIES(go_past_the_maximum);
    DIES(ask_for_more_than_there_is);
}

#ifdef __SANITIZE_ADDRESS__
static void read_past_a_piece(void)
{
    struct arena *a = arena_open(1 << 20);
    volatile char *p = arena_alloc(a, 16), *next = arena_alloc(a, 16);

    next[0] = p[16];
}

static void read_after_rewind(void)
{
    struct arena *a = arena_open(1 << 20);
    struct arena_mark m = arena_mark(a);
    volatile char *p = arena_alloc(a, 16);

    arena_rewind(a, m);
    p[0] = p[1];
}

PURE(arena_overruns_and_stale_pointers_are_seen_by_the_sanitizer)
{
    DIES(read_past_a_piece);
    DIES(read_after_rewind);
}
#endif
