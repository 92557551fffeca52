/* What a seal tells apart, and what it leaves alone. */
#include "core/seal/sealed.h"

#include <string.h>

#include "core/ctx.h"
#include "test/harness/test.h"

struct sold { int64_t n, quantity; const char *sku, *note; };

static int64_t sold(struct arena *a, struct sold s)
{
    return seal_one(a, "sold", SEAL_CELLS(SEAL_NUMBER(&s, n), SEAL_TEXT(&s, sku),
                                          SEAL_NUMBER(&s, quantity), SEAL_TEXT(&s, note)));
}

TEST(every_altered_cell_is_another_seal)
{
    struct arena *a = c->arena;
    const int64_t seals[] = {
        sold(a, (struct sold){ 1, 2, "tea", NULL }), sold(a, (struct sold){ 2, 1, "tea", NULL }),
        sold(a, (struct sold){ 1, 2, "te", "a" }),   sold(a, (struct sold){ 1, 2, "te", NULL }),
        sold(a, (struct sold){ 1, 2, NULL, "tea" }), sold(a, (struct sold){ 1, 2, "tea", "" }),
        sold(a, (struct sold){ 1, 0, "tea", NULL }), sold(a, (struct sold){ 0, 1, "tea", NULL }),
        sold(a, (struct sold){ 1, SQL_NULL, "tea", NULL }),
        sold(a, (struct sold){ 1, -2, "tea", NULL }), sold(a, (struct sold){ 0 }),
    };

    for (size_t i = 0; i < ARRAY_LEN(seals); i++) {
        IS_TRUE(seals[i] >= 0);
        for (size_t k = 0; k < i; k++)
            if (seals[i] == seals[k]) FAIL_TEST("%zu is sealed like %zu", i, k);
    }
    IS_INT(seals[0], sold(a, (struct sold){ 1, 2, "tea", NULL }));
}

/* A column that comes later is 0 or NULL in the rows that are there. */
TEST(a_column_added_later_leaves_earlier_seals)
{
    struct sold s = { 1, 2, "tea", NULL };

    IS_INT(sold(c->arena, s),
           seal_one(c->arena, "sold", SEAL_CELLS(SEAL_NUMBER(&s, n), SEAL_TEXT(&s, sku),
                                                 SEAL_NUMBER(&s, quantity))));
}

TEST(a_seal_is_of_its_table_and_of_all_its_rows_in_order)
{
    const struct seal_cell one[] = { { .column = "n", .number = 1 } };
    const struct seal_cell two[] = { { .column = "n", .number = 2 } };
    const struct seal_cell both[] = { one[0], two[0] };
    const struct { const struct seal_cell *cells; size_t n; } orders[][2] = {
        { { one, 1 }, { two, 1 } }, { { two, 1 }, { one, 1 } }, { { both, 2 }, { both, 0 } },
    };
    int64_t seals[ARRAY_LEN(orders)];

    for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
        struct seal s;
        seal_begin(&s, c->arena, "sold");
        for (size_t k = 0; k < 2; k++) seal_row(&s, orders[i][k].cells, orders[i][k].n);
        seals[i] = seal_end(&s);
    }
    IS_TRUE(seals[0] != seals[1] && seals[0] != seals[2] && seals[1] != seals[2]);
    IS_TRUE(seal_one(c->arena, "sold", one, 1) != seal_one(c->arena, "told", one, 1));
}

/* A member may have a million rows. */
TEST(a_seal_leaves_nothing_in_memory)
{
    size_t used = arena_used(c->arena);

    for (int i = 0; i < 100; i++) sold(c->arena, (struct sold){ i, 2, "tea", NULL });
    IS_INT(arena_used(c->arena), used);
}

TEST(another_secret_makes_other_seals)
{
    struct sold s = { 1, 2, "tea", NULL };
    int64_t before = sold(c->arena, s);

    seal_key("another", 7);
    IS_TRUE(sold(c->arena, s) != before);
    seal_key("fixture", 7);
    IS_INT(sold(c->arena, s), before);
}
