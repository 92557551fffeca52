/* effect_points.c -- points.grant and points.take. */
#include <assert.h>

#include "base/limit.h"
#include "core/ctx.h"
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
    const struct unit *unit;
    enum rc rc = json_read(&part, &points_shape, p->args, &d);

    pass_on(p, &part, "");
    if (rc != RC_OK) return rc;
    unit = conf_unit_by_code(p->conf, d.unit);
    if (!unit) {
        json_mistake(p->reader, arena_printf(part.arena, "%s/unit", p->pointer),
                     "there is no unit with this code");
        return RC_INVALID;
    }
    out->unit_id = unit->id;
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

static void note_part(struct booking *b, const struct booking_part *part)
{
    *ARENA_PUSH(b->c->arena, b->parts, b->parts_n, b->parts_cap) = *part;
}

static enum rc grant(struct booking *b, int64_t amount)
{
    struct grant g = { .unit = b->unit, .amount = amount, .from_account = "issued",
                       .kind = "award", .expires_at = TIME_NEVER };
    int64_t lot_id;
    enum rc rc;

    if (b->award) {
        g.available_at = b->award->available_at;
        g.expires_at = b->award->expires_at;
    }
    rc = books_grant(b->books, &g, &lot_id);
    note_part(b, &(struct booking_part){ .amount = amount, .posted = amount, .lot_id = lot_id });
    return rc;
}

static const int64_t *own_lots(const struct booking *b)
{
    int64_t *ids = ARENA_ARRAY(b->c->arena, int64_t, b->before->lots_n);

    for (size_t i = 0; i < b->before->lots_n; i++) ids[i] = b->before->lots[i].id;
    return ids;
}

static enum rc take_back(struct booking *b, struct taken *out)
{
    struct take t = { .unit = b->unit, .amount = -b->delta, .to_account = "issued",
                      .kind = "take_back" };

    if (b->before && b->before->amount > 0) {
        t.lot_ids = own_lots(b);
        t.lots_n = b->before->lots_n;
        t.lapsed_before = b->before->lapsed;
    }
    return books_take_back(b->books, &t, out);
}

/* The same for the first booking and for a difference: what is more is granted, what is less is
 * taken back. */
static enum rc book_grant(struct booking *b)
{
    struct taken taken;
    enum rc rc;

    assert(b->delta != 0);
    if (b->delta > 0) return grant(b, b->delta);
    rc = take_back(b, &taken);
    note_part(b, &(struct booking_part){ .amount = b->delta, .posted = -taken.posted,
                                         .owed = taken.owed, .lapsed = taken.lapsed,
                                         .forgiven = taken.forgiven });
    return rc;
}

/* Each lot it takes from is a row of its own, so that what is undone goes back there. */
static enum rc take(struct booking *b)
{
    int64_t left = b->delta;
    struct taken taken;
    enum rc rc = take_back(b, &taken);

    for (size_t i = 0; i < taken.parts_n; i++) {
        const struct taken_part *p = &taken.parts[i];
        note_part(b, &(struct booking_part){ .amount = -p->amount, .posted = -p->amount,
                                             .lot_id = p->lot_id });
        left += p->amount;
    }
    if (left != 0)
        note_part(b, &(struct booking_part){ .amount = left, .posted = -taken.owed,
                                             .owed = taken.owed, .forgiven = taken.forgiven });
    return rc;
}

/* To the lots it came from, the last one first; what had become a debt pays debts. */
static enum rc undo_take(struct booking *b)
{
    int64_t left = b->delta;

    for (size_t i = 0; b->before && i < b->before->lots_n && left > 0; i++) {
        const struct booked_lot *l = &b->before->lots[i];
        int64_t part = -l->amount < left ? -l->amount : left;
        if (part <= 0) continue;
        enum rc rc = books_give_back(b->books, &(struct give_back){
            .unit = b->unit, .lot_id = l->id, .amount = part, .from_account = "issued",
            .kind = "give_back" });
        if (rc != RC_OK) return rc;
        note_part(b, &(struct booking_part){ .amount = part, .posted = part, .lot_id = l->id });
        left -= part;
    }
    return left > 0 ? grant(b, left) : RC_OK;
}

static enum rc book_take(struct booking *b)
{
    assert(b->delta != 0);
    return b->delta < 0 ? take(b) : undo_take(b);
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
    return a->lot->unit_id != a->unit_id ? "its lot is of another" : NULL;
}

static const char *check_grant(const struct award_check *a)
{
    const char *wrong = check(a);

    if (wrong || a->lot_id == 0) return wrong;
    return a->lot->event_id != a->cause_id || a->lot->granted > a->posted
         ? "its lot is of another" : NULL;
}

const struct effect effect_points_grant = {
    .name = "points.grant", .label = { "給點", "give points", "ポイント付与" },
    .parse = parse, .plan = plan_grant, .apply = book_grant, .revise = book_grant,
    .is_in_memory = true, .has_lots = true, .check = check_grant,
};
const struct effect effect_points_take = {
    .name = "points.take", .label = { "扣點", "take points", "ポイント減算" },
    .parse = parse, .plan = plan_take, .apply = book_take, .revise = book_take,
    .is_in_memory = true, .check = check,
};
static const struct effect *const effects[] = {
    &effect_points_grant, &effect_points_take, &effect_tag_add
};
const struct effect_list core_effects = LISTED(effects);
