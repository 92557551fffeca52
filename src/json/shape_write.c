/* Struct to JSON by the same descriptors. */
#include <string.h>
#include "base/time.h"
#include "json/shape.h"

static const void *get_pointer(const char *src)
{
    const void *p;
    memcpy(&p, src, sizeof p);
    return p;
}

static size_t get_count(const char *src)
{
    size_t n;
    memcpy(&n, src, sizeof n);
    return n;
}

static int64_t get_i64(const char *src)
{
    int64_t i;
    memcpy(&i, src, sizeof i);
    return i;
}

static int32_t get_date(const char *src)
{
    int32_t date;
    memcpy(&date, src, sizeof date);
    return date;
}

static struct json get_value(const char *src)
{
    struct json v;
    memcpy(&v, src, sizeof v);
    return v;
}

static void write_text(const char *text, struct buf *dst)
{
    struct json v = { .kind = JSON_TEXT, .n = strlen(text), .u.text = text };
    json_emit(&v, dst);
}

static void write_moment(int64_t at, struct buf *dst)
{
    char text[25];

    time_format(at, text);
    write_text(text, dst);
}

static void write_date(int32_t date, struct buf *dst)
{
    char text[11];

    date_format(date, text);
    write_text(text, dst);
}

static bool is_absent(const struct json_field *f, const char *base)
{
    const char *src = base + f->offset;

    switch (f->type) {
    case JT_TEXT:   return get_pointer(src) == NULL;
    case JT_I64:
    case JT_MOMENT: return get_i64(src) == JSON_ABSENT;
    case JT_DATE:   return get_date(src) == JSON_ABSENT_DATE;
    case JT_OBJECT: return (f->flags & JF_POINTER) != 0 && get_pointer(src) == NULL;
    case JT_LIST:
    case JT_TEXTS:  return get_count(base + f->count_offset) == 0;
    case JT_VALUE:  return get_value(src).kind == JSON_NULL;
    case JT_BOOL:   return false;
    }
    return false;
}

/* How absent values are written: null, unless their field says otherwise; or not at all. */
enum absent { ABSENT_NULL, ABSENT_OUT };
static void write_object(const struct json_shape *shape, const void *src, enum absent absent,
                         struct buf *dst);

static void write_list(const struct json_field *f, const char *base, enum absent absent,
                       struct buf *dst)
{
    const char *items = get_pointer(base + f->offset);
    size_t n = get_count(base + f->count_offset);

    buf_addc(dst, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0) buf_addc(dst, ',');
        write_object(f->of, items + i * f->of->size, absent, dst);
    }
    buf_addc(dst, ']');
}

static void write_texts(const struct json_field *f, const char *base, struct buf *dst)
{
    const char *items = get_pointer(base + f->offset);
    size_t n = get_count(base + f->count_offset);

    buf_addc(dst, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0) buf_addc(dst, ',');
        write_text(get_pointer(items + i * sizeof(const char *)), dst);
    }
    buf_addc(dst, ']');
}

static void write_present(const struct json_field *f, const char *base, enum absent absent,
                          struct buf *dst)
{
    const char *src = base + f->offset;
    struct json value;
    bool is_true;

    switch (f->type) {
    case JT_TEXT:   write_text(get_pointer(src), dst); break;
    case JT_I64:    buf_add_i64(dst, get_i64(src)); break;
    case JT_MOMENT: write_moment(get_i64(src), dst); break;
    case JT_DATE:   write_date(get_date(src), dst); break;
    case JT_LIST:   write_list(f, base, absent, dst); break;
    case JT_TEXTS:  write_texts(f, base, dst); break;
    case JT_BOOL:
        memcpy(&is_true, src, sizeof is_true);
        buf_adds(dst, is_true ? "true" : "false");
        break;
    case JT_OBJECT:
        write_object(f->of, (f->flags & JF_POINTER) != 0 ? get_pointer(src) : src, absent, dst);
        break;
    case JT_VALUE:
        value = get_value(src);
        json_emit(&value, dst);
        break;
    }
}

/* ,"name": -- with its comma, unless it is the first. */
static void write_name(const char *name, bool is_first, struct buf *dst)
{
    size_t n = strlen(name), at = is_first ? 0 : 1;
    char *to = buf_room(dst, at + n + 3);

    if (to == NULL) return;
    if (!is_first) to[0] = ',';
    to[at] = '"';
    memcpy(to + at + 1, name, n);
    memcpy(to + at + 1 + n, "\":", 2);
}

static void write_object(const struct json_shape *shape, const void *src, enum absent absent,
                         struct buf *dst)
{
    bool is_first = true;

    buf_addc(dst, '{');
    for (size_t i = 0; i < shape->n; i++) {
        const struct json_field *f = &shape->fields[i];
        bool is_out = is_absent(f, src);
        bool is_list = f->type == JT_LIST || f->type == JT_TEXTS;

        if (is_out && ((f->flags & JF_OMIT) != 0 || absent == ABSENT_OUT)) continue;
        write_name(f->name, is_first, dst);
        is_first = false;
        if (is_out && !is_list) buf_adds(dst, "null");
        else                    write_present(f, src, absent, dst);
    }
    buf_addc(dst, '}');
}

void json_write(const struct json_shape *shape, const void *src, struct buf *dst)
{
    write_object(shape, src, ABSENT_NULL, dst);
}

void json_write_present(const struct json_shape *shape, const void *src, struct buf *dst)
{
    write_object(shape, src, ABSENT_OUT, dst);
}
