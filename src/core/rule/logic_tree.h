/* logic_tree.h -- the inside of the evaluator: nodes, frames, and what the operators share.  Only
 * logic_*.c includes it.
 *
 * A node is a constant, a slot, or a call of one C function.  A function answers with a pointer to
 * a value that exists anyway (a constant, a slot, the data) or to *tmp, which is the caller's: most
 * evaluations neither copy nor allocate.  NULL means thrown. */
#pragma once
#include "core/rule/logic.h"

struct logic_node;
struct logic_run;
typedef const struct json *logic_op(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp);

enum logic_kind { LOGIC_CONST, LOGIC_SLOT, LOGIC_CALL };

/* One operator in several functions' worth of code: which of them. */
enum logic_code {
    LOGIC_NONE,
    LOGIC_EQ, LOGIC_NE, LOGIC_SAME, LOGIC_OTHER, LOGIC_LT, LOGIC_LE, LOGIC_GT, LOGIC_GE,
    LOGIC_ADD, LOGIC_SUB, LOGIC_MUL, LOGIC_DIV, LOGIC_MOD, LOGIC_MIN, LOGIC_MAX,
    LOGIC_ALL, LOGIC_SOME, LOGIC_NO
};

struct logic_key { const char *text; int64_t index; };     /* index -1: not the place in a list */
struct logic_path { const struct logic_key *keys; size_t n, up; };
struct logic_ref { const char *name; int slot; };

struct logic_node {
    enum logic_kind kind;
    enum logic_code code;
    int slot;
    bool is_spread;                   /* args[0] may turn out to be the list of arguments */
    logic_op *eval;
    const struct logic_node *args;
    size_t n;
    struct logic_path path;           /* of var, val, exists with a constant name */
    const struct logic_ref *refs;     /* of missing: names that are slots */
    size_t n_refs;
    struct json value;                /* LOGIC_CONST */
};

struct logic {
    struct logic_node root;
    const int *slots;
    size_t n_slots;
    bool is_typed;                    /* compiled with names: overflow throws */
};

/* Each loop, and each alternative of a try, stands one frame above its surroundings.  A frame is
 * two levels for `val`: the item, and what is known about the loop. */
struct logic_frame {
    const struct json *item;
    const struct logic_frame *up;
    const struct json *list;          /* of a loop; else NULL */
    size_t index;
};

struct logic_run {
    struct logic_env *env;
    const struct json *slots;
    const struct logic_frame *top;
    size_t work_left;                 /* bytes to allocate, steps to take */
    bool is_typed;
};

#define LOGIC_DEPTH_MAX 64
#define LOGIC_WORK_MAX ((size_t)1 << 20)
#define LOGIC_STEP_WORK 32            /* one round of a loop, in the same unit as bytes */

extern const struct json LOGIC_NULL, LOGIC_FALSE, LOGIC_TRUE;
extern const struct json LOGIC_NAN, LOGIC_INVALID, LOGIC_OVERFLOW, LOGIC_TOO_MUCH;   /* errors */

/* All of these return NULL, or false, after setting what was thrown. */
const struct json *logic_throw(struct logic_run *r, const struct json *error);
bool  logic_work(struct logic_run *r, size_t amount);
void *logic_alloc(struct logic_run *r, size_t bytes);

static inline const struct json *logic_slot(const struct logic_run *r, int slot)
{
    if (r->env->need != NULL) r->env->need(r->env->need_arg, slot);
    return &r->slots[slot];
}

static inline const struct json *logic_node_eval(const struct logic_node *n, struct logic_run *r,
                                                 struct json *tmp)
{
    switch (n->kind) {
    case LOGIC_CONST: return &n->value;
    case LOGIC_SLOT:  return logic_slot(r, n->slot);
    case LOGIC_CALL:  break;
    }
    return n->eval(n, r, tmp);
}

static inline const struct json *logic_bool(bool is_true)
{
    return is_true ? &LOGIC_TRUE : &LOGIC_FALSE;
}

/* Arguments one after the other, whether written out or computed as one list. */
struct logic_args {
    const struct logic_node *node;
    struct logic_run *run;
    const struct json *items;         /* NULL: evaluate node->args */
    size_t n, i;
    struct json spread;
};
bool logic_args_open(struct logic_args *a, const struct logic_node *n, struct logic_run *r);
const struct json *logic_args_next(struct logic_args *a, struct json *tmp);

struct logic_number { bool is_int; int64_t i; double real; };
bool logic_number(const struct json *v, struct logic_number *out);       /* false: not a number */

/* What a text, number, boolean or null reads as where text is wanted: itself, "12", "true", "".
 * NULL for lists and objects. */
#define LOGIC_SCALAR_MAX JSON_REAL_TEXT_MAX
const char *logic_scalar_text(const struct json *v, char number[static LOGIC_SCALAR_MAX]);

/* Reading the data: a NULL answer means there is nothing there. */
int64_t logic_index(const char *text, size_t n);                         /* "0", "12"; else -1 */
const struct json *logic_walk(const struct json *from, const struct logic_path *path);
const struct json *logic_walk_dotted(const struct json *from, const char *name);
/* [n] as the first argument of val or exists: n levels up; -n is the same. */
bool   logic_is_climb(const struct json *v);
size_t logic_climb(const struct json *v);

logic_op logic_op_list, logic_op_invalid;
logic_op logic_op_and, logic_op_or, logic_op_not, logic_op_truth, logic_op_if, logic_op_coalesce;
logic_op logic_op_try, logic_op_throw, logic_op_log;
logic_op logic_op_var, logic_op_var_path, logic_op_var_slot, logic_op_val, logic_op_val_path;
logic_op logic_op_exists, logic_op_exists_path, logic_op_exists_slot;
logic_op logic_op_missing, logic_op_missing_some;
logic_op logic_op_compare, logic_op_same, logic_op_in;
logic_op logic_op_number;
logic_op logic_op_map, logic_op_filter, logic_op_reduce, logic_op_quantify, logic_op_merge;
logic_op logic_op_cat, logic_op_substr;
