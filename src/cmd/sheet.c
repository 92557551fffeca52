/* sheet.c -- see sheet.h. */
#include "cmd/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static bool slurp(struct sheet *s, const char *file, const char **reason)
{
    FILE *f = fopen(file, "rb");
    long size;

    *reason = arena_printf(s->arena, "it cannot be read: %s", strerror(errno));
    if (!f) return false;
    bool ok = fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0;
    char *p = ok ? arena_alloc(s->arena, (size_t)size + 1) : NULL;
    size_t n = ok ? fread(p, 1, (size_t)size, f) : 0;
    ok = ok && n == (size_t)size;
    fclose(f);
    s->text = (struct str){ p, n };
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) s->at = 3;
    if (ok) *reason = "it is not UTF-8";
    return ok && str_utf8_ok(s->text);
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

static char peek(const struct sheet *s, size_t end)
{
    return s->at < end ? s->text.p[s->at] : '\0';
}

/* "a ""b""" -> a "b".  A quote that never closes takes the rest of the row. */
static struct str quoted(struct sheet *s, size_t end)
{
    char *p = arena_alloc(s->arena, end - s->at + 1);
    size_t n = 0;

    for (s->at++; s->at < end; s->at++) {
        if (s->text.p[s->at] == '"' && !(s->at + 1 < end && s->text.p[s->at + 1] == '"')) break;
        if (s->text.p[s->at] == '"') s->at++;
        p[n++] = s->text.p[s->at];
    }
    if (s->at < end) s->at++;
    return (struct str){ p, n };
}

static struct str cell(struct sheet *s, size_t end)
{
    size_t from;

    if (peek(s, end) == '"') return quoted(s, end);
    for (from = s->at; s->at < end; s->at++) {
        char ch = s->text.p[s->at];
        if (s->delimiter == ' ' ? is_blank(ch) : ch == s->delimiter) break;
    }
    return str_trim((struct str){ s->text.p + from, s->at - from });
}

/* The end of a row: of the line, unless it lies inside quotes. */
static size_t row_end(const struct sheet *s)
{
    bool is_quoted = false;
    size_t i = s->at;

    for (; i < s->text.n; i++) {
        if (s->text.p[i] == '"') is_quoted = !is_quoted;
        if (s->text.p[i] == '\n' && !is_quoted) break;
    }
    return i;
}

static void split(struct sheet *s, size_t end, struct sheet_row *out)
{
    out->n = 0;
    while (s->delimiter == ' ' && s->at < end && is_blank(s->text.p[s->at])) s->at++;
    while (s->at < end && out->n < SHEET_COLUMNS_MAX) {
        out->cells[out->n++] = cell(s, end);
        if (s->delimiter != ' ' && s->at < end) s->at++;
        while (s->delimiter == ' ' && s->at < end && is_blank(s->text.p[s->at])) s->at++;
    }
}

bool sheet_next(struct sheet *s, struct sheet_row *out)
{
    while (s->at < s->text.n) {
        size_t from = s->at, end = row_end(s), next = end + 1;
        if (end > from && s->text.p[end - 1] == '\r') end--;
        out->raw = (struct str){ s->text.p + from, end - from };
        split(s, end, out);
        s->at = next;
        if (str_trim(out->raw).n == 0) continue;
        s->row++;
        return true;
    }
    return false;
}

bool sheet_open(struct sheet *s, struct arena *a, const char *file, const char **reason)
{
    struct sheet_row head;

    s->arena = a;
    if (!slurp(s, file, reason)) return false;
    *reason = "it is empty";
    if (!sheet_next(s, &head)) return false;
    memcpy(s->columns, head.cells, sizeof s->columns);
    s->columns_n = head.n;
    s->row = 0;
    return true;
}

int sheet_column(const struct sheet *s, const char *name)
{
    int64_t n;

    for (size_t i = 0; i < s->columns_n; i++)
        if (str_is(s->columns[i], name)) return (int)i;
    return str_to_i64(str_of(name), &n) && n >= 1 && n <= (int64_t)s->columns_n ? (int)n - 1 : -1;
}
