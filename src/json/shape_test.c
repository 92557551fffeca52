#include <string.h>
#include "base/limit.h"
#include "json/shape.h"
#include "test/harness/test.h"

struct line { const char *sku; int64_t quantity; };
struct buyer { const char *phone; int32_t born_on; };
struct sale {
    const char *receipt, *channel, *note;
    int64_t total_minor, points, at;
    int32_t day;
    bool is_return;
    struct buyer buyer;
    const struct buyer *friend;
    const struct line *lines;
    size_t n_lines;
    const char *const *tags;
    size_t n_tags;
    struct json when;
};

static const char *const channels[] = { "pos", "app", NULL };
#define AT(type, field) .offset = offsetof(type, field)

JSON_SHAPE(line_shape, struct line,
    { "sku", JT_TEXT, AT(struct line, sku), .flags = JF_REQUIRED, .min = 1, .max = 8 },
    { "quantity", JT_I64, AT(struct line, quantity), .flags = JF_REQUIRED, .min = 1, .max = 99 });
JSON_SHAPE(buyer_shape, struct buyer,
    { "phone", JT_TEXT, AT(struct buyer, phone), .flags = JF_REQUIRED | JF_OMIT },
    { "born_on", JT_DATE, AT(struct buyer, born_on), .flags = JF_OMIT });
JSON_SHAPE(sale_shape, struct sale,
    { "receipt", JT_TEXT, AT(struct sale, receipt), .flags = JF_REQUIRED, .min = 3 },
    { "channel", JT_TEXT, AT(struct sale, channel), .among = channels },
    { "no/te~", JT_TEXT, AT(struct sale, note), .flags = JF_NULLABLE | JF_OMIT },
    { "total_minor", JT_I64, AT(struct sale, total_minor), .flags = JF_REQUIRED },
    { "points", JT_I64, AT(struct sale, points), .flags = JF_OMIT, .min = -5, .max = 0 },
    { "at", JT_MOMENT, AT(struct sale, at), .flags = JF_OMIT },
    { "day", JT_DATE, AT(struct sale, day), .flags = JF_OMIT },
    { "is_return", JT_BOOL, AT(struct sale, is_return) },
    { "buyer", JT_OBJECT, AT(struct sale, buyer), .of = &buyer_shape },
    { "friend", JT_OBJECT, AT(struct sale, friend), .flags = JF_POINTER, .of = &buyer_shape },
    { "lines", JT_LIST, AT(struct sale, lines), .count_offset = offsetof(struct sale, n_lines),
      .of = &line_shape, .min = 1, .count_max = 3 },
    { "tags", JT_TEXTS, AT(struct sale, tags), .count_offset = offsetof(struct sale, n_tags),
      .flags = JF_OMIT, .max = 4, .count_max = 2 },
    { "when", JT_VALUE, AT(struct sale, when), .flags = JF_OMIT });

static struct json parsed(struct arena *a, const char *text)
{
    struct json out;
    struct json_error err;

    if (json_parse(a, str_of(text), &out, &err) != RC_OK)
        FAIL_TEST("%s: %s", text, err.text);
    return out;
}

static enum rc read_sale(struct json_reader *r, const char *text, struct sale *out)
{
    struct json v = parsed(r->arena, text);
    return json_read(r, &sale_shape, &v, out);
}

PURE(shape_reads_every_type_into_the_struct)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;

    IS_INT(read_sale(&r, "{\"receipt\":\"R-1\",\"channel\":\"app\",\"total_minor\":-7,"
        "\"points\":-5,\"at\":\"2026-11-24T09:00:00+08:00\",\"day\":\"1970-01-02\","
        "\"is_return\":true,\"buyer\":{\"phone\":\"1\",\"born_on\":\"1970-01-03\"},"
        "\"friend\":{\"phone\":\"2\"},\"lines\":[{\"sku\":\"x\",\"quantity\":1},"
        "{\"quantity\":99,\"sku\":\"y\"}],\"tags\":[\"a\",\"bb\"],\"when\":[1]}", &s), RC_OK);
    IS_STR(s.receipt, "R-1");
    IS_STR(s.channel, "app");
    IS_INT(s.total_minor, -7);
    IS_INT(s.at, INT64_C(1795482000000));
    IS_INT(s.day, 1);
    IS_TRUE(s.is_return);
    IS_INT(s.buyer.born_on, 2);
    IS_STR(s.friend->phone, "2");
    IS_INT(s.friend->born_on, JSON_ABSENT_DATE);
    IS_INT(s.n_lines, 2);
    IS_STR(s.lines[1].sku, "y");
    IS_INT(s.lines[1].quantity, 99);
    IS_INT(s.n_tags, 2);
    IS_STR(s.tags[1], "bb");
    IS_INT(s.when.kind, JSON_LIST);
    arena_close(a);
}

PURE(shape_gives_absent_fields_their_absent_values)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;

    memset(&s, 0x55, sizeof s);
    IS_INT(read_sale(&r, "{\"receipt\":\"R-1\",\"total_minor\":0,\"no/te~\":null}", &s), RC_OK);
    IS_NULL(s.channel);
    IS_NULL(s.note);
    IS_INT(s.points, JSON_ABSENT);
    IS_INT(s.at, JSON_ABSENT);
    IS_INT(s.day, JSON_ABSENT_DATE);
    IS_FALSE(s.is_return);
    IS_NULL(s.buyer.phone);
    IS_INT(s.buyer.born_on, JSON_ABSENT_DATE);
    IS_NULL(s.friend);
    IS_NULL(s.lines);
    IS_INT(s.n_lines, 0);
    IS_INT(s.n_tags, 0);
    IS_INT(s.when.kind, JSON_NULL);
    arena_close(a);
}

/* What is added to a sale that is otherwise right. */
static const struct { const char *field, *pointer, *reason; } wrong[] = {
    { "\"x\":1", "/x", "is not a field of this request" },
    { "\"a/b~c\":1", "/a~1b~0c", "is not a field of this request" },
    { "\"channel\":1", "/channel", "must be a text" },
    { "\"channel\":null", "/channel", "must not be null" },
    { "\"channel\":\"fax\"", "/channel", "must be one of: pos, app" },
    { "\"no/te~\":[]", "/no~1te~0", "must be a text" },
    { "\"points\":1", "/points", "must be at most 0" },
    { "\"points\":-6", "/points", "must be at least -5" },
    { "\"points\":-1.0", "/points", "must be a whole number" },
    { "\"points\":\"1\"", "/points", "must be a whole number" },
    { "\"at\":\"2026-11-24T09:00:00\"", "/at",
      "must be a moment with its offset, such as 2026-11-24T09:00:00+08:00" },
    { "\"at\":5", "/at", "must be a moment with its offset, such as 2026-11-24T09:00:00+08:00" },
    { "\"day\":\"2026-02-30\"", "/day", "must be a date, such as 2026-11-24" },
    { "\"is_return\":1", "/is_return", "must be true or false" },
    { "\"buyer\":[]", "/buyer", "must be an object" },
    { "\"buyer\":{}", "/buyer/phone", "is required" },
    { "\"friend\":{\"phone\":\"1\",\"y\":2}", "/friend/y", "is not a field of this request" },
    { "\"friend\":{\"phone\":null}", "/friend/phone", "must not be null" },
    { "\"lines\":{}", "/lines", "must be a list" },
    { "\"lines\":[]", "/lines", "must have at least 1 item" },
    { "\"lines\":[1,2,3,4]", "/lines", "must have at most 3 items" },
    { "\"lines\":[{\"sku\":\"a\",\"quantity\":1},7]", "/lines/1", "must be an object" },
    { "\"lines\":[{\"sku\":\"\",\"quantity\":1}]", "/lines/0/sku", "must not be empty" },
    { "\"lines\":[{\"sku\":\"123456789\",\"quantity\":1}]", "/lines/0/sku",
      "must be at most 8 bytes" },
    { "\"lines\":[{\"sku\":\"a\",\"quantity\":0}]", "/lines/0/quantity", "must be at least 1" },
    { "\"tags\":[\"a\",5]", "/tags/1", "must be a text" },
    { "\"tags\":[\"abcde\"]", "/tags/0", "must be at most 4 bytes" },
    { "\"tags\":[\"a\",\"b\",\"c\"]", "/tags", "must have at most 2 items" },
};

PURE(shape_says_what_is_wrong_and_where)
{
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct arena *a = arena_open((size_t)1 << 20);
        struct json_reader r = { .arena = a };
        struct sale s;

        IS_INT(read_sale(&r, arena_printf(a, "{\"receipt\":\"R-1\",\"total_minor\":1,%s}",
                                          wrong[i].field), &s), RC_INVALID);
        IS_INT(r.mistakes.n, 1);
        IS_STR(r.mistakes.list[0].pointer, wrong[i].pointer);
        IS_STR(r.mistakes.list[0].reason, wrong[i].reason);
        arena_close(a);
    }
}

PURE(shape_reports_all_mistakes_of_one_request)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;
    char long_text[LIMIT_TEXT + 2] = "";

    memset(long_text, 'x', LIMIT_TEXT + 1);
    IS_INT(read_sale(&r, arena_printf(a, "{\"receipt\":\"ab\",\"no/te~\":\"%s\",\"z\":1}",
                                      long_text), &s), RC_INVALID);
    IS_INT(r.mistakes.n, 4);
    IS_STR(r.mistakes.list[0].reason, "must be at least 3 bytes");
    IS_STR(r.mistakes.list[1].reason, "must be at most 200 bytes");
    IS_STR(r.mistakes.list[2].pointer, "/z");
    IS_STR(r.mistakes.list[3].pointer, "/total_minor");
    IS_STR(r.mistakes.list[3].reason, "is required");
    arena_close(a);
}

PURE(shape_keeps_twenty_mistakes_and_no_more)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;
    struct buf b;

    buf_init(&b, a, 10000);
    buf_adds(&b, "{\"receipt\":\"R-1\",\"total_minor\":1");
    for (int i = 0; i < 30; i++) buf_addf(&b, ",\"x%d\":1", i);
    buf_adds(&b, "}");
    IS_INT(read_sale(&r, buf_cstr(&b), &s), RC_INVALID);
    IS_INT(r.mistakes.n, JSON_ERRORS_MAX);
    json_mistake(&r, "/y", "is late");
    IS_INT(r.mistakes.n, JSON_ERRORS_MAX);
    arena_close(a);
}

PURE(shape_refuses_a_request_that_is_no_object)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;

    IS_INT(read_sale(&r, "[]", &s), RC_INVALID);
    IS_STR(r.mistakes.list[0].pointer, "");
    IS_STR(r.mistakes.list[0].reason, "must be an object");
    arena_close(a);
}

static const char *written(struct arena *a, const struct sale *s)
{
    struct buf b;

    buf_init(&b, a, 10000);
    json_write(&sale_shape, s, &b);
    return buf_cstr(&b);
}

PURE(shape_writes_what_it_reads)
{
    static const char full[] =
        "{\"receipt\":\"R-\\\"1\",\"channel\":\"app\",\"no/te~\":\"n\",\"total_minor\":-7,"
        "\"points\":-5,\"at\":\"2026-11-24T01:00:00.000Z\",\"day\":\"1970-01-02\","
        "\"is_return\":true,\"buyer\":{\"phone\":\"1\",\"born_on\":\"1970-01-03\"},"
        "\"friend\":{\"phone\":\"2\"},\"lines\":[{\"sku\":\"x\",\"quantity\":1}],"
        "\"tags\":[\"a\",\"bb\"],\"when\":{\"==\":[1,2.5]}}";
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;

    IS_INT(read_sale(&r, full, &s), RC_OK);
    IS_STR(written(a, &s), full);
    arena_close(a);
}

PURE(shape_writes_absent_values_as_null_or_leaves_them_out)
{
    struct arena *a = arena_open((size_t)1 << 20);
    struct json_reader r = { .arena = a };
    struct sale s;

    IS_INT(read_sale(&r, "{\"receipt\":\"R-1\",\"total_minor\":0}", &s), RC_OK);
    IS_STR(written(a, &s), "{\"receipt\":\"R-1\",\"channel\":null,\"total_minor\":0,"
           "\"is_return\":false,\"buyer\":{},\"friend\":null,\"lines\":[]}");
    arena_close(a);
}
