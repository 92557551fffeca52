#include <stdio.h>
#include "base/phone.h"
#include "base/rand.h"
#include "base/str.h"
#include "test/harness/test.h"

PURE(phone_parse_reads_what_clerks_write)
{
    static const struct { const char *text, *region, *e164; enum phone_kind kind; } t[] = {
        { "0912345678", "TW", "+886912345678", PHONE_MOBILE },
        { "0912 345 678", "TW", "+886912345678", PHONE_MOBILE },
        { "0912-345-678", "TW", "+886912345678", PHONE_MOBILE },
        { "+886-912-345-678", "TW", "+886912345678", PHONE_MOBILE },
        { "+886 0912345678", "TW", "+886912345678", PHONE_MOBILE },
        { "886912345678", "TW", "+886912345678", PHONE_MOBILE },
        { "912345678", "TW", "+886912345678", PHONE_MOBILE },       /* a spreadsheet's zero */
        { "０９１２３４５６７８", "TW", "+886912345678", PHONE_MOBILE },
        { "＋８８６－９１２－３４５－６７８", "TW", "+886912345678", PHONE_MOBILE },
        { "（０２）２３４５－６７８９", "TW", "+886223456789", PHONE_FIXED },
        { "0912‐345‑678", "TW", "+886912345678", PHONE_MOBILE },
        { "\xE2\x80\xAA+886 912 345 678\xE2\x80\xAC", "TW", "+886912345678", PHONE_MOBILE },
        { "  0912　345　678 ", "TW", "+886912345678", PHONE_MOBILE },
        { "(02) 2345-6789", "TW", "+886223456789", PHONE_FIXED },
        { "04 2234 5678", "TW", "+886422345678", PHONE_FIXED },
        { "00886912345678", "TW", "+886912345678", PHONE_MOBILE },
        { "00886-912-345-678", "TW", "+886912345678", PHONE_MOBILE },
        { "00 886 0912 345 678", "TW", "+886912345678", PHONE_MOBILE },
        { "００８８６９１２３４５６７８", "TW", "+886912345678", PHONE_MOBILE },
        { "002886912345678", "TW", "+886912345678", PHONE_MOBILE },  /* as Taiwan dials abroad */
        { "00886223456789", "TW", "+886223456789", PHONE_FIXED },
        { "00819012345678", "TW", "+819012345678", PHONE_MOBILE },
        { "00886912345678", NULL, "+886912345678", PHONE_MOBILE },
        { "00886912345678", "JP", "+886912345678", PHONE_MOBILE },
        { "+81 90-1234-5678", "TW", "+819012345678", PHONE_MOBILE },
        { "090-1234-5678", "JP", "+819012345678", PHONE_MOBILE },
        { "+1 202-456-1111", "TW", "+12024561111", PHONE_MOBILE },
        { "+66 81 234 5678", NULL, "+66812345678", PHONE_MOBILE },
        { "0991234567", "TW", "+886991234567", PHONE_OTHER },       /* a range not yet known */
        { "0800-012-345", "TW", "+886800012345", PHONE_OTHER },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        char e164[PHONE_TEXT_MAX];
        enum phone_kind kind;

        if (!phone_parse(t[i].text, t[i].region, e164, &kind)) FAIL_TEST("\"%s\"", t[i].text);
        IS_STR(e164, t[i].e164);
        if (kind != t[i].kind) FAIL_TEST("\"%s\" is of kind %d", t[i].text, (int)kind);
    }
}

PURE(phone_parse_refuses_what_is_no_phone)
{
    static const char *const bad[] = {
        "", " ", "+", "0", "123", "hello", "0912345", "091234567", "09123456789",
        "091234567890123456", "00912345678", "0088691234567", "008869123456789", "00", "000",
        "00+886912345678", "++886912345678",
        "0912+345678", "0912ABC678", "0912345678 ext 5", "0912345678#5", "0912345678;x=1",
        "0912345678,0987654321", "１２", "\xFF\xFE", "9.12E+08", "09123４5678x", "tel:0912345678",
    };
    char e164[PHONE_TEXT_MAX];
    enum phone_kind kind;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (phone_parse(bad[i], "TW", e164, &kind)) FAIL_TEST("\"%s\" is %s", bad[i], e164);
    }
    IS_FALSE(phone_parse("0912345678", NULL, e164, &kind));
    IS_FALSE(phone_parse("0912345678", "XX", e164, &kind));
}

/* With "+886" the library is asked; without, a Taiwanese mobile is known by its shape. */
PURE(phone_parse_is_quick_about_mobiles_only_where_the_library_agrees)
{
    struct dice d;

    dice_seed(&d, 9);
    for (int i = 0; i < 3000; i++) {
        char plain[16], full[20], a[PHONE_TEXT_MAX], b[PHONE_TEXT_MAX];
        enum phone_kind a_kind, b_kind;
        int n = (int)dice_range(&d, 0, 99999999);

        snprintf(plain, sizeof plain, "09%08d", n);
        snprintf(full, sizeof full, "+8869%08d", n);
        IS_TRUE(phone_parse(plain, "TW", a, &a_kind));
        IS_TRUE(phone_parse(full, "TW", b, &b_kind));
        IS_STR(a, b);
        if (a_kind != b_kind) FAIL_TEST("%s: %d and %d", plain, (int)a_kind, (int)b_kind);
    }
}
