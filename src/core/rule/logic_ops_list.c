/* Loops over lists: map, filter, reduce, all, some, none; and merge. */
#include <string.h>
#include "core/rule/logic_tree.h"

/* The list a loop runs over.  A missing one is empty where `may_be_null`; all else throws. */
static const struct json *loop_list(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp)
{
    const struct json *v = logic_node_eval(&n->args[0], r, tmp);
    bool may_be_null = n->code == LOGIC_NONE;         /* map, filter, reduce */

    if (v == NULL) return NULL;
    if (v->kind == JSON_NULL && may_be_null) {
        *tmp = (struct json){ .kind = JSON_LIST };
        return tmp;
    }
    return v->kind == JSON_LIST ? v : logic_throw(r, &LOGIC_INVALID);
}

/* The body of a loop for one item. */
static const struct json *body(const struct logic_node *n, struct logic_run *r,
                               struct logic_frame *frame, struct json *tmp)
{
    const struct json *v;

    if (!logic_work(r, LOGIC_STEP_WORK)) return NULL;
    frame->up = r->top;
    r->top = frame;
    v = logic_node_eval(&n->args[1], r, tmp);
    r->top = frame->up;
    return v;
}

const struct json *logic_op_map(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct json own, each;
    const struct json *list = loop_list(n, r, &own);
    struct json *items;

    if (list == NULL) return NULL;
    items = logic_alloc(r, list->n * sizeof *items);
    if (items == NULL) return NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct logic_frame frame = { .item = &list->u.items[i], .list = list, .index = i };
        const struct json *v = body(n, r, &frame, &each);
        if (v == NULL) return NULL;
        items[i] = *v;
    }
    *tmp = (struct json){ .kind = JSON_LIST, .n = list->n, .u.items = items };
    return tmp;
}

const struct json *logic_op_filter(const struct logic_node *n, struct logic_run *r,
                                   struct json *tmp)
{
    struct json own, each;
    const struct json *list = loop_list(n, r, &own);
    struct json *items;
    size_t count = 0;

    if (list == NULL) return NULL;
    items = logic_alloc(r, list->n * sizeof *items);
    if (items == NULL) return NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct logic_frame frame = { .item = &list->u.items[i], .list = list, .index = i };
        const struct json *v = body(n, r, &frame, &each);
        if (v == NULL) return NULL;
        if (logic_truthy(v)) items[count++] = list->u.items[i];
    }
    *tmp = (struct json){ .kind = JSON_LIST, .n = count, .u.items = items };
    return tmp;
}

/* One round of reduce: the body sees {"current": …, "accumulator": …}.  The pairs are new each
 * time, because the body may answer with the object itself. */
static bool reduce_step(const struct logic_node *n, struct logic_run *r,
                        struct logic_frame *frame, struct json *accumulator)
{
    struct json_pair *pairs = logic_alloc(r, 2 * sizeof *pairs);
    struct json context = { .kind = JSON_OBJECT, .n = 2, .u.pairs = pairs }, each;
    const struct json *v;

    if (pairs == NULL) return false;
    pairs[0] = (struct json_pair){ "current", frame->list->u.items[frame->index] };
    pairs[1] = (struct json_pair){ "accumulator", *accumulator };
    frame->item = &context;
    v = body(n, r, frame, &each);
    if (v == NULL) return false;
    *accumulator = *v;
    return true;
}

/* Without a start, the first item is it. */
const struct json *logic_op_reduce(const struct logic_node *n, struct logic_run *r,
                                   struct json *tmp)
{
    struct json own, start;
    const struct json *list = loop_list(n, r, &own), *first = &LOGIC_NULL;
    bool has_start = n->n > 2;

    if (list == NULL) return NULL;
    if (has_start) first = logic_node_eval(&n->args[2], r, &start);
    else if (list->n > 0) first = &list->u.items[0];
    if (first == NULL) return NULL;
    *tmp = *first;
    for (size_t i = has_start ? 0 : 1; i < list->n; i++) {
        struct logic_frame frame = { .list = list, .index = i };
        if (!reduce_step(n, r, &frame, tmp)) return NULL;
    }
    return tmp;
}

/* Of an empty list: all is false, some is false, none is true. */
const struct json *logic_op_quantify(const struct logic_node *n, struct logic_run *r,
                                     struct json *tmp)
{
    struct json own;
    const struct json *list = loop_list(n, r, &own);

    if (list == NULL) return NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct logic_frame frame = { .item = &list->u.items[i], .list = list, .index = i };
        const struct json *v = body(n, r, &frame, tmp);
        if (v == NULL) return NULL;
        if (logic_truthy(v) != (n->code == LOGIC_ALL)) return logic_bool(n->code == LOGIC_SOME);
    }
    return logic_bool(n->code == LOGIC_NO || (n->code == LOGIC_ALL && list->n > 0));
}

static size_t merged_length(const struct json *parts, size_t n)
{
    size_t total = 0;

    for (size_t i = 0; i < n; i++) total += parts[i].kind == JSON_LIST ? parts[i].n : 1;
    return total;
}

/* Lists are opened one level deep; what is no list counts as a list of one. */
const struct json *logic_op_merge(const struct logic_node *n, struct logic_run *r,
                                  struct json *tmp)
{
    struct logic_args a;
    struct json *parts, *items, own;
    size_t count = 0;

    if (!logic_args_open(&a, n, r)) return NULL;
    parts = logic_alloc(r, a.n * sizeof *parts);
    if (parts == NULL) return NULL;
    for (size_t i = 0; i < a.n; i++) {
        const struct json *v = logic_args_next(&a, &own);
        if (v == NULL) return NULL;
        parts[i] = *v;
    }
    items = logic_alloc(r, merged_length(parts, a.n) * sizeof *items);
    if (items == NULL) return NULL;
    for (size_t i = 0; i < a.n; i++) {
        bool is_list = parts[i].kind == JSON_LIST;
        size_t more = is_list ? parts[i].n : 1;
        if (more == 0) continue;
        memcpy(&items[count], is_list ? parts[i].u.items : &parts[i], more * sizeof *items);
        count += more;
    }
    *tmp = (struct json){ .kind = JSON_LIST, .n = count, .u.items = items };
    return tmp;
}
