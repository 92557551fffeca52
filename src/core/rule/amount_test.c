/* Amounts: each form, its rounding, its mistakes. */
#include "core/rule/rule.h"
#include "test/harness/test.h"

static struct arena *arena;

static bool parse(const char *text, struct amount *out, const char **reason)
{
    struct json_reader r = { .arena = arena };
    struct json_error error;
    struct json tree;
    bool ok = json_parse(arena, str_of(text), &tree, &error) == RC_OK
           && amount_parse(&r, &tree, out) == RC_OK;

    *reason = r.mistakes.n ? r.mistakes.list[0].reason : NULL;
    return ok;
}

PURE(an_amount_is_exact_in_every_form)
{
    static const struct {
        const char *text;
        int64_t basis, wanted;
        int unit_decimals, currency_decimals;
    } cases[] = {
        { "12", 0, 12, 0, 0 },
        { "12", 99999, 12, 0, 0 },
        { "{\"per\":100,\"give\":8}", 99, 0, 0, 0 },
        { "{\"per\":100,\"give\":8}", 100, 8, 0, 0 },
        { "{\"per\":100,\"give\":8}", 599, 40, 0, 0 },
        { "{\"per\":1000,\"give\":1}", 10500, 10, 0, 2 },      /* $105 at 1 for $10 */
        { "{\"percent\":\"0.33\"}", 1000, 330, 2, 0 },          /* 3.30 units */
        { "{\"percent\":\"0.33\"}", 100, 0, 0, 0 },
        { "{\"percent\":\"0.33\",\"rounding\":\"up\"}", 100, 1, 0, 0 },
        { "{\"percent\":\"0.5\",\"rounding\":\"nearest\"}", 100, 1, 0, 0 },
        { "{\"percent\":\"0.49\",\"rounding\":\"nearest\"}", 100, 0, 0, 0 },
        { "{\"percent\":\"1.5\"}", 12345, 1, 0, 2 },            /* 1.5 % of $123.45 */
        { "{\"percent\":\"1.5\"}", 12345, 185, 2, 2 },
        { "{\"percent\":\"100\"}", 580, 580, 0, 0 },
        { "{\"steps\":[[500,20],[1000,50]]}", 499, 0, 0, 0 },
        { "{\"steps\":[[500,20],[1000,50]]}", 500, 20, 0, 0 },
        { "{\"steps\":[[500,20],[1000,50]]}", 5000, 50, 0, 0 },
        { "{\"per\":1,\"give\":1000000000000000}", 1000000, 1000000000000000, 0, 0 },
    };

    arena = arena_open(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct amount_scale scale = { cases[i].unit_decimals, cases[i].currency_decimals };
        const char *reason;
        struct amount a;
        if (!parse(cases[i].text, &a, &reason)) FAIL_TEST("%s: %s", cases[i].text, reason);
        if (amount_of(&a, cases[i].basis, &scale) != cases[i].wanted)
            FAIL_TEST("%s of %lld is %lld, wanted %lld", cases[i].text, (long long)cases[i].basis,
                      (long long)amount_of(&a, cases[i].basis, &scale),
                      (long long)cases[i].wanted);
    }
    arena_close(arena);
}

PURE(an_amount_that_cannot_be_is_refused_with_a_reason)
{
    static const char *const cases[] = {
        "0", "-1", "1.5", "\"12\"", "null", "[]", "{}", "{\"per\":100}", "{\"give\":1}",
        "{\"per\":0,\"give\":1}", "{\"per\":100,\"give\":-1}",
        "{\"per\":100,\"give\":1,\"percent\":\"1\"}", "{\"percent\":\"abc\"}",
        "{\"percent\":\"-1\"}", "{\"percent\":\"1001\"}", "{\"percent\":0.33}",
        "{\"steps\":[]}", "{\"steps\":[[500]]}", "{\"steps\":[[500,20],[500,30]]}",
        "{\"steps\":[[-1,20]]}", "{\"steps\":[[0,1.5]]}", "{\"per\":100,\"give\":1,\"x\":1}",
        "{\"per\":100,\"give\":1,\"rounding\":\"away\"}", "10000000000000000",
    };

    arena = arena_open(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *reason;
        struct amount a;
        if (parse(cases[i], &a, &reason)) FAIL_TEST("%s was accepted", cases[i]);
        if (!reason) FAIL_TEST("%s has no reason", cases[i]);
    }
    arena_close(arena);
}
