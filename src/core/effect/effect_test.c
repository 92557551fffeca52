/* What each effect says of its own awards. */
#include "core/ctx.h"
#include "core/effect/effect.h"

#include "core/feature.h"
#include "core/timeline/timeline.h"
#include "test/harness/shop.h"
#include "test/harness/test.h"

PURE(every_effect_brings_its_check)
{
    size_t n = 0;

    for (size_t i = 0; features[i]; i++)
        for (size_t k = 0; features[i]->effects && k < features[i]->effects->n; k++, n++)
            NOT_NULL(features[i]->effects->items[k]->check);
    IS_TRUE(n >= core_effects.n);
}

struct told { struct award_check row; const char *why; };

static void are_told(const struct effect *effect, const struct told *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *why = effect->check(&list[i].row);
        if (!str_eq(why, list[i].why))
            FAIL_TEST("%s %zu: %s, wanted %s", effect->name, i, why ? why : "nothing",
                      list[i].why ? list[i].why : "nothing");
    }
}

PURE(an_award_of_points_says_where_all_of_it_went)
{
    static const char unit[] = "there is no such unit",
                      whole[] = "it does not say where all of it went",
                      value[] = "its event has no value, and it was computed on one",
                      gone[] = "its lot is missing", other[] = "its lot is of another";
    const struct award_lot mine = { 1, 9, 10 }, unit_2 = { 2, 9, 10 }, event_8 = { 1, 8, 10 },
                           big = { 1, 9, 11 };
    const struct told list[] = {
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10 }, NULL },
        { { .unit_id = 1, .has_unit = true, .amount = -10, .posted = -7, .lapsed = 2,
            .forgiven = 1, .owed = 7 }, NULL },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .basis_minor = 500,
            .has_value = true, .lot_id = 4, .cause_id = 9, .lot = &mine }, NULL },
        { { .unit_id = 1, .amount = 10, .posted = 10 }, unit },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 9 }, whole },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .owed = 1 }, whole },
        { { .unit_id = 1, .has_unit = true, .amount = -10, .posted = -7, .lapsed = 2 }, whole },
        { { .unit_id = 1, .has_unit = true, .amount = -10, .posted = -10, .owed = 11 }, whole },
        { { .unit_id = 1, .has_unit = true, .amount = -10, .posted = -11, .lapsed = -1 }, whole },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .basis_minor = 500 },
          value },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .lot_id = 4 }, gone },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .lot_id = 4,
            .cause_id = 9, .lot = &unit_2 }, other },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .lot_id = 4,
            .cause_id = 9, .lot = &event_8 }, other },
        { { .unit_id = 1, .has_unit = true, .amount = 10, .posted = 10, .lot_id = 4,
            .cause_id = 9, .lot = &big }, other },
    };

    are_told(&effect_points_grant, list, ARRAY_LEN(list));
    /* A take names lots of others: where it took from, or gave back to. */
    are_told(&effect_points_take, list, ARRAY_LEN(list) - 2);
    IS_STR(effect_points_take.check(&list[ARRAY_LEN(list) - 1].row), NULL);
    IS_STR(effect_points_take.check(&list[ARRAY_LEN(list) - 2].row), NULL);
}

PURE(an_award_of_a_tag_names_it_and_moves_nothing)
{
    static const char moves[] = "a tag moves no points";
    const struct told list[] = {
        { { .subject = "gold", .amount = 1 }, NULL },
        { { .subject = "gold", .amount = 1, .basis_minor = 500, .has_value = true }, NULL },
        { { .amount = 1 }, "it names no tag" },
        { { .subject = "gold", .amount = 1, .unit_id = 1 }, "a tag is of no unit" },
        { { .subject = "gold", .amount = 1, .lot_id = 1 }, "a tag has no lot" },
        { { .subject = "gold", .amount = 1, .posted = 1 }, moves },
        { { .subject = "gold", .amount = 1, .owed = 1 }, moves },
        { { .subject = "gold", .amount = 1, .lapsed = 1 }, moves },
        { { .subject = "gold", .amount = 1, .forgiven = 1 }, moves },
        { { .subject = "gold", .amount = 1, .basis_minor = 500 },
          "its event has no value, and it was computed on one" },
    };

    are_told(&effect_tag_add, list, ARRAY_LEN(list));
}

/* A reader does what only moves the books, and nothing else, whatever the unit. */
TEST(a_reader_shows_points_of_a_moment_that_came_and_writes_no_tag)
{
    struct timeline t;

    shop_basics(c);
    shop_rule(c, "{\"name\":\"comfort\",\"on\":\"points.expired\",\"then\":["
                 "{\"points.grant\":{\"unit\":\"points\",\"amount\":7}},"
                 "{\"tag.add\":{\"tag\":\"sorry\"}}]}");
    shop_rule(c, "{\"name\":\"base\",\"on\":\"purchase\",\"then\":[{\"points.grant\":"
                 "{\"unit\":\"points\",\"amount\":10,\"valid_days\":1}}]}");
    int64_t m = shop_member(c, "1");
    shop_buy(c, &(struct shop_sale){ m, c->now, 100, NULL });
    c->now += 3 * TIME_DAY_MS;
    timeline_ask_view(&t, c, m);
    IS_INT(db_sync(c->db), RC_OK);
    IS_INT(timeline_open(&t), RC_OK);
    IS_INT(t.books.balances[0].available, 7);
    IS_INT(t.given_n, 1);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM member_tag"), 0);
    shop_settle(c, m);
    IS_INT(shop_i64(c, "SELECT COUNT(*) FROM member_tag"), 1);
    IS_INT(shop_balance(c, m, "points"), 7);
    shop_check(c, m);
}
