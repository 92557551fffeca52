#include <string.h>
#include "base/limit.h"
#include "core/rule/logic_check.h"
#include "test/harness/test.h"

#define FAR INT64_C(9000000000000000000)

static const struct { const char *name; struct logic_type type; } fields[] = {
    { "purchase.channel", { .kind = LOGIC_TEXT } },
    { "purchase.total", { .kind = LOGIC_INT } },
    { "purchase.lines", { .kind = LOGIC_INT, .min = 0, .max = 200 } },
    { "purchase.is_first", { .kind = LOGIC_BOOL } },
    { "purchase.stores", { .kind = LOGIC_INTS } },
    { "member.email", { .kind = LOGIC_TEXT, .is_nullable = true } },
    { "member.age", { .kind = LOGIC_INT, .is_nullable = true, .min = 5, .max = 120 } },
    { "member.born_on", { .kind = LOGIC_DATE, .is_nullable = true } },
    { "member.agreed", { .kind = LOGIC_BOOL, .is_nullable = true } },
    { "member.tags", { .kind = LOGIC_TEXTS } },
    { "now.date", { .kind = LOGIC_DATE } },
    { "x.far", { .kind = LOGIC_INT, .min = FAR, .max = FAR } },
    { "x.maybe", { .kind = LOGIC_INT, .is_nullable = true, .min = FAR, .max = FAR } },
};

static bool type_of(void *arg, const char *name, struct logic_type *out)
{
    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (strcmp(fields[i].name, name) != 0) continue;
        *out = fields[i].type;
        return true;
    }
    return false;
}

static struct json parsed(struct arena *a, const char *text)
{
    struct json out;
    struct json_error err;

    if (json_parse(a, str_of(text), &out, &err) != RC_OK)
        FAIL_TEST("%s: %s", text, err.text);
    return out;
}

static enum rc check(struct arena *a, const char *rule, struct logic_mistakes *out)
{
    struct json v = parsed(a, rule);
    struct logic_types types = { .type = type_of };

    return logic_check(a, &v, &types, out);
}

static const char *const right[] = {
    "true",
    "{\"==\":[{\"var\":\"purchase.channel\"},\"app\"]}",
    "{\"==\":[\"app\",{\"val\":[\"purchase\",\"channel\"]}]}",
    "{\"!=\":[{\"var\":[\"purchase.total\"]},1000]}",
    "{\"var\":\"purchase.is_first\"}",
    "{\"==\":[{\"var\":\"member.agreed\"},false]}",
    "{\"===\":[{\"var\":\"member.email\"},null]}",
    "{\"!==\":[null,{\"var\":\"member.born_on\"}]}",
    "{\"<\":[{\"var\":\"member.born_on\"},\"2000-01-01\"]}",
    "{\"<=\":[\"2026-01-01\",{\"var\":\"now.date\"},\"2026-12-31\"]}",
    "{\"<=\":[18,{\"var\":\"member.age\"},65]}",
    "{\">\":[{\"var\":\"now.date\"},{\"var\":\"member.born_on\"}]}",
    "{\">=\":[{\"var\":\"member.email\"},\"m\"]}",
    "{\"in\":[{\"var\":\"purchase.channel\"},[\"app\",\"web\"]]}",
    "{\"in\":[{\"var\":\"member.age\"},[20,30]]}",
    "{\"in\":[{\"var\":\"now.date\"},[\"2026-02-14\"]]}",
    "{\"in\":[\"vip\",{\"var\":\"member.tags\"}]}",
    "{\"in\":[{\"var\":\"purchase.total\"},{\"var\":\"purchase.stores\"}]}",
    "{\"in\":[\"@example\",{\"var\":\"member.email\"}]}",
    "{\"and\":[{\"!\":{\"var\":\"member.email\"}},{\"!!\":[{\"var\":\"member.tags\"}]}]}",
    "{\"or\":[{\"var\":\"member.agreed\"},{\"var\":\"purchase.is_first\"}]}",
    "{\"if\":[{\"var\":\"purchase.is_first\"},{\">\":[{\"var\":\"purchase.total\"},1]},false]}",
    "{\"==\":[{\"?:\":[true,\"2026-01-01\",{\"var\":\"now.date\"}]},{\"var\":\"now.date\"}]}",
    "{\"==\":[{\"??\":[{\"var\":\"member.email\"},\"none\"]},\"none\"]}",
    "{\">\":[{\"var\":[\"member.age\",18]},17]}",
    "{\">\":[{\"*\":[{\"var\":\"purchase.total\"},1000]},{\"+\":[1,2,{\"-\":[3]}]}]}",
    "{\"<\":[{\"min\":[{\"var\":\"purchase.total\"},500]},{\"max\":[1,{\"var\":\"member.age\"}]}]}",
};

PURE(logic_check_accepts_typed_conditions)
{
    for (size_t i = 0; i < ARRAY_LEN(right); i++) {
        struct arena *a = arena_open((size_t)1 << 20);
        struct logic_mistakes out;
        if (check(a, right[i], &out) != RC_OK)
            FAIL_TEST("%s: %s %s", right[i], out.list[0].pointer, out.list[0].reason);
        arena_close(a);
    }
}

static const struct { const char *rule, *pointer, *reason; } wrong[] = {
    /* what the whole is */
    { "1", "", "must be a condition that is true or false, not a whole number" },
    { "null", "", "must be a condition that is true or false, not null" },
    { "{\"var\":\"purchase.total\"}", "",
      "must be a condition that is true or false, not a whole number" },
    { "{}", "", "is an empty object, which is no condition" },
    { "[true]", "", "is a list, which can only stand on the right of in" },
    { "{\"==\":[1,1],\"!=\":[1,1]}", "", "holds several operators: one object has one" },
    /* names and values */
    { "{\"var\":\"member.tear\"}", "/var", "names \"member.tear\", which is no field" },
    { "{\"var\":\"\"}", "/var", "must be the name of a field" },
    { "{\"var\":{\"cat\":[\"a\"]}}", "/var", "must be the name of a field" },
    { "{\"var\":[\"purchase.is_first\",true,1]}", "/var", "must be the name of a field" },
    { "{\"var\":[\"purchase.is_first\",\"x\"]}", "/var/1",
      "is a text, but beside it is true or false: both must be of one kind" },
    { "{\"val\":[[2],\"x\"]}", "/val",
      "must be the parts of a field's name, such as [\"purchase\", \"channel\"]" },
    { "{\"val\":\"purchase.is_first\"}", "/val",
      "must be the parts of a field's name, such as [\"purchase\", \"channel\"]" },
    { "{\">\":[{\"var\":\"purchase.total\"},1.5]}", "/>/1",
      "must be a whole number, without a decimal point" },
    { "{\">\":[{\"var\":\"purchase.total\"},1000000000000001]}", "/>/1",
      "is too large a number" },
    /* comparisons */
    { "{\"==\":[{\"var\":\"purchase.total\"},\"5\"]}", "/==/1",
      "is a text, but beside it is a whole number: both must be of one kind" },
    { "{\"==\":[{\"var\":\"member.born_on\"},\"2026-02-30\"]}", "/==/1",
      "must be a date, such as 2026-11-24" },
    { "{\"==\":[\"tomorrow\",{\"var\":\"member.born_on\"}]}", "/==/0",
      "must be a date, such as 2026-11-24" },
    { "{\"==\":[{\"var\":\"member.email\"},{\"var\":\"now.date\"}]}", "/==/1",
      "is a date, but beside it is a text: both must be of one kind" },
    { "{\"==\":[{\"var\":\"member.email\"},null]}", "/==/1",
      "is null: whether a value is missing is asked with === or !==" },
    { "{\"==\":[{\"var\":\"member.tags\"},\"vip\"]}", "/==/0",
      "is a list: what is in it is asked with in" },
    { "{\"==\":[1]}", "/==", "must be a list of 2 values" },
    { "{\"==\":5}", "/==", "must be a list of 2 values" },
    { "{\"<\":[1,2,3,4]}", "/<", "must be a list of 2 or 3 values" },
    { "{\"<\":[{\"var\":\"purchase.is_first\"},1]}", "/</0",
      "is true or false: only numbers, texts and dates have an order" },
    { "{\"<\":[{\"var\":\"member.age\"},null]}", "/</1",
      "is null, which is neither more nor less than anything" },
    { "{\"<\":[\"2026-01-01\",{\"var\":\"now.date\"},\"soon\"]}", "/</2",
      "must be a date, such as 2026-11-24" },
    /* in */
    { "{\"in\":[{\"var\":\"purchase.channel\"},[\"app\",5]]}", "/in/1/1",
      "must be a text, like what is looked for" },
    { "{\"in\":[{\"var\":\"purchase.channel\"},[]]}", "/in/1",
      "is empty: nothing can be in it" },
    { "{\"in\":[{\"var\":\"now.date\"},[\"x\"]]}", "/in/1/0",
      "must be a date, like what is looked for" },
    { "{\"in\":[true,[\"x\"]]}", "/in/0",
      "is true or false, which cannot be looked for in a list" },
    { "{\"in\":[\"a\",{\"var\":\"purchase.total\"}]}", "/in/1",
      "is a whole number: in looks in a list or a text" },
    { "{\"in\":[5,{\"var\":\"member.tags\"}]}", "/in/0",
      "is a whole number, which cannot be in a list of texts" },
    { "{\"in\":[\"a\",{\"var\":\"purchase.stores\"}]}", "/in/0",
      "is a text, which cannot be in a list of numbers" },
    { "{\"in\":[\"\",{\"var\":\"member.email\"}]}", "/in/0", "is empty, and so in every text" },
    /* logic */
    { "{\"and\":[true,{\"var\":\"purchase.total\"}]}", "/and/1",
      "must be a condition that is true or false, not a whole number" },
    { "{\"and\":[]}", "/and", "must be a list of at least 1 value" },
    { "{\"or\":true}", "/or", "must be a list of at least 1 value" },
    { "{\"!\":[true,false]}", "/!", "must be a list of 1 values" },
    { "{\"if\":[true,false]}", "/if",
      "must be a list of a condition, a value, and the value otherwise" },
    { "{\"if\":[true,false,1]}", "/if/2",
      "is a whole number, but beside it is true or false: both must be of one kind" },
    /* arithmetic */
    { "{\">\":[{\"+\":[{\"var\":\"member.email\"},1]},1]}", "/>/0/+/0",
      "must be a whole number, not a text" },
    { "{\">\":[{\"*\":[{\"var\":\"purchase.total\"},{\"var\":\"purchase.total\"}]},1]}", "/>/0/*",
      "could grow past the largest whole number there is" },
    { "{\">\":[{\"/\":[4,2]},1]}", "/>/0/~1",
      "divides, which conditions cannot: multiply the other side instead" },
    { "{\">\":[{\"%\":[4,2]},1]}", "/>/0/%",
      "divides, which conditions cannot: multiply the other side instead" },
    /* the rest of the language, and beyond it */
    { "{\"some\":[{\"var\":\"member.tags\"},true]}", "/some",
      "uses \"some\", which a saved condition cannot" },
    { "{\"throw\":\"x\"}", "/throw", "uses \"throw\", which a saved condition cannot" },
    { "{\"is\":[1,1]}", "/is", "uses \"is\", which is no operator" },
};

PURE(logic_check_says_what_is_wrong_and_where)
{
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct arena *a = arena_open((size_t)1 << 20);
        struct logic_mistakes out;

        if (check(a, wrong[i].rule, &out) != RC_INVALID) FAIL_TEST("accepted: %s", wrong[i].rule);
        if (out.n != 1 || strcmp(out.list[0].pointer, wrong[i].pointer) != 0
            || strcmp(out.list[0].reason, wrong[i].reason) != 0)
            FAIL_TEST("%s: %zu: %s %s", wrong[i].rule, out.n, out.list[0].pointer,
                      out.list[0].reason);
        arena_close(a);
    }
}

PURE(logic_check_reports_every_mistake_up_to_twenty)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct logic_mistakes out;
    struct buf b;

    IS_INT(check(a, "{\"and\":[{\"==\":[1,\"1\"]},{\"var\":\"x\"},{\"<\":[1.5,true]}]}", &out),
           RC_INVALID);
    IS_INT(out.n, 4);
    IS_STR(out.list[3].pointer, "/and/2/</1");
    buf_init(&b, a, 10000);
    buf_adds(&b, "{\"or\":[5");
    for (int i = 0; i < 30; i++) buf_adds(&b, ",5");
    buf_adds(&b, "]}");
    IS_INT(check(a, buf_cstr(&b), &out), RC_INVALID);
    IS_INT(out.n, LOGIC_MISTAKES_MAX);
    arena_close(a);
}

static const char *repeated(struct arena *a, const char *open, const char *close, int n)
{
    struct buf b;

    buf_init(&b, a, 100000);
    for (int i = 0; i < n; i++) buf_adds(&b, open);
    buf_adds(&b, "true");
    for (int i = 0; i < n; i++) buf_adds(&b, close);
    return buf_cstr(&b);
}

PURE(logic_check_bounds_depth_and_length)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct logic_mistakes out;
    struct buf b;

    IS_INT(check(a, repeated(a, "{\"!\":[", "]}", LOGIC_SAVED_DEPTH_MAX), &out), RC_OK);
    IS_INT(check(a, repeated(a, "{\"!\":[", "]}", LOGIC_SAVED_DEPTH_MAX + 1), &out), RC_INVALID);
    IS_INT(out.n, 1);
    IS_STR(out.list[0].reason, "is nested too deeply");

    buf_init(&b, a, 10000);
    buf_adds(&b, "{\"or\":[5");
    for (int i = 0; i < LOGIC_SAVED_PARTS_MAX; i++) buf_adds(&b, ",true");
    buf_adds(&b, "]}");
    IS_INT(check(a, buf_cstr(&b), &out), RC_INVALID);
    IS_INT(out.n, 2);
    IS_STR(out.list[1].reason, "makes the condition too long");
    arena_close(a);
}

PURE(logic_check_keeps_arithmetic_within_what_fits)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct logic_mistakes out;

    /* 200 lines times 10^15 fits; a thousand times more does not */
    IS_INT(check(a, "{\">\":[{\"*\":[{\"var\":\"purchase.lines\"},{\"var\":\"purchase.total\"}]},"
                    "1]}", &out), RC_OK);
    IS_INT(check(a, "{\">\":[{\"*\":[{\"var\":\"purchase.lines\"},{\"var\":\"purchase.total\"},"
                    "1000]},1]}", &out), RC_INVALID);
    arena_close(a);
}

PURE(logic_check_counts_a_missing_number_as_zero)
{
    static const char rule[] = "{\">\":[{\"-\":[{\"var\":\"%s\"},{\"var\":\"x.far\"},"
                               "{\"*\":[1000000000000000,1000]}]},0]}";
    struct arena *a = arena_open((size_t)1 << 20);
    struct logic_mistakes out;

    IS_INT(check(a, arena_printf(a, rule, "x.far"), &out), RC_OK);
    IS_INT(check(a, arena_printf(a, rule, "x.maybe"), &out), RC_INVALID);
    arena_close(a);
}
