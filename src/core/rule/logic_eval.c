/* The evaluator's frame, and the operators that decide what is evaluated at all. */
#include <assert.h>
#include "core/rule/logic_tree.h"

const struct json LOGIC_NULL = { .kind = JSON_NULL };
const struct json LOGIC_FALSE = { .kind = JSON_FALSE };
const struct json LOGIC_TRUE = { .kind = JSON_TRUE };

/* Errors of our own are constants: they cost nothing, and a try is free to throw them again. */
#define ERROR(name, lit)                                                                      \
    static const struct json_pair name##_pair[] = {                                           \
        { "type", { .kind = JSON_TEXT, .n = sizeof(lit) - 1, .u.text = (lit) } } };           \
    const struct json name = { .kind = JSON_OBJECT, .n = 1, .u.pairs = name##_pair }

ERROR(LOGIC_NAN, "NaN");
ERROR(LOGIC_INVALID, "Invalid Arguments");
ERROR(LOGIC_OVERFLOW, "Overflow");
ERROR(LOGIC_TOO_MUCH, "Too Much Work");

struct json logic_eval(const struct logic *tree, struct logic_env *env)
{
    struct logic_frame root = { .item = env->data != NULL ? env->data : &LOGIC_NULL };
    struct logic_run r = { .env = env, .slots = env->slots, .top = &root,
                           .work_left = LOGIC_WORK_MAX, .is_typed = tree->is_typed };
    struct json tmp;
    const struct json *answer;

    assert(tree->n_slots == 0 || env->slots != NULL);
    env->has_thrown = false;
    answer = logic_node_eval(&tree->root, &r, &tmp);
    return answer != NULL ? *answer : LOGIC_NULL;
}

bool logic_truthy(const struct json *v)
{
    switch (v->kind) {
    case JSON_NULL:
    case JSON_FALSE:  return false;
    case JSON_TRUE:
    case JSON_OBJECT: return true;
    case JSON_INT:    return v->u.i != 0;
    case JSON_REAL:   return v->u.real < 0 || v->u.real > 0;
    case JSON_TEXT:
    case JSON_LIST:   return v->n > 0;
    }
    return false;
}

size_t logic_slots(const struct logic *tree, int *dst, size_t max)
{
    for (size_t i = 0; i < tree->n_slots && i < max; i++) dst[i] = tree->slots[i];
    return tree->n_slots;
}

/* ---- throwing ---- */

const struct json *logic_throw(struct logic_run *r, const struct json *error)
{
    r->env->has_thrown = true;
    r->env->thrown = *error;
    return NULL;
}

bool logic_work(struct logic_run *r, size_t amount)
{
    if (amount <= r->work_left) {
        r->work_left -= amount;
        return true;
    }
    r->work_left = 0;
    logic_throw(r, &LOGIC_TOO_MUCH);
    return false;
}

void *logic_alloc(struct logic_run *r, size_t bytes)
{
    assert(r->env->arena != NULL);
    return logic_work(r, bytes) ? arena_alloc(r->env->arena, bytes) : NULL;
}

/* ---- arguments ---- */

bool logic_args_open(struct logic_args *a, const struct logic_node *n, struct logic_run *r)
{
    const struct json *v;

    *a = (struct logic_args){ .node = n, .run = r, .n = n->n };
    if (!n->is_spread) return true;
    v = logic_node_eval(&n->args[0], r, &a->spread);
    if (v == NULL) return false;
    if (v->kind == JSON_LIST) {
        a->items = v->n > 0 ? v->u.items : v;         /* never NULL, so that n = 0 is enough */
        a->n = v->n;
    } else {
        a->items = v;
        a->n = 1;
    }
    return true;
}

const struct json *logic_args_next(struct logic_args *a, struct json *tmp)
{
    assert(a->i < a->n);
    if (a->items != NULL) return &a->items[a->i++];
    return logic_node_eval(&a->node->args[a->i++], a->run, tmp);
}

/* ---- control ---- */

const struct json *logic_op_list(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct json *items = logic_alloc(r, n->n * sizeof *items);
    struct json item;

    if (items == NULL) return NULL;
    for (size_t i = 0; i < n->n; i++) {
        const struct json *v = logic_node_eval(&n->args[i], r, &item);
        if (v == NULL) return NULL;
        items[i] = *v;
    }
    *tmp = (struct json){ .kind = JSON_LIST, .n = n->n, .u.items = items };
    return tmp;
}

const struct json *logic_op_invalid(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp)
{
    (void)n;
    (void)tmp;
    return logic_throw(r, &LOGIC_INVALID);
}

const struct json *logic_op_and(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    const struct json *v = &LOGIC_FALSE;

    for (size_t i = 0; i < n->n; i++) {
        v = logic_node_eval(&n->args[i], r, tmp);
        if (v == NULL || !logic_truthy(v)) break;
    }
    return v;
}

const struct json *logic_op_or(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    const struct json *v = &LOGIC_FALSE;

    for (size_t i = 0; i < n->n; i++) {
        v = logic_node_eval(&n->args[i], r, tmp);
        if (v == NULL || logic_truthy(v)) break;
    }
    return v;
}

const struct json *logic_op_not(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    const struct json *v = n->n > 0 ? logic_node_eval(&n->args[0], r, tmp) : &LOGIC_NULL;
    return v != NULL ? logic_bool(!logic_truthy(v)) : NULL;
}

const struct json *logic_op_truth(const struct logic_node *n, struct logic_run *r,
                                  struct json *tmp)
{
    const struct json *v = n->n > 0 ? logic_node_eval(&n->args[0], r, tmp) : &LOGIC_NULL;
    return v != NULL ? logic_bool(logic_truthy(v)) : NULL;
}

/* Condition and value in turn; a last one alone is the value otherwise. */
const struct json *logic_op_if(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    size_t i = 0;

    for (; i + 1 < n->n; i += 2) {
        const struct json *v = logic_node_eval(&n->args[i], r, tmp);
        if (v == NULL) return NULL;
        if (logic_truthy(v)) return logic_node_eval(&n->args[i + 1], r, tmp);
    }
    return i < n->n ? logic_node_eval(&n->args[i], r, tmp) : &LOGIC_NULL;
}

const struct json *logic_op_coalesce(const struct logic_node *n, struct logic_run *r,
                                     struct json *tmp)
{
    struct logic_args a;

    if (!logic_args_open(&a, n, r)) return NULL;
    while (a.i < a.n) {
        const struct json *v = logic_args_next(&a, tmp);
        if (v == NULL) return NULL;
        if (v->kind == JSON_NULL) continue;
        *tmp = *v;                                    /* v may live in a, which ends here */
        return tmp;
    }
    return &LOGIC_NULL;
}

/* After a failure the next alternative sees the error as its data, and its surroundings two levels
 * up. */
const struct json *logic_op_try(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    const struct logic_frame *outer = r->top;
    const struct json *v = &LOGIC_NULL;
    struct json error;
    struct logic_frame frame = { .item = &error, .up = outer };

    for (size_t i = 0; i < n->n; i++) {
        v = logic_node_eval(&n->args[i], r, tmp);
        if (v != NULL) break;
        error = r->env->thrown;
        r->top = &frame;
    }
    r->top = outer;
    if (v == NULL) return NULL;
    r->env->has_thrown = false;
    *tmp = *v;                                        /* v may be `error`, which ends here */
    return tmp;
}

const struct json *logic_op_throw(const struct logic_node *n, struct logic_run *r,
                                  struct json *tmp)
{
    const struct json *v = n->n > 0 ? logic_node_eval(&n->args[0], r, tmp) : &LOGIC_NULL;
    struct json_pair *pair;

    if (v == NULL) return NULL;
    if (v->kind == JSON_OBJECT) return logic_throw(r, v);
    pair = logic_alloc(r, sizeof *pair);
    if (pair == NULL) return NULL;
    *pair = (struct json_pair){ "type", *v };
    return logic_throw(r, &(struct json){ .kind = JSON_OBJECT, .n = 1, .u.pairs = pair });
}

/* What passes through a rule may be personal: it is not written anywhere. */
const struct json *logic_op_log(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    return n->n > 0 ? logic_node_eval(&n->args[0], r, tmp) : &LOGIC_NULL;
}
