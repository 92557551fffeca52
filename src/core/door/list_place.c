/* list_place.c -- the cursor of a list: "-at.1764201600000.7231", a text among the keys as hex. */
#include <string.h>

#include "base/buf.h"
#include "core/door/list_private.h"

static void put_hex(struct buf *b, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (; *text != '\0'; text++) {
        buf_addc(b, digits[(unsigned char)*text >> 4]);
        buf_addc(b, digits[(unsigned char)*text & 15]);
    }
}

const char *list_place(struct arena *a, const struct db_list *ask, const char *sort,
                       const void *row)
{
    struct buf b;

    buf_init(&b, a, LIST_CURSOR_MAX);
    buf_adds(&b, sort);
    for (size_t i = 0; ask->keys[i]; i++) {
        union db_cell cell = db_list_cell(ask->of, row, ask->keys[i]);
        buf_addc(&b, '.');
        if (db_list_is_text(ask->of, ask->keys[i])) put_hex(&b, cell.text);
        else                                        buf_add_i64(&b, cell.i64);
    }
    return b.full ? NULL : buf_cstr(&b);
}

static int hex_digit(char ch)
{
    const char *digits = "0123456789abcdef", *at = ch ? strchr(digits, ch) : NULL;

    return at ? (int)(at - digits) : -1;
}

static const char *read_hex(struct arena *a, struct str s)
{
    char *text = arena_alloc(a, s.n / 2 + 1);

    if (s.n % 2 != 0) return NULL;
    for (size_t i = 0; i < s.n; i += 2) {
        int hi = hex_digit(s.p[i]), lo = hex_digit(s.p[i + 1]);
        if (hi < 0 || lo < 0) return NULL;
        text[i / 2] = (char)(hi * 16 + lo);
    }
    text[s.n / 2] = '\0';
    return str_utf8_ok((struct str){ text, s.n / 2 }) ? text : NULL;
}

/* From behind the last '.' that was read to the next one, or to the end. */
static bool next_part(struct str *rest, struct str *part)
{
    if (rest->n == 0 || rest->p[0] != '.') return false;
    const char *end = memchr(rest->p + 1, '.', rest->n - 1);
    *part = (struct str){ rest->p + 1, (end ? (size_t)(end - rest->p) : rest->n) - 1 };
    *rest = (struct str){ part->p + part->n, rest->n - part->n - 1 };
    return true;
}

const union db_cell *list_place_read(struct arena *a, const struct db_list *ask, const char *sort,
                                     const char *place)
{
    union db_cell *cells = ARENA_ARRAY(a, union db_cell, DB_LIST_KEYS);
    struct str rest = str_of(place), part;

    if (!str_prefix(place, sort)) return NULL;
    rest = (struct str){ rest.p + strlen(sort), rest.n - strlen(sort) };
    for (size_t i = 0; ask->keys[i]; i++) {
        if (!next_part(&rest, &part)) return NULL;
        if (!db_list_is_text(ask->of, ask->keys[i])) {
            if (!str_to_i64(part, &cells[i].i64) || cells[i].i64 == SQL_NULL) return NULL;
        } else {
            cells[i].text = read_hex(a, part);
            if (!cells[i].text) return NULL;
        }
    }
    return rest.n == 0 ? cells : NULL;
}
