/* The suites of JsonLogic's community, every case of them.  They are not part of the program: they
 * are read from $REGULARS_SPEC, or from ../shared/spec beside the project. */
#include <stdio.h>
#include <stdlib.h>
#include "core/rule/logic.h"
#include "test/harness/test.h"

#define SUITE_BYTES_MAX ((size_t)1 << 20)

struct score { int passed, all; };

static const char *suites_folder(struct arena *a)
{
    const char *spec = getenv("REGULARS_SPEC");
    return arena_printf(a, "%s/jsonlogic/suites", spec != NULL ? spec : "../shared/spec");
}

static struct json read_json(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = arena_alloc(a, SUITE_BYTES_MAX);
    struct json_error err;
    struct json out;
    size_t n;

    if (f == NULL)
        FAIL_TEST("the JsonLogic suites are not at %s: set REGULARS_SPEC to the folder of the "
                  "published specifications", path);
    n = fread(text, 1, SUITE_BYTES_MAX, f);
    fclose(f);
    if (json_parse(a, (struct str){ text, n }, &out, &err) != RC_OK)
        FAIL_TEST("%s, line %d: %s", path, err.line, err.text);
    return out;
}

static const char *shown(struct arena *a, const struct json *v)
{
    struct buf b;

    if (v == NULL) return "nothing";
    buf_init(&b, a, SUITE_BYTES_MAX);
    json_emit(v, &b);
    return buf_cstr(&b);
}

static bool passes(struct arena *a, const struct json *test, struct json *answer)
{
    const struct json *error = json_get(test, "error"), *result = json_get(test, "result");
    struct logic_env env = { .arena = a, .data = json_get(test, "data") };
    struct logic_mistake mistake;
    const struct logic *tree = NULL;

    if (logic_compile(a, json_get(test, "rule"), NULL, &tree, &mistake) != RC_OK) {
        const char *reason = arena_strdup(a, mistake.reason);
        *answer = (struct json){ .kind = JSON_TEXT, .u.text = reason, .n = str_of(reason).n };
        return false;
    }
    *answer = logic_eval(tree, &env);
    if (env.has_thrown) *answer = env.thrown;
    if (error != NULL)  return env.has_thrown && json_same(&env.thrown, error);
    return !env.has_thrown && result != NULL && json_same(answer, result);
}

static void run_case(struct arena *a, const char *file, const struct json *test,
                     struct score *score)
{
    struct json answer = { .kind = JSON_NULL };
    const struct json *wanted = json_get(test, "result");

    score->all++;
    if (passes(a, test, &answer)) {
        score->passed++;
        return;
    }
    if (wanted == NULL) wanted = json_get(test, "error");
    printf("%s: %s\n    wanted %s\n    got    %s\n", file, shown(a, json_get(test, "rule")),
           shown(a, wanted), shown(a, &answer));
}

static void run_suite(const char *folder, const char *file, struct score *total)
{
    struct arena *a = arena_open((size_t)64 << 20);
    struct json suite = read_json(a, arena_printf(a, "%s/%s", folder, file));
    struct score score = { 0, 0 };

    for (size_t i = 0; i < suite.n; i++)
        if (suite.u.items[i].kind == JSON_OBJECT) run_case(a, file, &suite.u.items[i], &score);
    if (getenv("REGULARS_VERBOSE") != NULL)
        printf("jsonlogic: %-40s %3d of %3d\n", file, score.passed, score.all);
    total->passed += score.passed;
    total->all += score.all;
    arena_close(a);
}

PURE(logic_answers_every_case_of_the_community_suites)
{
    struct arena *a = arena_open((size_t)16 << 20);
    const char *folder = suites_folder(a);
    struct json index = read_json(a, arena_printf(a, "%s/index.json", folder));
    struct score total = { 0, 0 };

    for (size_t i = 0; i < index.n; i++) run_suite(folder, index.u.items[i].u.text, &total);
    printf("jsonlogic: %d of %d\n", total.passed, total.all);
    arena_close(a);
    IS_TRUE(total.all >= 1138);
    IS_INT(total.passed, total.all);
}
