#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_BYTES = 256 };

void buf_init(struct buf *b, struct arena *a, size_t max)
{
    *b = (struct buf){ .arena = a, .max = max };
}

/* Room for `more` bytes and a NUL behind them. */
static bool reserve(struct buf *b, size_t more)
{
    if (b->full || more > b->max - b->n) {
        b->full = true;
        return false;
    }
    if (b->n + more + 1 <= b->cap) return true;

    size_t cap = b->cap == 0 ? FIRST_BYTES : b->cap * 2;
    while (cap < b->n + more + 1) cap *= 2;
    if (cap > b->max + 1) cap = b->max + 1;

    char *p = arena_alloc(b->arena, cap);
    if (b->n > 0) memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !reserve(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char ch)
{
    if (reserve(b, 1)) b->p[b->n++] = ch;
}

char *buf_room(struct buf *b, size_t n)
{
    if (!reserve(b, n)) return NULL;
    b->n += n;
    return b->p + b->n - n;
}

void buf_add_i64(struct buf *b, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (v < 0) digits[--at] = '-';
    buf_add(b, digits + at, sizeof digits - at);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0);
    if (n == 0 || !reserve(b, (size_t)n)) return;
    va_start(args, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
    if (b->p == NULL) return "";
    b->p[b->n] = '\0';
    return b->p;
}

struct str buf_str(const struct buf *b)
{
    return b->p == NULL ? STR("") : (struct str){ b->p, b->n };
}
