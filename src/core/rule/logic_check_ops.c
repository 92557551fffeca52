/* What each operator of a saved condition takes and yields. */
#include <string.h>
#include "base/limit.h"
#include "base/time.h"
#include "core/rule/logic_check_kind.h"

/* The arguments have to be a list of min..max; false after saying so. */
static bool has_args(struct checker *k, const struct spot *s, size_t min, size_t max)
{
    if (s->v->kind == JSON_LIST && s->v->n >= min && s->v->n <= max) return true;
    if (min == max)
        kind_wrong(k, s->at, arena_printf(k->arena, "must be a list of %zu values", min));
    else if (max == SIZE_MAX)
        kind_wrong(k, s->at, arena_printf(k->arena, "must be a list of at least %zu value%s", min,
                                          min == 1 ? "" : "s"));
    else
        kind_wrong(k, s->at, arena_printf(k->arena, "must be a list of %zu or %zu values", min,
                                          max));
    return false;
}

static struct kind wrong_item(struct checker *k, const struct spot *s, size_t i,
                              const char *reason)
{
    struct json_place at = { .up = s->at, .index = i };
    return kind_wrong(k, &at, reason);
}

static struct kind wrong(void)
{
    return (struct kind){ .is_wrong = true };
}

/* ---- comparisons ---- */

static bool is_list(const struct kind *a)
{
    return !a->is_null && (a->type == LOGIC_TEXTS || a->type == LOGIC_INTS);
}

static struct kind check_equal(struct checker *k, const struct spot *s, const char *name)
{
    bool is_strict = strlen(name) == 3;               /* === !== */
    struct kind ab[2], both;

    if (!has_args(k, s, 2, 2)) return wrong();
    for (size_t i = 0; i < 2; i++) {
        ab[i] = check_item(k, s, i);
        if (ab[i].is_null && !is_strict)
            ab[i] = wrong_item(k, s, i, "is null: whether a value is missing is asked with === "
                               "or !==");
        if (!ab[i].is_wrong && is_list(&ab[i]))
            ab[i] = wrong_item(k, s, i, "is a list: what is in it is asked with in");
    }
    both = kind_both(k, s, 1, ab);
    return both.is_wrong ? both : kind_of(LOGIC_BOOL);
}

static struct kind check_order(struct checker *k, const struct spot *s, const char *name)
{
    struct kind ab[2], out = kind_of(LOGIC_BOOL);

    (void)name;
    if (!has_args(k, s, 2, 3)) return wrong();
    for (size_t i = 0; i < s->v->n; i++) {
        ab[1] = check_item(k, s, i);
        if (ab[1].is_null)
            ab[1] = wrong_item(k, s, i, "is null, which is neither more nor less than anything");
        else if (!ab[1].is_wrong && (is_list(&ab[1]) || ab[1].type == LOGIC_BOOL))
            ab[1] = wrong_item(k, s, i, arena_printf(k->arena, "is %s: only numbers, texts and "
                                                     "dates have an order", kind_name(&ab[1])));
        if (i > 0 && kind_both(k, s, i, ab).is_wrong) out.is_wrong = true;
        if (ab[1].is_wrong) out.is_wrong = true;
        /* A constant takes the kind of the date before it, so that all three are dates. */
        if (i == 0 || ab[0].type != LOGIC_DATE || ab[1].is_wrong) ab[0] = ab[1];
    }
    return out;
}

static bool is_constant_date(const struct json *v)
{
    int32_t date;
    return v->kind == JSON_TEXT && date_parse((struct str){ v->u.text, v->n }, &date);
}

static bool fits(const struct json *v, enum logic_type_kind type)
{
    if (type == LOGIC_INT)  return v->kind == JSON_INT;
    if (type == LOGIC_DATE) return is_constant_date(v);
    return v->kind == JSON_TEXT;
}

/* A written list: every item a constant of the kind of what is looked for in it. */
static struct kind check_written(struct checker *k, const struct spot *s, const struct kind *what)
{
    const struct json *list = &s->v->u.items[1];
    const struct json_place at = { .up = s->at, .index = 1 };
    struct kind out = kind_of(LOGIC_BOOL);

    if (list->n == 0) return kind_wrong(k, &at, "is empty: nothing can be in it");
    if (list->n > LOGIC_SAVED_LIST_MAX) return kind_wrong(k, &at, "has more than 1000 items");
    if (what->is_wrong) return wrong();
    if (what->is_null || what->type == LOGIC_BOOL || is_list(what))
        return wrong_item(k, s, 0, arena_printf(k->arena, "is %s, which cannot be looked for in "
                                                "a list", kind_name(what)));
    for (size_t i = 0; i < list->n; i++) {
        struct json_place item = { .up = &at, .index = i };
        if (fits(&list->u.items[i], what->type)) continue;
        kind_wrong(k, &item, arena_printf(k->arena, "must be %s, like what is looked for",
                                          kind_name(what)));
        out.is_wrong = true;
    }
    return out;
}

static struct kind check_in(struct checker *k, const struct spot *s, const char *name)
{
    struct kind what, where;
    bool is_held;

    (void)name;
    if (!has_args(k, s, 2, 2)) return wrong();
    what = check_item(k, s, 0);
    if (s->v->u.items[1].kind == JSON_LIST) return check_written(k, s, &what);
    where = check_item(k, s, 1);
    if (what.is_wrong || where.is_wrong) return wrong();
    if (where.is_null || (!is_list(&where) && where.type != LOGIC_TEXT))
        return wrong_item(k, s, 1, arena_printf(k->arena, "is %s: in looks in a list or a text",
                                                kind_name(&where)));
    is_held = where.type == LOGIC_INTS ? what.type == LOGIC_INT : what.type == LOGIC_TEXT;
    if (what.is_null || !is_held)
        return wrong_item(k, s, 0, arena_printf(k->arena, "is %s, which cannot be in %s",
                                                kind_name(&what), kind_name(&where)));
    if (where.type == LOGIC_TEXT && what.constant != NULL && what.constant->n == 0)
        return wrong_item(k, s, 0, "is empty, and so in every text");
    return kind_of(LOGIC_BOOL);
}

/* ---- logic ---- */

static bool is_condition(struct checker *k, const struct spot *s, size_t i, struct kind *out)
{
    *out = check_item(k, s, i);
    if (out->is_wrong) return false;
    if (!out->is_null && out->type == LOGIC_BOOL) return true;
    wrong_item(k, s, i, arena_printf(k->arena, "must be a condition that is true or false, not %s",
                                     kind_name(out)));
    return false;
}

static struct kind check_and_or(struct checker *k, const struct spot *s, const char *name)
{
    struct kind out = kind_of(LOGIC_BOOL), item;

    (void)name;
    if (!has_args(k, s, 1, SIZE_MAX)) return wrong();
    for (size_t i = 0; i < s->v->n; i++) {
        if (!is_condition(k, s, i, &item)) out.is_wrong = true;
        else if (item.is_nullable) out.is_nullable = true;
    }
    return out;
}

static struct kind check_not(struct checker *k, const struct spot *s, const char *name)
{
    struct kind of;

    (void)name;
    if (s->v->kind == JSON_LIST && !has_args(k, s, 1, 1)) return wrong();
    of = s->v->kind == JSON_LIST ? check_item(k, s, 0) : check_part(k, s);
    return of.is_wrong ? of : kind_of(LOGIC_BOOL);
}

/* Condition and value in turn, and the value otherwise. */
static struct kind check_if(struct checker *k, const struct spot *s, const char *name)
{
    size_t n = s->v->kind == JSON_LIST ? s->v->n : 0, before = 0;
    struct kind condition, ab[2] = { { .is_null = true }, { .is_null = true } };
    bool is_wrong = false;

    (void)name;
    if (n < 3 || n % 2 == 0)
        return kind_wrong(k, s->at, "must be a list of a condition, a value, and the value "
                          "otherwise");
    for (size_t i = 0; i < n; i++) {
        bool is_value = i % 2 == 1 || i == n - 1;
        if (!is_value) {
            if (!is_condition(k, s, i, &condition)) is_wrong = true;
            continue;
        }
        ab[1] = check_item(k, s, i);
        ab[0] = before == 0 ? ab[1] : kind_both(k, s, i, ab);
        before = i;
    }
    ab[0].constant = NULL;
    if (is_wrong) ab[0].is_wrong = true;
    return ab[0];
}

/* The first that is not missing. */
static struct kind check_coalesce(struct checker *k, const struct spot *s, const char *name)
{
    struct kind ab[2];
    bool is_nullable;

    (void)name;
    if (!has_args(k, s, 2, SIZE_MAX)) return wrong();
    ab[0] = check_item(k, s, 0);
    is_nullable = ab[0].is_nullable;
    for (size_t i = 1; i < s->v->n; i++) {
        ab[1] = check_item(k, s, i);
        is_nullable = is_nullable && ab[1].is_nullable;
        ab[0] = kind_both(k, s, i, ab);
    }
    ab[0].is_nullable = is_nullable;
    return ab[0];
}

/* ---- arithmetic ---- */

/* The range of the result; false if it may leave int64. */
static bool range_of(char op, struct kind *a, const struct kind *b)
{
    int64_t corner[4], x[2] = { a->min, a->max }, y[2] = { b->min, b->max };
    bool is_over = false;

    for (size_t i = 0; i < 4; i++) {
        int64_t l = x[i / 2], r = y[i % 2];
        if (op == '+')      is_over |= __builtin_add_overflow(l, r, &corner[i]);
        else if (op == '-') is_over |= __builtin_sub_overflow(l, r, &corner[i]);
        else if (op == '*') is_over |= __builtin_mul_overflow(l, r, &corner[i]);
        else if (op == '<') corner[i] = l < r ? l : r;
        else                corner[i] = l > r ? l : r;
    }
    if (is_over) return false;
    a->min = a->max = corner[0];
    for (size_t i = 1; i < 4; i++) {
        if (corner[i] < a->min) a->min = corner[i];
        if (corner[i] > a->max) a->max = corner[i];
    }
    return true;
}

/* A missing number counts as 0. */
static struct kind check_number(struct checker *k, const struct spot *s, size_t i)
{
    struct kind out = check_item(k, s, i);

    if (out.is_wrong) return out;
    if (out.is_null || out.type != LOGIC_INT)
        return wrong_item(k, s, i, arena_printf(k->arena, "must be a whole number, not %s",
                                                kind_name(&out)));
    if (out.is_nullable && out.min > 0) out.min = 0;
    if (out.is_nullable && out.max < 0) out.max = 0;
    return out;
}

static struct kind check_arithmetic(struct checker *k, const struct spot *s, const char *name)
{
    char op = strcmp(name, "min") == 0 ? '<' : strcmp(name, "max") == 0 ? '>' : name[0];
    struct kind out = kind_of(LOGIC_INT), next;
    bool is_wrong = false;

    if (!has_args(k, s, op == '-' ? 1 : 2, SIZE_MAX)) return wrong();
    out.min = out.max = 0;
    for (size_t i = 0; i < s->v->n; i++) {
        next = check_number(k, s, i);
        if (next.is_wrong) is_wrong = true;
        if (is_wrong) continue;
        if (i == 0 && s->v->n > 1) {
            out.min = next.min;
            out.max = next.max;
        } else if (!range_of(op, &out, &next)) {
            kind_wrong(k, s->at, "could grow past the largest whole number there is");
            is_wrong = true;
        }
    }
    out.is_wrong = is_wrong;
    return out;
}

/* ---- the table ---- */

static const struct { const char *name; check_fn *check; } allowed[] = {
    { "==", check_equal }, { "!=", check_equal }, { "===", check_equal }, { "!==", check_equal },
    { "<", check_order }, { "<=", check_order }, { ">", check_order }, { ">=", check_order },
    { "in", check_in }, { "and", check_and_or }, { "or", check_and_or },
    { "!", check_not }, { "!!", check_not }, { "if", check_if }, { "?:", check_if },
    { "??", check_coalesce }, { "+", check_arithmetic }, { "-", check_arithmetic },
    { "*", check_arithmetic }, { "min", check_arithmetic }, { "max", check_arithmetic },
};

/* JsonLogic that a saved condition does not use. */
static const char *const refused[] = {
    "exists", "missing", "missing_some", "map", "filter", "reduce", "all", "some", "none",
    "merge", "cat", "substr", "try", "throw", "log", "preserve" };

check_fn *check_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
        if (strcmp(allowed[i].name, name) == 0) return allowed[i].check;
    return NULL;
}

const char *check_unknown(struct arena *a, const char *name)
{
    if (strcmp(name, "/") == 0 || strcmp(name, "%") == 0)
        return "divides, which conditions cannot: multiply the other side instead";
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (strcmp(refused[i], name) == 0)
            return arena_printf(a, "uses \"%s\", which a saved condition cannot", name);
    return arena_printf(a, "uses \"%.80s\", which is no operator", name);
}
