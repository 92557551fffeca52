#include <ctype.h>
#include <string.h>
#include "tidy/tidy.h"

struct cursor { struct file *f; const char *p, *end; int line; bool directive, fresh; };

static struct str slice(const char *from, const char *to)
{
    return (struct str){ from, (size_t)(to - from) };
}

static void add(struct cursor *at, enum kind kind, struct str text)
{
    struct file *f = at->f;
    struct token *t = ARENA_PUSH(f->arena, f->all, f->all_n, f->all_cap);

    *t = (struct token){ .kind = kind, .text = text, .line = at->line, .last_line = at->line,
                         .directive = at->directive };
}

static void close_token(struct cursor *at)
{
    struct file *f = at->f;
    struct token *t = &f->all[f->all_n - 1];

    t->last_line = at->line;
    if (t->kind == COMMENT || t->directive) return;
    *ARENA_PUSH(f->arena, f->code, f->code_n, f->code_cap) = *t;
}

static bool starts(const struct cursor *at, const char *s)
{
    size_t n = strlen(s);

    return (size_t)(at->end - at->p) >= n && memcmp(at->p, s, n) == 0;
}

static void comment(struct cursor *at)
{
    const char *from = at->p;
    bool block = at->p[1] == '*';

    add(at, COMMENT, slice(from, from));
    for (at->p += 2; at->p < at->end; at->p++) {
        if (block && starts(at, "*/")) {
            at->p += 2;
            break;
        }
        if (!block && *at->p == '\n') break;
        at->line += *at->p == '\n';
    }
    at->f->all[at->f->all_n - 1].text = slice(from, at->p);
    close_token(at);
}

static void quoted(struct cursor *at)
{
    char quote = *at->p++;
    const char *from = at->p;

    while (at->p < at->end && *at->p != quote && *at->p != '\n') {
        at->p += *at->p == '\\' && at->p + 1 < at->end ? 2 : 1;
    }
    add(at, quote == '"' ? STRING : CHARACTER, slice(from, at->p));
    if (at->p < at->end && *at->p == quote) at->p++;
    close_token(at);
}

static bool is_word_char(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_' || (unsigned char)ch >= 0x80;
}

static void word(struct cursor *at)
{
    const char *from = at->p;
    bool number = isdigit((unsigned char)*from);

    while (at->p < at->end && (is_word_char(*at->p) || (number && *at->p == '.'))) at->p++;
    /* u8"…", L'…': the prefix belongs to what follows. */
    if (!number && at->p - from <= 2 && at->p < at->end && (*at->p == '"' || *at->p == '\'')) {
        if (strchr("uUL", *from) != NULL) return;
    }
    add(at, number ? NUMBER : WORD, slice(from, at->p));
    close_token(at);
}

static void punct(struct cursor *at)
{
    size_t n = starts(at, "->") || starts(at, "::") ? 2 : starts(at, "...") ? 3 : 1;

    add(at, PUNCT, (struct str){ at->p, n });
    at->p += n;
    close_token(at);
}

static bool newline_or_space(struct cursor *at)
{
    if (starts(at, "\\\n")) {           /* a line that goes on: the directive does too */
        at->line++;
        at->p += 2;
        return true;
    }
    if (*at->p == '\n') {
        at->line++;
        at->directive = false;
        at->fresh = true;
        at->p++;
        return true;
    }
    if (!isspace((unsigned char)*at->p)) return false;
    at->p++;
    return true;
}

void lex(struct file *f)
{
    struct cursor at = { .f = f, .p = f->text.p, .end = f->text.p + f->text.n, .line = 1,
                         .fresh = true };

    while (at.p < at.end) {
        if (newline_or_space(&at)) continue;
        if (*at.p == '#' && at.fresh) at.directive = true;
        at.fresh = false;
        if (starts(&at, "/*") || starts(&at, "//"))  comment(&at);
        else if (*at.p == '"' || *at.p == '\'')      quoted(&at);
        else if (is_word_char(*at.p))                word(&at);
        else                                         punct(&at);
    }
}

bool token_is(const struct token *t, const char *text)
{
    return (t->kind == WORD || t->kind == PUNCT) && str_is(t->text, text);
}
