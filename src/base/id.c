#include "base/id.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/time.h"

#define EPOCH_MS   INT64_C(1577836800000)       /* 2020-01-01 */
#define MS_BITS    41
#define NODE_BITS  10
#define SEQ_BITS   12
#define SEQ_MAX    ((INT64_C(1) << SEQ_BITS) - 1)
#define TICK_MAX   ((INT64_C(1) << (MS_BITS + SEQ_BITS)) - 1)
#define TEXT_CHARS 13                           /* 65 bits: a 63-bit id, led by a digit 0..7 */
#define PREFIX_MAX (ID_TEXT_MAX - 2 * TEXT_CHARS - 2)

/* A tick is milliseconds and sequence in one number.  The next tick is the clock's or, if that is
 * not later, one more than the last: running out of a millisecond and a clock that steps back are
 * thereby the same, and neither needs a lock or a wait. */
struct idgen {
    _Atomic int64_t last_tick;
    int64_t node;
    int64_t (*clock_ms)(void);
};

struct idgen *idgen_open(int node, int64_t (*clock_ms)(void))
{
    struct idgen *g = malloc(sizeof *g);

    assert(node >= 0 && node <= ID_NODE_MAX);
    if (g == NULL) abort();
    *g = (struct idgen){ .node = node, .clock_ms = clock_ms != NULL ? clock_ms : time_wall_ms };
    return g;
}

void idgen_close(struct idgen *g)
{
    free(g);
}

int64_t id_next(struct idgen *g)
{
    int64_t clock = (g->clock_ms() - EPOCH_MS) * (SEQ_MAX + 1);
    int64_t last = g->last_tick, tick;

    do {
        tick = clock > last ? clock : last + 1;
    } while (!atomic_compare_exchange_weak(&g->last_tick, &last, tick));
    assert(tick <= TICK_MAX);           /* the year 2089 */
    return tick >> SEQ_BITS << (NODE_BITS + SEQ_BITS) | g->node << SEQ_BITS | (tick & SEQ_MAX);
}

void idgen_above(struct idgen *g, int64_t id)
{
    /* The whole millisecond is passed over, because another node may have made that id. */
    int64_t tick = id >> (NODE_BITS + SEQ_BITS) << SEQ_BITS | SEQ_MAX;
    int64_t last = g->last_tick;

    while (tick > last && !atomic_compare_exchange_weak(&g->last_tick, &last, tick)) continue;
}

int64_t id_first_at(int64_t at)
{
    int64_t ms_max = TICK_MAX >> SEQ_BITS;

    if (at < EPOCH_MS) return 0;
    int64_t ms = at - EPOCH_MS;
    return ms > ms_max ? INT64_MAX : ms << (NODE_BITS + SEQ_BITS);
}

int64_t id_time(int64_t id)
{
    return (id >> (NODE_BITS + SEQ_BITS)) + EPOCH_MS;
}

/* --- as text ------------------------------------------------------------------------------- */

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static char *emit_number(char *dst, int64_t v)
{
    assert(v >= 0);
    for (int i = TEXT_CHARS - 1; i >= 0; i--, v >>= 5) dst[i] = alphabet[v & 31];
    dst[TEXT_CHARS] = '\0';
    return dst + TEXT_CHARS;
}

static char *emit_prefix(char *dst, const char *prefix)
{
    size_t n = strlen(prefix);

    assert(n >= 1 && n <= PREFIX_MAX);
    memcpy(dst, prefix, n);
    dst[n] = '_';
    return dst + n + 1;
}

void id_emit(const char *prefix, int64_t id, char dst[static ID_TEXT_MAX])
{
    emit_number(emit_prefix(dst, prefix), id);
}

void id_emit_owned(const char *prefix, int64_t member_id, int64_t id, char dst[static ID_TEXT_MAX])
{
    emit_number(emit_number(emit_prefix(dst, prefix), member_id), id);
}

static char lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

/* The value of a letter, reading what people mistake for a digit as that digit; -1 if none. */
static int letter_value(char ch)
{
    const char *at;

    ch = lower(ch);
    if (ch == 'i' || ch == 'l') return 1;
    if (ch == 'o') return 0;
    at = ch == '\0' ? NULL : strchr(alphabet, ch);
    return at == NULL ? -1 : (int)(at - alphabet);
}

static bool parse_number(const char *s, int64_t *out)
{
    int64_t v = 0;

    for (int i = 0; i < TEXT_CHARS; i++) {
        int digit = letter_value(s[i]);

        if (digit < 0 || (i == 0 && digit > 7)) return false;
        v = v << 5 | digit;
    }
    *out = v;
    return true;
}

/* What follows "prefix_", if that is exactly n characters; else NULL. */
static const char *after_prefix(const char *prefix, const char *s, size_t n)
{
    if (s == NULL) return NULL;
    for (; *prefix != '\0'; prefix++, s++) {
        if (lower(*s) != *prefix) return NULL;
    }
    return *s == '_' && strlen(s + 1) == n ? s + 1 : NULL;
}

bool id_parse(const char *prefix, const char *s, int64_t *id)
{
    const char *text = after_prefix(prefix, s, TEXT_CHARS);

    return text != NULL && parse_number(text, id);
}

bool id_parse_owned(const char *prefix, const char *s, int64_t *member_id, int64_t *id)
{
    const char *text = after_prefix(prefix, s, 2 * TEXT_CHARS);
    int64_t owner;

    if (text == NULL || !parse_number(text, &owner) || !parse_number(text + TEXT_CHARS, id)) {
        return false;
    }
    *member_id = owner;
    return true;
}
