/* logic.h -- JsonLogic: parsed once into a tree, evaluated many times.
 *
 * The whole language (the suites of jsonlogic.com's community are the proof, docs/RULES.md states
 * the score).  A tree is immutable and may be evaluated by any number of threads at once.
 * Evaluation never touches a database: variables come from the caller.
 *
 * A missing value is null.  What null does, everywhere the same, so that SQL can do it too:
 *
 *   ==  !=         null counts as 0 beside a number, false beside a boolean, "" beside a text;
 *                  null == null; beside a list or an object it is unequal
 *   === !==        null equals null and nothing else
 *   < <= > >=      null counts as 0, false or ""; so before every text that is not empty, and with
 *                  it before every date; beside a list or an object the answer is false
 *   + - * / min max   null counts as 0
 *   in             null is found in no text, and in a list only if the list holds null; nothing is
 *                  found in null
 *   ! !! and or if    null is false
 *   ??, the default of var   null is what they replace
 *
 * No comparison with null throws, and none is "unknown".  Other values of different kinds compare
 * as numbers; text that is no number, lists and objects then throw {"type": "NaN"}.
 *
 * Integers stay exact in + - * min max and in comparisons.  Past int64, plain JsonLogic goes on
 * with a double; a tree compiled with names throws {"type": "Overflow"} instead.  An evaluation
 * that loops or builds too much throws {"type": "Too Much Work"}. */
#pragma once
#include "json/value.h"

struct logic;                                        /* a compiled tree, in the arena given */

/* Names of variables are resolved once, at compile time: the answer is a slot >= 0, or -1 for "look
 * it up as a path in the data at evaluation".  Asked for every constant name that reads the
 * outermost data: {"var": "a.b"}, {"val": ["a", "b"]} (also climbing out of a loop), exists,
 * missing. */
struct logic_names {
    int (*slot)(void *arg, const char *name);
    void *arg;
};
struct logic_mistake { const char *pointer; char reason[160]; };   /* place in the rule tree */

/* names may be NULL: plain JsonLogic.  RC_INVALID with a mistake for an unknown operator, an object
 * with several keys, too deep a tree.  Arguments an operator cannot take are no mistake here: they
 * throw {"type": "Invalid Arguments"} when evaluated, and `try` may catch that.  The tree points
 * into the rule, which has to live as long. */
enum rc logic_compile(struct arena *a, const struct json *rule, const struct logic_names *names,
                      const struct logic **out, struct logic_mistake *mistake) MUST_CHECK;

/* What an evaluation reads.  slots[i] belongs to slot i; a date is the text YYYY-MM-DD.  `need` is
 * called before a slot is read, each time: values that no branch reaches are never made.  An
 * aborted evaluation (throw) answers null and leaves `thrown` set.  The answer may point into the
 * tree, the data and the arena. */
struct logic_env {
    struct arena *arena;
    const struct json *data;                         /* NULL: null */
    const struct json *slots;
    void (*need)(void *arg, int slot);               /* NULL: all slots are filled */
    void *need_arg;
    bool has_thrown;
    struct json thrown;
};
struct json logic_eval(const struct logic *tree, struct logic_env *env);
bool        logic_truthy(const struct json *v);

/* The variables a compiled tree names, as slots, each once: how many there are; at most max of them
 * are written. */
size_t logic_slots(const struct logic *tree, int *dst, size_t max);
