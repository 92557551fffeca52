/* invoice.c -- see invoice.h. */
#include "base/invoice.h"

#include <string.h>

/* U+FF01 to U+FF5E stand for 0x21 to 0x7E, U+3000 for the blank.  0: none of these. */
static char narrow(const unsigned char *p)
{
    if (p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80) return ' ';
    if (p[0] != 0xEF || (p[1] != 0xBC && p[1] != 0xBD)) return 0;
    int wide = ((p[1] & 0x3F) << 6) + (p[2] & 0x3F);         /* of U+Fxxx, the last 12 bits */
    return wide >= 0xF01 && wide <= 0xF5E ? (char)(wide - 0xF01 + 0x21) : 0;
}

void text_narrow(struct str s, char *dst)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char ch = i + 2 < s.n ? narrow(p + i) : 0;
        dst[n++] = ch ? ch : s.p[i];
        if (ch) i += 2;
    }
    dst[n] = '\0';
}

/* The trimmed, narrow text if it has exactly n signs. */
static bool exactly(const char *text, size_t n, char *out)
{
    char ascii[64];

    if (strlen(text) >= sizeof ascii) return false;
    text_narrow(str_of(text), ascii);
    struct str s = str_trim(str_of(ascii));
    if (s.n != n) return false;
    memcpy(out, s.p, n);
    out[n] = '\0';
    return true;
}

bool carrier_parse(const char *text, char out[static CARRIER_TEXT_MAX])
{
    if (!exactly(text, CARRIER_TEXT_MAX - 1, out) || out[0] != '/') return false;
    for (char *p = out + 1; *p; p++) {
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 'a' + 'A');
        bool ok = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || *p == '+' || *p == '-'
               || *p == '.';
        if (!ok) return false;
    }
    return true;
}

bool tax_id_parse(const char *text, char out[static TAX_ID_TEXT_MAX])
{
    static const int times[TAX_ID_TEXT_MAX - 1] = { 1, 2, 1, 2, 1, 2, 4, 1 };
    int sum = 0;

    if (!exactly(text, TAX_ID_TEXT_MAX - 1, out)) return false;
    for (size_t i = 0; i < TAX_ID_TEXT_MAX - 1; i++) {
        if (out[i] < '0' || out[i] > '9') return false;
        int product = (out[i] - '0') * times[i];
        sum += product / 10 + product % 10;
    }
    if (str_eq(out, "00000000")) return false;               /* adds up, and is nobody's */
    return sum % 5 == 0 || (out[6] == '7' && (sum + 1) % 5 == 0);
}
