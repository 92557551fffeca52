/* csv.h -- a line of a file that spreadsheets open (RFC 4180): cells between commas, CRLF at the
 * end.
 *
 * A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a return) gets
 * a ' before it, whoever wrote it; numbers are numbers and do not. */
#pragma once
#include "base/buf.h"

#define CSV_BEGIN "\xef\xbb\xbf"             /* without it Excel takes UTF-8 for something else */
void csv_text(struct buf *dst, const char *text);      /* NULL: an empty cell */
void csv_number(struct buf *dst, const char *number);
void csv_next(struct buf *dst);
void csv_end(struct buf *dst);
