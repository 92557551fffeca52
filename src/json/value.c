#include "json/value.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct json *json_get(const struct json *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < object->n; i++)
        if (strcmp(object->u.pairs[i].key, key) == 0) return &object->u.pairs[i].value;
    return NULL;
}

bool json_is_text(const struct json *v, const char *text)
{
    return v != NULL && v->kind == JSON_TEXT && strcmp(v->u.text, text) == 0;
}

static bool is_number(const struct json *v)
{
    return v->kind == JSON_INT || v->kind == JSON_REAL;
}

static double as_real(const struct json *v)
{
    return v->kind == JSON_INT ? (double)v->u.i : v->u.real;
}

static bool same_lists(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (!json_same(&a->u.items[i], &b->u.items[i])) return false;
    return true;
}

/* Keys are unique, so equal counts and every key of one found in the other is enough. */
static bool same_objects(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct json *other = json_get(b, a->u.pairs[i].key);
        if (other == NULL || !json_same(&a->u.pairs[i].value, other)) return false;
    }
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    if (a->kind != b->kind)
        return is_number(a) && is_number(b) && as_real(a) == as_real(b);
    switch (a->kind) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:   return true;
    case JSON_INT:    return a->u.i == b->u.i;
    case JSON_REAL:   return a->u.real == b->u.real;
    case JSON_TEXT:   return a->n == b->n && memcmp(a->u.text, b->u.text, a->n) == 0;
    case JSON_LIST:   return a->n == b->n && same_lists(a, b);
    case JSON_OBJECT: return a->n == b->n && same_objects(a, b);
    }
    return false;
}

/* 15 digits give back what a person wrote; 17 always give back the same double. */
void json_real_text(double v, char dst[static JSON_REAL_TEXT_MAX])
{
    assert(isfinite(v));
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(dst, JSON_REAL_TEXT_MAX, "%.*g", digits, v);
        if (strtod(dst, NULL) == v) return;
    }
}

/* With a point or an exponent always, so that it reads back as a real. */
static void emit_real(double v, struct buf *dst)
{
    char text[JSON_REAL_TEXT_MAX];

    json_real_text(v, text);
    buf_adds(dst, text);
    if (strpbrk(text, ".e") == NULL) buf_adds(dst, ".0");
}

static void emit_escape(char ch, struct buf *dst)
{
    switch (ch) {
    case '"':  buf_adds(dst, "\\\""); break;
    case '\\': buf_adds(dst, "\\\\"); break;
    case '\n': buf_adds(dst, "\\n"); break;
    case '\r': buf_adds(dst, "\\r"); break;
    case '\t': buf_adds(dst, "\\t"); break;
    default:   buf_addf(dst, "\\u%04x", (unsigned)(unsigned char)ch); break;
    }
}

static bool is_plain(unsigned char ch)
{
    return ch >= 0x20 && ch != '"' && ch != '\\' && ch != 0x7f;
}

/* Nearly every text holds nothing to escape. */
static bool emit_plain(const char *p, size_t n, struct buf *dst)
{
    char *to;

    for (size_t i = 0; i < n; i++)
        if (!is_plain((unsigned char)p[i])) return false;
    to = buf_room(dst, n + 2);
    if (to == NULL) return true;
    to[0] = '"';
    memcpy(to + 1, p, n);
    to[n + 1] = '"';
    return true;
}

static void emit_text(const char *p, size_t n, struct buf *dst)
{
    size_t from = 0;

    if (emit_plain(p, n, dst)) return;
    buf_addc(dst, '"');
    for (size_t i = 0; i < n; i++) {
        if (is_plain((unsigned char)p[i])) continue;
        buf_add(dst, p + from, i - from);
        emit_escape(p[i], dst);
        from = i + 1;
    }
    buf_add(dst, p + from, n - from);
    buf_addc(dst, '"');
}

static void emit_list(const struct json *v, struct buf *dst)
{
    buf_addc(dst, '[');
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0) buf_addc(dst, ',');
        json_emit(&v->u.items[i], dst);
    }
    buf_addc(dst, ']');
}

static void emit_object(const struct json *v, struct buf *dst)
{
    buf_addc(dst, '{');
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0) buf_addc(dst, ',');
        emit_text(v->u.pairs[i].key, strlen(v->u.pairs[i].key), dst);
        buf_addc(dst, ':');
        json_emit(&v->u.pairs[i].value, dst);
    }
    buf_addc(dst, '}');
}

void json_emit(const struct json *v, struct buf *dst)
{
    switch (v->kind) {
    case JSON_NULL:   buf_adds(dst, "null"); break;
    case JSON_FALSE:  buf_adds(dst, "false"); break;
    case JSON_TRUE:   buf_adds(dst, "true"); break;
    case JSON_INT:    buf_add_i64(dst, v->u.i); break;
    case JSON_REAL:   emit_real(v->u.real, dst); break;
    case JSON_TEXT:   emit_text(v->u.text, v->n, dst); break;
    case JSON_LIST:   emit_list(v, dst); break;
    case JSON_OBJECT: emit_object(v, dst); break;
    }
}
