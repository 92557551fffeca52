#include "base/text.h"

#include "base/str.h"

const char *text_in(const struct text *t, const char *language)
{
    if (str_eq(language, "en")) return t->en;
    return str_eq(language, "ja") ? t->ja : t->zh;
}
