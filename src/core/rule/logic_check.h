/* logic_check.h -- what may be saved as a condition.
 *
 * The evaluator speaks all of JsonLogic; a saved condition is narrower, because it must mean the
 * same in memory, on SQLite and on PostgreSQL, and because its author is no programmer:
 *
 *   values      fields, whole numbers, texts, true and false; dates as "YYYY-MM-DD"; no fractions
 *   == !=       two values of one kind; a date also beside the text of a date
 *   === !==     the same, and null: the way to ask whether a value is missing
 *   < <= > >=   two or three numbers, texts or dates
 *   in          a value in a written list of its kind, or in a list field; a text within a text
 *   and or      conditions;  ! !! of anything
 *   if ?: ??    values of one kind
 *   + - * min max   whole numbers whose result always fits: the bounds of the fields are known
 *   var val     fields by a constant name; a default of the field's kind
 *
 * The whole has to be a condition: true or false.  What null does is told in logic.h. */
#pragma once
#include "core/rule/logic.h"

enum logic_type_kind { LOGIC_BOOL, LOGIC_INT, LOGIC_TEXT, LOGIC_DATE, LOGIC_TEXTS, LOGIC_INTS };

struct logic_type {
    enum logic_type_kind kind;
    bool is_nullable;
    int64_t min, max;                 /* LOGIC_INT: its bounds; 0, 0: within LIMIT_MONEY_MINOR */
};

/* The fields there are, by name; false for a name that is none. */
struct logic_types {
    bool (*type)(void *arg, const char *name, struct logic_type *out);
    void *arg;
};

#define LOGIC_MISTAKES_MAX 20
struct logic_mistakes { struct logic_mistake list[LOGIC_MISTAKES_MAX]; size_t n; };

enum {
    LOGIC_SAVED_DEPTH_MAX = 12,       /* operators within operators; JSON counts two for each */
    LOGIC_SAVED_PARTS_MAX = 500,      /* operators and values, without the items of lists */
    LOGIC_SAVED_LIST_MAX = 1000       /* items of a list on the right of `in` */
};

/* RC_INVALID if out->n > 0.  Pointers are into the rule; reasons go on where "this part" ends:
 * "/==/1" "is a text, but beside it is a whole number: both must be of one kind". */
enum rc logic_check(struct arena *a, const struct json *rule, const struct logic_types *types,
                    struct logic_mistakes *out) MUST_CHECK;
