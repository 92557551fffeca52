/* list_private.h -- what the list_*.c files share. */
#pragma once
#include "core/door/list_api.h"

enum { LIST_CURSOR_MAX = 2048, LIST_PIECE_ROWS = 500 };

union list_value { int64_t i64; const char *text; int32_t date; };
struct list_query {
    int64_t limit;
    const char *cursor, *sort, *q, *format;
    bool is_counted;
    union list_value values[LIST_FILTERS];
};

/* list_place.c: where a page ended, as a word: the sort and the keys of the last row that was
 * shown.  NULL: it would be too long, which no key of ours is. */
const char *list_place(struct arena *a, const struct db_list *ask, const char *sort,
                       const void *row);
/* The keys, in the arena; NULL: no place in a list that is sorted so. */
const union db_cell *list_place_read(struct arena *a, const struct db_list *ask, const char *sort,
                                     const char *place);

/* list_file.c: items as lines of the file, below its headings if they are the first. */
struct list_lines { const struct list *list; const char *items; size_t n; bool is_first; };
struct str list_lines(struct ctx *c, const struct call *call, const struct list_lines *lines);
