/* Text to value: jansson reads, then its tree is copied into the arena and freed. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The library's kinds carry the same names as ours: here, and only here, they get a prefix. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_NULL   JANSSON_NULL
#define JSON_TRUE   JANSSON_TRUE
#define JSON_FALSE  JANSSON_FALSE
#define JSON_REAL   JANSSON_REAL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_NULL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_REAL

#include "base/limit.h"
#include "json/value.h"

/* Counts brackets outside texts before the library recurses on them, so that a body of a million
 * brackets costs one pass over it and no stack. */
static bool is_too_deep(struct str text)
{
    int depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        if (in_text) {
            if (ch == '\\') i++;
            else if (ch == '"') in_text = false;
        } else if (ch == '"') {
            in_text = true;
        } else if (ch == '[' || ch == '{') {
            if (++depth > LIMIT_JSON_DEPTH) return true;
        } else if (ch == ']' || ch == '}') {
            depth--;
        }
    }
    return false;
}

/* All texts share one piece of memory: decoded, each is shorter than between its quotes, so that
 * the length of the source is room enough for them with their NULs. */
struct copier { struct arena *arena; char *texts; };

static const char *copy_text(struct copier *k, const char *p, size_t n)
{
    char *copy = memcpy(k->texts, p, n);

    k->texts += n + 1;
    return copy;
}

static void convert(struct copier *k, json_t *src, struct json *dst);

static void convert_list(struct copier *k, json_t *src, struct json *dst)
{
    size_t n = json_array_size(src);
    struct json *items = n > 0 ? ARENA_ARRAY(k->arena, struct json, n) : NULL;

    for (size_t i = 0; i < n; i++) convert(k, json_array_get(src, i), &items[i]);
    *dst = (struct json){ .kind = JSON_LIST, .n = n, .u.items = items };
}

static void convert_object(struct copier *k, json_t *src, struct json *dst)
{
    size_t n = json_object_size(src), i = 0;
    struct json_pair *pairs = n > 0 ? ARENA_ARRAY(k->arena, struct json_pair, n) : NULL;
    void *at = json_object_iter(src);

    for (; at != NULL; at = json_object_iter_next(src, at), i++) {
        const char *key = json_object_iter_key(at);
        assert(i < n);
        pairs[i].key = copy_text(k, key, strlen(key));
        convert(k, json_object_iter_value(at), &pairs[i].value);
    }
    *dst = (struct json){ .kind = JSON_OBJECT, .n = n, .u.pairs = pairs };
}

/* The depth was bounded before parsing, so the recursion is too. */
static void convert(struct copier *k, json_t *src, struct json *dst)
{
    switch (json_typeof(src)) {
    case JANSSON_NULL:   dst->kind = JSON_NULL; break;
    case JANSSON_FALSE:  dst->kind = JSON_FALSE; break;
    case JANSSON_TRUE:   dst->kind = JSON_TRUE; break;
    case JANSSON_OBJECT: convert_object(k, src, dst); break;
    case JSON_ARRAY:     convert_list(k, src, dst); break;
    case JSON_INTEGER:
        dst->kind = JSON_INT;
        dst->u.i = json_integer_value(src);
        break;
    case JANSSON_REAL:
        dst->kind = JSON_REAL;
        dst->u.real = json_real_value(src);
        break;
    case JSON_STRING:
        dst->kind = JSON_TEXT;
        dst->n = json_string_length(src);
        dst->u.text = copy_text(k, json_string_value(src), dst->n);
        break;
    }
}

static enum rc refuse(struct json_error *err, const char *text, int line, int column)
{
    snprintf(err->text, sizeof err->text, "%s", text);
    err->line = line;
    err->column = column;
    return RC_INVALID;
}

enum rc json_parse(struct arena *a, struct str text, struct json *out, struct json_error *err)
{
    struct copier k = { .arena = a };
    json_error_t why;
    json_t *tree;

    assert(a != NULL && out != NULL && err != NULL);
    if (text.n == 0)        return refuse(err, "there is no text", 0, 0);
    /* The library takes a raw NUL for the end, whatever follows it. */
    if (memchr(text.p, '\0', text.n) != NULL) return refuse(err, "holds a NUL byte", 0, 0);
    if (is_too_deep(text))  return refuse(err, "is nested too deeply", 0, 0);

    /* Without JSON_ALLOW_NUL the library refuses \u0000; integers past int64 it always refuses. */
    tree = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (tree == NULL) return refuse(err, why.text, why.line, why.column);
    *out = (struct json){ .kind = JSON_NULL };
    k.texts = arena_alloc(a, text.n);
    convert(&k, tree, out);
    json_decref(tree);
    return RC_OK;
}
