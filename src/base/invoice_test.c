#include "base/invoice.h"
#include "base/str.h"
#include "test/harness/test.h"

PURE(a_carrier_is_one_however_it_is_typed)
{
    static const char *const same[] = {
        "/ABC1234", "/abc1234", "／ＡＢＣ１２３４", "／ａｂｃ１２３４", " /Abc1234\t", "　/ABC1234　",
    };
    static const char *const exact[] = { "/.......", "/+-.0Z9A", "/0000000" };
    static const char *const bad[] = {
        "", "/", "ABC1234", "/ABC123", "/ABC12345", "/ABC 123", "/ABC_123", "/ABC123é",
        "/甲乙丙丁戊己庚", "//ABC123", "/ABC-123456789", "/ABC123\xEF\xBC", "\xEF\xBC\x8F",
    };
    char out[CARRIER_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        if (!carrier_parse(same[i], out)) FAIL_TEST("\"%s\"", same[i]);
        IS_STR(out, "/ABC1234");
    }
    for (size_t i = 0; i < ARRAY_LEN(exact); i++) {
        if (!carrier_parse(exact[i], out)) FAIL_TEST("\"%s\"", exact[i]);
        IS_STR(out, exact[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (carrier_parse(bad[i], out)) FAIL_TEST("\"%s\" is %s", bad[i], out);
}

PURE(a_company_number_has_its_check_digits)
{
    static const struct { const char *text; bool ok; } t[] = {
        { "22099131", true },                /* adds up to 30 */
        { "84149961", true },                /* to 50 */
        { "04595257", true },                /* to 40 */
        { "04595252", true },                /* to 35: of the numbers given out since 2023 */
        { "12345675", true },                /* a seventh 7: to 39, and one */
        { "10458574", true },                /* to 29, and one */
        { "10458575", true },                /* to 30 as it is */
        { "10458570", true },                /* to 25 */
        { "10458571", false },               /* to 26 */
        { "12345678", false }, { "22099132", false }, { "00000000", false }, { "2209913", false },
        { "220991311", false }, { "2209913A", false }, { "", false }, { "22-099131", false },
        { "２２０９９１３１", true }, { " 22099131 ", true },
    };
    char out[TAX_ID_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        if (tax_id_parse(t[i].text, out) != t[i].ok) FAIL_TEST("\"%s\"", t[i].text);
    IS_TRUE(tax_id_parse("２２０９９１３１", out));
    IS_STR(out, "22099131");
}
