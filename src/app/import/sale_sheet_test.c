#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/import/sale_sheet.h"
#include "core/ctx.h"
#include "test/harness/test.h"

struct reading { struct arena *arena; struct conf conf; struct sale_sheet s; char why[600]; };

static void note_why(void *arg, const struct import_row *row, const struct import_fault *why)
{
    struct reading *r = arg;
    size_t n = strlen(r->why);

    snprintf(r->why + n, sizeof r->why - n, "%lld %.60s|", (long long)row->row, why->detail);
}

/* Reads text as a file; false, and why, if it cannot be opened. */
static bool read_text(struct reading *r, const char *text, const char *map)
{
    char file[] = "/tmp/regulars-sheet.XXXXXX";
    int fd = mkstemp(file);
    const char *why = "";

    IS_TRUE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    *r = (struct reading){ .arena = arena_open(1 << 20) };
    r->conf = (struct conf){ .zone = zone_find("Asia/Taipei"), .phone_region = "TW" };
    r->s = (struct sale_sheet){ .arena = r->arena, .conf = &r->conf, .provider = "phone",
                                .hour_min = 720, .now = INT64_C(1800000000000),
                                .rejected = note_why, .arg = r, .sheet = { .delimiter = ',' } };
    bool ok = sale_sheet_open(&r->s, file, map, &why);
    if (ok) sale_sheet_read(&r->s);
    else    snprintf(r->why, sizeof r->why, "%.300s", why);
    unlink(file);
    return ok;
}

static const struct import_row *find(const struct reading *r, int64_t row)
{
    for (size_t i = 0; i < r->s.rows_n; i++)
        if (r->s.rows[i].row == row) return &r->s.rows[i];
    FAIL_TEST("row %lld was refused: %s", (long long)row, r->why);
}

PURE(a_row_has_the_receipt_of_what_it_says_wherever_it_stands)
{
    static const char map[] = "member=m,date=d,total=t";
    struct reading a, b;

    IS_TRUE(read_text(&a, "m,d,t\n0912345678,2026-05-01,500\n0912345678,2026-05-01,500\n"
                          "0912345678,2026-05-01 12:00,500\n0987654321,2026-05-01,500\n"
                          "0912345678,2026-05-01,501\n", map));
    IS_TRUE(read_text(&b, "\xEF\xBB\xBFt,note,d,m\r\n500.00,new,115/5/1,00886912345678\r\n\r\n"
                          "9,,20260501,0912345678\r\n\"500\",\"a, \"\"b\"\"\",2026-05-01,"
                          "+886 912 345 678\r\n", map));
    IS_INT(a.s.rows_n, 5);
    IS_INT(b.s.rows_n, 3);
    IS_STR(find(&a, 1)->receipt, find(&b, 1)->receipt);
    IS_STR(find(&a, 2)->receipt, find(&b, 3)->receipt);
    for (int64_t i = 1; i <= 5; i++)
        for (int64_t j = 1; j < i; j++)
            if (str_eq(find(&a, i)->receipt, find(&a, j)->receipt))
                FAIL_TEST("rows %lld and %lld are one", (long long)i, (long long)j);
    IS_INT(find(&a, 3)->at, find(&a, 1)->at);
    arena_close(a.arena);
    arena_close(b.arena);
}

PURE(a_row_that_cannot_be_read_takes_no_other_with_it)
{
    struct reading r;

    IS_TRUE(read_text(&r, "m,d,t,r\n"
                          "0912345678,2026-05-01,1,\n"              /* no receipt: made */
                          "0912345678,2026-05-01,1,234,A\n"
                          "0912345678,2026-05-01,\"1,234\",A\n"
                          "0912345678,2026-05-01,\"1,A\n"
                          "0912345678,2026-05-01,1\"x,A\n"
                          "0912345678,2026-05-01,\"1\"x,A\n"
                          "0912345678,2026-05-01,\"2\" ,B,,\n"
                          "0912345678,2026-05-01\n", "member=m,date=d,total=t,receipt=r"));
    IS_INT(r.s.rows_n, 3);
    IS_INT(find(&r, 3)->total_minor, 1234);
    IS_STR(find(&r, 3)->receipt, "A");
    IS_TRUE(str_prefix(find(&r, 1)->receipt, "row:"));
    IS_INT(find(&r, 7)->total_minor, 2);
    IS_TRUE(strstr(r.why, "2 it has 5 cells") != NULL);
    IS_TRUE(strstr(r.why, "4 there is text after a closing quote") != NULL);
    IS_TRUE(strstr(r.why, "5 the total is no amount") != NULL);
    IS_TRUE(strstr(r.why, "6 there is text after a closing quote") != NULL);
    IS_TRUE(strstr(r.why, "8 it has 2 cells, no total") != NULL);
    arena_close(r.arena);
}

PURE(the_first_row_is_neither_lost_nor_guessed)
{
    static const struct { const char *text, *map, *why; size_t rows_n; } t[] = {
        { "0912345678,2026-05-01,1\n0912345678,2026-05-02,2\n", "member=1,date=2,total=3", "", 2 },
        { "m,d,t\n0912345678,2026-05-02,2\n", "member=1,date=2,total=3", "", 1 },
        { "m,d,t\n0912345678,2026-05-02,2\n", "member=m,date=2,total=3", "", 1 },
        { "0912345678,x,1\n", "member=1,date=2,total=3", "is the first row a heading?", 0 },
        { "0912345678,2026-05-01,1\n", "member=m,date=d,total=t", "must name the columns", 0 },
        { "m,d,t,t\n", "member=m,date=d,total=t", "two columns are called \"t\"", 0 },
        { "m,d,t\n", "member=m,date=d", "total=COLUMN is missing", 0 },
        { "m,d,t\n", "member=m,date=d,sum=t", "--map: write", 0 },
        { "m,d,t\n", "member=m,date=d,total=9", "no column \"9\"", 0 },
        { "m,\"d,t\n", "member=m,date=d,total=t", "the first row: a quote is not closed", 0 },
        { "m,d,t\na,\xA4\xFD,1\n", "member=m,date=d,total=t", "line 2 is not UTF-8", 0 },
        { "", "member=m,date=d,total=t", "it is empty", 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct reading r;
        bool ok = read_text(&r, t[i].text, t[i].map);
        if (ok != !t[i].why[0] || !strstr(r.why, t[i].why)) FAIL_TEST("%zu: %s", i, r.why);
        if (r.s.rows_n != t[i].rows_n) FAIL_TEST("%zu: %zu rows", i, r.s.rows_n);
        arena_close(r.arena);
    }
}
