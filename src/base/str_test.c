#include "base/str.h"
#include "test/harness/test.h"

PURE(str_trim_takes_ascii_white_space_only)
{
    IS_TRUE(str_is(str_trim(STR(" \t\r\n a b \v\f")), "a b"));
    IS_TRUE(str_is(str_trim(STR("   ")), ""));
    IS_TRUE(str_is(str_trim(str_of(NULL)), ""));
    IS_TRUE(str_is(str_trim(STR("\xC2\xA0x")), "\xC2\xA0x"));
}

PURE(str_eq_knows_null_only_as_itself)
{
    IS_TRUE(str_eq(NULL, NULL));
    IS_FALSE(str_eq(NULL, ""));
    IS_FALSE(str_eq("", NULL));
    IS_TRUE(str_eq("a", "a"));
    IS_TRUE(str_prefix("abc", "ab"));
    IS_FALSE(str_prefix("a", "ab"));
    IS_FALSE(str_prefix(NULL, ""));
}

PURE(str_to_i64_takes_all_of_int64_and_nothing_more)
{
    static const struct { const char *s; bool ok; int64_t v; } t[] = {
        { "0", true, 0 }, { "-0", true, 0 }, { "007", true, 7 }, { "-12", true, -12 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 },
        { "99999999999999999999", false, 0 },
        { "", false, 0 }, { "-", false, 0 }, { "+1", false, 0 }, { " 1", false, 0 },
        { "1 ", false, 0 }, { "1.0", false, 0 }, { "1e3", false, 0 }, { "--1", false, 0 },
        { "\xEF\xBC\x91", false, 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int64_t v = 0;

        if (str_to_i64(str_of(t[i].s), &v) != t[i].ok) FAIL_TEST("\"%s\"", t[i].s);
        IS_INT(v, t[i].v);
    }
}

PURE(str_to_minor_is_exact_and_refuses_what_it_would_have_to_round)
{
    static const struct { const char *s; int decimals; bool ok; int64_t v; } t[] = {
        { "11.77", 2, true, 1177 }, { "-3", 2, true, -300 }, { "0.5", 2, true, 50 },
        { "0.05", 2, true, 5 }, { "-0.05", 2, true, -5 }, { "580", 0, true, 580 },
        { "92233720368547758.07", 2, true, INT64_MAX },
        { "-92233720368547758.08", 2, true, INT64_MIN },
        { "92233720368547758.08", 2, false, 0 }, { "92233720368547759", 2, false, 0 },
        { "1.234", 2, false, 0 }, { "1.50", 1, false, 0 }, { "1.0", 0, false, 0 },
        { "1.", 2, false, 0 }, { ".5", 2, false, 0 }, { "", 2, false, 0 }, { "-", 2, false, 0 },
        { "-.5", 2, false, 0 }, { "1e2", 2, false, 0 }, { "1,000", 2, false, 0 },
        { " 1", 2, false, 0 }, { "1.2.3", 2, false, 0 }, { "+1", 2, false, 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int64_t v = 0;

        if (str_to_minor(str_of(t[i].s), t[i].decimals, &v) != t[i].ok) {
            FAIL_TEST("\"%s\"", t[i].s);
        }
        IS_INT(v, t[i].v);
    }
}

PURE(str_from_minor_is_the_inverse)
{
    static const struct { int64_t v; int decimals; const char *s; } t[] = {
        { 1177, 2, "11.77" }, { -5, 2, "-0.05" }, { 0, 2, "0.00" }, { 580, 0, "580" },
        { INT64_MAX, 2, "92233720368547758.07" }, { INT64_MIN, 2, "-92233720368547758.08" },
        { INT64_MIN, 0, "-9223372036854775808" }, { 100, 1, "10.0" },
    };
    char s[40];

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        int64_t v;

        str_from_minor(t[i].v, t[i].decimals, s, sizeof s);
        IS_STR(s, t[i].s);
        IS_TRUE(str_to_minor(str_of(s), t[i].decimals, &v));
        IS_INT(v, t[i].v);
    }
    str_from_minor(123456, 2, s, 4);
    IS_STR(s, "123");
}

PURE(str_utf8_ok_refuses_every_malformed_kind)
{
    const struct { struct str s; bool ok; } t[] = {
        { STR(""), true }, { STR("abc"), true }, { STR("會員"), true }, { STR("😀"), true },
        { STR("\x7F"), true }, { STR("\xC2\x80"), true }, { STR("\xED\x9F\xBF"), true },
        { STR("\xEE\x80\x80"), true }, { STR("\xF4\x8F\xBF\xBF"), true },
        { STR("a\0b"), false },                 /* U+0000 */
        { STR("\xC0\x80"), false }, { STR("\xC1\xBF"), false },     /* too long a form */
        { STR("\xE0\x9F\xBF"), false }, { STR("\xF0\x8F\xBF\xBF"), false },
        { STR("\xED\xA0\x80"), false }, { STR("\xED\xBF\xBF"), false },     /* surrogates */
        { STR("\xF4\x90\x80\x80"), false }, { STR("\xF5\x80\x80\x80"), false },
        { STR("\x80"), false }, { STR("\xC2"), false }, { STR("\xE6\x9C"), false },
        { STR("\xF0\x9F\x98"), false }, { STR("\xC2" "a"), false }, { STR("\xFF"), false },
        { STR("\xE6\x9C" "a"), false },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        if (str_utf8_ok(t[i].s) != t[i].ok) FAIL_TEST("row %zu", i);
    }
}

PURE(str_equal_secret_compares_length_and_every_byte)
{
    IS_TRUE(str_equal_secret(STR("abc"), STR("abc")));
    IS_TRUE(str_equal_secret(STR(""), STR("")));
    IS_FALSE(str_equal_secret(STR("abc"), STR("abd")));
    IS_FALSE(str_equal_secret(STR("xbc"), STR("abc")));
    IS_FALSE(str_equal_secret(STR("abc"), STR("abcd")));
}
