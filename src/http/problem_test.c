#include "http/problem.h"

#include <string.h>
#include "test/harness/test.h"

PURE(the_best_language_is_the_one_weighted_most_among_ours)
{
    static const struct { const char *accept, *tag; } t[] = {
        { NULL, "zh-TW" }, { "", "zh-TW" }, { "*", "zh-TW" }, { "en", "en" }, { "EN-gb", "en" },
        { "zh", "zh-TW" }, { "zh-Hant-HK", "zh-TW" }, { "ja", "ja" }, { "fr", "en" },
        { "fr, de;q=0.5", "en" }, { "en;q=0.5, ja;q=0.8", "ja" }, { "ja;q=0.5,en", "en" },
        { "ja;q=0, en;q=0.1", "en" }, { "en, ja", "en" }, { ";;,,", "en" }, { "j", "en" },
        { "en;q=x, ja;q=0.9", "en" }, { "en;q=1.5", "en" }, { "fr, *;q=0.1", "zh-TW" }
    };
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        IS_STR(language_tag(language_best(t[i].accept)), t[i].tag);
}

PURE(every_title_stands_in_three_languages_and_in_order)
{
    for (size_t i = 0; i < problem_texts_n; i++) {
        for (int l = 0; l < LANGUAGES; l++) IS_TRUE(strlen(problem_texts[i].title[l]) > 0);
        IS_TRUE(i == 0 || strcmp(problem_texts[i - 1].code, problem_texts[i].code) < 0);
        IS_STR(problem_title(problem_texts[i].code, 400, LANGUAGE_EN), problem_texts[i].title[1]);
    }
}

PURE(a_code_without_a_title_gets_that_of_its_status)
{
    IS_STR(problem_title("voucher.gone_fishing", 404, LANGUAGE_EN), "Not found.");
    IS_STR(problem_title("x.y", 500, LANGUAGE_EN), "Something went wrong on our side.");
    IS_STR(problem_title("x.y", 418, LANGUAGE_EN), "The request is not valid.");
    IS_STR(problem_title("x.y", 507, LANGUAGE_EN), "Busy: please try again in a moment.");
}
