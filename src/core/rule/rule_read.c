/* rule_read.c -- one rule document to one compiled rule: shapes, types, and where a mistake is. */
#include <assert.h>
#include <stdio.h>

#include "base/limit.h"
#include "core/ctx.h"
#include "core/rule/logic_check.h"
#include "core/rule/rule_int.h"

struct active_doc { struct json from, to, weekdays; };
struct rule_told {
    const char *name, *on, *kind, *status;
    struct json when, then;
    const struct active_doc *active;
    int64_t priority;
};
static const char *const kinds[] = { "base", "bonus", NULL };
static const char *const statuses[] = { "active", "archived", NULL };

JSON_SHAPE(active_shape, struct active_doc,
    { "from", JT_VALUE, offsetof(struct active_doc, from) },
    { "to", JT_VALUE, offsetof(struct active_doc, to) },
    { "weekdays", JT_VALUE, offsetof(struct active_doc, weekdays) });
JSON_SHAPE(told_shape, struct rule_told,
    { "name", JT_TEXT, offsetof(struct rule_told, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "on", JT_TEXT, offsetof(struct rule_told, on), .flags = JF_REQUIRED, .min = 1, .max = 64 },
    { "when", JT_VALUE, offsetof(struct rule_told, when) },
    { "then", JT_VALUE, offsetof(struct rule_told, then), .flags = JF_REQUIRED },
    { "kind", JT_TEXT, offsetof(struct rule_told, kind), .among = kinds },
    { "status", JT_TEXT, offsetof(struct rule_told, status), .among = statuses },
    { "active", JT_OBJECT, offsetof(struct rule_told, active), .flags = JF_POINTER,
      .of = &active_shape },
    { "priority", JT_I64, offsetof(struct rule_told, priority), .min = -1000, .max = 1000 });

/* While one rule is read: the terms of history it names, in the order of their slots. */
struct names {
    struct arena *arena;
    struct rule_terms *terms;
    const char *on;
};

static bool is_ours(const char *field_on, const char *on)
{
    return field_on == NULL || str_eq(field_on, on)
        || (str_prefix(on, field_on) && field_on[str_of(field_on).n - 1] == '.');
}

static int term_of(const char *name)
{
    int64_t k;

    if (!str_prefix(name, "history.")) return -1;
    return str_to_i64(str_of(name + 8), &k) ? (int)k : -1;
}

static int slot_of(void *arg, const char *name)
{
    const struct names *n = arg;
    int term = term_of(name), i = field_index(name);

    if (term >= 0) return (int)field_count() + term;
    return i >= 0 && is_ours(field_at((size_t)i)->on, n->on) ? i : -1;
}

static bool type_of(void *arg, const char *name, struct logic_type *out)
{
    static const enum logic_type_kind kinds_of[] = {
        [FIELD_INT] = LOGIC_INT,   [FIELD_TEXT] = LOGIC_TEXT,   [FIELD_DATE] = LOGIC_DATE,
        [FIELD_BOOL] = LOGIC_BOOL, [FIELD_TEXTS] = LOGIC_TEXTS,
    };
    int slot = slot_of(arg, name);

    if (slot < 0) return false;
    *out = (struct logic_type){ .kind = LOGIC_INT, .is_nullable = true };
    if (slot < (int)field_count()) out->kind = kinds_of[field_at((size_t)slot)->type];
    return true;
}

/* {"sum": ["purchase", …]} becomes {"var": "history.<k>"}: everything after sees a variable. */
static struct json fold_history(struct names *n, const struct json *src, const char **reason)
{
    struct history_term term;
    struct json out = *src;

    if (history_parse(src, &term, reason)) {
        struct json_pair *pair = ARENA_NEW(n->arena, struct json_pair);
        const char *name = arena_printf(n->arena, "history.%zu", n->terms->n);
        *ARENA_PUSH(n->arena, n->terms->items, n->terms->n, n->terms->cap) = term;
        *pair = (struct json_pair){ "var", { .kind = JSON_TEXT, .n = str_of(name).n,
                                             .u.text = name } };
        return (struct json){ .kind = JSON_OBJECT, .n = 1, .u.pairs = pair };
    }
    if (*reason) return out;
    if (src->kind == JSON_LIST) {
        struct json *items = ARENA_ARRAY(n->arena, struct json, src->n);
        for (size_t i = 0; i < src->n && !*reason; i++)
            items[i] = fold_history(n, &src->u.items[i], reason);
        out.u.items = items;
    }
    if (src->kind == JSON_OBJECT) {
        struct json_pair *pairs = ARENA_ARRAY(n->arena, struct json_pair, src->n);
        for (size_t i = 0; i < src->n && !*reason; i++) {
            pairs[i].key = src->u.pairs[i].key;
            pairs[i].value = fold_history(n, &src->u.pairs[i].value, reason);
        }
        out.u.pairs = pairs;
    }
    return out;
}

static enum rc read_when(struct json_reader *r, struct names *n, const struct json *when,
                         struct rule *out)
{
    struct logic_types types = { .type = type_of, .arg = n };
    struct logic_names names = { .slot = slot_of, .arg = n };
    struct logic_mistakes bad = { 0 };
    struct logic_mistake one = { 0 };
    const char *reason = NULL;

    if (when->kind == JSON_NULL) return RC_OK;
    struct json tree = fold_history(n, when, &reason);
    if (reason) {
        json_mistake(r, "/when", reason);
        return RC_INVALID;
    }
    if (logic_check(r->arena, &tree, &types, &bad) != RC_OK) {
        for (size_t i = 0; i < bad.n; i++)
            json_mistake(r, arena_printf(r->arena, "/when%s", bad.list[i].pointer),
                         bad.list[i].reason);
        return RC_INVALID;
    }
    if (logic_compile(r->arena, &tree, &names, &out->when, &one) == RC_OK) return RC_OK;
    json_mistake(r, arena_printf(r->arena, "/when%s", one.pointer ? one.pointer : ""), one.reason);
    return RC_INVALID;
}

static enum rc read_step(struct effect_parse *p, const struct json *src, struct effect_step *out)
{
    if (src->kind != JSON_OBJECT || src->n != 1) {
        json_mistake(p->reader, p->pointer, "must be one effect, such as {\"points.grant\": {…}}");
        return RC_INVALID;
    }
    const char *name = src->u.pairs[0].key;
    out->effect = effect_find(name);
    if (!out->effect) {
        json_mistake(p->reader, p->pointer, arena_printf(p->reader->arena,
                                                         "there is no effect \"%s\"", name));
        return RC_INVALID;
    }
    p->args = &src->u.pairs[0].value;
    p->pointer = arena_printf(p->reader->arena, "%s/%s", p->pointer, name);
    return out->effect->parse(p, out);
}

static enum rc read_then(struct json_reader *r, const struct conf *conf, const struct json *then,
                         struct rule *out)
{
    struct effect_step *steps;
    enum rc rc = RC_OK;

    if (then->kind != JSON_LIST || then->n < 1 || then->n > 20) {
        json_mistake(r, "/then", "must be a list of 1 to 20 effects");
        return RC_INVALID;
    }
    steps = ARENA_ARRAY(r->arena, struct effect_step, then->n);
    for (size_t i = 0; i < then->n; i++) {
        struct effect_parse p = { .reader = r, .conf = conf,
                                  .pointer = arena_printf(r->arena, "/then/%zu", i) };
        steps[i].n = (int)i;
        enum rc one = read_step(&p, &then->u.items[i], &steps[i]);
        if (one != RC_OK) rc = one;
    }
    out->then = steps;
    out->then_n = then->n;
    return rc;
}

/* An end of `active`: a day of the shop, or an exact moment. */
static bool read_end(const struct json *v, int32_t *date, int64_t *at)
{
    struct str s = { v->kind == JSON_TEXT ? v->u.text : "", v->kind == JSON_TEXT ? v->n : 0 };

    return v->kind == JSON_NULL || date_parse(s, date) || time_parse(s, at);
}

static enum rc wrong_end(struct json_reader *r, const char *pointer, const char *reason)
{
    json_mistake(r, pointer, reason);
    return RC_INVALID;
}

/* Days are what shops mean: "to 31 May" ends with that business day, whenever the till closes. */
static enum rc read_ends(struct json_reader *r, const struct active_doc *a, struct rule *out)
{
    static const char form[] = "must be a day, such as 2026-05-31, or a moment with its offset";
    bool is_day, is_until_day;

    if (!read_end(&a->from, &out->from_date, &out->from_at))
        return wrong_end(r, "/active/from", form);
    if (!read_end(&a->to, &out->to_date, &out->to_at)) return wrong_end(r, "/active/to", form);
    if (a->from.kind == JSON_NULL || a->to.kind == JSON_NULL) return RC_OK;
    is_day = out->from_date != INT32_MIN;
    is_until_day = out->to_date != INT32_MAX;
    if (is_day != is_until_day)
        return wrong_end(r, "/active/to", "must be a day or a moment, as `from` is");
    if (is_day ? out->to_date < out->from_date : out->to_at <= out->from_at)
        return wrong_end(r, "/active/to", is_day ? "must not lie before `from`"
                                                 : "must lie after `from`");
    return RC_OK;
}

static enum rc read_active(struct json_reader *r, const struct active_doc *a, struct rule *out)
{
    enum rc rc;

    out->from_at = INT64_MIN;
    out->to_at = TIME_NEVER;
    out->from_date = INT32_MIN;
    out->to_date = INT32_MAX;
    if (!a) return RC_OK;
    rc = read_ends(r, a, out);
    if (rc != RC_OK || a->weekdays.kind == JSON_NULL) return rc;
    if (a->weekdays.kind != JSON_LIST) goto wrong;
    for (size_t i = 0; i < a->weekdays.n; i++) {
        const struct json *d = &a->weekdays.u.items[i];
        if (d->kind != JSON_INT || d->u.i < 1 || d->u.i > 7) goto wrong;
        out->weekdays |= 1u << d->u.i;
    }
    return RC_OK;
wrong:
    json_mistake(r, "/active/weekdays", "must be a list of 1 (Monday) to 7 (Sunday)");
    return RC_INVALID;
}

static bool is_dependent(const struct rule *rule)
{
    int slots[256];
    size_t n = rule->when ? logic_slots(rule->when, slots, ARRAY_LEN(slots)) : 0;

    if (n == ARRAY_LEN(slots)) return true;
    for (size_t i = 0; i < n; i++) {
        if (slots[i] >= (int)field_count()) return true;
        if (field_at((size_t)slots[i])->from == FIELD_DERIVED) return true;
    }
    return false;
}

enum rc rule_read(struct json_reader *r, const struct rule_reading *in, struct rule *out)
{
    struct rule_told d = { 0 };
    enum rc rc = json_read(r, &told_shape, in->doc, &d), part;
    struct names names = { .arena = r->arena, .terms = in->terms, .on = d.on };

    if (rc != RC_OK) return rc;
    out->name = d.name;
    out->on = d.on;
    out->is_active = !str_eq(d.status, "archived");
    out->priority = d.priority == JSON_ABSENT ? 0 : (int)d.priority;
    if (!event_is_known(d.on)) {
        json_mistake(r, "/on", "is no event that rules can listen to");
        rc = RC_INVALID;
    }
    if ((part = read_when(r, &names, &d.when, out)) != RC_OK) rc = part;
    if ((part = read_then(r, in->conf, &d.then, out)) != RC_OK) rc = part;
    if ((part = read_active(r, d.active, out)) != RC_OK) rc = part;
    out->is_dependent = rc == RC_OK && is_dependent(out);
    return rc;
}

enum rc rule_check(struct json_reader *r, const struct conf *conf, const struct json *doc,
                   struct rule *out)
{
    struct rule_terms terms = { 0 };
    struct rule_reading in = { .conf = conf, .doc = doc, .terms = &terms };

    *out = (struct rule){ 0 };
    return rule_read(r, &in, out);
}
