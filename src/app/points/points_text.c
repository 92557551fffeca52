/* points_text.c -- what people read of the refusals of points. */
#include "app/points/points_api.h"

static const struct refusal refusals[] = {
    { "points.insufficient",
      { "點數不足。",
        "There are not enough points.",
        "ポイントが足りません。" } },
    { "points.nothing",
      { "點數不能是 0。",
        "The amount cannot be 0.",
        "ポイント数を 0 にはできません。" } },
    { "points.scattered",
      { "這些點數分散在太多筆裡，請分次使用。",
        "These points lie in too many small lots: spend them in several steps.",
        "ポイントが多くの明細に分かれています。何回かに分けてご利用ください。" } },
    { "points.take_back_refused",
      { "已使用的點數無法收回。",
        "Points that have been used cannot be taken back.",
        "使用済みのポイントは取り消せません。" } },
    { "spend.reversed",
      { "這筆扣點已取消。",
        "This spend has been reversed.",
        "この利用は取り消し済みです。" } },
    { "spend.unknown",
      { "找不到這筆扣點。",
        "There is no such spend.",
        "ポイント利用が見つかりません。" } },
};
const struct refusal_list points_refusals = LISTED(refusals);
