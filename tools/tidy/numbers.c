/* The numbers of docs/STYLE.md. */
#include <stdio.h>
#include <string.h>
#include "tidy/tidy.h"

enum {
    FUNCTION_MAX = 70, TEST_MAX = 120, COLUMNS_MAX = 100, FILE_MAX = 800, PARAMETERS_MAX = 4,
    NESTING_MAX = 3, BRACES_MAX = 256
};

/* --- lines --------------------------------------------------------------------------------- */

static int columns(struct str line)
{
    int n = 0;

    for (size_t i = 0; i < line.n; i++) n += (line.p[i] & 0xC0) != 0x80;
    return n;
}

static void check_lines(struct file *f)
{
    struct str rest = f->text;
    int line = 0;

    while (rest.n > 0) {
        const char *nl = memchr(rest.p, '\n', rest.n);
        struct str one = { rest.p, nl == NULL ? rest.n : (size_t)(nl - rest.p) };

        line++;
        if (columns(one) > COLUMNS_MAX) {
            report(f, (struct finding){ line, "columns", STR("") }, "%d columns, at most %d",
                   columns(one), COLUMNS_MAX);
        }
        if (memchr(one.p, '\t', one.n) != NULL) {
            report(f, (struct finding){ line, "tab", STR("") }, "a tab; four spaces instead");
        }
        if (nl == NULL) break;
        rest = (struct str){ nl + 1, rest.n - one.n - 1 };
    }
    if (line > FILE_MAX) {
        report(f, (struct finding){ 1, "file", STR("") }, "%d lines in the file, at most %d", line,
               FILE_MAX);
    }
}

static void check_to_dos(struct file *f)
{
    static const char *const words[] = { "FIX" "ME", "TO" "DO", "XX" "X" };

    for (size_t i = 0; i < f->all_n; i++) {
        const struct token *t = &f->all[i];

        for (size_t w = 0; w < ARRAY_LEN(words) && t->kind == COMMENT; w++) {
            if (memmem(t->text.p, t->text.n, words[w], strlen(words[w])) == NULL) continue;
            report(f, (struct finding){ t->line, "todo", STR("") },
                   "%s: do it, or file it; the code is no list", words[w]);
        }
    }
}

/* --- functions ----------------------------------------------------------------------------- */

/* OPEN braces are namespaces and extern "C": what is in them counts as outermost. */
enum brace { OPEN, DATA, FUNCTION, BLOCK };

struct walk {
    struct file *f;
    enum brace stack[BRACES_MAX];
    int depth;
    size_t chunk;               /* the first token since the last declaration ended */
    size_t function;            /* the first token of the function we are in */
    struct str name;
};

static size_t matching_paren(const struct token *code, size_t close)
{
    int depth = 0;

    for (size_t i = close + 1; i-- > 0;) {
        if (token_is(&code[i], ")")) depth++;
        if (token_is(&code[i], "(") && --depth == 0) return i;
    }
    return 0;
}

/* "if (…) {" and "FOR_EACH(…) {" open blocks; "(struct x){" is data. */
static bool opens_block(const struct token *code, size_t brace)
{
    if (brace == 0) return false;

    const struct token *before = &code[brace - 1];
    if (token_is(before, "else") || token_is(before, "do") || token_is(before, ":")) return true;
    if (token_is(before, ";") || token_is(before, "{") || token_is(before, "}")) return true;
    if (!token_is(before, ")")) return false;

    size_t open = matching_paren(code, brace - 1);
    return open > 0 && code[open - 1].kind == WORD && !token_is(&code[open - 1], "return") &&
           !token_is(&code[open - 1], "sizeof");
}

/* Where the parameters of the function begin whose body opens at `brace`; 0 if it is none. */
static size_t parameters_of(const struct walk *w, size_t brace)
{
    const struct token *code = w->f->code;
    size_t found = 0;
    int depth = 0;

    for (size_t i = w->chunk; i < brace; i++) {
        if (depth == 0 && token_is(&code[i], "=")) return 0;
        if (token_is(&code[i], "(") && depth++ == 0 && i > w->chunk && found == 0) {
            bool plain = code[i - 1].kind == WORD && !str_is(code[i - 1].text, "__attribute__");

            if (plain) found = i;
        }
        if (token_is(&code[i], ")")) depth--;
    }
    return depth == 0 ? found : 0;          /* a brace inside MACRO(…, { … }) is data */
}

static int count_parameters(const struct token *code, size_t open)
{
    int depth = 0, n = 1;

    if (token_is(&code[open + 1], ")")) return 0;
    if (token_is(&code[open + 1], "void") && token_is(&code[open + 2], ")")) return 0;
    for (size_t i = open;; i++) {
        if (token_is(&code[i], "(")) depth++;
        if (token_is(&code[i], ")") && --depth == 0) return n;
        if (token_is(&code[i], ",") && depth == 1) n += !token_is(&code[i + 1], "...");
    }
}

static enum brace outermost_brace(struct walk *w, size_t brace)
{
    const struct token *code = w->f->code;
    size_t open = parameters_of(w, brace);

    if (open == 0) {
        bool transparent = token_is(&code[w->chunk], "namespace") ||
                           (token_is(&code[w->chunk], "extern") && code[brace - 1].kind == STRING);
        return transparent ? OPEN : DATA;
    }
    w->function = w->chunk;
    w->name = code[open - 1].text;

    int n = count_parameters(code, open);
    if (n > PARAMETERS_MAX) {
        report(w->f, (struct finding){ code[w->chunk].line, "parameters", w->name },
               "%.*s has %d parameters, at most %d: make a struct", (int)w->name.n, w->name.p, n,
               PARAMETERS_MAX);
    }
    return FUNCTION;
}

static void check_length(struct walk *w, size_t end)
{
    int first = w->f->code[w->function].line, lines = w->f->code[end].line - first + 1;
    int max = is_test(w->f) ? TEST_MAX : FUNCTION_MAX;

    if (lines <= max) return;
    report(w->f, (struct finding){ first, "length", w->name }, "%.*s has %d lines, at most %d",
           (int)w->name.n, w->name.p, lines, max);
}

static void check_nesting(struct walk *w, size_t brace)
{
    int nesting = 0;

    for (int i = 0; i < w->depth; i++) nesting += w->stack[i] == BLOCK;
    if (nesting != NESTING_MAX + 1 || w->stack[w->depth - 1] != BLOCK) return;
    report(w->f, (struct finding){ w->f->code[brace].line, "nesting", w->name },
           "%.*s is nested %d deep, at most %d", (int)w->name.n, w->name.p, nesting, NESTING_MAX);
}

static enum brace brace_kind(struct walk *w, size_t brace)
{
    enum brace outer = w->depth == 0 ? OPEN : w->stack[w->depth - 1];

    if (outer == OPEN) return outermost_brace(w, brace);
    if (outer == DATA) return DATA;
    return opens_block(w->f->code, brace) ? BLOCK : DATA;
}

static void open_brace(struct walk *w, size_t i)
{
    enum brace kind = brace_kind(w, i);

    if (w->depth == BRACES_MAX) return;
    w->stack[w->depth++] = kind;
    check_nesting(w, i);
    if (kind == OPEN) w->chunk = i + 1;
}

static void close_brace(struct walk *w, size_t i)
{
    if (w->depth == 0) return;

    enum brace kind = w->stack[--w->depth];
    if (kind == FUNCTION) check_length(w, i);
    if (kind == FUNCTION || kind == OPEN) w->chunk = i + 1;
}

static void check_functions(struct file *f)
{
    struct walk w = { .f = f };

    for (size_t i = 0; i < f->code_n; i++) {
        bool outermost = w.depth == 0 || w.stack[w.depth - 1] == OPEN;

        if (token_is(&f->code[i], "{")) open_brace(&w, i);
        else if (token_is(&f->code[i], "}")) close_brace(&w, i);
        else if (outermost && token_is(&f->code[i], ";")) w.chunk = i + 1;
    }
}

void check_numbers(struct file *f)
{
    check_lines(f);
    check_to_dos(f);
    check_functions(f);
}
