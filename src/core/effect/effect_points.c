/* effect_points.c -- points.grant and points.take. */
#include <assert.h>

#include "base/limit.h"
#include "core/effect/effect.h"

struct points_doc {
    const char *unit;
    struct json amount;
    int64_t available_after_days, valid_days;
};
JSON_SHAPE(points_shape, struct points_doc,
    { "unit", JT_TEXT, offsetof(struct points_doc, unit), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "amount", JT_VALUE, offsetof(struct points_doc, amount), .flags = JF_REQUIRED },
    { "available_after_days", JT_I64, offsetof(struct points_doc, available_after_days),
      .min = 0, .max = 3650 },
    { "valid_days", JT_I64, offsetof(struct points_doc, valid_days), .min = 0, .max = 36500 });

/* Mistakes of a part, told from the place of the part in the whole document. */
static void pass_on(const struct effect_parse *p, const struct json_reader *part, const char *below)
{
    struct arena *a = p->reader->arena;

    for (size_t i = 0; i < part->mistakes.n; i++)
        json_mistake(p->reader, arena_printf(a, "%s%s%s", p->pointer, below,
                                             part->mistakes.list[i].pointer),
                     part->mistakes.list[i].reason);
}

static enum rc parse(const struct effect_parse *p, struct effect_step *out)
{
    struct json_reader part = { .arena = p->reader->arena };
    struct points_doc d = { 0 };
    enum rc rc = json_read(&part, &points_shape, p->args, &d);

    pass_on(p, &part, "");
    if (rc != RC_OK) return rc;
    out->unit = conf_unit_by_code(p->conf, d.unit);
    if (!out->unit) {
        json_mistake(p->reader, arena_printf(part.arena, "%s/unit", p->pointer),
                     "there is no unit with this code");
        return RC_INVALID;
    }
    out->available_after_days = d.available_after_days == JSON_ABSENT
                              ? -1 : (int)d.available_after_days;
    out->valid_days = d.valid_days == JSON_ABSENT ? -1 : (int)d.valid_days;
    part.mistakes.n = 0;
    rc = amount_parse(&part, &d.amount, &out->amount);
    pass_on(p, &part, "/amount");
    return rc;
}

static int64_t plan_grant(const struct effect_step *s, int64_t basis_minor,
                          const struct amount_scale *scale)
{
    return amount_of(&s->amount, basis_minor, scale);
}

static int64_t plan_take(const struct effect_step *s, int64_t basis_minor,
                         const struct amount_scale *scale)
{
    return -amount_of(&s->amount, basis_minor, scale);
}

static enum rc grant(struct booking *b)
{
    struct grant g = { .unit = b->unit, .amount = b->delta, .from_account = "issued",
                       .kind = "award", .expires_at = TIME_NEVER };

    if (b->award) {
        g.available_at = b->award->available_at;
        g.expires_at = b->award->expires_at;
    }
    b->posted = b->delta;
    return books_grant(b->books, &g, &b->lot_id);
}

static enum rc take(struct booking *b)
{
    struct taken taken;
    struct take t = { .unit = b->unit, .amount = -b->delta, .to_account = "issued",
                      .kind = "take_back" };

    if (b->before) {
        t.lot_ids = b->before->lot_ids;
        t.lots_n = b->before->lots_n;
        t.lapsed_before = b->before->lapsed;
    }
    enum rc rc = books_take_back(b->books, &t, &taken);
    b->posted = -taken.posted;
    b->owed = taken.owed;
    b->lapsed = taken.lapsed;
    b->forgiven = taken.forgiven;
    return rc;
}

/* The same for the first booking and for a difference: what is more is granted, what is less is
 * taken back. */
static enum rc book(struct booking *b)
{
    assert(b->delta != 0);
    return b->delta > 0 ? grant(b) : take(b);
}

/* A difference is posted, or was let go: nothing of it is lost. */
static bool is_settled_in_full(const struct award_check *a)
{
    if (a->owed < 0 || a->lapsed < 0 || a->forgiven < 0) return false;
    if (a->amount != a->posted - a->lapsed - a->forgiven) return false;
    if (a->amount > 0) return a->posted == a->amount && a->owed == 0 && a->lapsed == 0;
    return a->posted <= 0 && a->owed <= -a->posted;
}

static const char *check(const struct award_check *a)
{
    if (!a->has_unit)           return "there is no such unit";
    if (!is_settled_in_full(a)) return "it does not say where all of it went";
    if (a->basis_minor != 0 && !a->has_value)
        return "its event has no value, and it was computed on one";
    if (a->lot_id == 0) return NULL;
    if (!a->lot)        return "its lot is missing";
    if (a->lot->unit_id != a->unit_id || a->lot->event_id != a->cause_id
        || a->lot->granted > a->posted)
        return "its lot is of another";
    return NULL;
}

const struct effect effect_points_grant = {
    .name = "points.grant", .label = "給點", .label_en = "give points",
    .parse = parse, .plan = plan_grant, .apply = book, .revise = book,
    .is_in_memory = true, .has_lots = true, .check = check,
};
const struct effect effect_points_take = {
    .name = "points.take", .label = "扣點", .label_en = "take points",
    .parse = parse, .plan = plan_take, .apply = book, .revise = book,
    .is_in_memory = true, .has_lots = true, .check = check,
};
const struct effect *const core_effects[CORE_EFFECTS_N] = {
    &effect_points_grant, &effect_points_take, &effect_tag_add
};
