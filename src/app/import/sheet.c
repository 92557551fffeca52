/* sheet.c -- see sheet.h. */
#include "app/import/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { QUOTED_MAX = 64 << 10 };              /* a quote nobody closed must not take the file */

/* A spreadsheet's own encoding (Big5, UTF-16) would make other names of the members. */
static bool is_utf8(struct sheet *s, const char **reason)
{
    long long line = 1;

    for (size_t from = 0; from < s->text.n; line++) {
        const char *p = s->text.p + from, *end = memchr(p, '\n', s->text.n - from);
        size_t n = end ? (size_t)(end - p) : s->text.n - from;
        if (!str_utf8_ok((struct str){ p, n })) {
            *reason = arena_printf(s->arena, "line %lld is not UTF-8: save the file as UTF-8 "
                                             "text first", line);
            return false;
        }
        from += n + 1;
    }
    return true;
}

static bool slurp(struct sheet *s, const char *file, const char **reason)
{
    FILE *f = fopen(file, "rb");
    long size = 0;

    *reason = arena_printf(s->arena, "it cannot be read: %s", strerror(errno));
    if (!f) return false;
    bool ok = fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0;
    char *p = ok ? arena_alloc(s->arena, (size_t)size + 1) : NULL;
    size_t n = ok ? fread(p, 1, (size_t)size, f) : 0;
    ok = ok && n == (size_t)size;
    fclose(f);
    s->text = (struct str){ p, n };
    return ok;
}

static char peek(const struct sheet *s)
{
    return s->at < s->text.n ? s->text.p[s->at] : '\0';
}

static bool at_line_end(const struct sheet *s)
{
    char ch = peek(s);

    return ch == '\0' || ch == '\n'
        || (ch == '\r' && (s->at + 1 == s->text.n || s->text.p[s->at + 1] == '\n'));
}

static bool at_delimiter(const struct sheet *s)
{
    char ch = peek(s);

    return s->delimiter == ' ' ? ch == ' ' || ch == '\t' : ch == s->delimiter;
}

/* Blanks around a cell; a tab may be what parts cells. */
static void skip_blanks(struct sheet *s)
{
    while (peek(s) == ' ' || (peek(s) == '\t' && s->delimiter != '\t')) s->at++;
}

/* "a ""b""" -> a "b".  NULL, or what is wrong with the quotes. */
static const char *quoted(struct sheet *s, struct str *out)
{
    size_t from = ++s->at, end = from, n = 0;

    for (; end < s->text.n && end - from < QUOTED_MAX; end++) {
        if (s->text.p[end] != '"') continue;
        if (end + 1 < s->text.n && s->text.p[end + 1] == '"') end++;
        else break;
    }
    if (end >= s->text.n || s->text.p[end] != '"') return "a quote is not closed";
    char *p = arena_alloc(s->arena, end - from + 1);
    for (size_t i = from; i < end; i++) {
        p[n++] = s->text.p[i];
        if (s->text.p[i] == '"') i++;
    }
    *out = (struct str){ p, n };
    s->at = end + 1;
    if (s->delimiter != ' ') skip_blanks(s);
    return at_line_end(s) || at_delimiter(s) ? NULL : "there is text after a closing quote";
}

static const char *cell(struct sheet *s, struct str *out)
{
    size_t from;

    skip_blanks(s);
    if (peek(s) == '"') return quoted(s, out);
    for (from = s->at; !at_line_end(s) && !at_delimiter(s); s->at++) continue;
    *out = str_trim((struct str){ s->text.p + from, s->at - from });
    return NULL;
}

/* From s->at to the end of the line, or lines if a quote spans them. */
static const char *part(struct sheet *s, struct sheet_row *out)
{
    for (;;) {
        if (out->n == SHEET_COLUMNS_MAX) return "it has more than 64 cells";
        const char *fault = cell(s, &out->cells[out->n++]);
        if (fault) return fault;
        if (s->delimiter == ' ') skip_blanks(s);
        if (at_line_end(s)) return NULL;
        if (s->delimiter != ' ') s->at++;
    }
}

bool sheet_next(struct sheet *s, struct sheet_row *out)
{
    while (s->at < s->text.n) {
        size_t from = s->at;
        out->n = 0;
        out->fault = part(s, out);
        if (out->fault) s->at = from;
        while (s->at < s->text.n && !at_line_end(s)) s->at++;
        out->raw = (struct str){ s->text.p + from, s->at - from };
        s->at += peek(s) == '\r';
        s->at += peek(s) == '\n';
        if (str_trim(out->raw).n == 0) continue;
        s->row++;
        return true;
    }
    return false;
}

bool sheet_open(struct sheet *s, struct arena *a, const char *file, const char **reason)
{
    s->arena = a;
    return slurp(s, file, reason) && sheet_open_text(s, a, s->text, reason);
}

bool sheet_open_text(struct sheet *s, struct arena *a, struct str text, const char **reason)
{
    s->arena = a;
    s->text = text;
    s->has_mark = text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0;
    s->at = s->has_mark ? 3 : 0;
    if (!is_utf8(s, reason)) return false;
    *reason = "it is empty";
    if (!sheet_next(s, &s->first)) return false;
    *reason = s->first.fault ? arena_printf(a, "the first row: %s", s->first.fault) : "";
    s->has_heading = true;
    s->row = 0;
    return !s->first.fault;
}

void sheet_no_heading(struct sheet *s)
{
    s->has_heading = false;
    s->at = s->has_mark ? 3 : 0;
}

int sheet_column(const struct sheet *s, const char *name)
{
    int found = SHEET_NO_COLUMN;
    int64_t n;

    if (str_to_i64(str_of(name), &n) && n >= 1 && n <= (int64_t)s->first.n) return (int)n - 1;
    for (size_t i = 0; i < s->first.n; i++) {
        if (!str_is(s->first.cells[i], name)) continue;
        if (found >= 0) return SHEET_TWO_COLUMNS;
        found = (int)i;
    }
    return found;
}

char sheet_delimiter(const char *word)
{
    if (str_eq(word, "tab")) return '\t';
    if (str_eq(word, "blank")) return ' ';
    return strlen(word) != 1 || word[0] == '"' ? '\0' : word[0];
}
