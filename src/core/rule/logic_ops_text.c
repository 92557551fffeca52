/* Text: cat, substr. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "core/rule/logic_tree.h"

const char *logic_scalar_text(const struct json *v, char number[static LOGIC_SCALAR_MAX])
{
    switch (v->kind) {
    case JSON_NULL:   return "";
    case JSON_FALSE:  return "false";
    case JSON_TRUE:   return "true";
    case JSON_TEXT:   return v->u.text;
    case JSON_INT:    snprintf(number, LOGIC_SCALAR_MAX, "%" PRId64, v->u.i); return number;
    case JSON_REAL:   json_real_text(v->u.real, number); return number;
    case JSON_LIST:
    case JSON_OBJECT: return NULL;
    }
    return NULL;
}

/* A list reads as its items with commas between; an object as JSON. */
static void add_value(struct buf *b, const struct json *v)
{
    char number[LOGIC_SCALAR_MAX];
    const char *text = logic_scalar_text(v, number);

    if (text != NULL) {
        buf_adds(b, text);
        return;
    }
    if (v->kind == JSON_OBJECT) {
        json_emit(v, b);
        return;
    }
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0) buf_addc(b, ',');
        add_value(b, &v->u.items[i]);
    }
}

static const struct json *finish(struct logic_run *r, struct buf *b, struct json *tmp)
{
    /* A buffer that doubled up to its size has taken up to four times that. */
    if (!logic_work(r, b->full ? LOGIC_WORK_MAX + 1 : 4 * b->n)) return NULL;
    *tmp = (struct json){ .kind = JSON_TEXT, .u.text = buf_cstr(b), .n = b->n };
    return tmp;
}

const struct json *logic_op_cat(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct logic_args a;
    struct buf b;

    buf_init(&b, r->env->arena, r->work_left / 4);
    if (!logic_args_open(&a, n, r)) return NULL;
    while (a.i < a.n) {
        struct json own;
        const struct json *v = logic_args_next(&a, &own);
        if (v == NULL) return NULL;
        add_value(&b, v);
    }
    return finish(r, &b, tmp);
}

static bool is_continuation(char ch)
{
    return ((unsigned char)ch & 0xc0) == 0x80;
}

static int64_t count_points(const char *text, size_t n)
{
    int64_t points = 0;

    for (size_t i = 0; i < n; i++) points += !is_continuation(text[i]);
    return points;
}

/* Byte offset of a code point that is within the text, or its end. */
static size_t offset_of(const char *text, size_t n, int64_t point)
{
    size_t i = 0;

    for (; i < n; i++)
        if (!is_continuation(text[i]) && point-- == 0) break;
    return i;
}

/* Positions are huge when wrong, never so that they wrap. */
static bool position(const struct json *v, int64_t *out)
{
    const int64_t far = INT64_C(1) << 40;
    struct logic_number x;

    if (!logic_number(v, &x)) return false;
    if (x.real > (double)far)       *out = far;
    else if (x.real < -(double)far) *out = -far;
    else                            *out = x.is_int ? x.i : (int64_t)x.real;
    return true;
}

static int64_t clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static const struct json *slice(struct logic_run *r, struct str text, struct json *tmp)
{
    char *copy = logic_alloc(r, text.n + 1);

    if (copy == NULL) return NULL;
    if (text.n > 0) memcpy(copy, text.p, text.n);
    *tmp = (struct json){ .kind = JSON_TEXT, .u.text = copy, .n = text.n };
    return tmp;
}

/* In code points.  A negative start counts from the end; a negative length stops that far before
 * the end. */
const struct json *logic_op_substr(const struct logic_node *n, struct logic_run *r,
                                   struct json *tmp)
{
    struct logic_args a;
    struct json own[3];
    const struct json *v[3] = { &LOGIC_NULL, &LOGIC_NULL, &LOGIC_NULL };
    char number[LOGIC_SCALAR_MAX];
    const char *text;
    int64_t points, start, end, length;
    size_t bytes, from, to;

    if (!logic_args_open(&a, n, r)) return NULL;
    for (size_t i = 0; i < a.n && i < 3; i++) {
        v[i] = logic_args_next(&a, &own[i]);
        if (v[i] == NULL) return NULL;
    }
    text = logic_scalar_text(v[0], number);
    if (text == NULL || a.n == 0) return logic_throw(r, &LOGIC_INVALID);
    if (!position(v[1], &start) || !position(v[2], &length)) return logic_throw(r, &LOGIC_NAN);

    bytes = strlen(text);
    points = count_points(text, bytes);
    start = clamp(start < 0 ? points + start : start, 0, points);
    end = a.n < 3 ? points : length < 0 ? points + length : start + length;
    end = clamp(end, start, points);
    from = offset_of(text, bytes, start);
    to = offset_of(text, bytes, end);
    return slice(r, (struct str){ text + from, to - from }, tmp);
}
