/* buf.h -- a growing text or byte buffer with a maximum, in an arena.
 * Past the maximum, nothing more is added and `full` is set: check it once at the end. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/str.h"

struct buf { struct arena *arena; char *p; size_t n, cap, max; bool full; };

void       buf_init(struct buf *b, struct arena *a, size_t max);
void       buf_add(struct buf *b, const void *p, size_t n);
void       buf_adds(struct buf *b, const char *s);
void       buf_addc(struct buf *b, char ch);
void       buf_add_i64(struct buf *b, int64_t v);
/* n bytes more, for the caller to fill: NULL when they do not fit. */
char      *buf_room(struct buf *b, size_t n);
void       buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
const char *buf_cstr(struct buf *b);                  /* NUL-terminated; valid until the next add */
struct str buf_str(const struct buf *b);
