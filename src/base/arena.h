/* arena.h -- memory that belongs to one request, one job step or one configuration.
 *
 * Nothing is freed one by one: the whole arena is reset or closed.  Memory comes zeroed.  Out of
 * memory, or past max_bytes, aborts the process.  Long before that a request must give up: the last
 * part of its arena is a reserve, and where memory grows with what the database holds (a row read,
 * an event folded) arena_room is asked first.  The free tail is poisoned under ASan.  Not
 * thread-safe. */
#pragma once
#include <stddef.h>
#include "base/rc.h"

struct arena;
struct arena_mark { void *chunk; size_t used; void *defers; };

struct arena *arena_open(size_t max_bytes);
/* One that closes when the other is closed, reset, or rewound to before this. */
struct arena *arena_open_in(struct arena *a, size_t max_bytes);
/* The last bytes of max_bytes are for finishing what was begun: arena_room does not count them. */
void          arena_reserve(struct arena *a, size_t bytes);
void          arena_close(struct arena *a);          /* runs the defers, frees everything */
void          arena_reset(struct arena *a);          /* runs the defers, keeps the first chunk */
void         *arena_alloc(struct arena *a, size_t bytes);   /* zeroed, aligned to 16 */
char         *arena_strdup(struct arena *a, const char *s);
char         *arena_strndup(struct arena *a, const char *s, size_t n);
char         *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct arena_mark arena_mark(struct arena *a);
void          arena_rewind(struct arena *a, struct arena_mark m);   /* runs defers made since m */
void          arena_defer(struct arena *a, void (*fn)(void *), void *arg);
size_t        arena_used(const struct arena *a);
size_t        arena_room(const struct arena *a);     /* 0: only the reserve is left */

#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))

/* Growing arrays in an arena: ARENA_PUSH(a, list.items, list.n, list.cap) yields a pointer to a new
 * zeroed item.  The old storage is left in the arena. */
void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t item_bytes);
#define ARENA_PUSH(a, items, n, cap) \
    ((items) = arena_grow((a), (items), (n), &(cap), sizeof *(items)), &(items)[(n)++])
