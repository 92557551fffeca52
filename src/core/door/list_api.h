/* list_api.h -- lists that people look through: one table says what a list is, and its route has
 * all of this:
 *
 *     ?limit=&cursor=       page by page, nothing twice and nothing left out
 *     ?sort=total  -total   by one of its sorts, up or down; the first, down, where nothing is said
 *     ?q=                   one of its searched columns holds the text
 *     ?state=failed …       its own filters; a date "to" is to the end of that day
 *     ?count=true           how many there are in all, exact as far as DB_LIST_COUNTED
 *     ?format=csv           all of it as a file: headings and moments as people of the shop have
 *                           them, and no cell that a spreadsheet takes for a formula
 *
 * The statement (a `:list`, db/list.h) names the columns; filters, sorts and searches are about
 * these only.  Refusals, in this order: request.parameter, those of ask(), request.cursor. */
#pragma once
#include "base/text.h"
#include "core/route.h"
#include "db/list.h"

enum { LIST_FILTERS = 12 };

struct list_sort { const char *name, *keys[DB_LIST_KEYS + 1]; };   /* the last key is unique */
/* JT_TEXT, JT_I64, JT_MOMENT, JT_DATE; JT_BOOL: true and false as 1 and 0. */
struct list_filter {
    const char *name;
    enum json_type type;
    const char *column;                      /* NULL: ask() looks at it */
    enum db_list_is is;
    const char *const *among;                /* JT_TEXT: which there are; NULL: any */
    /* What stands for a number: a store by its code.  False: there is none. */
    bool (*read)(struct ctx *c, const char *text, int64_t *out);
};
enum list_cell { CELL_PLAIN, CELL_MONEY };
/* A column of the file.  Without any, all fields of an item are, under their names. */
struct list_column { const char *field; struct text heading; enum list_cell as; };

struct list {
    const char *name;                        /* of the file: "purchases" */
    const struct sql_def *rows;
    /* The statement's parameters: struct sql_…, in the arena.  NULL: it has none. */
    enum rc (*ask)(struct ctx *c, const struct call *call, const void **arg);
    const struct json_shape *item;
    enum rc (*show)(struct ctx *c, const struct call *call, const void *row, void *item);
    const struct list_sort *sorts;     size_t sorts_n;
    const struct list_filter *filters; size_t filters_n;
    const char *const *searched;             /* text columns, NULL ends them; NULL: none */
    const struct list_column *columns; size_t columns_n;
    const void *of;                          /* for ask and show: call->list->of */
};
#define LIST_SORTS(x)   .sorts = (x), .sorts_n = ARRAY_LEN(x)
#define LIST_FILTERS(x) .filters = (x), .filters_n = ARRAY_LEN(x)
#define LIST_COLUMNS(x) .columns = (x), .columns_n = ARRAY_LEN(x)

/* The handler of a route that has a list, and the whole of it for one that chooses among lists of
 * one shape. */
enum rc list_api(struct ctx *c, struct call *call) MUST_CHECK;
enum rc list_answer(struct ctx *c, struct call *call, const struct list *list) MUST_CHECK;
/* What was asked of a text filter; NULL: nothing. */
const char *list_asked(const struct call *call, const char *filter);
bool list_read_store(struct ctx *c, const char *text, int64_t *out);
bool list_read_unit(struct ctx *c, const char *text, int64_t *out);

/* The shapes of the route's query and answer, made once. */
void list_shapes(struct arena *a, const struct list *list, struct route *route);
/* Every way of asking, for whoever looks at plans: sort by sort, then filter by filter.  False:
 * there are no more. */
bool list_example(struct arena *a, const struct list *list, size_t n, struct db_list *out);
