/* rule_text.c -- what people read of the refusals of rules. */
#include "app/rule/rule_int.h"

static const struct refusal refusals[] = {
    { "rule.invalid",
      { "規則內容有誤。",
        "The rule is not valid.",
        "ルールの内容が正しくありません。" } },
    { "rule.unknown",
      { "找不到這條規則。",
        "There is no such rule.",
        "ルールが見つかりません。" } },
};
const struct refusal_list rule_refusals = LISTED(refusals);
