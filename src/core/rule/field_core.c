/* field_core.c -- what may be asked of the member, the store and the moment, whatever the event. */
#include "core/rule/field_core.h"

#include "base/time.h"
#include "core/config/conf.h"
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

const struct field core_fields[CORE_FIELDS_N] = {
    { "member.purchases", FIELD_INT, FIELD_DERIVED, "先前消費次數", "purchases before", NULL,
      get_purchases },
    { "member.spend_minor", FIELD_INT, FIELD_DERIVED, "先前累計消費", "spent before", NULL,
      get_spend },
    { "member.days_since_last", FIELD_INT, FIELD_DERIVED, "距上次消費天數",
      "days since the last purchase", NULL, get_days_since_last },
    { "member.tags", FIELD_TEXTS, FIELD_FACT, "標籤", "tags", NULL, get_tags },
    { "store.code", FIELD_TEXT, FIELD_FACT, "門市代號", "store code", NULL, get_store_code },
    { "store.kind", FIELD_TEXT, FIELD_FACT, "門市類型", "store kind", NULL, get_store_kind },
    { "store.brand", FIELD_TEXT, FIELD_FACT, "品牌", "brand", NULL, get_store_brand },
    { "store.region", FIELD_TEXT, FIELD_FACT, "地區", "region", NULL, get_store_region },
    { "now.weekday", FIELD_INT, FIELD_TOLD, "星期(1 為週一)", "weekday (1 is Monday)", NULL,
      get_weekday },
    { "now.date", FIELD_DATE, FIELD_TOLD, "營業日", "business date", NULL, get_date },
    { "now.month", FIELD_INT, FIELD_TOLD, "月份", "month", NULL, get_month },
    { "now.day", FIELD_INT, FIELD_TOLD, "日", "day of the month", NULL, get_day },
    { "now.hour", FIELD_INT, FIELD_FACT, "時(0–23)", "hour (0–23)", NULL, get_hour },
};
