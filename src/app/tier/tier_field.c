/* tier_field.c -- what rules may ask of a member's level: as the event found it. */
#include "app/tier/tier_int.h"
#include "core/ctx.h"
#include "core/rule/field.h"

static int64_t place_of(const struct reading *r, const struct ladder **stairs)
{
    struct tier_when w = { r->c->conf, r->event->config_version, r->event->at };

    *stairs = tier_stairs(&w);
    return tier_place(&w, r->member->tier_level);
}

static enum rc get_place(const struct reading *r, struct json *out)
{
    const struct ladder *stairs;

    *out = (struct json){ .kind = JSON_INT, .u.i = place_of(r, &stairs) };
    return RC_OK;
}

static enum rc get_code(const struct reading *r, struct json *out)
{
    const struct ladder *stairs;
    int64_t place = place_of(r, &stairs);

    *out = (struct json){ .kind = JSON_NULL };
    if (place == 0) return RC_OK;
    const char *code = stairs->levels[place - 1].code;
    *out = (struct json){ .kind = JSON_TEXT, .n = str_of(code).n, .u.text = code };
    return RC_OK;
}

static const struct field fields[] = {
    { .name = "member.tier", .type = FIELD_INT, .from = FIELD_DERIVED,
      .label = { "會員等級(由低到高第幾級)", "place of the tier, from the lowest", "会員ランク（低い方から何番目か）" },
      .help = { "這次之前的等級；0 為沒有等級。",
                "Held before this event; 0 is none.",
                "今回より前のランク。0 はランクなし。" },
      .get = get_place },
    { .name = "member.tier_code", .type = FIELD_TEXT, .from = FIELD_DERIVED,
      .label = { "會員等級代號", "code of the tier", "会員ランクのコード" },
      .help = { "這次之前的等級代號；沒有等級時沒有值。",
                "Of the level held before this event; none without a level.",
                "今回より前のランクのコード。ランクがなければ値はありません。" },
      .get = get_code },
};
const struct field_list tier_fields = LISTED(fields);
