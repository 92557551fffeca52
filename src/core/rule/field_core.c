/* field_core.c -- what may be asked of the member, the store and the moment, whatever the event. */
#include "core/rule/field_core.h"

#include "base/time.h"
#include "core/config/places.h"
#include "sql/member_sql.h"

static enum rc put_int(struct json *out, int64_t i)
{
    *out = (struct json){ .kind = JSON_INT, .u.i = i };
    return RC_OK;
}

static enum rc put_text(struct json *out, const char *text)
{
    *out = (struct json){ .kind = JSON_NULL };
    if (text) *out = (struct json){ .kind = JSON_TEXT, .n = str_of(text).n, .u.text = text };
    return RC_OK;
}

static enum rc get_purchases(const struct reading *r, struct json *out)
{
    return put_int(out, r->member->purchases_n);
}

static enum rc get_spend(const struct reading *r, struct json *out)
{
    return put_int(out, r->member->spend_minor);
}

static enum rc get_days_since_last(const struct reading *r, struct json *out)
{
    if (r->member->purchases_n == 0) return put_text(out, NULL);
    return put_int(out, r->event->business_date - r->member->last_purchase_date);
}

static enum rc get_tags(const struct reading *r, struct json *out)
{
    struct sql_member_tags v = { .member_id = r->member->id };
    enum rc rc = sql_member_tags(r->c, &v);

    if (rc != RC_OK) return rc;
    struct json *items = ARENA_ARRAY(r->c->arena, struct json, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        items[i] = (struct json){ .kind = JSON_TEXT, .n = str_of(v.rows[i].tag).n,
                                  .u.text = v.rows[i].tag };
    *out = (struct json){ .kind = JSON_LIST, .n = v.n, .u.items = items };
    return RC_OK;
}

static const struct store *store_of(const struct reading *r)
{
    return conf_store(r->c->conf, r->event->store_id);
}

static enum rc get_store_code(const struct reading *r, struct json *out)
{
    const struct store *s = store_of(r);

    return put_text(out, s ? s->code : NULL);
}

static enum rc get_store_kind(const struct reading *r, struct json *out)
{
    const struct store *s = store_of(r);

    return put_text(out, s ? s->kind : NULL);
}

static enum rc get_store_brand(const struct reading *r, struct json *out)
{
    const struct store *s = store_of(r);

    return put_text(out, s ? s->brand : NULL);
}

static enum rc get_store_region(const struct reading *r, struct json *out)
{
    const struct store *s = store_of(r);

    return put_text(out, s ? s->region : NULL);
}

static enum rc get_weekday(const struct reading *r, struct json *out)
{
    return put_int(out, date_weekday(r->event->business_date));
}

static enum rc get_date(const struct reading *r, struct json *out)
{
    char text[11];

    date_format(r->event->business_date, text);
    return put_text(out, arena_strdup(r->c->arena, text));
}

static enum rc get_month(const struct reading *r, struct json *out)
{
    return put_int(out, date_to_civil(r->event->business_date).month);
}

static enum rc get_day(const struct reading *r, struct json *out)
{
    return put_int(out, date_to_civil(r->event->business_date).day);
}

/* The hour on the store's wall: a fact, for the store may get another zone. */
static enum rc get_hour(const struct reading *r, struct json *out)
{
    const struct store *s = store_of(r);

    return put_int(out, time_minute_of_day(s ? s->zone : r->c->conf->zone, r->event->at) / 60);
}

static const struct field fields[] = {
    { .name = "member.purchases", .type = FIELD_INT, .from = FIELD_DERIVED,
      .measure = MEASURE_COUNT,
      .label = { "先前消費次數", "purchases before", "これまでの購入回数" },
      .help = { "這次之前成立的消費筆數；全退不算。",
                "Sales that stood before this one; what was returned whole is none.",
                "今回より前に成立した購入の件数。全額返品は数えません。" },
      .get = get_purchases,
      .sql = "m.purchases_n" },
    { .name = "member.spend_minor", .type = FIELD_INT, .from = FIELD_DERIVED,
      .measure = MEASURE_MONEY,
      .label = { "先前累計消費", "spent before", "これまでの購入金額" },
      .help = { "這次之前消費的合計，退貨已扣除。",
                "The sum of the sales before this one, less what was returned.",
                "今回より前の購入金額の合計。返品分を除きます。" },
      .get = get_spend,
      .sql = "m.spend_minor" },
    { .name = "member.days_since_last", .type = FIELD_INT, .from = FIELD_DERIVED,
      .measure = MEASURE_DAYS,
      .label = { "距上次消費天數", "days since the last purchase", "前回の購入からの日数" },
      .help = { "從上次消費的營業日算到這次；第一次消費時沒有值。",
                "From the business date of the last purchase to this one; none before the first.",
                "前回の営業日から今回までの日数。初回は値がありません。" },
      .get = get_days_since_last,
      .sql = "CASE WHEN m.last_purchase_at = 0 THEN NULL ELSE :today - m.last_purchase_date END" },
    { .name = "member.tags", .type = FIELD_TEXTS, .from = FIELD_FACT,
      .label = { "標籤", "tags", "タグ" },
      .help = { "當時貼在會員身上的標籤。",
                "What the member was tagged with at that moment.",
                "その時点で会員に付いていたタグ。" },
      .get = get_tags },
    { .name = "store.code", .type = FIELD_TEXT, .from = FIELD_FACT,
      .label = { "門市代號", "store code", "店舗コード" },
      .help = { "發生在哪家門市或通路。",
                "The store or channel where it happened.",
                "発生した店舗またはチャネル。" },
      .get = get_store_code, .choices_of = &store_kind },
    { .name = "store.kind", .type = FIELD_TEXT, .from = FIELD_FACT,
      .label = { "門市類型", "store kind", "店舗の種類" },
      .help = { "直營、加盟、專櫃、經銷、網路或快閃。",
                "Own, franchise, mall counter, dealer, online or pop-up.",
                "直営、フランチャイズ、百貨店内、販売店、オンライン、ポップアップ。" },
      .get = get_store_kind, .choices = store_kinds },
    { .name = "store.brand", .type = FIELD_TEXT, .from = FIELD_FACT,
      .label = { "品牌", "brand", "ブランド" },
      .help = { "門市所屬的品牌。",
                "The brand of the store.",
                "店舗のブランド。" },
      .get = get_store_brand },
    { .name = "store.region", .type = FIELD_TEXT, .from = FIELD_FACT,
      .label = { "地區", "region", "地域" },
      .help = { "門市所在的地區。",
                "The region of the store.",
                "店舗のある地域。" },
      .get = get_store_region },
    { .name = "now.weekday", .type = FIELD_INT, .from = FIELD_TOLD,
      .label = { "星期(1 為週一)", "weekday (1 is Monday)", "曜日（1 は月曜）" },
      .help = { "營業日是星期幾：1 為週一，7 為週日。",
                "Of the business date: 1 is Monday, 7 is Sunday.",
                "営業日の曜日。1 は月曜、7 は日曜。" },
      .get = get_weekday },
    { .name = "now.date", .type = FIELD_DATE, .from = FIELD_TOLD,
      .label = { "營業日", "business date", "営業日" },
      .help = { "這筆消費歸屬的營業日。",
                "The business date to which it belongs.",
                "この購入が属する営業日。" },
      .get = get_date },
    { .name = "now.month", .type = FIELD_INT, .from = FIELD_TOLD,
      .label = { "月份", "month", "月" },
      .help = { "營業日的月份，1 到 12。",
                "Of the business date, 1 to 12.",
                "営業日の月。1 から 12。" },
      .get = get_month },
    { .name = "now.day", .type = FIELD_INT, .from = FIELD_TOLD,
      .label = { "日", "day of the month", "日" },
      .help = { "營業日是當月幾號，1 到 31。",
                "Of the business date, 1 to 31.",
                "営業日の日付。1 から 31。" },
      .get = get_day },
    { .name = "now.hour", .type = FIELD_INT, .from = FIELD_FACT,
      .label = { "時(0–23)", "hour (0–23)", "時（0–23）" },
      .help = { "門市當地時間的小時。",
                "On the wall of the store.",
                "店舗の現地時刻の時。" },
      .get = get_hour },
};
const struct field_list core_fields = LISTED(fields);
