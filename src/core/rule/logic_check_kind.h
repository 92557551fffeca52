/* logic_check_kind.h -- the inside of the checker: what it knows of each part of a rule. */
#pragma once
#include "core/rule/logic_check.h"
#include "json/pointer.h"

struct checker {
    struct arena *arena;
    const struct logic_types *types;
    struct logic_mistakes *out;
    int parts;
    bool is_over;                     /* too large or too deep: said once, then nothing more */
};

/* A part of the rule and where it is; of an operator, its arguments. */
struct spot {
    const struct json *v;
    const struct json_place *at;
    int depth;
};

struct kind {
    enum logic_type_kind type;
    bool is_nullable;
    bool is_null;                     /* the constant null: of every kind */
    bool is_wrong;                    /* reported already: nothing above it complains again */
    const struct json *constant;      /* NULL: computed */
    int64_t min, max;                 /* LOGIC_INT */
};

struct kind check_part(struct checker *k, const struct spot *s);
/* Item i of the arguments at s, checked. */
struct kind check_item(struct checker *k, const struct spot *s, size_t i);

struct kind kind_wrong(struct checker *k, const struct json_place *at, const char *reason);
struct kind kind_of(enum logic_type_kind type);
const char *kind_name(const struct kind *a);          /* "a whole number" */

/* The two as one kind, or is_wrong after saying so at item i of s, where b is. */
struct kind kind_both(struct checker *k, const struct spot *s, size_t i, const struct kind ab[2]);

/* One operator's arguments -> what it yields.  NULL: no such operator in a saved condition. */
typedef struct kind check_fn(struct checker *k, const struct spot *args, const char *name);
check_fn *check_find(const char *name);
const char *check_unknown(struct arena *a, const char *name);      /* why not */
