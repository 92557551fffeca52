/* str.h -- text.  C strings in structs and at library edges; struct str for slices while parsing.
 * Text never holds U+0000: it is refused at the door. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/rc.h"

struct str { const char *p; size_t n; };

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })

struct str str_of(const char *s);                     /* NULL gives an empty slice */
bool       str_eq(const char *a, const char *b);      /* both may be NULL; NULL equals only NULL */
bool       str_is(struct str s, const char *b);
bool       str_prefix(const char *s, const char *prefix);
struct str str_trim(struct str s);                    /* ASCII white space */
bool       str_to_i64(struct str s, int64_t *out);    /* the whole slice; no spaces */
bool       str_utf8_ok(struct str s);                 /* valid UTF-8, no surrogates, no U+0000 */
/* Decimal text ("11.77", "-3", "0.5") to integer parts of 10^-decimals.  More decimals than given,
 * exponents, spaces or overflow are refused. */
bool       str_to_minor(struct str s, int decimals, int64_t *out);
/* The inverse, for people: 1177, 2 -> "11.77".  Writes at most cap bytes with the NUL. */
void       str_from_minor(int64_t minor, int decimals, char *dst, size_t cap);
bool       str_equal_secret(struct str a, struct str b);   /* constant time in the content */
