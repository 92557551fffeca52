/* import_text.c -- what people read of the refusals of imports. */
#include "app/import/import_int.h"

static const struct refusal refusals[] = {
    { "import.empty",
      { "檔案沒有內容。", "The file has no content.", "ファイルに内容がありません。" } },
    { "import.part_missing",
      { "檔案中間缺少一段。", "A part in the middle of the file is missing.",
        "ファイルの途中の一部がありません。" } },
    { "import.part_number",
      { "沒有這個段號。", "There is no part of this number.", "この番号の部分はありません。" } },
    { "import.provider",
      { "沒有這種識別方式。", "Members are not known by this.",
        "この識別方法はありません。" } },
    { "import.sheet",
      { "無法依對應欄位讀取檔案。", "The file cannot be read with this map of columns.",
        "この列の対応ではファイルを読めません。" } },
    { "import.state",
      { "匯入目前的狀態不能這樣做。", "The import is not in a state for that.",
        "取込の現在の状態ではこの操作はできません。" } },
    { "import.time",
      { "時間須寫成 12:00。", "The time must be written as 12:00.",
        "時刻は 12:00 の形で書いてください。" } },
    { "import.too_large",
      { "檔案太大。", "The file is too large.", "ファイルが大きすぎます。" } },
    { "import.unknown",
      { "找不到這次匯入。", "There is no such import.", "取込が見つかりません。" } },
};
const struct refusal_list import_refusals = LISTED(refusals);
