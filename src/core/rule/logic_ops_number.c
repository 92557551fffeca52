/* Numbers: + - * / % min max.  Integers stay integers as long as they fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/rule/logic_tree.h"

#define EXACT_MAX 9007199254740992.0    /* 2^53: below it a double holds every integer */

static struct logic_number whole(int64_t i)
{
    return (struct logic_number){ .is_int = true, .i = i, .real = (double)i };
}

static struct logic_number fraction(double real)
{
    return (struct logic_number){ .real = real };
}

static bool text_number(const char *text, size_t n, struct logic_number *out)
{
    struct str s = str_trim((struct str){ text, n });
    char *end;
    int64_t i;
    double real;

    if (s.n == 0) {
        *out = whole(0);
        return true;
    }
    if (str_to_i64(s, &i)) {
        *out = whole(i);
        return true;
    }
    /* strtod also reads hexadecimal, "inf" and "nan", which are no numbers here. */
    if (strspn(s.p, "+-.0123456789eE") < s.n) return false;
    real = strtod(s.p, &end);
    if (end != s.p + s.n || !isfinite(real)) return false;
    *out = fraction(real);
    return true;
}

bool logic_number(const struct json *v, struct logic_number *out)
{
    switch (v->kind) {
    case JSON_INT:    *out = whole(v->u.i); return true;
    case JSON_NULL:
    case JSON_FALSE:  *out = whole(0); return true;
    case JSON_TRUE:   *out = whole(1); return true;
    case JSON_REAL:   *out = fraction(v->u.real); return true;
    case JSON_TEXT:   return text_number(v->u.text, v->n, out);
    case JSON_LIST:
    case JSON_OBJECT: return false;
    }
    return false;
}

/* A whole result is an integer again, so that 4 / 2 is 2 and "1e2" + 0 is 100. */
static const struct json *answer(struct logic_run *r, struct logic_number x, struct json *tmp)
{
    if (x.is_int) {
        *tmp = (struct json){ .kind = JSON_INT, .u.i = x.i };
        return tmp;
    }
    if (!isfinite(x.real)) return logic_throw(r, &LOGIC_NAN);
    if (fabs(x.real) <= EXACT_MAX && trunc(x.real) == x.real)
        *tmp = (struct json){ .kind = JSON_INT, .u.i = (int64_t)x.real };
    else
        *tmp = (struct json){ .kind = JSON_REAL, .u.real = x.real };
    return tmp;
}

/* False if the integers overflow, or the quotient is none. */
static bool on_ints(enum logic_code code, int64_t a, int64_t b, int64_t *out)
{
    switch (code) {
    case LOGIC_ADD: return !__builtin_add_overflow(a, b, out);
    case LOGIC_SUB: return !__builtin_sub_overflow(a, b, out);
    case LOGIC_MUL: return !__builtin_mul_overflow(a, b, out);
    case LOGIC_MIN: *out = a < b ? a : b; return true;
    case LOGIC_MAX: *out = a > b ? a : b; return true;
    case LOGIC_MOD:
        if (b == 0) return false;
        *out = b == -1 ? 0 : a % b;                   /* INT64_MIN % -1 traps */
        return true;
    case LOGIC_DIV:
        if (b == 0 || b == -1 || a % b != 0) return false;
        *out = a / b;
        return true;
    default: return false;
    }
}

static double on_reals(enum logic_code code, double a, double b)
{
    switch (code) {
    case LOGIC_ADD: return a + b;
    case LOGIC_SUB: return a - b;
    case LOGIC_MUL: return a * b;
    case LOGIC_MIN: return a < b ? a : b;
    case LOGIC_MAX: return a > b ? a : b;
    case LOGIC_MOD: return b != 0 ? fmod(a, b) : (double)NAN;
    case LOGIC_DIV: return b != 0 ? a / b : (double)NAN;
    default:        return (double)NAN;
    }
}

static bool combine(enum logic_code code, struct logic_run *r, struct logic_number *acc,
                    struct logic_number x)
{
    bool can_overflow = code == LOGIC_ADD || code == LOGIC_SUB || code == LOGIC_MUL;
    int64_t i;

    if (acc->is_int && x.is_int && on_ints(code, acc->i, x.i, &i)) {
        *acc = whole(i);
        return true;
    }
    if (r->is_typed && can_overflow && acc->is_int && x.is_int) {
        logic_throw(r, &LOGIC_OVERFLOW);
        return false;
    }
    *acc = fraction(on_reals(code, acc->real, x.real));
    return true;
}

static const struct json *of_nothing(enum logic_code code, struct logic_run *r, struct json *tmp)
{
    if (code == LOGIC_ADD) return answer(r, whole(0), tmp);
    if (code == LOGIC_MUL) return answer(r, whole(1), tmp);
    return logic_throw(r, &LOGIC_INVALID);
}

/* One argument alone: -x, 1/x, and x itself for the others, as a number. */
static const struct json *of_one(enum logic_code code, struct logic_run *r,
                                 struct logic_number x, struct json *tmp)
{
    struct logic_number acc = x;

    if (code == LOGIC_MOD) return logic_throw(r, &LOGIC_INVALID);
    if (code == LOGIC_SUB || code == LOGIC_DIV) {
        acc = whole(code == LOGIC_DIV);
        if (!combine(code, r, &acc, x)) return NULL;
    }
    return answer(r, acc, tmp);
}

const struct json *logic_op_number(const struct logic_node *n, struct logic_run *r,
                                   struct json *tmp)
{
    struct logic_args a;
    struct logic_number acc = whole(0), x;

    if (!logic_args_open(&a, n, r)) return NULL;
    if (a.n == 0) return of_nothing(n->code, r, tmp);
    for (size_t i = 0; i < a.n; i++) {
        struct json own;
        const struct json *v = logic_args_next(&a, &own);
        if (v == NULL) return NULL;
        if (n->code == LOGIC_MOD && a.n == 1) return logic_throw(r, &LOGIC_INVALID);
        if (!logic_number(v, &x)) return logic_throw(r, &LOGIC_NAN);
        if (i == 0) acc = x;
        else if (!combine(n->code, r, &acc, x)) return NULL;
    }
    return a.n == 1 ? of_one(n->code, r, acc, tmp) : answer(r, acc, tmp);
}
