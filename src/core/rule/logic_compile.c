/* JSON to tree: operators become functions, constant parts become constants, constant names become
 * slots or paths. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "core/rule/logic_tree.h"
#include "json/pointer.h"

struct compiler {
    struct arena *arena;
    const struct logic_names *names;  /* NULL: plain JsonLogic */
    struct logic_mistake *mistake;
    int *slots;
    size_t n_slots, slots_cap;
};

/* A part of the rule: what it is and where.  scope counts the frames a loop or a try puts around
 * it: with 0, names read the outermost data. */
struct part {
    const struct json *rule;
    const struct json_place *at;
    int scope, depth;
};

/* How an operator takes its arguments. */
enum form {
    FORM_ANY,       /* written out, or one that may compute them all */
    FORM_ONE,       /* one value, in a list or bare */
    FORM_WRITTEN,   /* only a list that is written out */
    FORM_PAIRS,     /* the same, two or more: comparisons */
    FORM_LOOP,      /* list, body, start: the body one frame up; a literal null is wrong */
    FORM_QUANTIFY,  /* list, body */
    FORM_TRY,       /* all but the first one frame up */
    FORM_VAR, FORM_VAL, FORM_EXISTS, FORM_MISSING, FORM_PRESERVE
};

struct operator { const char *name; enum form form; logic_op *eval; enum logic_code code; };

static const struct operator operators[] = {
    { "==",  FORM_PAIRS, logic_op_compare, LOGIC_EQ },
    { "!=",  FORM_PAIRS, logic_op_compare, LOGIC_NE },
    { "===", FORM_PAIRS, logic_op_same, LOGIC_SAME },
    { "!==", FORM_PAIRS, logic_op_same, LOGIC_OTHER },
    { "<",   FORM_PAIRS, logic_op_compare, LOGIC_LT },
    { "<=",  FORM_PAIRS, logic_op_compare, LOGIC_LE },
    { ">",   FORM_PAIRS, logic_op_compare, LOGIC_GT },
    { ">=",  FORM_PAIRS, logic_op_compare, LOGIC_GE },
    { "var", FORM_VAR, logic_op_var, LOGIC_NONE },
    { "and", FORM_WRITTEN, logic_op_and, LOGIC_NONE },
    { "or",  FORM_WRITTEN, logic_op_or, LOGIC_NONE },
    { "!",   FORM_ONE, logic_op_not, LOGIC_NONE },
    { "!!",  FORM_ONE, logic_op_truth, LOGIC_NONE },
    { "if",  FORM_WRITTEN, logic_op_if, LOGIC_NONE },
    { "?:",  FORM_WRITTEN, logic_op_if, LOGIC_NONE },
    { "??",  FORM_ANY, logic_op_coalesce, LOGIC_NONE },
    { "in",  FORM_ANY, logic_op_in, LOGIC_NONE },
    { "+",   FORM_ANY, logic_op_number, LOGIC_ADD },
    { "-",   FORM_ANY, logic_op_number, LOGIC_SUB },
    { "*",   FORM_ANY, logic_op_number, LOGIC_MUL },
    { "/",   FORM_ANY, logic_op_number, LOGIC_DIV },
    { "%",   FORM_ANY, logic_op_number, LOGIC_MOD },
    { "min", FORM_ANY, logic_op_number, LOGIC_MIN },
    { "max", FORM_ANY, logic_op_number, LOGIC_MAX },
    { "val", FORM_VAL, logic_op_val, LOGIC_NONE },
    { "exists", FORM_EXISTS, logic_op_exists, LOGIC_NONE },
    { "missing", FORM_MISSING, logic_op_missing, LOGIC_NONE },
    { "missing_some", FORM_MISSING, logic_op_missing_some, LOGIC_NONE },
    { "map",    FORM_LOOP, logic_op_map, LOGIC_NONE },
    { "filter", FORM_LOOP, logic_op_filter, LOGIC_NONE },
    { "reduce", FORM_LOOP, logic_op_reduce, LOGIC_NONE },
    { "all",    FORM_QUANTIFY, logic_op_quantify, LOGIC_ALL },
    { "some",   FORM_QUANTIFY, logic_op_quantify, LOGIC_SOME },
    { "none",   FORM_QUANTIFY, logic_op_quantify, LOGIC_NO },
    { "merge",  FORM_ANY, logic_op_merge, LOGIC_NONE },
    { "cat",    FORM_ANY, logic_op_cat, LOGIC_NONE },
    { "substr", FORM_ANY, logic_op_substr, LOGIC_NONE },
    { "try",    FORM_TRY, logic_op_try, LOGIC_NONE },
    { "throw",  FORM_ONE, logic_op_throw, LOGIC_NONE },
    { "log",    FORM_ONE, logic_op_log, LOGIC_NONE },
    { "preserve", FORM_PRESERVE, NULL, LOGIC_NONE },
};

static enum rc compile(struct compiler *k, const struct part *p, struct logic_node *out);

static enum rc refuse(struct compiler *k, const struct json_place *at, const char *fmt, ...)
    PRINTF(3, 4);
static enum rc refuse(struct compiler *k, const struct json_place *at, const char *fmt, ...)
{
    va_list list;

    k->mistake->pointer = json_pointer(k->arena, at);
    va_start(list, fmt);
    vsnprintf(k->mistake->reason, sizeof k->mistake->reason, fmt, list);
    va_end(list);
    return RC_INVALID;
}

/* ---- constants ---- */

static void make_const(struct logic_node *out, struct json value)
{
    *out = (struct logic_node){ .kind = LOGIC_CONST, .value = value };
}

static bool are_const(const struct logic_node *n)
{
    for (size_t i = 0; i < n->n; i++)
        if (n->args[i].kind != LOGIC_CONST) return false;
    return true;
}

/* A call of constants is its answer, unless it throws: then it throws at its time, where a try may
 * be waiting. */
static void fold(struct compiler *k, struct logic_node *n)
{
    struct logic_frame root = { .item = &LOGIC_NULL };
    struct logic_env env = { .arena = k->arena };
    struct logic_run r = { .env = &env, .top = &root, .work_left = LOGIC_WORK_MAX,
                           .is_typed = k->names != NULL };
    struct json tmp;
    const struct json *v;

    if (!are_const(n)) return;
    v = n->eval(n, &r, &tmp);
    if (v != NULL) make_const(n, *v);
}

/* ---- names ---- */

static int use_slot(struct compiler *k, int slot)
{
    if (slot < 0) return -1;
    for (size_t i = 0; i < k->n_slots; i++)
        if (k->slots[i] == slot) return slot;
    *ARENA_PUSH(k->arena, k->slots, k->n_slots, k->slots_cap) = slot;
    return slot;
}

static int find_slot(struct compiler *k, const char *name)
{
    if (k->names == NULL || k->names->slot == NULL || *name == '\0') return -1;
    return use_slot(k, k->names->slot(k->names->arg, name));
}

static struct logic_path split_path(struct arena *a, const char *name)
{
    size_t n = *name == '\0' ? 0 : 1;
    struct logic_key *keys;

    for (const char *c = name; *c != '\0'; c++) n += *c == '.';
    if (n == 0) return (struct logic_path){ .n = 0 };
    keys = ARENA_ARRAY(a, struct logic_key, n);
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(name, ".");
        keys[i] = (struct logic_key){ arena_strndup(a, name, len), logic_index(name, len) };
        name += len + 1;
    }
    return (struct logic_path){ .keys = keys, .n = n };
}

/* Text of a constant that names something, in the arena; NULL if it cannot. */
static const char *name_of(struct compiler *k, const struct json *v)
{
    char number[LOGIC_SCALAR_MAX];
    const char *text = logic_scalar_text(v, number);

    return text == number ? arena_strdup(k->arena, number) : text;
}

/* {"var": name} or {"var": [name, default]}, with a constant name: a slot, or a path. */
static void resolve_var(struct compiler *k, const struct part *p, struct logic_node *n)
{
    const char *name = "";
    int slot;

    if (n->n > 0 && n->args[0].kind != LOGIC_CONST) return;
    if (n->n > 0) name = name_of(k, &n->args[0].value);
    if (name == NULL) return;
    slot = p->scope == 0 ? find_slot(k, name) : -1;
    if (slot < 0) {
        n->path = split_path(k->arena, name);
        n->eval = logic_op_var_path;
        return;
    }
    n->slot = slot;
    n->eval = logic_op_var_slot;
    if (n->n < 2) n->kind = LOGIC_SLOT;
}

/* The parts of a constant path as one dotted name; NULL if a part has a dot of its own. */
static const char *dotted(struct compiler *k, const struct logic_path *path)
{
    struct buf b;

    buf_init(&b, k->arena, 1024);
    for (size_t i = 0; i < path->n; i++) {
        if (strchr(path->keys[i].text, '.') != NULL) return NULL;
        if (i > 0) buf_addc(&b, '.');
        buf_adds(&b, path->keys[i].text);
    }
    return b.full ? NULL : buf_cstr(&b);
}

/* The path of constant arguments: an optional [levels up], then keys.  False if it is none. */
static bool const_path(struct compiler *k, const struct json *parts, size_t n,
                       struct logic_path *path)
{
    struct logic_key *keys = ARENA_ARRAY(k->arena, struct logic_key, n + 1);

    *path = (struct logic_path){ .keys = keys };
    for (size_t i = 0; i < n; i++) {
        const struct json *v = &parts[i];
        const char *text = name_of(k, v);
        if (i == 0 && logic_is_climb(v)) {
            path->up = logic_climb(v);
            continue;
        }
        if (n == 1 && v->kind == JSON_NULL) break;
        if (text == NULL) return false;
        keys[path->n++] = (struct logic_key){ text, logic_index(text, strlen(text)) };
    }
    return true;
}

/* val and exists with constant arguments.  Climbing out of every loop reads the outermost data. */
static void resolve_val(struct compiler *k, const struct part *p, struct logic_node *n)
{
    bool is_val = n->eval == logic_op_val;
    struct json *parts = ARENA_ARRAY(k->arena, struct json, n->n + 1);
    struct json all = { .kind = JSON_LIST, .n = n->n, .u.items = parts };
    const char *name;

    if (!are_const(n)) return;
    for (size_t i = 0; i < n->n; i++) parts[i] = n->args[i].value;
    if (n->is_spread && parts[0].kind == JSON_LIST) all = parts[0];
    if (!const_path(k, all.u.items, all.n, &n->path)) return;

    n->eval = is_val ? logic_op_val_path : logic_op_exists_path;
    name = n->path.up == 2 * (size_t)p->scope ? dotted(k, &n->path) : NULL;
    n->slot = name != NULL ? find_slot(k, name) : -1;
    if (n->slot < 0)  return;
    if (is_val)       n->kind = LOGIC_SLOT;
    else              n->eval = logic_op_exists_slot;
}

struct refs { struct logic_ref *items; size_t n, cap; };

static void add_ref(struct compiler *k, const struct json *name, struct refs *refs)
{
    int slot = name->kind == JSON_TEXT ? find_slot(k, name->u.text) : -1;

    if (slot < 0) return;
    *ARENA_PUSH(k->arena, refs->items, refs->n, refs->cap)
        = (struct logic_ref){ name->u.text, slot };
}

/* The names among constant arguments that are slots, also inside one list of them. */
static void resolve_missing(struct compiler *k, const struct part *p, struct logic_node *n)
{
    struct refs refs = { .n = 0 };

    for (size_t i = 0; i < n->n && p->scope == 0; i++) {
        const struct json *v = &n->args[i].value;
        if (n->args[i].kind != LOGIC_CONST) continue;
        add_ref(k, v, &refs);
        for (size_t j = 0; v->kind == JSON_LIST && j < v->n; j++)
            add_ref(k, &v->u.items[j], &refs);
    }
    n->refs = refs.items;
    n->n_refs = refs.n;
}

/* ---- arguments ---- */

/* Whether argument i stands one frame above the operator. */
static bool is_inner(enum form form, size_t i)
{
    if (form == FORM_LOOP || form == FORM_QUANTIFY) return i == 1;
    return form == FORM_TRY && i > 0;
}

static enum rc compile_list(struct compiler *k, const struct part *p, enum form form,
                            struct logic_node *out)
{
    size_t n = p->rule->n;
    struct logic_node *args = ARENA_ARRAY(k->arena, struct logic_node, n + 1);

    for (size_t i = 0; i < n; i++) {
        struct json_place at = { .up = p->at, .index = i };
        struct part item = { &p->rule->u.items[i], &at, p->scope + is_inner(form, i),
                             p->depth + 1 };
        enum rc rc = compile(k, &item, &args[i]);
        if (rc != RC_OK) return rc;
    }
    out->args = args;
    out->n = n;
    return RC_OK;
}

static enum rc compile_bare(struct compiler *k, const struct part *p, enum form form,
                            struct logic_node *out)
{
    struct logic_node *arg = ARENA_NEW(k->arena, struct logic_node);
    struct part inner = { p->rule, p->at, p->scope, p->depth + 1 };

    out->args = arg;
    out->n = 1;
    out->is_spread = form != FORM_ONE && form != FORM_TRY && p->rule->kind == JSON_OBJECT;
    return compile(k, &inner, arg);
}

/* Arguments this form can never take: the call throws whenever it is reached. */
static bool is_hopeless(enum form form, const struct json *args)
{
    bool is_list = args->kind == JSON_LIST;

    switch (form) {
    case FORM_WRITTEN:  return !is_list;
    case FORM_PAIRS:    return !is_list || args->n < 2;
    case FORM_QUANTIFY: return !is_list || args->n < 2;
    case FORM_LOOP:
        return !is_list || args->n < 2 || args->u.items[0].kind == JSON_NULL
            || args->u.items[1].kind == JSON_NULL;
    default: return false;
    }
}

static enum rc compile_call(struct compiler *k, const struct part *p, const struct operator *o,
                            struct logic_node *out)
{
    enum rc rc;

    *out = (struct logic_node){ .kind = LOGIC_CALL, .code = o->code, .eval = o->eval };
    if (o->form == FORM_PRESERVE) {
        make_const(out, *p->rule);
        return RC_OK;
    }
    if (is_hopeless(o->form, p->rule)) {
        out->eval = logic_op_invalid;
        return RC_OK;
    }
    rc = p->rule->kind == JSON_LIST ? compile_list(k, p, o->form, out)
                                    : compile_bare(k, p, o->form, out);
    if (rc != RC_OK) return rc;
    switch (o->form) {
    case FORM_VAR:     resolve_var(k, p, out); break;
    case FORM_VAL:
    case FORM_EXISTS:  resolve_val(k, p, out); break;
    case FORM_MISSING: resolve_missing(k, p, out); break;
    default:           fold(k, out); break;
    }
    return RC_OK;
}

/* ---- the tree ---- */

static const struct operator *find_operator(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strcmp(operators[i].name, name) == 0) return &operators[i];
    return NULL;
}

static enum rc compile_object(struct compiler *k, const struct part *p, struct logic_node *out)
{
    const struct json_pair *pair = p->rule->u.pairs;
    const struct operator *o;

    if (p->rule->n == 0) {
        make_const(out, *p->rule);
        return RC_OK;
    }
    if (p->rule->n > 1) return refuse(k, p->at, "holds %zu keys: an operation has one",
                                      p->rule->n);
    struct json_place at = { .up = p->at, .key = pair->key };
    struct part args = { &pair->value, &at, p->scope, p->depth };
    o = find_operator(pair->key);
    if (o == NULL) return refuse(k, &at, "\"%.80s\" is not an operator", pair->key);
    return compile_call(k, &args, o, out);
}

static enum rc compile(struct compiler *k, const struct part *p, struct logic_node *out)
{
    enum rc rc;

    if (p->depth > LOGIC_DEPTH_MAX) return refuse(k, p->at, "is nested too deeply");
    if (p->rule->kind == JSON_OBJECT) return compile_object(k, p, out);
    if (p->rule->kind != JSON_LIST || p->rule->n == 0) {
        make_const(out, *p->rule);
        return RC_OK;
    }
    *out = (struct logic_node){ .kind = LOGIC_CALL, .eval = logic_op_list };
    rc = compile_list(k, p, FORM_ANY, out);
    if (rc == RC_OK) fold(k, out);
    return rc;
}

/* tidy: allow parameters -- what goes in, what comes out, and why it did not */
enum rc logic_compile(struct arena *a, const struct json *rule, const struct logic_names *names,
                      const struct logic **out, struct logic_mistake *mistake)
{
    struct compiler k = { .arena = a, .names = names, .mistake = mistake };
    struct logic *tree = ARENA_NEW(a, struct logic);
    const struct json_place root = { .up = NULL };
    const struct part whole = { .rule = rule, .at = &root };
    enum rc rc;

    assert(rule != NULL && out != NULL && mistake != NULL);
    rc = compile(&k, &whole, &tree->root);
    if (rc != RC_OK) return rc;
    tree->slots = k.slots;
    tree->n_slots = k.n_slots;
    tree->is_typed = names != NULL;
    *out = tree;
    return RC_OK;
}
