#include "base/phone.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

struct Fold { const char *from, *to; };

// What phones are written with besides ASCII: wide forms, dashes, spaces, and the invisible marks
// that come along when a number is copied out of an address book.
const Fold folds[] = {
    {"０", "0"}, {"１", "1"}, {"２", "2"}, {"３", "3"}, {"４", "4"}, {"５", "5"}, {"６", "6"},
    {"７", "7"}, {"８", "8"}, {"９", "9"}, {"＋", "+"}, {"－", ""}, {"（", ""}, {"）", ""},
    {"．", ""}, {"／", ""}, {"　", ""}, {"ー", ""}, {"\u2010", ""}, {"\u2011", ""},
    {"\u2012", ""}, {"\u2013", ""}, {"\u2014", ""}, {"\u2015", ""}, {"\u2212", ""},
    {"\u00A0", ""}, {"\u00AD", ""}, {"\u200B", ""}, {"\u200E", ""}, {"\u200F", ""},
    {"\u202A", ""}, {"\u202C", ""}, {"\u202D", ""}, {"\u2060", ""}, {"\uFEFF", ""},
};

// The dialled digits, with "+" in front if there was one.  Empty if anything else is in the text:
// the library would read letters as keys and drop an extension, and both are other people's phones.
std::string dialled(const char *s)
{
    std::string out;

    while (*s != '\0') {
        const Fold *f = nullptr;
        for (const Fold &one : folds) {
            if (std::strncmp(s, one.from, std::strlen(one.from)) == 0) f = &one;
        }
        std::string piece = f != nullptr ? f->to : std::string(1, *s);
        s += f != nullptr ? std::strlen(f->from) : 1;
        if (piece.empty() || std::strchr(" -().\t/", piece[0]) != nullptr) continue;
        if (piece[0] == '+' ? !out.empty() : piece[0] < '0' || piece[0] > '9') return "";
        out += piece;
    }
    return out;
}

// A Taiwanese mobile as clerks type it, known without asking: the library costs a sale's worth of
// time.  phone_test.c holds it against the library.
bool is_plain_mobile(const std::string &digits, const char *region)
{
    return std::strcmp(region, "TW") == 0 && digits.size() == 10 && digits[0] == '0' &&
           digits[1] == '9' && digits[2] <= '8';
}

// Valid, or as long as a mobile is: operators open new ranges faster than machines are updated.
// The library's own "possible" would let a mobile with a digit missing pass for a landline.
bool could_be(const PhoneNumberUtil *util, const PhoneNumber &number)
{
    return util->IsValidNumber(number) ||
           (!number.italian_leading_zero() &&
            util->IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::MOBILE) ==
                PhoneNumberUtil::IS_POSSIBLE);
}

enum phone_kind kind_of(const PhoneNumber &number)
{
    switch (PhoneNumberUtil::GetInstance()->GetNumberType(number)) {
    case PhoneNumberUtil::MOBILE:
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
        return PHONE_MOBILE;
    case PhoneNumberUtil::FIXED_LINE:
        return PHONE_FIXED;
    default:
        return PHONE_OTHER;
    }
}

// As the region dials it; failing that, 00 is the + of most of the world ("00886912345678"), also
// where a region dials abroad in another way.
bool understood(const PhoneNumberUtil *util, const std::string &digits, const char *region,
                PhoneNumber *number)
{
    if (util->Parse(digits, region, number) == PhoneNumberUtil::NO_PARSING_ERROR &&
        could_be(util, *number)) return true;
    return digits.compare(0, 2, "00") == 0 &&
           util->Parse("+" + digits.substr(2), "ZZ", number) ==
               PhoneNumberUtil::NO_PARSING_ERROR && could_be(util, *number);
}

}  // namespace

extern "C" bool phone_parse(const char *text, const char *region, char *e164,
                            enum phone_kind *kind)
{
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    std::string digits = dialled(text), out;
    PhoneNumber number;

    if (region == nullptr) region = "ZZ";
    if (is_plain_mobile(digits, region)) {
        out = "+886" + digits.substr(1);
        *kind = PHONE_MOBILE;
    } else {
        if (!understood(util, digits, region, &number)) return false;
        util->Format(number, PhoneNumberUtil::E164, &out);
        *kind = kind_of(number);
    }
    if (out.size() >= PHONE_TEXT_MAX) return false;
    std::snprintf(e164, PHONE_TEXT_MAX, "%s", out.c_str());
    return true;
}
