/* unit_text.c -- what people read of the refusals of units. */
#include "app/unit/unit.h"

static const struct refusal refusals[] = {
    { "unit.code_fixed",
      { "點數代碼建立後不能更改，請改名稱即可。",
        "The code of a unit cannot change, for rules name it; change its name instead.",
        "ポイントのコードは後から変更できません。名称を変更してください。" } },
    { "unit.code_taken",
      { "這個點數代碼已被使用。",
        "This unit code is taken.",
        "このユニットコードは使用されています。" } },
    { "unit.decimals_fixed",
      { "小數位數建立後不能更改。",
        "The decimals of a unit cannot change.",
        "小数桁数は後から変更できません。" } },
    { "unit.revive_days",
      { "請指定退回的點數再有效幾天。",
        "Say for how many days returned points live again.",
        "返却ポイントの有効日数を指定してください。" } },
    { "unit.unknown",
      { "找不到這種點數。",
        "There is no such unit.",
        "ユニットが見つかりません。" } },
};
const struct refusal_list unit_refusals = LISTED(refusals);
