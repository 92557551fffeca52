/* Reading the data: var, val, exists, missing, missing_some. */
#include <string.h>
#include "core/rule/logic_tree.h"

#define INDEX_DIGITS_MAX 15

int64_t logic_index(const char *text, size_t n)
{
    int64_t index = 0;

    if (n == 0 || n > INDEX_DIGITS_MAX || (n > 1 && text[0] == '0')) return -1;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        index = index * 10 + (text[i] - '0');
    }
    return index;
}

static const struct json *list_item(const struct json *list, int64_t index)
{
    return index >= 0 && (uint64_t)index < list->n ? &list->u.items[index] : NULL;
}

static const struct json *step(const struct json *from, const struct logic_key *key)
{
    if (from->kind == JSON_OBJECT) return json_get(from, key->text);
    if (from->kind == JSON_LIST)   return list_item(from, key->index);
    return NULL;
}

const struct json *logic_walk(const struct json *from, const struct logic_path *path)
{
    for (size_t i = 0; i < path->n && from != NULL; i++) from = step(from, &path->keys[i]);
    return from;
}

static const struct json *step_slice(const struct json *from, const char *key, size_t n)
{
    if (from->kind == JSON_LIST)   return list_item(from, logic_index(key, n));
    if (from->kind != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < from->n; i++) {
        const struct json_pair *pair = &from->u.pairs[i];
        if (strncmp(pair->key, key, n) == 0 && pair->key[n] == '\0') return &pair->value;
    }
    return NULL;
}

const struct json *logic_walk_dotted(const struct json *from, const char *name)
{
    if (*name == '\0') return from;
    while (from != NULL) {
        size_t n = strcspn(name, ".");
        from = step_slice(from, name, n);
        if (name[n] == '\0') break;
        name += n + 1;
    }
    return from;
}

/* ---- var ---- */

static const struct json *otherwise(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp)
{
    return n->n > 1 ? logic_node_eval(&n->args[1], r, tmp) : &LOGIC_NULL;
}

const struct json *logic_op_var_slot(const struct logic_node *n, struct logic_run *r,
                                     struct json *tmp)
{
    const struct json *v = logic_slot(r, n->slot);
    return v->kind != JSON_NULL ? v : otherwise(n, r, tmp);
}

const struct json *logic_op_var_path(const struct logic_node *n, struct logic_run *r,
                                     struct json *tmp)
{
    const struct json *v = logic_walk(r->top->item, &n->path);
    return v != NULL && v->kind != JSON_NULL ? v : otherwise(n, r, tmp);
}

static const struct json *walk_name(const struct json *from, const struct json *name)
{
    char number[LOGIC_SCALAR_MAX];
    const char *text = logic_scalar_text(name, number);

    return text != NULL ? logic_walk_dotted(from, text) : NULL;
}

/* The name is computed; computed as a list, it is name and default. */
const struct json *logic_op_var(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct logic_args a;
    struct json name;
    const struct json *v = &LOGIC_NULL, *found;

    if (!logic_args_open(&a, n, r)) return NULL;
    if (a.n > 0) v = logic_args_next(&a, &name);
    if (v == NULL) return NULL;
    found = walk_name(r->top->item, v);
    if (found != NULL && found->kind != JSON_NULL) return found;
    if (a.n < 2) return &LOGIC_NULL;
    found = logic_args_next(&a, tmp);
    if (found == NULL) return NULL;
    *tmp = *found;
    return tmp;
}

/* ---- val, exists ---- */

/* One level above an item is what is known about its loop. */
static const struct json *loop_level(const struct logic_frame *f, const struct logic_path *path,
                                     struct json *tmp)
{
    if (f->list == NULL || path->n == 0) return NULL;
    if (strcmp(path->keys[0].text, "index") == 0 && path->n == 1) {
        *tmp = (struct json){ .kind = JSON_INT, .u.i = (int64_t)f->index };
        return tmp;
    }
    if (strcmp(path->keys[0].text, "iterator") == 0) {
        struct logic_path rest = { .keys = path->keys + 1, .n = path->n - 1 };
        return logic_walk(f->list, &rest);
    }
    return NULL;
}

static const struct json *find(struct logic_run *r, const struct logic_path *path,
                               struct json *tmp)
{
    const struct logic_frame *f = r->top;
    size_t up = path->up;

    for (; up >= 2 && f != NULL; up -= 2) f = f->up;
    if (f == NULL) return NULL;
    return up == 1 ? loop_level(f, path, tmp) : logic_walk(f->item, path);
}

const struct json *logic_op_val_path(const struct logic_node *n, struct logic_run *r,
                                     struct json *tmp)
{
    const struct json *v = find(r, &n->path, tmp);
    return v != NULL ? v : &LOGIC_NULL;
}

const struct json *logic_op_exists_path(const struct logic_node *n, struct logic_run *r,
                                        struct json *tmp)
{
    return logic_bool(find(r, &n->path, tmp) != NULL);
}

const struct json *logic_op_exists_slot(const struct logic_node *n, struct logic_run *r,
                                        struct json *tmp)
{
    (void)tmp;
    return logic_bool(logic_slot(r, n->slot)->kind != JSON_NULL);
}

/* A key computed at evaluation; text that has to be made is made in the arena. */
static bool make_key(struct logic_run *r, const struct json *v, struct logic_key *key)
{
    char number[LOGIC_SCALAR_MAX];
    const char *text = logic_scalar_text(v, number);
    char *copy;

    if (text == NULL) {
        logic_throw(r, &LOGIC_INVALID);
        return false;
    }
    if (text == number) {
        copy = logic_alloc(r, LOGIC_SCALAR_MAX);
        if (copy == NULL) return false;
        memcpy(copy, number, LOGIC_SCALAR_MAX);
        text = copy;
    }
    *key = (struct logic_key){ text, logic_index(text, strlen(text)) };
    return true;
}

bool logic_is_climb(const struct json *v)
{
    return v->kind == JSON_LIST && v->n == 1 && v->u.items[0].kind == JSON_INT;
}

size_t logic_climb(const struct json *v)
{
    int64_t up = v->u.items[0].u.i;
    return up < 0 ? (size_t)(0 - (uint64_t)up) : (size_t)up;
}

static bool make_path(const struct logic_node *n, struct logic_run *r, struct logic_path *path)
{
    struct logic_args a;
    struct logic_key *keys;
    struct json tmp;

    *path = (struct logic_path){ .n = 0 };
    if (!logic_args_open(&a, n, r)) return false;
    keys = logic_alloc(r, a.n * sizeof *keys);
    if (keys == NULL) return false;
    while (a.i < a.n) {
        const struct json *v = logic_args_next(&a, &tmp);
        if (v == NULL) return false;
        if (a.i == 1 && logic_is_climb(v)) path->up = logic_climb(v);
        else if (a.n == 1 && v->kind == JSON_NULL) break;
        else if (!make_key(r, v, &keys[path->n++])) return false;
    }
    path->keys = keys;
    return true;
}

const struct json *logic_op_val(const struct logic_node *n, struct logic_run *r, struct json *tmp)
{
    struct logic_path path;
    const struct json *v;

    if (!make_path(n, r, &path)) return NULL;
    v = find(r, &path, tmp);
    return v != NULL ? v : &LOGIC_NULL;
}

const struct json *logic_op_exists(const struct logic_node *n, struct logic_run *r,
                                   struct json *tmp)
{
    struct logic_path path;

    if (!make_path(n, r, &path)) return NULL;
    return logic_bool(find(r, &path, tmp) != NULL);
}

/* ---- missing ---- */

/* Missing is absent, null, or the empty text of an empty form field. */
static bool is_missing(const struct logic_node *n, struct logic_run *r, const struct json *name)
{
    const struct json *v = NULL;

    for (size_t i = 0; i < n->n_refs && v == NULL; i++)
        if (json_is_text(name, n->refs[i].name)) v = logic_slot(r, n->refs[i].slot);
    if (v == NULL) v = walk_name(r->top->item, name);
    return v == NULL || v->kind == JSON_NULL || (v->kind == JSON_TEXT && v->n == 0);
}

static const struct json *list_missing(const struct logic_node *n, struct logic_run *r,
                                       struct json *names)
{
    struct json *out = logic_alloc(r, names->n * sizeof *out);
    size_t count = 0;

    if (out == NULL) return NULL;
    for (size_t i = 0; i < names->n; i++)
        if (is_missing(n, r, &names->u.items[i])) out[count++] = names->u.items[i];
    names->u.items = out;
    names->n = count;
    return names;
}

/* Names as arguments, or as a list in the first. */
const struct json *logic_op_missing(const struct logic_node *n, struct logic_run *r,
                                    struct json *tmp)
{
    struct logic_args a;
    struct json *names;

    if (!logic_args_open(&a, n, r)) return NULL;
    names = logic_alloc(r, a.n * sizeof *names);
    if (names == NULL) return NULL;
    for (size_t i = 0; i < a.n; i++) {
        struct json item;
        const struct json *v = logic_args_next(&a, &item);
        if (v == NULL) return NULL;
        names[i] = *v;
    }
    if (a.n > 0 && names[0].kind == JSON_LIST) *tmp = names[0];
    else *tmp = (struct json){ .kind = JSON_LIST, .n = a.n, .u.items = names };
    return list_missing(n, r, tmp);
}

/* [how many are needed, names]: nothing is missing once that many are there. */
const struct json *logic_op_missing_some(const struct logic_node *n, struct logic_run *r,
                                         struct json *tmp)
{
    struct logic_args a;
    struct json first, second;
    const struct json *need, *names;
    size_t asked;

    if (!logic_args_open(&a, n, r)) return NULL;
    if (a.n < 2) return logic_throw(r, &LOGIC_INVALID);
    need = logic_args_next(&a, &first);
    if (need == NULL) return NULL;
    names = logic_args_next(&a, &second);
    if (names == NULL) return NULL;
    if (need->kind != JSON_INT || names->kind != JSON_LIST) return logic_throw(r, &LOGIC_INVALID);
    *tmp = *names;
    asked = names->n;
    if (list_missing(n, r, tmp) == NULL) return NULL;
    if ((int64_t)(asked - tmp->n) >= need->u.i) tmp->n = 0;
    return tmp;
}
