/* seal.c -- see seal.h. */
#include "core/seal/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { SEALED_MAX = 16 << 20, DIGEST_BYTES = crypto_generichash_BYTES_MIN };
static unsigned char key[SEAL_KEY_BYTES];
static bool has_key;

/* The secret itself is nowhere but in its file. */
void seal_key(const void *secret, size_t n)
{
    static const char purpose[] = "regulars seal 1";

    crypto_generichash(key, sizeof key, secret, n, (const unsigned char *)purpose,
                       sizeof purpose - 1);
    has_key = true;
}

static void add_number(struct buf *b, uint64_t v)
{
    for (int shift = 0; shift < 64; shift += 8) buf_addc(b, (char)(v >> shift & 0xff));
}

void seal_begin(struct seal *s, struct arena *a, const char *table)
{
    buf_init(&s->text, a, SEALED_MAX);
    buf_add(&s->text, table, strlen(table) + 1);
}

/* Every part says its length or ends with NUL, so that no two rows are written alike. */
void seal_row(struct seal *s, const struct seal_cell *cells, size_t n)
{
    struct buf *b = &s->text;

    buf_addc(b, 'r');
    for (size_t i = 0; i < n; i++) {
        const struct seal_cell *cell = &cells[i];
        size_t len = cell->text ? strlen(cell->text) : 0;
        if (!cell->text && cell->number == 0) continue;
        buf_addc(b, cell->text ? 't' : 'n');
        buf_add(b, cell->column, strlen(cell->column) + 1);
        add_number(b, cell->text ? len : (uint64_t)cell->number);
        buf_add(b, cell->text, len);
    }
}

int64_t seal_end(struct seal *s)
{
    unsigned char raw[DIGEST_BYTES];
    uint64_t out = 0;

    assert(has_key);
    assert(!s->text.full);
    crypto_generichash(raw, sizeof raw, (const unsigned char *)s->text.p, s->text.n, key,
                       sizeof key);
    for (size_t i = 0; i < sizeof out; i++) out = out << 8 | raw[i];
    return (int64_t)(out & INT64_MAX);
}

int64_t seal_one(struct arena *a, const char *table, const struct seal_cell *cells, size_t n)
{
    struct arena_mark mark = arena_mark(a);
    struct seal s;
    int64_t out;

    seal_begin(&s, a, table);
    seal_row(&s, cells, n);
    out = seal_end(&s);
    arena_rewind(a, mark);                   /* a member may have a million rows */
    return out;
}
