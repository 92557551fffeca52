/* store_text.c -- what people read of the refusals of companies and stores. */
#include "app/store/store.h"

static const struct refusal refusals[] = {
    { "company.code_taken",
      { "這個公司代碼已被使用。",
        "This company code is taken.",
        "この会社コードは使用されています。" } },
    { "company.tax_id",
      { "統一編號不正確。",
        "The company's tax number is not valid.",
        "統一編号が正しくありません。" } },
    { "company.unknown",
      { "找不到這家公司。",
        "There is no such company.",
        "会社が見つかりません。" } },
    { "store.code_taken",
      { "這個門市代碼已被使用。",
        "This store code is taken.",
        "この店舗コードは使用されています。" } },
    { "store.other",
      { "這組金鑰屬於另一家門市。",
        "This key belongs to another store.",
        "このキーは別の店舗のものです。" } },
    { "store.unknown",
      { "找不到這家門市。",
        "There is no such store.",
        "店舗が見つかりません。" } },
    { "store.zone_unknown",
      { "沒有這個時區。",
        "There is no such time zone.",
        "このタイムゾーンは存在しません。" } },
};
const struct refusal_list store_refusals = LISTED(refusals);
