/* tier_text.c -- what people read of the refusals of the ladder. */
#include "app/tier/tier_int.h"

static const struct refusal refusals[] = {
    { "tier.effective_past",
      { "等級的生效時間不能早於現在。",
        "A ladder cannot begin before now.",
        "適用開始は現在より前にできません。" } },
    { "tier.invalid",
      { "等級設定有誤。",
        "The ladder is not valid.",
        "ランクの設定が正しくありません。" } },
    { "tier.unknown",
      { "找不到等級制度。",
        "There is no ladder.",
        "会員ランクの設定がありません。" } },
};
const struct refusal_list tier_refusals = LISTED(refusals);
