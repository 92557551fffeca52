/* calendar_text.c -- what people read of the refusals of calendars. */
#include "app/calendar/calendar_int.h"

static const struct refusal refusals[] = {
    { "calendar.code_taken",
      { "這個行事曆代碼已被使用。",
        "Another calendar has this code.",
        "このカレンダーコードはすでに使われています。" } },
    { "calendar.day_twice",
      { "同一天重複設定。",
        "A day is there twice.",
        "同じ日が重複しています。" } },
    { "calendar.list_unknown",
      { "沒有這份日曆清單。",
        "There is no such list of days.",
        "この日付リストはありません。" } },
    { "calendar.unknown",
      { "找不到這個行事曆。",
        "There is no such calendar.",
        "カレンダーが見つかりません。" } },
};
const struct refusal_list calendar_refusals = LISTED(refusals);
