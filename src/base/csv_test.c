#include "base/csv.h"

#include "test/harness/test.h"

PURE(a_cell_is_quoted_where_it_must_be_and_never_a_formula)
{
    static const struct { const char *text, *cell; } cases[] = {
        { "紅茶", "紅茶" }, { "", "" }, { NULL, "" }, { "a,b", "\"a,b\"" },
        { "say \"hi\"", "\"say \"\"hi\"\"\"" }, { "two\nlines", "\"two\nlines\"" },
        { "=1+1", "'=1+1" }, { "+886912", "'+886912" }, { "-5", "'-5" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "\t=1", "'\t=1" }, { "\r=1", "\"'\r=1\"" }, { "=HYPERLINK(\"x\",\"y\")",
          "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" }, { "a=b", "a=b" } };
    struct arena *a = arena_open(1 << 20);

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b;
        buf_init(&b, a, 1000);
        csv_text(&b, cases[i].text);
        IS_STR(buf_cstr(&b), cases[i].cell);
    }
    arena_close(a);
}

PURE(a_line_has_its_cells_between_commas_and_numbers_as_they_are)
{
    struct arena *a = arena_open(1 << 20);
    struct buf b;

    buf_init(&b, a, 1000);
    csv_text(&b, "x");
    csv_next(&b);
    csv_next(&b);
    csv_number(&b, "-12.50");
    csv_end(&b);
    IS_STR(buf_cstr(&b), "x,,-12.50\r\n");
    arena_close(a);
}
