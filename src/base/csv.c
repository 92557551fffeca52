/* csv.c -- see csv.h. */
#include "base/csv.h"

#include <string.h>

void csv_text(struct buf *dst, const char *text)
{
    bool is_formula, is_quoted;

    if (text == NULL || *text == '\0') return;
    is_formula = strchr("=+-@\t\r", *text) != NULL;
    is_quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (is_quoted) buf_addc(dst, '"');
    if (is_formula) buf_addc(dst, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"') buf_addc(dst, '"');
        buf_addc(dst, *text);
    }
    if (is_quoted) buf_addc(dst, '"');
}

void csv_number(struct buf *dst, const char *number)
{
    buf_adds(dst, number);
}

void csv_next(struct buf *dst)
{
    buf_addc(dst, ',');
}

void csv_end(struct buf *dst)
{
    buf_adds(dst, "\r\n");
}
