#include "core/rule/logic_check.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/limit.h"
#include "base/time.h"
#include "core/rule/logic_check_kind.h"

/* ---- saying what is wrong ---- */

struct kind kind_wrong(struct checker *k, const struct json_place *at, const char *reason)
{
    if (!k->is_over && k->out->n < LOGIC_MISTAKES_MAX) {
        struct logic_mistake *m = &k->out->list[k->out->n++];
        m->pointer = json_pointer(k->arena, at);
        snprintf(m->reason, sizeof m->reason, "%s", reason);
    }
    return (struct kind){ .is_wrong = true };
}

const char *kind_name(const struct kind *a)
{
    static const char *const names[] = {
        [LOGIC_BOOL] = "true or false",     [LOGIC_INT] = "a whole number",
        [LOGIC_TEXT] = "a text",            [LOGIC_DATE] = "a date",
        [LOGIC_TEXTS] = "a list of texts",  [LOGIC_INTS] = "a list of numbers",
    };

    return a->is_null ? "null" : names[a->type];
}

struct kind kind_of(enum logic_type_kind type)
{
    return (struct kind){ .type = type, .min = -LIMIT_MONEY_MINOR, .max = LIMIT_MONEY_MINOR };
}

/* ---- two kinds as one ---- */

static bool is_date(const struct json *v)
{
    int32_t date;
    return v->kind == JSON_TEXT && date_parse((struct str){ v->u.text, v->n }, &date);
}

/* What both are together: as null as either, in the range of both. */
static struct kind merged(const struct kind *a, const struct kind *b, enum logic_type_kind type)
{
    return (struct kind){ .type = type, .is_nullable = a->is_nullable || b->is_nullable,
                          .is_null = a->is_null && b->is_null,
                          .min = a->min < b->min ? a->min : b->min,
                          .max = a->max > b->max ? a->max : b->max };
}

struct kind kind_both(struct checker *k, const struct spot *s, size_t i, const struct kind ab[2])
{
    const struct kind *a = &ab[0], *b = &ab[1];
    struct json_place at = { .up = s->at, .index = i };
    bool a_is_date = a->type == LOGIC_DATE, b_is_date = b->type == LOGIC_DATE;

    if (a->is_wrong || b->is_wrong) return (struct kind){ .is_wrong = true };
    if (a->is_null) return merged(a, b, b->type);
    if (b->is_null) return merged(a, b, a->type);
    if (a->type == b->type) return merged(a, b, a->type);
    /* A constant text beside a date is meant as one; it says so itself if it is none. */
    if (a_is_date && b->type == LOGIC_TEXT && b->constant != NULL) {
        if (is_date(b->constant)) return merged(a, b, LOGIC_DATE);
        return kind_wrong(k, &at, "must be a date, such as 2026-11-24");
    }
    if (b_is_date && a->type == LOGIC_TEXT && a->constant != NULL) {
        if (is_date(a->constant)) return merged(a, b, LOGIC_DATE);
        at.index = i - 1;
        return kind_wrong(k, &at, "must be a date, such as 2026-11-24");
    }
    return kind_wrong(k, &at, arena_printf(k->arena, "is %s, but beside it is %s: both must be "
                                           "of one kind", kind_name(b), kind_name(a)));
}

/* ---- constants ---- */

static struct kind check_constant(struct checker *k, const struct spot *s)
{
    struct kind out = { .constant = s->v };

    switch (s->v->kind) {
    case JSON_NULL:
        out.is_null = out.is_nullable = true;
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        out.type = LOGIC_BOOL;
        break;
    case JSON_INT:
        out.type = LOGIC_INT;
        out.min = out.max = s->v->u.i;
        if (out.min < -LIMIT_MONEY_MINOR || out.max > LIMIT_MONEY_MINOR)
            return kind_wrong(k, s->at, "is too large a number");
        break;
    case JSON_REAL:
        return kind_wrong(k, s->at, "must be a whole number, without a decimal point");
    case JSON_TEXT:
        out.type = LOGIC_TEXT;
        if (s->v->n > LIMIT_TEXT) return kind_wrong(k, s->at, "must be at most 200 bytes");
        break;
    case JSON_LIST:
        return kind_wrong(k, s->at, "is a list, which can only stand on the right of in");
    case JSON_OBJECT:
        return kind_wrong(k, s->at, "is an empty object, which is no condition");
    }
    return out;
}
static_assert(LIMIT_TEXT == 200, "the reason above names the limit");

/* ---- parts ---- */

static bool is_within(struct checker *k, const struct spot *s)
{
    const char *reason = NULL;

    if (k->is_over) return false;
    if (s->depth > LOGIC_SAVED_DEPTH_MAX) reason = "is nested too deeply";
    if (++k->parts > LOGIC_SAVED_PARTS_MAX) reason = "makes the condition too long";
    if (reason == NULL) return true;
    kind_wrong(k, s->at, reason);
    k->is_over = true;
    return false;
}

struct kind check_item(struct checker *k, const struct spot *s, size_t i)
{
    struct json_place at = { .up = s->at, .index = i };
    struct spot item = { &s->v->u.items[i], &at, s->depth };

    return check_part(k, &item);
}

static struct kind of_type(const struct logic_type *t)
{
    struct kind out = kind_of(t->kind);

    out.is_nullable = t->is_nullable;
    if (t->min != 0 || t->max != 0) {
        out.min = t->min;
        out.max = t->max;
    }
    return out;
}

static struct kind check_field(struct checker *k, const struct json_place *at, const char *name)
{
    struct logic_type type = { .kind = LOGIC_BOOL };

    if (k->types->type(k->types->arg, name, &type)) return of_type(&type);
    return kind_wrong(k, at, arena_printf(k->arena, "names \"%.80s\", which is no field", name));
}

/* {"var": name} or {"var": [name, default]}; the default has the field's kind. */
static struct kind check_var(struct checker *k, const struct spot *s)
{
    bool is_list = s->v->kind == JSON_LIST;
    size_t n = is_list ? s->v->n : 1;
    const struct json *name = is_list ? s->v->u.items : s->v;
    struct kind both[2], out;

    if (n < 1 || n > 2 || name->kind != JSON_TEXT || name->n == 0)
        return kind_wrong(k, s->at, "must be the name of a field");
    out = check_field(k, s->at, name->u.text);
    if (n == 1 || out.is_wrong) return out;
    both[0] = out;
    both[1] = check_item(k, s, 1);
    out = kind_both(k, s, 1, both);
    out.is_nullable = both[1].is_nullable;
    return out;
}

/* {"val": ["purchase", "channel"]}: the parts of a name. */
static struct kind check_val(struct checker *k, const struct spot *s)
{
    bool is_list = s->v->kind == JSON_LIST;
    size_t n = is_list ? s->v->n : 1;
    struct buf name;

    buf_init(&name, k->arena, LIMIT_TEXT);
    for (size_t i = 0; i < n; i++) {
        const struct json *part = is_list ? &s->v->u.items[i] : s->v;
        if (part->kind != JSON_TEXT || part->n == 0 || strchr(part->u.text, '.') != NULL)
            return kind_wrong(k, s->at, "must be the parts of a field's name, such as "
                              "[\"purchase\", \"channel\"]");
        if (i > 0) buf_addc(&name, '.');
        buf_adds(&name, part->u.text);
    }
    if (name.full) return kind_wrong(k, s->at, "must be at most 200 bytes");
    return check_field(k, s->at, buf_cstr(&name));
}

static struct kind check_operation(struct checker *k, const struct spot *s)
{
    const struct json_pair *pair = s->v->u.pairs;
    struct json_place at = { .up = s->at, .key = pair->key };
    struct spot args = { &pair->value, &at, s->depth + 1 };
    check_fn *check;

    if (s->v->n > 1) return kind_wrong(k, s->at, "holds several operators: one object has one");
    if (strcmp(pair->key, "var") == 0) return check_var(k, &args);
    if (strcmp(pair->key, "val") == 0) return check_val(k, &args);
    check = check_find(pair->key);
    if (check == NULL) return kind_wrong(k, &at, check_unknown(k->arena, pair->key));
    return check(k, &args, pair->key);
}

struct kind check_part(struct checker *k, const struct spot *s)
{
    if (!is_within(k, s)) return (struct kind){ .is_wrong = true };
    if (s->v->kind == JSON_OBJECT && s->v->n > 0) return check_operation(k, s);
    return check_constant(k, s);
}

enum rc logic_check(struct arena *a, const struct json *rule, const struct logic_types *types,
                    struct logic_mistakes *out)
{
    struct checker k = { .arena = a, .types = types, .out = out };
    const struct json_place root = { .up = NULL };
    const struct spot whole = { .v = rule, .at = &root };
    struct kind kind;

    assert(types->type != NULL);
    out->n = 0;
    kind = check_part(&k, &whole);
    if (!kind.is_wrong && (kind.is_null || kind.type != LOGIC_BOOL))
        kind_wrong(&k, &root, arena_printf(a, "must be a condition that is true or false, not %s",
                                           kind_name(&kind)));
    return out->n > 0 ? RC_INVALID : RC_OK;
}
