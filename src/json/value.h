/* value.h -- a JSON value as a plain tree in an arena.
 *
 * The only JSON that leaves src/json.  Numbers written as integers are JSON_INT, and one beyond
 * int64 is refused; numbers with a fraction or an exponent are JSON_REAL, and json_real_text()
 * gives the shortest decimal that reads back the same: a price written as 11.77 is 11.77 again. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum json_kind {
    JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_INT, JSON_REAL, JSON_TEXT, JSON_LIST, JSON_OBJECT
};

struct json {
    enum json_kind kind;
    size_t n;                         /* items of a list, pairs of an object, bytes of a text */
    union {
        int64_t i;                    /* JSON_INT */
        double real;                  /* JSON_REAL -- conditions only, never money */
        const char *text;             /* JSON_TEXT, NUL-terminated, no U+0000 inside */
        const struct json *items;     /* JSON_LIST */
        const struct json_pair *pairs;/* JSON_OBJECT, in the order written; keys are unique */
    } u;
};
struct json_pair { const char *key; struct json value; };

struct json_error { char text[160]; int line, column; };

/* Strict RFC 8259: valid UTF-8, unique keys, depth <= LIMIT_JSON_DEPTH, no U+0000, one value. */
enum rc json_parse(struct arena *a, struct str text, struct json *out,
                   struct json_error *err) MUST_CHECK;
void    json_emit(const struct json *v, struct buf *dst);    /* compact, keys as they are */
/* NULL if the key is absent, or object is none (it may be NULL). */
const struct json *json_get(const struct json *object, const char *key);
/* Deep; the order of keys is ignored; 1 and 1.0 are the same.  (json_equal is a jansson name.) */
bool    json_same(const struct json *a, const struct json *b);
bool    json_is_text(const struct json *v, const char *text);

/* The shortest decimal that reads back as v, which is finite; "2", not "2.0". */
#define JSON_REAL_TEXT_MAX 32
void    json_real_text(double v, char dst[static JSON_REAL_TEXT_MAX]);
