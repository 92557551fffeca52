/* Rules nobody would write, from a seed: nothing crashes, everything repeats; and what the checker
 * lets through never throws. */
#include <string.h>
#include "base/rand.h"
#include "core/rule/logic_check.h"
#include "test/harness/test.h"

struct maker { struct arena *arena; struct dice dice; };

static const struct { const char *name; enum logic_type_kind type; } fields[] = {
    { "b", LOGIC_BOOL }, { "i", LOGIC_INT }, { "j", LOGIC_INT }, { "t", LOGIC_TEXT },
    { "u", LOGIC_TEXT }, { "d", LOGIC_DATE }, { "ts", LOGIC_TEXTS }, { "is", LOGIC_INTS } };
#define FIELDS ARRAY_LEN(fields)

static bool type_of(void *arg, const char *name, struct logic_type *out)
{
    (void)arg;
    for (size_t i = 0; i < FIELDS; i++) {
        if (strcmp(fields[i].name, name) != 0) continue;
        *out = (struct logic_type){ .kind = fields[i].type, .is_nullable = true };
        return true;
    }
    return false;
}

static int slot_of(void *arg, const char *name)
{
    (void)arg;
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0) return (int)i;
    return -1;
}

static size_t pick(struct maker *m, size_t n)
{
    return (size_t)dice_range(&m->dice, 0, (int64_t)n - 1);
}

static struct json text_of(const char *text)
{
    return (struct json){ .kind = JSON_TEXT, .n = strlen(text), .u.text = text };
}

static int64_t random_int(struct maker *m)
{
    static const int64_t odd[] = { 0, 1, -1, 2, 10, INT64_MAX, INT64_MIN, INT64_MAX - 1,
                                   3037000500, -3037000500 };

    return odd[pick(m, ARRAY_LEN(odd))];
}

static struct json random_scalar(struct maker *m)
{
    static const char *const texts[] = { "", "a", "b", "ab", "12", "-0.5", "1e308", "i", "index",
                                         "2026-01-01", "1999-12-31", "\xe7\xb4\x85", "b.c" };
    static const double reals[] = { 0.0, 0.5, -2.25, 1e308, 5e-324, 9007199254740993.0 };

    switch (pick(m, 8)) {
    case 0:  return (struct json){ .kind = JSON_NULL };
    case 1:  return (struct json){ .kind = JSON_FALSE };
    case 2:  return (struct json){ .kind = JSON_TRUE };
    case 3:
    case 4:  return (struct json){ .kind = JSON_INT, .u.i = random_int(m) };
    case 7:  return (struct json){ .kind = JSON_REAL, .u.real = reals[pick(m, 6)] };
    default: return text_of(texts[pick(m, ARRAY_LEN(texts))]);
    }
}

static struct json operation(struct maker *m, const char *name, struct json args)
{
    struct json_pair *pair = ARENA_NEW(m->arena, struct json_pair);

    *pair = (struct json_pair){ name, args };
    return (struct json){ .kind = JSON_OBJECT, .n = 1, .u.pairs = pair };
}

static struct json random_rule(struct maker *m, int depth);

static struct json random_list(struct maker *m, int depth, size_t max)
{
    size_t n = pick(m, max + 1);
    struct json *items = ARENA_ARRAY(m->arena, struct json, n + 1);

    for (size_t i = 0; i < n; i++) items[i] = random_rule(m, depth - 1);
    return (struct json){ .kind = JSON_LIST, .n = n, .u.items = items };
}

static struct json random_rule(struct maker *m, int depth)
{
    static const char *const all[] = {
        "==", "===", "<", ">=", "in", "and", "or", "!", "if", "??", "+", "-", "*", "/", "%", "min",
        "max", "var", "val", "exists", "missing", "missing_some", "map", "filter", "reduce", "all",
        "some", "none", "merge", "cat", "substr", "try", "throw", "log", "preserve" };

    if (depth <= 0 || pick(m, 5) == 0) {
        if (pick(m, 2) == 0)
            return operation(m, "var", text_of(fields[pick(m, FIELDS)].name));
        return random_scalar(m);
    }
    if (pick(m, 8) == 0) return random_list(m, depth, 4);
    if (pick(m, 6) == 0)
        return operation(m, all[pick(m, ARRAY_LEN(all))], random_rule(m, depth - 1));
    return operation(m, all[pick(m, ARRAY_LEN(all))], random_list(m, depth, 4));
}

/* ---- conditions as a marketer's tool would build them ---- */

static struct json list_of(struct maker *m, size_t n, const struct json *items)
{
    struct json *copy = ARENA_ARRAY(m->arena, struct json, n);

    memcpy(copy, items, n * sizeof *copy);
    return (struct json){ .kind = JSON_LIST, .n = n, .u.items = copy };
}

static struct json pair_of(struct maker *m, struct json first, struct json second)
{
    return list_of(m, 2, (const struct json[]){ first, second });
}

static struct json field_of_type(struct maker *m, enum logic_type_kind type)
{
    size_t at = pick(m, FIELDS);

    while (fields[at].type != type) at = (at + 1) % FIELDS;
    return operation(m, "var", text_of(fields[at].name));
}

static struct json constant(struct maker *m, enum logic_type_kind type)
{
    static const char *const texts[] = { "a", "b", "ab", "12" };
    static const char *const dates[] = { "2026-01-01", "1999-12-31" };

    switch (type) {
    case LOGIC_BOOL: return (struct json){ .kind = pick(m, 2) == 0 ? JSON_FALSE : JSON_TRUE };
    case LOGIC_INT:  return (struct json){ .kind = JSON_INT, .u.i = dice_range(&m->dice, -9, 9) };
    case LOGIC_DATE: return text_of(dates[pick(m, 2)]);
    default:      return text_of(texts[pick(m, 4)]);
    }
}

static struct json condition(struct maker *m, int depth);

static struct json value_of_type(struct maker *m, enum logic_type_kind type, int depth)
{
    static const char *const sums[] = { "+", "-", "*", "min", "max" };

    if (depth <= 0 || pick(m, 2) == 0) return field_of_type(m, type);
    if (type == LOGIC_INT && pick(m, 2) == 0)
        return operation(m, sums[pick(m, 5)], pair_of(m, value_of_type(m, type, depth - 1),
                                                      value_of_type(m, type, depth - 1)));
    if (pick(m, 2) == 0)
        return operation(m, "??", pair_of(m, field_of_type(m, type), constant(m, type)));
    return operation(m, "if", list_of(m, 3, (const struct json[]){
        condition(m, depth - 1), value_of_type(m, type, depth - 1), constant(m, type) }));
}

static struct json comparison(struct maker *m, int depth)
{
    static const char *const names[] = { "==", "!=", "===", "!==", "<", "<=", ">", ">=" };
    static const enum logic_type_kind types[] = { LOGIC_INT, LOGIC_TEXT, LOGIC_DATE, LOGIC_BOOL };
    enum logic_type_kind type = types[pick(m, 4)];
    size_t op = pick(m, type == LOGIC_BOOL ? 4 : ARRAY_LEN(names));
    struct json left = value_of_type(m, type, depth - 1);

    if ((op == 2 || op == 3) && pick(m, 2) == 0)
        return operation(m, names[op], pair_of(m, left, (struct json){ .kind = JSON_NULL }));
    return operation(m, names[op], pair_of(m, left, pick(m, 2) == 0
                     ? constant(m, type) : value_of_type(m, type, depth - 1)));
}

static struct json membership(struct maker *m, int depth)
{
    enum logic_type_kind type = pick(m, 2) == 0 ? LOGIC_INT : LOGIC_TEXT;
    struct json what = value_of_type(m, type, depth - 1);

    if (pick(m, 2) == 0)
        return operation(m, "in", pair_of(m, what, pair_of(m, constant(m, type),
                                                           constant(m, type))));
    return operation(m, "in", pair_of(m, what, field_of_type(m, type == LOGIC_INT ? LOGIC_INTS
                                      : pick(m, 2) == 0 ? LOGIC_TEXTS : LOGIC_TEXT)));
}

static struct json condition(struct maker *m, int depth)
{
    static const char *const words[] = { "and", "or" };
    static const enum logic_type_kind any[] = {
        LOGIC_INT, LOGIC_TEXT, LOGIC_DATE, LOGIC_TEXTS, LOGIC_INTS };

    if (depth <= 0) return field_of_type(m, LOGIC_BOOL);
    switch (pick(m, 8)) {
    case 0:  return operation(m, "!", condition(m, depth - 1));
    case 1:  return operation(m, "!!", field_of_type(m, any[pick(m, 5)]));
    case 2:
    case 3:  return operation(m, words[pick(m, 2)], pair_of(m, condition(m, depth - 1),
                                                           condition(m, depth - 1)));
    case 4:  return membership(m, depth);
    default: return comparison(m, depth);
    }
}

/* ---- values of the fields ---- */

static struct json random_list_of(struct maker *m, const struct json *from, size_t n)
{
    struct json *items = ARENA_ARRAY(m->arena, struct json, 3);
    size_t count = pick(m, 4);

    for (size_t i = 0; i < count; i++) items[i] = from[pick(m, n)];
    return (struct json){ .kind = JSON_LIST, .n = count, .u.items = items };
}

static struct json random_value(struct maker *m, enum logic_type_kind type)
{
    const struct json texts[] = { text_of(""), text_of("a"), text_of("ab"), text_of("12") };
    const struct json dates[] = { text_of("2026-01-01"), text_of("1999-12-31") };
    const struct json ints[] = { { .kind = JSON_INT, .u.i = 0 }, { .kind = JSON_INT, .u.i = -7 },
                                 { .kind = JSON_INT, .u.i = INT64_C(1000000000000000) } };

    if (pick(m, 4) == 0) return (struct json){ .kind = JSON_NULL };
    switch (type) {
    case LOGIC_BOOL:  return (struct json){ .kind = pick(m, 2) == 0 ? JSON_FALSE : JSON_TRUE };
    case LOGIC_INT:   return ints[pick(m, 3)];
    case LOGIC_TEXT:  return texts[pick(m, 4)];
    case LOGIC_DATE:  return dates[pick(m, 2)];
    case LOGIC_TEXTS: return random_list_of(m, texts, 4);
    case LOGIC_INTS:  return random_list_of(m, ints, 3);
    }
    return (struct json){ .kind = JSON_NULL };
}

static const char *emitted(struct arena *a, const struct json *v)
{
    struct buf b;

    buf_init(&b, a, (size_t)8 << 20);
    json_emit(v, &b);
    return buf_cstr(&b);
}

/* Evaluates twice, the second time from a second tree, and sees that nothing differs. */
static void evaluate_twice(struct maker *m, const struct json *rule, const struct json *data)
{
    struct logic_env env[2] = { { .arena = m->arena, .data = data },
                                { .arena = m->arena, .data = data } };
    struct json answer[2];

    for (int i = 0; i < 2; i++) {
        struct logic_mistake mistake;
        const struct logic *tree;
        if (logic_compile(m->arena, rule, NULL, &tree, &mistake) != RC_OK) return;
        answer[i] = logic_eval(tree, &env[i]);
        if (env[i].has_thrown) answer[i] = env[i].thrown;
    }
    IS_INT(env[0].has_thrown, env[1].has_thrown);
    IS_STR(emitted(m->arena, &answer[0]), emitted(m->arena, &answer[1]));
}

PURE(logic_survives_random_rules_and_repeats_its_answers)
{
    struct maker m = { .arena = arena_open((size_t)256 << 20) };

    dice_seed(&m.dice, 20261124);
    for (int i = 0; i < 20000; i++) {
        struct json rule = random_rule(&m, 5);
        struct json pairs_of = random_list(&m, 2, 4);
        struct json_pair *pairs = ARENA_ARRAY(m.arena, struct json_pair, FIELDS);
        struct json data = { .kind = JSON_OBJECT, .n = FIELDS, .u.pairs = pairs };
        for (size_t f = 0; f < FIELDS; f++)
            pairs[f] = (struct json_pair){ fields[f].name, random_value(&m, fields[f].type) };
        pairs[0].value = pairs_of;                    /* also lists and objects of anything */
        evaluate_twice(&m, &rule, &data);
        arena_reset(m.arena);
    }
    arena_close(m.arena);
}

/* What the checker lets through is true, false or null for any values of its fields. */
static void evaluate_checked(struct maker *m, const struct json *rule)
{
    static const struct logic_names names = { .slot = slot_of };
    struct logic_mistake mistake;
    const struct logic *tree;

    IS_INT(logic_compile(m->arena, rule, &names, &tree, &mistake), RC_OK);
    for (int i = 0; i < 8; i++) {
        struct json slots[FIELDS], answer;
        struct logic_env env = { .arena = m->arena, .slots = slots };
        for (size_t f = 0; f < FIELDS; f++) slots[f] = random_value(m, fields[f].type);
        answer = logic_eval(tree, &env);
        if (env.has_thrown || answer.kind > JSON_TRUE)
            FAIL_TEST("%s: %s", emitted(m->arena, rule),
                      emitted(m->arena, env.has_thrown ? &env.thrown : &answer));
    }
}

PURE(logic_check_lets_nothing_through_that_throws)
{
    struct maker m = { .arena = arena_open((size_t)64 << 20) };
    static const struct logic_types types = { .type = type_of };
    int accepted[2] = { 0, 0 };

    dice_seed(&m.dice, 7);
    for (int i = 0; i < 20000; i++) {
        bool is_wild = i % 2 == 1;                    /* the other half is mostly refused */
        int depth = (int)pick(&m, 5) + 1;
        struct json rule = is_wild ? random_rule(&m, depth) : condition(&m, depth);
        struct logic_mistakes mistakes;
        if (logic_check(m.arena, &rule, &types, &mistakes) == RC_OK) {
            evaluate_checked(&m, &rule);
            accepted[is_wild]++;
        }
        arena_reset(m.arena);
    }
    arena_close(m.arena);
    IS_TRUE(accepted[0] > 9000);
    IS_TRUE(accepted[1] > 10);
}
