#include <pthread.h>
#include <string.h>
#include "base/id.h"
#include "base/str.h"
#include "base/time.h"
#include "test/harness/test.h"

static int64_t fake_now;

static int64_t fake_clock(void)
{
    return fake_now;
}

#define START INT64_C(1795482123004)    /* 2026-11-24T01:02:03.004Z */

PURE(ids_grow_within_a_millisecond_past_it_and_when_the_clock_steps_back)
{
    fake_now = START;
    struct idgen *g = idgen_open(7, fake_clock);
    int64_t last = 0;

    for (int i = 0; i < 10000; i++) {       /* a millisecond holds 4,096 */
        int64_t id = id_next(g);

        IS_TRUE(id > last);
        IS_INT(id >> 12 & ID_NODE_MAX, 7);
        last = id;
    }
    IS_INT(id_time(last), START + 2);
    fake_now = START - 3600000;
    IS_TRUE(id_next(g) > last);
    fake_now = START + 1000;
    IS_INT(id_time(id_next(g)), START + 1000);
    idgen_close(g);
}

PURE(ids_of_a_clock_before_the_epoch_are_still_positive)
{
    fake_now = 0;
    struct idgen *g = idgen_open(0, fake_clock);

    IS_TRUE(id_next(g) > 0);
    IS_TRUE(id_next(g) > 1);
    idgen_close(g);
}

PURE(idgen_above_keeps_away_from_what_the_database_holds)
{
    fake_now = START;
    struct idgen *other = idgen_open(ID_NODE_MAX, fake_clock), *g = idgen_open(0, fake_clock);
    int64_t seen;

    fake_now = START + 5000;
    seen = id_next(other);
    fake_now = START;
    idgen_above(g, seen);
    IS_TRUE(id_next(g) > seen);
    idgen_above(g, 5);                      /* an older one changes nothing */
    IS_TRUE(id_next(g) > seen);
    idgen_close(g);
    idgen_close(other);
}

PURE(id_first_at_lies_below_every_id_of_its_moment)
{
    fake_now = START;
    struct idgen *g = idgen_open(0, fake_clock);
    int64_t id = id_next(g);

    IS_TRUE(id_first_at(START) <= id);
    IS_TRUE(id_first_at(START + 1) > id);
    IS_INT(id_time(id_first_at(START)), START);
    IS_INT(id_first_at(0), 0);
    IS_INT(id_first_at(INT64_MIN), 0);
    IS_INT(id_first_at(TIME_NEVER), INT64_MAX);
    idgen_close(g);
}

enum { THREADS = 4, EACH = 5000 };
static int64_t made[THREADS][EACH];
static struct idgen *shared;

static void *make_many(void *arg)
{
    int64_t *mine = arg;

    for (int i = 0; i < EACH; i++) mine[i] = id_next(shared);
    return NULL;
}

PURE(ids_of_several_threads_never_meet)
{
    pthread_t thread[THREADS];
    size_t at[THREADS] = { 0 };
    int64_t last = 0;

    shared = idgen_open(1, NULL);
    for (int i = 0; i < THREADS; i++) pthread_create(&thread[i], NULL, make_many, made[i]);
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    idgen_close(shared);

    /* Each thread's are in order; merging them finds any that came twice. */
    for (int n = 0; n < THREADS * EACH; n++) {
        int least = -1;

        for (int i = 0; i < THREADS; i++) {
            if (at[i] == EACH) continue;
            if (least < 0 || made[i][at[i]] < made[least][at[least]]) least = i;
        }
        IS_TRUE(made[least][at[least]] > last);
        last = made[least][at[least]++];
    }
}

PURE(public_ids_survive_being_written_and_typed)
{
    static const int64_t ids[] = { 0, 1, 31, 32, INT64_C(123456789012345678), INT64_MAX };
    char s[ID_TEXT_MAX];
    int64_t member, id;

    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        id_emit("sto", ids[i], s);
        IS_INT(strlen(s), 4 + 13);
        IS_TRUE(id_parse("sto", s, &id));
        IS_INT(id, ids[i]);

        id_emit_owned("pur", ids[i], ids[ARRAY_LEN(ids) - 1 - i], s);
        IS_INT(strlen(s), 4 + 26);
        IS_TRUE(id_parse_owned("pur", s, &member, &id));
        IS_INT(member, ids[i]);
        IS_INT(id, ids[ARRAY_LEN(ids) - 1 - i]);
    }
    id_emit("sto", INT64_MAX, s);
    IS_STR(s, "sto_7zzzzzzzzzzzz");
    IS_TRUE(id_parse("sto", "STO_7ZZZZZZZZZZZZ", &id));
    IS_INT(id, INT64_MAX);
    IS_TRUE(id_parse("sto", "sto_oOoOoOoOoOoIl", &id));
    IS_INT(id, 33);
}

PURE(public_ids_of_another_kind_or_shape_are_refused)
{
    static const char *const bad[] = {
        NULL, "", "sto", "sto_", "sto_000000000000", "sto_00000000000000", "pur_0000000000000",
        "sto-0000000000000", "sto_8000000000000", "sto_000000000000u", "sto_000000000000-",
        "st_0000000000000", "xsto_0000000000000", "sto_0000000000000 ",
        "sto_00000000000000000000000000",
    };
    int64_t member = 5, id = 5;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (id_parse("sto", bad[i], &id)) FAIL_TEST("row %zu", i);
    }
    IS_FALSE(id_parse_owned("sto", "sto_0000000000000", &member, &id));
    IS_FALSE(id_parse_owned("sto", "sto_00000000000008000000000000", &member, &id));
    IS_INT(member, 5);
}
