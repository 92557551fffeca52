/* sheet.h -- rows of a text file: blanks, commas or another character between cells; RFC 4180
 * quotes; UTF-8 with or without its mark; lines that end in LF or CRLF.  The first row names
 * the columns. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "base/str.h"

enum { SHEET_COLUMNS_MAX = 64 };
struct sheet {
    struct arena *arena;
    struct str text;                         /* the whole file */
    size_t at;                               /* of the next row */
    char delimiter;                          /* ' ': runs of blanks and tabs */
    struct str columns[SHEET_COLUMNS_MAX]; size_t columns_n;
    int64_t row;                             /* of data, counted from 1; empty lines are no rows */
};
struct sheet_row { struct str cells[SHEET_COLUMNS_MAX]; size_t n; struct str raw; };

/* Reads the file and its first row.  False with a reason: no file, empty, not UTF-8. */
bool sheet_open(struct sheet *s, struct arena *a, const char *file, const char **reason);
/* False at the end. */
bool sheet_next(struct sheet *s, struct sheet_row *out);
/* Column by name or by number ("3" is the third); -1 if there is none. */
int  sheet_column(const struct sheet *s, const char *name);
