#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str str_of(const char *s)
{
    return s == NULL ? STR("") : (struct str){ s, strlen(s) };
}

bool str_eq(const char *a, const char *b)
{
    if (a == NULL || b == NULL) return a == b;
    return strcmp(a, b) == 0;
}

bool str_is(struct str s, const char *b)
{
    size_t n = strlen(b);

    return s.n == n && (n == 0 || memcmp(s.p, b, n) == 0);
}

bool str_prefix(const char *s, const char *prefix)
{
    return s != NULL && strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_space(char ch)
{
    return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

/* Appends a decimal digit below zero, where there is one value more than above. */
static bool add_digit(int64_t *negative, int digit)
{
    return !__builtin_mul_overflow(*negative, 10, negative) &&
           !__builtin_sub_overflow(*negative, digit, negative);
}

static bool with_sign(int64_t negative, bool minus, int64_t *out)
{
    if (!minus && negative == INT64_MIN) return false;
    *out = minus ? negative : -negative;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    int64_t v = 0;

    if (s.n == (size_t)minus) return false;
    for (size_t i = minus; i < s.n; i++) {
        if (!is_digit(s.p[i]) || !add_digit(&v, s.p[i] - '0')) return false;
    }
    return with_sign(v, minus, out);
}

bool str_to_minor(struct str s, int decimals, int64_t *out)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    size_t i = minus, whole, part = 0;
    int64_t v = 0;

    for (whole = 0; i < s.n && is_digit(s.p[i]); i++, whole++) {
        if (!add_digit(&v, s.p[i] - '0')) return false;
    }
    if (whole == 0) return false;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && is_digit(s.p[i]); i++, part++) {
            if (!add_digit(&v, s.p[i] - '0')) return false;
        }
        if (part == 0) return false;
    }
    if (i < s.n || part > (size_t)decimals) return false;
    for (; part < (size_t)decimals; part++) {
        if (!add_digit(&v, 0)) return false;
    }
    return with_sign(v, minus, out);
}

void str_from_minor(int64_t minor, int decimals, char *dst, size_t cap)
{
    const char *sign = minor < 0 ? "-" : "";
    uint64_t rest = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, scale = 1;

    assert(decimals >= 0 && decimals <= 18);
    for (int i = 0; i < decimals; i++) scale *= 10;
    if (decimals == 0) {
        snprintf(dst, cap, "%s%llu", sign, (unsigned long long)rest);
    } else {
        snprintf(dst, cap, "%s%llu.%0*llu", sign, (unsigned long long)(rest / scale), decimals,
                 (unsigned long long)(rest % scale));
    }
}

/* The length of the character at p, of which n bytes are there; 0 if it is none. */
static size_t utf8_char(const unsigned char *p, size_t n)
{
    static const struct { unsigned char lead_lo, lead_hi, second_lo, second_hi, len; } form[] = {
        { 0x01, 0x7F, 0, 0, 1 },
        { 0xC2, 0xDF, 0x80, 0xBF, 2 },
        { 0xE0, 0xE0, 0xA0, 0xBF, 3 },      /* no longer form of a shorter character */
        { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 },      /* no surrogates */
        { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 },
        { 0xF1, 0xF3, 0x80, 0xBF, 4 },
        { 0xF4, 0xF4, 0x80, 0x8F, 4 },      /* nothing past U+10FFFF */
    };
    size_t i = 0;

    while (i < ARRAY_LEN(form) && (p[0] < form[i].lead_lo || p[0] > form[i].lead_hi)) i++;
    if (i == ARRAY_LEN(form) || form[i].len > n) return 0;
    if (form[i].len > 1 && (p[1] < form[i].second_lo || p[1] > form[i].second_hi)) return 0;
    for (size_t k = 2; k < form[i].len; k++) {
        if ((p[k] & 0xC0) != 0x80) return 0;
    }
    return form[i].len;
}

bool str_utf8_ok(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < s.n;) {
        size_t len = p[i] >= 0x01 && p[i] < 0x80 ? 1 : utf8_char(p + i, s.n - i);

        if (len == 0) return false;
        i += len;
    }
    return true;
}

bool str_equal_secret(struct str a, struct str b)
{
    volatile unsigned char differs = 0;

    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        differs = (unsigned char)(differs | (unsigned char)(a.p[i] ^ b.p[i]));
    }
    return differs == 0;
}
