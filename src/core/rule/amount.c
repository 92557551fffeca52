/* amount.c -- the four forms of an amount, in integers. */
#include "base/limit.h"
#include "base/wide.h"
#include "core/rule/rule.h"

struct doc {
    int64_t per, give;
    const char *percent, *rounding, *basis;
    struct json steps;
};
static const char *const roundings[] = { "down", "nearest", "up", NULL };
static const char *const bases[] = { "eligible", "total", NULL };

JSON_SHAPE(doc_shape, struct doc,
    { "per", JT_I64, offsetof(struct doc, per), .min = 1, .max = LIMIT_MONEY_MINOR },
    { "give", JT_I64, offsetof(struct doc, give), .min = 0, .max = LIMIT_MONEY_MINOR },
    { "percent", JT_TEXT, offsetof(struct doc, percent), .min = 1, .max = 12 },
    { "steps", JT_VALUE, offsetof(struct doc, steps) },
    { "rounding", JT_TEXT, offsetof(struct doc, rounding), .among = roundings },
    { "of", JT_TEXT, offsetof(struct doc, basis), .among = bases });

static enum rc wrong(struct json_reader *r, const char *reason)
{
    json_mistake(r, "", reason);
    return RC_INVALID;
}

/* "0.33" of a hundred is 33 / 10000. */
static bool parse_percent(const char *text, struct amount *out)
{
    int64_t den = 100;

    for (int decimals = 0; decimals <= 6; decimals++, den *= 10) {
        if (!str_to_minor(str_of(text), decimals, &out->percent_num)) continue;
        out->percent_den = den;
        return out->percent_num >= 0 && out->percent_num <= 10 * den;
    }
    return false;
}

static enum rc parse_steps(struct json_reader *r, const struct json *src, struct amount *out)
{
    struct amount_step *steps = ARENA_ARRAY(r->arena, struct amount_step, src->n);

    if (src->kind != JSON_LIST || src->n < 1 || src->n > 50)
        return wrong(r, "steps must be a list of [from, give], 1 to 50 of them");
    for (size_t i = 0; i < src->n; i++) {
        const struct json *pair = &src->u.items[i];
        bool ok = pair->kind == JSON_LIST && pair->n == 2 && pair->u.items[0].kind == JSON_INT
               && pair->u.items[1].kind == JSON_INT;
        if (!ok) return wrong(r, "each step must be [from, give], two whole numbers");
        steps[i] = (struct amount_step){ pair->u.items[0].u.i, pair->u.items[1].u.i };
        if (steps[i].from_minor < 0 || steps[i].give < 0 || steps[i].give > LIMIT_MONEY_MINOR)
            return wrong(r, "steps hold no negative or unreasonably large numbers");
        if (i > 0 && steps[i].from_minor <= steps[i - 1].from_minor)
            return wrong(r, "steps must rise");
    }
    out->steps = steps;
    out->steps_n = src->n;
    out->form = AMOUNT_STEPS;
    return RC_OK;
}

static enum rc parse_doc(struct json_reader *r, const struct json *src, struct amount *out)
{
    struct doc d = { 0 };
    enum rc rc = json_read(r, &doc_shape, src, &d);

    if (rc != RC_OK) return rc;
    out->rounding = str_eq(d.rounding, "up") ? ROUND_UP
                  : str_eq(d.rounding, "nearest") ? ROUND_NEAREST : ROUND_DOWN;
    out->basis = str_eq(d.basis, "total") ? BASIS_TOTAL : BASIS_ELIGIBLE;
    int forms = (d.per != JSON_ABSENT) + (d.percent != NULL) + (d.steps.kind != JSON_NULL);
    if (forms != 1) return wrong(r, "must have one of per with give, percent, or steps");
    if (d.per != JSON_ABSENT) {
        if (d.give == JSON_ABSENT) return wrong(r, "per needs give");
        out->form = AMOUNT_PER;
        out->per_minor = d.per;
        out->give = d.give;
        return RC_OK;
    }
    if (d.percent) {
        out->form = AMOUNT_PERCENT;
        return parse_percent(d.percent, out) ? RC_OK
             : wrong(r, "percent must be decimal text from 0 to 1000, such as \"0.33\"");
    }
    return parse_steps(r, &d.steps, out);
}

enum rc amount_parse(struct json_reader *r, const struct json *src, struct amount *out)
{
    *out = (struct amount){ .form = AMOUNT_FIXED };
    if (src->kind == JSON_OBJECT) return parse_doc(r, src, out);
    if (src->kind != JSON_INT) return wrong(r, "must be a whole number, per, percent or steps");
    if (src->u.i < 1 || src->u.i > LIMIT_MONEY_MINOR) return wrong(r, "must be 1 or more");
    out->fixed = src->u.i;
    return RC_OK;
}

static int64_t bounded(i128 v)
{
    return v > LIMIT_MONEY_MINOR ? LIMIT_MONEY_MINOR : v < 0 ? 0 : (int64_t)v;
}

static int64_t percent_of(const struct amount *a, int64_t basis_minor, const struct amount_scale *s)
{
    i128 num = (i128)basis_minor * a->percent_num, den = a->percent_den;

    for (int i = 0; i < s->unit_decimals; i++) num *= 10;
    for (int i = 0; i < s->currency_decimals; i++) den *= 10;
    if (a->rounding == ROUND_UP)      num += den - 1;
    if (a->rounding == ROUND_NEAREST) num += den / 2;
    return bounded(num / den);
}

int64_t amount_of(const struct amount *a, int64_t basis_minor, const struct amount_scale *s)
{
    int64_t give = 0;

    if (a->form == AMOUNT_FIXED) return a->fixed;
    if (basis_minor <= 0) return 0;
    switch (a->form) {
    case AMOUNT_PER:     return bounded((i128)(basis_minor / a->per_minor) * a->give);
    case AMOUNT_PERCENT: return percent_of(a, basis_minor, s);
    case AMOUNT_STEPS:
        for (size_t i = 0; i < a->steps_n && a->steps[i].from_minor <= basis_minor; i++)
            give = a->steps[i].give;
        return give;
    case AMOUNT_FIXED:   break;
    }
    return a->fixed;
}
