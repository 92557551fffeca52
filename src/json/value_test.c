#include <string.h>
#include "base/limit.h"
#include "json/value.h"
#include "test/harness/test.h"

static struct json parsed(struct arena *a, const char *text)
{
    struct json out;
    struct json_error err;

    if (json_parse(a, str_of(text), &out, &err) != RC_OK)
        FAIL_TEST("%s: %s", text, err.text);
    return out;
}

static const char *emitted(struct arena *a, const struct json *v)
{
    struct buf b;

    buf_init(&b, a, (size_t)1 << 20);
    json_emit(v, &b);
    return buf_cstr(&b);
}

static const char *nested(struct arena *a, int depth)
{
    char *text = arena_alloc(a, (size_t)depth * 2 + 1);

    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    return text;
}

PURE(json_comes_out_as_it_went_in)
{
    static const char *const texts[] = {
        "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808",
        "11.77", "0.1", "-0.5", "1.0", "1e+100", "0.30000000000000004", "1.7976931348623157e+308",
        "\"\"", "\"\\\"\\\\\\n\\r\\t\\u0001/\"", "\"\xe7\xb4\x85\xe8\x8c\xb6 \xf0\x9f\x8d\xb5\"",
        "[]", "{}", "[1,[2,[3,{}]]]", "{\"b\":1,\"a\":[null,true,\"x\"],\"\":{\"c\":{}}}" };
    struct arena *a = arena_open((size_t)1 << 20);

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json v = parsed(a, texts[i]);
        IS_STR(emitted(a, &v), texts[i]);
    }
    arena_close(a);
}

PURE(json_parse_refuses_what_is_not_strict_json)
{
    static const char *const texts[] = {
        "", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "nul", "NaN", "Infinity", "01", "1.", ".5",
        "+1", "0x10", "\"a", "\"\t\"", "\"\\x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\xff\"",
        "\"\xed\xa0\x80\"", "1 2", "{} x", "{\"a\":1,\"a\":2}", "{\"a\\u0000\":1}",
        "9223372036854775808", "-9223372036854775809", "1e999", "// no\n1", "[1 2]", "{\"a\" 1}" };
    struct arena *a = arena_open((size_t)1 << 20);

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json v;
        struct json_error err = { .text = "" };
        if (json_parse(a, str_of(texts[i]), &v, &err) != RC_INVALID)
            FAIL_TEST("%s was accepted", texts[i]);
        IS_TRUE(err.text[0] != '\0');
    }
    IS_INT(json_parse(a, (struct str){ "1\0 x", 4 }, &(struct json){ .n = 0 },
                      &(struct json_error){ .line = 0 }), RC_INVALID);
    arena_close(a);
}

PURE(json_parse_says_where_it_stopped)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json v;
    struct json_error err;

    IS_INT(json_parse(a, STR("{\n  \"a\": 1,\n  \"b\": x\n}"), &v, &err), RC_INVALID);
    IS_INT(err.line, 3);
    IS_TRUE(err.column > 0);
    arena_close(a);
}

PURE(json_parse_bounds_the_depth_before_it_recurses)
{
    struct arena *a = arena_open((size_t)8 << 20);
    struct json v;
    struct json_error err;

    IS_INT(json_parse(a, str_of(nested(a, LIMIT_JSON_DEPTH)), &v, &err), RC_OK);
    IS_INT(json_parse(a, str_of(nested(a, LIMIT_JSON_DEPTH + 1)), &v, &err), RC_INVALID);
    IS_STR(err.text, "is nested too deeply");
    IS_INT(json_parse(a, str_of(nested(a, 1 << 20)), &v, &err), RC_INVALID);
    /* Brackets in texts do not count, nor does a quote behind a backslash end one. */
    IS_INT(json_parse(a, STR("\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""), &v, &err), RC_OK);
    arena_close(a);
}

PURE(json_numbers_keep_their_kind)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json i = parsed(a, "100"), r = parsed(a, "100.0"), e = parsed(a, "1e2");
    char text[JSON_REAL_TEXT_MAX];

    IS_INT(i.kind, JSON_INT);
    IS_INT(r.kind, JSON_REAL);
    IS_INT(e.kind, JSON_REAL);
    json_real_text(parsed(a, "11.77").u.real, text);
    IS_STR(text, "11.77");
    json_real_text(2.0, text);
    IS_STR(text, "2");
    arena_close(a);
}

PURE(json_same_compares_deep_and_ignores_the_order_of_keys)
{
    static const struct { const char *a, *b; bool is_same; } table[] = {
        { "1", "1.0", true }, { "1", "\"1\"", false }, { "null", "false", false },
        { "[1,2]", "[2,1]", false }, { "[1,2]", "[1,2,3]", false }, { "[]", "{}", false },
        { "{\"a\":1,\"b\":[{\"c\":null}]}", "{\"b\":[{\"c\":null}],\"a\":1}", true },
        { "{\"a\":1}", "{\"a\":1,\"b\":2}", false }, { "{\"a\":null}", "{\"b\":null}", false },
        { "\"ab\"", "\"abc\"", false }, { "9007199254740993", "9007199254740992", false } };
    struct arena *a = arena_open((size_t)1 << 20);

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct json x = parsed(a, table[i].a), y = parsed(a, table[i].b);
        if (json_same(&x, &y) != table[i].is_same || json_same(&y, &x) != table[i].is_same)
            FAIL_TEST("%s and %s", table[i].a, table[i].b);
    }
    arena_close(a);
}

PURE(json_get_finds_keys_of_objects_only)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json v = parsed(a, "{\"a\":{\"b\":7},\"n\":null}"), list = parsed(a, "[1]");

    IS_INT(json_get(json_get(&v, "a"), "b")->u.i, 7);
    IS_INT(json_get(&v, "n")->kind, JSON_NULL);
    IS_NULL(json_get(&v, "x"));
    IS_NULL(json_get(&list, "0"));
    IS_NULL(json_get(NULL, "a"));
    arena_close(a);
}
