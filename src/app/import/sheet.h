/* sheet.h -- rows of a text file: blanks, commas or another character between cells; RFC 4180
 * quotes; UTF-8 with or without its mark; lines that end in LF or CRLF.  The first row names
 * the columns, unless the reader says that it is data. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "base/str.h"

enum { SHEET_COLUMNS_MAX = 64, SHEET_NO_COLUMN = -1, SHEET_TWO_COLUMNS = -2 };
struct sheet_row {
    struct str cells[SHEET_COLUMNS_MAX]; size_t n;
    struct str raw;
    const char *fault;                       /* NULL, or why it cannot be parted into cells */
};
struct sheet {
    struct arena *arena;
    struct str text;                         /* the whole file */
    size_t at;                               /* of the next row */
    char delimiter;                          /* ' ': runs of blanks and tabs */
    bool has_mark, has_heading;
    struct sheet_row first;                  /* the heading, or the first row of data */
    int64_t row;                             /* of data, counted from 1; empty lines are no rows */
};

/* The sign that parts cells: itself, or "tab" or "blank".  0 if it can be none. */
char sheet_delimiter(const char *word);
/* Reads the file and its first row.  False with a reason: no file, empty, not UTF-8 (in which
 * line), a first row that cannot be parted. */
bool sheet_open(struct sheet *s, struct arena *a, const char *file, const char **reason);
/* The same of a text that is here already, which must outlive it. */
bool sheet_open_text(struct sheet *s, struct arena *a, struct str text, const char **reason);
/* False at the end.  A row with a fault is one line of the file; the next is read on its own. */
bool sheet_next(struct sheet *s, struct sheet_row *out);
/* By number ("3" is the third) or by name; or one of the two words above. */
int  sheet_column(const struct sheet *s, const char *name);
/* The first row is data: it comes again. */
void sheet_no_heading(struct sheet *s);
