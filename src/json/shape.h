/* shape.h -- struct <-> JSON by descriptor tables: a feature sees structs, never JSON.
 *
 * A shape lists the fields of one object: name, type, place in the struct, bounds.  Reading refuses
 * unknown fields, missing required ones, wrong types and values out of bounds, each with a JSON
 * pointer and a reason, and reports all of them (up to JSON_ERRORS_MAX), not only the first. */
#pragma once
#include <stddef.h>
#include "json/value.h"

enum json_type {
    JT_TEXT,        /* const char *; min/max are bytes; NULL when absent */
    JT_I64,         /* int64_t; min/max are values */
    JT_BOOL,        /* bool */
    JT_MOMENT,      /* int64_t ms; RFC 3339 with offset in, UTC with milliseconds out */
    JT_DATE,        /* int32_t day number; YYYY-MM-DD */
    JT_OBJECT,      /* struct in place (of); with JF_POINTER: const struct *, NULL when absent */
    JT_LIST,        /* const T *items and size_t count at count_offset; of = shape of one item */
    JT_TEXTS,       /* const char *const *items and size_t count; bounds are of each item */
    JT_VALUE        /* struct json: any value, taken as it is (conditions, effects) */
};
enum json_flag {
    JF_REQUIRED = 1,
    JF_NULLABLE = 2,   /* null is accepted and means absent */
    JF_POINTER  = 4,
    JF_OMIT     = 8    /* when writing: leave out absent values (NULL, JSON_ABSENT, empty list) */
};
#define JSON_ABSENT INT64_MIN        /* JT_I64, JT_MOMENT not given; JT_DATE: INT32_MIN */
#define JSON_ABSENT_DATE INT32_MIN

struct json_field {
    const char *name;
    enum json_type type;
    size_t offset, count_offset;
    unsigned flags;
    int64_t min, max;                /* max 0 with min >= 0: the default of the type, below */
    const char *const *among;        /* JT_TEXT: NULL-terminated list of allowed values, or NULL */
    const struct json_shape *of;
    size_t count_max;                /* JT_LIST, JT_TEXTS; 0: LIMIT_LIST_MAX */
};
/* Bounds: of a JT_TEXT and of each item of JT_TEXTS in bytes (default LIMIT_TEXT), of a JT_I64 in
 * value (default any but JSON_ABSENT), of a JT_LIST min is the fewest items.  The others have none.
 * A shape has at most 64 fields. */
struct json_shape {
    const char *name;
    size_t size;
    const struct json_field *fields;
    size_t n;
};

#define JSON_SHAPE(c_name, struct_type, ...)                                              \
    static const struct json_field c_name##_fields[] = { __VA_ARGS__ };                   \
    static const struct json_shape c_name = { #c_name, sizeof(struct_type),               \
                                              c_name##_fields, ARRAY_LEN(c_name##_fields) }

#define JSON_ERRORS_MAX 20
/* "/lines/0/sku" (RFC 6901), "is required": the reason goes on where the name of the field ends. */
struct json_mistake { const char *pointer; const char *reason; };
struct json_mistakes { struct json_mistake list[JSON_ERRORS_MAX]; size_t n; };

/* Absent optional fields get NULL / JSON_ABSENT / false / 0 items / JSON_NULL.  RC_INVALID if
 * mistakes.n > 0.  Texts point into src. */
struct json_reader { struct arena *arena; struct json_mistakes mistakes; };
enum rc json_read(struct json_reader *r, const struct json_shape *shape, const struct json *src,
                  void *dst) MUST_CHECK;
/* Adds what a shape cannot see ("must not be before starts_on"); both texts are copied. */
void json_mistake(struct json_reader *r, const char *pointer, const char *reason);
/* Absent values are written as null, or left out with JF_OMIT. */
void json_write(const struct json_shape *shape, const void *src, struct buf *dst);
/* Leaves out whatever is absent, at every depth: json_read gives the same struct back. */
void json_write_present(const struct json_shape *shape, const void *src, struct buf *dst);
