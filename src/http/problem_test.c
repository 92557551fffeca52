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

PURE(a_title_is_told_in_the_language_asked_for)
{
    static const struct refusal own[] = { { "voucher.used", { "已使用。", "Used.", "使用済み。" } } };

    IS_STR(problem_title("request.path", 404, LANGUAGE_EN), "There is nothing at this address.");
    IS_STR(problem_title("voucher.used", 404, LANGUAGE_EN), "Not found.");
    problem_texts_add(&(struct refusals){ own, 1 });
    IS_STR(problem_title("voucher.used", 409, LANGUAGE_EN), "Used.");
    IS_STR(problem_title("voucher.used", 409, LANGUAGE_JA), "使用済み。");
    IS_STR(problem_title("voucher.used", 409, LANGUAGE_ZH_TW), "已使用。");
}

PURE(a_code_without_a_title_gets_that_of_its_status)
{
    IS_STR(problem_title("voucher.gone_fishing", 404, LANGUAGE_EN), "Not found.");
    IS_STR(problem_title("x.y", 500, LANGUAGE_EN), "Something went wrong on our side.");
    IS_STR(problem_title("x.y", 418, LANGUAGE_EN), "The request is not valid.");
    IS_STR(problem_title("x.y", 507, LANGUAGE_EN), "Busy: please try again in a moment.");
}
