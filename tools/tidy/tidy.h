/* tidy.h -- the rules of docs/STYLE.md, held by a program.
 *
 * A file is read into tokens once; each check walks them and reports.  A finding is silenced where
 * it stands, by a comment on its line or on the line above:
 *     tidy: allow <tag or word> -- the reason
 * An allowance that is without a reason, or that nothing needed, is itself a finding. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"

enum kind { WORD, NUMBER, STRING, CHARACTER, PUNCT, COMMENT };

struct token {
    enum kind kind;
    struct str text;        /* a string's without its quotes and prefix */
    int line, last_line;
    bool directive;         /* inside a # line; its braces do not count */
};

struct allowance { struct str what; int line; bool has_reason, used; };

struct file {
    struct arena *arena;
    const char *path;       /* below the root: "src/base/str.c" */
    struct str text;
    struct token *all;      /* comments and directives too */
    size_t all_n, all_cap;
    struct token *code;     /* neither */
    size_t code_n, code_cap;
    struct allowance *allowed;
    size_t allowed_n, allowed_cap;
    int findings;
};

/* tag is what an allowance may name; word, if not NULL, another name for it. */
struct finding { int line; const char *tag; struct str word; };
void report(struct file *f, struct finding where, const char *fmt, ...) PRINTF(3, 4);

void lex(struct file *f);                   /* tokens.c */
bool is_test(const struct file *f);         /* *_test.c and .h, or below test/ */
bool is_under(const struct file *f, const char *folder);
bool token_is(const struct token *t, const char *text);

void check_numbers(struct file *f);         /* lengths, columns, parameters, nesting, to-dos */
void check_words(struct file *f);           /* banned calls, memory, floats, SQL in strings */
void check_includes(struct file *f);        /* layers, rooms, doors */
void check_allowances(struct file *f);      /* last: those that nothing needed */
