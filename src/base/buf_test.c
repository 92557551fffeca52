#include <string.h>
#include "base/buf.h"
#include "test/harness/test.h"

PURE(buf_adds_every_kind_of_thing)
{
    struct arena *a = arena_open(1 << 20);
    struct buf b;

    buf_init(&b, a, 1000);
    IS_STR(buf_cstr(&b), "");
    IS_INT(buf_str(&b).n, 0);
    buf_adds(&b, "a=");
    buf_add_i64(&b, INT64_MIN);
    buf_addc(&b, ' ');
    buf_add_i64(&b, INT64_MAX);
    buf_add_i64(&b, 0);
    buf_addf(&b, "[%s %d]", "x", -5);
    buf_add(&b, "", 0);
    IS_STR(buf_cstr(&b), "a=-9223372036854775808 92233720368547758070[x -5]");
    IS_FALSE(b.full);
    arena_close(a);
}

PURE(buf_past_its_maximum_is_full_and_takes_nothing_more)
{
    struct arena *a = arena_open(1 << 20);
    struct buf b;

    buf_init(&b, a, 10);
    buf_adds(&b, "0123456789");
    IS_FALSE(b.full);
    buf_add(&b, "", 0);
    IS_FALSE(b.full);
    buf_addc(&b, 'x');
    IS_TRUE(b.full);
    IS_STR(buf_cstr(&b), "0123456789");

    buf_init(&b, a, 10);
    buf_addf(&b, "%s", "0123456789x");
    buf_adds(&b, "y");                  /* would fit, but would be a text with a hole */
    IS_TRUE(b.full);
    IS_STR(buf_cstr(&b), "");
    arena_close(a);
}

PURE(buf_grows_to_exactly_its_maximum)
{
    struct arena *a = arena_open(1 << 20);
    struct buf b;

    buf_init(&b, a, 100000);
    for (int i = 0; i < 100000; i++) buf_addc(&b, (char)('a' + i % 26));
    IS_FALSE(b.full);
    IS_INT(strlen(buf_cstr(&b)), 100000);
    IS_INT(b.p[99999], 'a' + 99999 % 26);
    arena_close(a);
}
