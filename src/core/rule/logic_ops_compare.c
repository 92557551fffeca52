/* Comparisons and `in`. */
#include <string.h>
#include "core/rule/logic_tree.h"

enum order { ORDER_LESS, ORDER_SAME, ORDER_MORE, ORDER_NONE, ORDER_NAN };

static enum order order_of(bool is_less, bool is_more)
{
    return is_less ? ORDER_LESS : is_more ? ORDER_MORE : ORDER_SAME;
}

/* By bytes, which in UTF-8 is by code point, and what both databases do in C collation. */
static enum order order_texts(const struct json *a, const struct json *b)
{
    size_t n = a->n < b->n ? a->n : b->n;
    int cmp = memcmp(a->u.text, b->u.text, n);

    return cmp != 0 ? order_of(cmp < 0, cmp > 0) : order_of(a->n < b->n, a->n > b->n);
}

static enum order order_numbers(const struct json *a, const struct json *b)
{
    struct logic_number x, y;

    if (!logic_number(a, &x) || !logic_number(b, &y)) return ORDER_NAN;
    if (x.is_int && y.is_int) return order_of(x.i < y.i, x.i > y.i);
    return order_of(x.real < y.real, x.real > y.real);
}

static enum order order_null(bool is_flipped, const struct json *other)
{
    switch (other->kind) {
    case JSON_NULL:   return ORDER_SAME;
    case JSON_TEXT:   return other->n == 0 ? ORDER_SAME : is_flipped ? ORDER_MORE : ORDER_LESS;
    case JSON_LIST:
    case JSON_OBJECT: return ORDER_NONE;
    default:
        return is_flipped ? order_numbers(other, &LOGIC_NULL) : order_numbers(&LOGIC_NULL, other);
    }
}

static enum order order(const struct json *a, const struct json *b)
{
    if (a->kind == JSON_INT && b->kind == JSON_INT)
        return order_of(a->u.i < b->u.i, a->u.i > b->u.i);
    if (a->kind == JSON_TEXT && b->kind == JSON_TEXT) return order_texts(a, b);
    if (a->kind == JSON_NULL) return order_null(false, b);
    if (b->kind == JSON_NULL) return order_null(true, a);
    return order_numbers(a, b);
}

static bool equal_texts(const struct json *a, const struct json *b)
{
    return a->n == b->n && memcmp(a->u.text, b->u.text, a->n) == 0;
}

static bool holds(enum logic_code code, enum order o)
{
    switch (code) {
    case LOGIC_EQ: return o == ORDER_SAME;
    case LOGIC_NE: return o != ORDER_SAME;
    case LOGIC_LT: return o == ORDER_LESS;
    case LOGIC_LE: return o == ORDER_LESS || o == ORDER_SAME;
    case LOGIC_GT: return o == ORDER_MORE;
    default:       return o == ORDER_MORE || o == ORDER_SAME;
    }
}

/* Each neighbouring pair has to hold; the first that does not ends it, unevaluated what follows. */
const struct json *logic_op_compare(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp)
{
    struct json own[2];
    const struct json *a = logic_node_eval(&n->args[0], r, &own[0]), *b;
    bool is_equality = n->code == LOGIC_EQ || n->code == LOGIC_NE;

    (void)tmp;
    if (a == NULL) return NULL;
    for (size_t i = 1; i < n->n; i++, a = b) {
        enum order o;
        b = logic_node_eval(&n->args[i], r, &own[i & 1]);
        if (b == NULL) return NULL;
        if (is_equality && a->kind == JSON_TEXT && b->kind == JSON_TEXT)
            o = equal_texts(a, b) ? ORDER_SAME : ORDER_NONE;
        else
            o = order(a, b);
        if (o == ORDER_NAN) return logic_throw(r, &LOGIC_NAN);
        if (!holds(n->code, o)) return &LOGIC_FALSE;
    }
    return &LOGIC_TRUE;
}

/* === and !==: same kind, same value. */
const struct json *logic_op_same(const struct logic_node *n, struct logic_run *r,
                                 struct json *tmp)
{
    struct json own[2];
    const struct json *a = logic_node_eval(&n->args[0], r, &own[0]), *b;

    (void)tmp;
    if (a == NULL) return NULL;
    for (size_t i = 1; i < n->n; i++, a = b) {
        b = logic_node_eval(&n->args[i], r, &own[i & 1]);
        if (b == NULL) return NULL;
        if (json_same(a, b) != (n->code == LOGIC_SAME)) return &LOGIC_FALSE;
    }
    return &LOGIC_TRUE;
}

static bool is_in_list(const struct json *v, const struct json *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (json_same(v, &list->u.items[i])) return true;
    return false;
}

/* A number or a boolean is looked for in a text as it is written; null is nowhere. */
static bool is_in_text(const struct json *v, const struct json *text)
{
    char number[LOGIC_SCALAR_MAX];
    const char *needle = logic_scalar_text(v, number);

    return v->kind != JSON_NULL && needle != NULL && strstr(text->u.text, needle) != NULL;
}

const struct json *logic_op_in(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct logic_args a;
    struct json first;
    const struct json *v, *where;

    if (!logic_args_open(&a, n, r)) return NULL;
    if (a.n < 2) return logic_throw(r, &LOGIC_INVALID);
    v = logic_args_next(&a, &first);
    if (v == NULL) return NULL;
    where = logic_args_next(&a, tmp);
    if (where == NULL) return NULL;
    if (where->kind == JSON_LIST) return logic_bool(is_in_list(v, where));
    if (where->kind == JSON_TEXT) return logic_bool(is_in_text(v, where));
    return &LOGIC_FALSE;
}
