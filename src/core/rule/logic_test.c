#include <string.h>
#include "core/rule/logic.h"
#include "test/harness/test.h"

static struct json parsed(struct arena *a, const char *text)
{
    struct json out;
    struct json_error err;

    if (json_parse(a, str_of(text), &out, &err) != RC_OK)
        FAIL_TEST("%s: %s", text, err.text);
    return out;
}

static const char *emitted(struct arena *a, const struct json *v)
{
    struct buf b;

    buf_init(&b, a, (size_t)4 << 20);
    json_emit(v, &b);
    return buf_cstr(&b);
}

static const char *const slot_names[] = { "purchase.channel", "purchase.total", "member.email" };

static int slot_of(void *arg, const char *name)
{
    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(slot_names); i++)
        if (str_eq(slot_names[i], name)) return (int)i;
    return -1;
}

static const struct logic_names no_names = { .slot = NULL };
static const struct logic_names names = { .slot = slot_of };

struct setting { const struct logic_names *names; const char *data; const char *slots; };

/* The answer as JSON, or "!" and the error. */
static const char *answer(struct arena *a, const char *rule, const struct setting *in)
{
    struct json tree_json = parsed(a, rule), data = parsed(a, in->data != NULL ? in->data : "{}");
    struct json slots = parsed(a, in->slots != NULL ? in->slots : "[null,null,null]"), value;
    struct logic_env env = { .arena = a, .data = &data, .slots = slots.u.items };
    struct logic_mistake mistake;
    const struct logic *tree;

    if (logic_compile(a, &tree_json, in->names, &tree, &mistake) != RC_OK)
        return arena_printf(a, "? %s %s", mistake.pointer, mistake.reason);
    value = logic_eval(tree, &env);
    if (env.has_thrown) return arena_printf(a, "! %s", emitted(a, &env.thrown));
    return emitted(a, &value);
}

struct expected { const char *rule, *answer; };

static void check_all(const struct expected *table, size_t n, const struct setting *in)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *a = arena_open((size_t)16 << 20);
        const char *is = answer(a, table[i].rule, in);
        if (strcmp(is, table[i].answer) != 0)
            FAIL_TEST("%s: %s, not %s", table[i].rule, is, table[i].answer);
        arena_close(a);
    }
}
#define CHECK_ALL(table, ...) \
    check_all((table), ARRAY_LEN(table), &(struct setting){ __VA_ARGS__ })

PURE(logic_null_never_throws_in_a_comparison)
{
    static const struct expected table[] = {
        { "{\"==\":[null,null]}", "true" }, { "{\"==\":[null,0]}", "true" },
        { "{\"==\":[null,false]}", "true" }, { "{\"==\":[null,\"\"]}", "true" },
        { "{\"==\":[null,\"0\"]}", "false" }, { "{\"==\":[null,\"abc\"]}", "false" },
        { "{\"==\":[\"abc\",null]}", "false" }, { "{\"!=\":[null,\"abc\"]}", "true" },
        { "{\"!=\":[null,null]}", "false" }, { "{\"==\":[null,[]]}", "false" },
        { "{\"!=\":[[1],null]}", "true" }, { "{\"==\":[{},null]}", "false" },
        { "{\"===\":[null,null]}", "true" }, { "{\"===\":[null,0]}", "false" },
        { "{\"!==\":[null,\"\"]}", "true" },
        { "{\"<\":[null,1]}", "true" }, { "{\"<\":[null,0]}", "false" },
        { "{\"<=\":[null,0]}", "true" }, { "{\">\":[null,-1]}", "true" },
        { "{\"<\":[null,\"a\"]}", "true" }, { "{\">\":[\"a\",null]}", "true" },
        { "{\"<\":[null,\"\"]}", "false" }, { "{\"<=\":[null,\"\"]}", "true" },
        { "{\"<\":[null,\"2026-01-01\"]}", "true" }, { "{\">\":[null,\"2026-01-01\"]}", "false" },
        { "{\"<\":[null,[1]]}", "false" }, { "{\">\":[null,[1]]}", "false" },
        { "{\"<=\":[{},null]}", "false" }, { "{\"<\":[null,null]}", "false" },
        { "{\">=\":[null,null]}", "true" },
        { "{\"in\":[null,\"null\"]}", "false" }, { "{\"in\":[null,[\"a\"]]}", "false" },
        { "{\"in\":[null,[null]]}", "true" }, { "{\"in\":[\"a\",null]}", "false" },
        { "{\"+\":[null,3]}", "3" }, { "{\"max\":[null,-3]}", "0" }, { "{\"!\":null}", "true" } };

    CHECK_ALL(table, .names = &no_names);
    CHECK_ALL(table, .names = NULL);
}

PURE(logic_integers_stay_exact)
{
    static const struct expected table[] = {
        { "{\"+\":[9007199254740993,0]}", "9007199254740993" },
        { "{\"-\":[9223372036854775807,1]}", "9223372036854775806" },
        { "{\"*\":[3037000499,3037000499]}", "9223372030926249001" },
        { "{\"max\":[9007199254740993,9007199254740992]}", "9007199254740993" },
        { "{\"==\":[9007199254740993,9007199254740992]}", "false" },
        { "{\"<\":[9007199254740992,9007199254740993]}", "true" },
        { "{\"%\":[-9223372036854775808,-1]}", "0" }, { "{\"/\":[6,3]}", "2" },
        { "{\"/\":[1,4]}", "0.25" }, { "{\"+\":[\" 12 \",\"1e2\"]}", "112" },
        { "{\"+\":[0.1,0.2]}", "0.30000000000000004" }, { "{\"+\":[0.5,0.5]}", "1" },
        { "{\"+\":\"0x10\"}", "! {\"type\":\"NaN\"}" }, { "{\"+\":\"inf\"}",
                                                           "! {\"type\":\"NaN\"}" } };

    CHECK_ALL(table, .names = NULL);
    CHECK_ALL(table, .names = &names);
}

PURE(logic_overflow_is_a_double_or_with_names_an_error)
{
    static const struct expected plain[] = {
        { "{\"+\":[9223372036854775807,1]}", "9.223372036854776e+18" },
        { "{\"-\":[-9223372036854775808]}", "9.223372036854776e+18" },
        { "{\"*\":[9223372036854775807,2]}", "1.8446744073709552e+19" },
        { "{\"/\":[-9223372036854775808,-1]}", "9.223372036854776e+18" },
        { "{\"*\":[1e300,1e300]}", "! {\"type\":\"NaN\"}" } };
    static const struct expected typed[] = {
        { "{\"+\":[9223372036854775807,1]}", "! {\"type\":\"Overflow\"}" },
        { "{\"-\":[-9223372036854775808]}", "! {\"type\":\"Overflow\"}" },
        { "{\"*\":[{\"var\":\"purchase.total\"},9223372036854775807]}",
          "! {\"type\":\"Overflow\"}" } };

    CHECK_ALL(plain, .names = NULL);
    CHECK_ALL(typed, .names = &names, .slots = "[null,2,null]");
}

PURE(logic_reads_slots_wherever_a_constant_name_reads_the_outermost_data)
{
    static const struct expected table[] = {
        { "{\"var\":\"purchase.channel\"}", "\"app\"" },
        { "{\"var\":[\"purchase.channel\",\"x\"]}", "\"app\"" },
        { "{\"var\":[\"member.email\",\"x\"]}", "\"x\"" },
        { "{\"var\":{\"cat\":[\"purchase.\",\"total\"]}}", "250" },     /* constant by then */
        { "{\"val\":[\"purchase\",\"channel\"]}", "\"app\"" },
        { "{\"val\":\"purchase.channel\"}", "null" },
        { "{\"var\":\"other.x\"}", "5" },
        { "{\"exists\":[\"purchase\",\"channel\"]}", "true" },
        { "{\"exists\":[\"member\",\"email\"]}", "false" },
        { "{\"missing\":[\"purchase.channel\",\"member.email\",\"nope\"]}",
          "[\"member.email\",\"nope\"]" },
        { "{\"missing_some\":[1,[\"purchase.channel\",\"member.email\"]]}", "[]" },
        { "{\"map\":[[1,2],{\"+\":[{\"val\":[]},{\"val\":[[2],\"purchase\",\"total\"]}]}]}",
          "[251,252]" },
        { "{\"map\":[[1],{\"map\":[[2],{\"val\":[[-4],\"purchase\",\"total\"]}]}]}", "[[250]]" },
        { "{\"map\":[[{\"purchase\":7}],{\"var\":\"purchase.total\"}]}", "? /map/0/0/purchase "
          "\"purchase\" is not an operator" },
        { "{\"map\":[{\"var\":\"list\"},{\"var\":\"purchase.total\"}]}", "[9]" },
        { "{\"try\":[{\"throw\":\"x\"},{\"val\":[[2],\"purchase\",\"total\"]}]}", "250" } };

    CHECK_ALL(table, .names = &names, .slots = "[\"app\",250,null]",
              .data = "{\"other\":{\"x\":5},\"list\":[{\"purchase\":{\"total\":9}}]}");
}

PURE(logic_slots_names_each_variable_once)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json rule = parsed(a, "{\"and\":[{\"var\":\"purchase.total\"},{\"var\":\"x\"},"
        "{\"val\":[\"purchase\",\"total\"]},{\"missing\":[\"member.email\"]}]}");
    struct logic_mistake mistake;
    const struct logic *tree;
    int slots[4] = { -1, -1, -1, -1 };

    IS_INT(logic_compile(a, &rule, &names, &tree, &mistake), RC_OK);
    IS_INT(logic_slots(tree, slots, 4), 2);
    IS_INT(slots[0], 1);
    IS_INT(slots[1], 2);
    IS_INT(logic_slots(tree, slots, 1), 2);
    arena_close(a);
}

PURE(logic_compile_says_what_it_does_not_know)
{
    static const struct expected table[] = {
        { "{\"equals\":[1,1]}", "? /equals \"equals\" is not an operator" },
        { "{\"and\":[true,{\"a/b\":1}]}", "? /and/1/a~1b \"a/b\" is not an operator" },
        { "{\"if\":[{\"==\":[1,1],\"!=\":[1,2]},1]}",
          "? /if/0 holds 2 keys: an operation has one" } };

    CHECK_ALL(table, .names = NULL);
}

PURE(logic_compile_bounds_the_depth)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json *rule = ARENA_NEW(a, struct json);
    struct logic_mistake mistake;
    const struct logic *tree;

    for (int i = 0; i < 1000; i++) {
        struct json_pair *pair = ARENA_NEW(a, struct json_pair);
        struct json *outer = ARENA_NEW(a, struct json);
        *pair = (struct json_pair){ "!", *rule };
        *outer = (struct json){ .kind = JSON_OBJECT, .n = 1, .u.pairs = pair };
        rule = outer;
    }
    IS_INT(logic_compile(a, rule, NULL, &tree, &mistake), RC_INVALID);
    IS_STR(mistake.reason, "is nested too deeply");
    arena_close(a);
}

PURE(logic_stops_what_would_not_end_or_not_fit)
{
    struct arena *a = arena_open((size_t)16 << 20);
    struct buf b;
    struct setting in;

    buf_init(&b, a, 10000);
    buf_adds(&b, "{\"l\":[0");
    for (int i = 0; i < 200; i++) buf_adds(&b, ",0");
    buf_adds(&b, "]}");
    in = (struct setting){ .names = NULL, .data = buf_cstr(&b) };
    IS_STR(answer(a, "{\"reduce\":[{\"var\":\"l\"},{\"cat\":[{\"var\":\"accumulator\"},"
                     "{\"var\":\"accumulator\"}]},\"x\"]}", &in),
           "! {\"type\":\"Too Much Work\"}");
    IS_STR(answer(a, "{\"reduce\":[{\"var\":\"l\"},{\"merge\":[{\"var\":\"accumulator\"},"
                     "{\"var\":\"accumulator\"}]},[1]]}", &in),
           "! {\"type\":\"Too Much Work\"}");
    IS_STR(answer(a, "{\"map\":[{\"var\":\"l\"},{\"map\":[{\"val\":[[2],\"l\"]},{\"map\":["
                     "{\"val\":[[4],\"l\"]},1]}]}]}", &in),
           "! {\"type\":\"Too Much Work\"}");
    IS_STR(answer(a, "{\"all\":[{\"var\":\"l\"},{\"all\":[{\"val\":[[2],\"l\"]},{\"all\":["
                     "{\"val\":[[4],\"l\"]},true]}]}]}", &in),
           "! {\"type\":\"Too Much Work\"}");
    arena_close(a);
}

PURE(logic_text_is_cut_by_characters_not_bytes)
{
    static const struct expected table[] = {
        { "{\"substr\":[\"\xe7\xb4\x85\xe8\x8c\xb6tea\",1,2]}", "\"\xe8\x8c\xb6t\"" },
        { "{\"substr\":[\"\xe7\xb4\x85\xe8\x8c\xb6\",-1]}", "\"\xe8\x8c\xb6\"" },
        { "{\"substr\":[\"abc\",1e300]}", "\"\"" }, { "{\"substr\":[\"abc\",-1e300,2]}", "\"ab\"" },
        { "{\"substr\":[\"abc\",0,9223372036854775807]}", "\"abc\"" },
        { "{\"substr\":[\"abc\",0,-9223372036854775808]}", "\"\"" },
        { "{\"substr\":[]}", "! {\"type\":\"Invalid Arguments\"}" },
        { "{\"cat\":[1,2.50,[1,[2,null]],{},true]}", "\"12.51,2,{}true\"" },
        { "{\"in\":[2,\"a2\"]}", "true" } };

    CHECK_ALL(table, .names = NULL);
}

PURE(logic_scopes_see_their_loop_and_what_is_around_it)
{
    static const struct expected table[] = {
        { "{\"map\":[{\"var\":\"l\"},{\"val\":[[1],\"index\"]}]}", "[0,1]" },
        { "{\"map\":[{\"var\":\"l\"},{\"val\":[[1],\"iterator\",1]}]}", "[6,6]" },
        { "{\"map\":[{\"var\":\"l\"},{\"val\":[[9],\"l\"]}]}", "[null,null]" },
        { "{\"val\":[[1],\"index\"]}", "null" },
        { "{\"val\":[[-9223372036854775808],\"l\"]}", "null" },
        { "{\"reduce\":[{\"var\":\"l\"},{\"val\":[]}]}",
          "{\"current\":6,\"accumulator\":5}" },
        { "{\"reduce\":[{\"var\":\"l\"},{\"merge\":[{\"var\":\"accumulator\"},{\"val\":[]}]},[]]}",
          "[{\"current\":5,\"accumulator\":[]},{\"current\":6,\"accumulator\":"
          "[{\"current\":5,\"accumulator\":[]}]}]" },
        { "{\"try\":[{\"throw\":{\"val\":\"o\"}},{\"val\":[]}]}", "{\"code\":7}" },
        { "{\"try\":[{\"throw\":7},{\"val\":[]}]}", "{\"type\":7}" },
        { "{\"filter\":[{\"var\":\"l\"},{\">\":[{\"var\":\"\"},5]}]}", "[6]" } };

    CHECK_ALL(table, .names = NULL, .data = "{\"l\":[5,6],\"o\":{\"code\":7}}");
}
