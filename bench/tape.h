/* tape.h -- the statements that a server ran, with their values, in order: made by record, replayed
 * by the floors.
 *
 * A file of entries.  'D': a statement, the first time it is met.  'U': a purchase begins.  'X': a
 * statement runs.  Numbers are of this machine; texts end with NUL, which their length does not
 * count.
 *
 *     D index:u16 kind:u8 values:u16 sqlite:text postgres:text
 *     U
 *     X index:u16 values: each 0 (NULL) | 1 i64 | 2 text            text: length:u32 bytes NUL */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAPE_STATEMENTS_MAX = 512, TAPE_VALUES_MAX = 512 };
enum tape_kind { TAPE_ASKS, TAPE_TELLS };              /* rows come back, or none */
enum tape_type { TAPE_NULL, TAPE_I64, TAPE_TEXT };

struct tape_value { enum tape_type type; int64_t i64; const char *text; uint32_t len; };
struct tape_statement { enum tape_kind kind; int values_n; const char *sqlite, *postgres; };
struct tape_run { int statement; int n; struct tape_value values[TAPE_VALUES_MAX]; };

struct tape {
    const char *p, *end;                               /* what is left to read */
    struct tape_statement statements[TAPE_STATEMENTS_MAX];
    int statements_n;
    const char **units;                                /* where each purchase begins, and the end */
    size_t units_n;
};
/* Maps the file and finds its statements and units; exits with a message when it cannot. */
void tape_open(struct tape *t, const char *file);
/* The next run of a unit; at starts as units[k], end is units[k + 1].  False: no more. */
bool tape_next(const char **at, const char *end, struct tape_run *out);
