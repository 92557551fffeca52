/* Fields: what stands beside a getter says the same. */
#include <string.h>

#include "core/ctx.h"
#include "core/rule/rule.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

PURE(every_field_says_what_it_is_in_every_language)
{
    for (size_t i = 0; i < field_count(); i++) {
        const struct field *f = field_at(i);
        const struct text *texts[] = { &f->label, &f->help };
        for (size_t k = 0; k < ARRAY_LEN(texts); k++)
            if (!texts[k]->zh || !texts[k]->en || !texts[k]->ja) FAIL_TEST("%s", f->name);
        if (f->choices && f->type != FIELD_TEXT && f->type != FIELD_TEXTS)
            FAIL_TEST("%s has choices and is no text", f->name);
        if (f->measure != MEASURE_NONE && f->type != FIELD_INT)
            FAIL_TEST("%s counts and is no number", f->name);
    }
}

/* The expression, with the day written where :today stands. */
static const char *on_day(struct ctx *c, const char *sql, int32_t today)
{
    const char *at = strstr(sql, ":today");

    if (!at) return sql;
    return arena_printf(c->arena, "%.*s%d%s", (int)(at - sql), sql, today,
                        on_day(c, at + strlen(":today"), today));
}

static void is_same(struct ctx *c, const struct field *f, int64_t member_id)
{
    struct member m = shop_get(c, member_id);
    int32_t today = date_of(c->conf->zone, c->now);
    struct event now = { .name = "now", .at = c->now, .business_date = today,
                         .config_version = c->conf->version };
    struct reading r = { c, &m, &now };
    struct json is;

    IS_INT(f->get(&r, &is), RC_OK);
    int64_t wanted = shop_i64(c, "SELECT COALESCE((SELECT CAST(%s AS BIGINT) FROM member m"
                                 " WHERE m.id = %lld), -1)", on_day(c, f->sql, today),
                              (long long)member_id);
    IS_INT(is.kind == JSON_NULL ? -1 : is.u.i, wanted);
}

/* Random members: some that never bought, some that gave everything back. */
TEST(a_fields_sql_says_what_its_getter_says)
{
    int64_t members[20];
    size_t compared = 0;

    shop_basics(c);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        members[i] = shop_member(c, arena_printf(c->arena, "m%zu", i));
        int64_t sales = dice_range(c->dice, 0, 4), last = 0;
        for (int64_t k = 0; k < sales; k++) {
            c->now += dice_range(c->dice, 0, 40) * TIME_DAY_MS;
            last = shop_buy(c, &(struct shop_sale){ .member_id = members[i], .at = c->now,
                                                    .total_minor = dice_range(c->dice, 1, 999) });
        }
        if (last && dice_range(c->dice, 0, 1)) shop_return(c, members[i], last, JSON_ABSENT);
    }
    for (size_t i = 0; i < field_count(); i++) {
        const struct field *f = field_at(i);
        if (!f->sql) continue;
        if (f->type != FIELD_INT) FAIL_TEST("%s: compare it here", f->name);
        for (size_t k = 0; k < ARRAY_LEN(members); k++) is_same(c, f, members[k]);
        compared++;
    }
    IS_TRUE(compared >= 3);
}
