/* list_file.c -- a list as a file: what a field is, as people of the shop write it. */
#include <stdio.h>
#include <assert.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "core/config/conf.h"
#include "core/ctx.h"
#include "core/door/list_private.h"

enum { LINES_BYTES = 8 << 20 };

/* ---- columns ---- */

struct column { const struct json_field *field; const char *heading; enum list_cell as; };
struct columns { struct column *items; size_t n; };

static const struct json_field *field_of(const struct json_shape *shape, const char *name)
{
    size_t i = 0;

    while (i < shape->n && !str_eq(shape->fields[i].name, name)) i++;
    assert(i < shape->n && "a field of the list's items");
    return &shape->fields[i];
}

static struct columns columns_of(struct ctx *c, const struct call *call, const struct list *list)
{
    size_t n = list->columns ? list->columns_n : list->item->n;
    struct columns out = { ARENA_ARRAY(c->arena, struct column, n), n };

    for (size_t i = 0; i < n; i++) {
        struct column *to = &out.items[i];
        if (!list->columns) {
            *to = (struct column){ &list->item->fields[i], list->item->fields[i].name, CELL_PLAIN };
        } else {
            const struct list_column *from = &list->columns[i];
            *to = (struct column){ field_of(list->item, from->field),
                                   text_in(&from->heading, call->language), from->as };
        }
    }
    return out;
}

/* ---- cells ---- */

static void put_number(struct ctx *c, struct buf *dst, const struct column *col, int64_t v)
{
    char text[40];

    if (v == JSON_ABSENT) return;
    if (col->as == CELL_MONEY) str_from_minor(v, c->conf->currency_decimals, text, sizeof text);
    else                       snprintf(text, sizeof text, "%lld", (long long)v);
    csv_number(dst, text);
}

/* On the clock of the shop, to the second: a spreadsheet knows it for a time. */
static void put_moment(struct ctx *c, struct buf *dst, int64_t at)
{
    char date[11];

    if (at == JSON_ABSENT) return;
    int minute = time_minute_of_day(c->conf->zone, at);
    date_format(date_of(c->conf->zone, at), date);
    buf_addf(dst, "%s %02d:%02d:%02d", date, minute / 60, minute % 60,
             (int)((at % 60000 + 60000) % 60000 / 1000));
}

static void put_date(struct buf *dst, int32_t day)
{
    char date[11];

    if (day == JSON_ABSENT_DATE) return;
    date_format(day, date);
    buf_adds(dst, date);
}

/* What has parts is told as JSON. */
static void put_parts(struct ctx *c, struct buf *dst, const struct json_field *f, const void *item)
{
    const struct json_shape one = { .name = f->name, .fields = f, .n = 1 };
    size_t head = strlen(f->name) + 4;               /* {"name": */
    struct buf b;

    buf_init(&b, c->arena, LINES_BYTES);
    json_write(&one, item, &b);
    if (b.full || b.n <= head) return;
    const char *text = arena_strndup(c->arena, b.p + head, b.n - head - 1);
    if (!str_eq(text, "null")) csv_text(dst, text);
}

static void put_cell(struct ctx *c, struct buf *dst, const struct column *col, const char *item)
{
    const char *at = item + col->field->offset, *text;
    int64_t number;
    int32_t date;

    switch (col->field->type) {
    case JT_TEXT:
        memcpy(&text, at, sizeof text);
        csv_text(dst, text);
        break;
    case JT_I64:
        memcpy(&number, at, sizeof number);
        put_number(c, dst, col, number);
        break;
    case JT_MOMENT:
        memcpy(&number, at, sizeof number);
        put_moment(c, dst, number);
        break;
    case JT_DATE:
        memcpy(&date, at, sizeof date);
        put_date(dst, date);
        break;
    default:
        put_parts(c, dst, col->field, item);
        break;
    }
}

/* ---- lines ---- */

static void put_headings(struct buf *dst, const struct columns *columns)
{
    buf_adds(dst, CSV_BEGIN);
    for (size_t i = 0; i < columns->n; i++) {
        if (i > 0) csv_next(dst);
        csv_text(dst, columns->items[i].heading);
    }
    csv_end(dst);
}

struct str list_lines(struct ctx *c, const struct call *call, const struct list_lines *lines)
{
    const struct columns columns = columns_of(c, call, lines->list);
    struct buf b;

    buf_init(&b, c->arena, LINES_BYTES);
    if (lines->is_first) put_headings(&b, &columns);
    for (size_t i = 0; i < lines->n; i++) {
        const char *item = lines->items + i * lines->list->item->size;
        for (size_t k = 0; k < columns.n; k++) {
            if (k > 0) csv_next(&b);
            put_cell(c, &b, &columns.items[k], item);
        }
        csv_end(&b);
    }
    return b.full ? (struct str){ 0 } : buf_str(&b);
}
