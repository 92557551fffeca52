/* tidy ROOT -- walks the C sources below ROOT and prints "file:line: reason" for each finding. */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/buf.h"
#include "tidy/tidy.h"

#define FILE_BYTES ((size_t)4 << 20)

static struct { const char *root; int files, findings; } total;

bool is_under(const struct file *f, const char *folder)
{
    return str_prefix(f->path, folder);
}

static bool ends(const char *s, const char *tail)
{
    size_t n = strlen(s), t = strlen(tail);

    return n >= t && strcmp(s + n - t, tail) == 0;
}

bool is_test(const struct file *f)
{
    return ends(f->path, "_test.c") || ends(f->path, "_test.h") || is_under(f, "test/");
}

/* --- findings and allowances ----------------------------------------------------------------- */

static bool is_allowed(struct file *f, struct finding where)
{
    bool found = false;

    for (size_t i = 0; i < f->allowed_n; i++) {
        struct allowance *a = &f->allowed[i];
        bool here = a->line == where.line || a->line == where.line - 1;
        bool same_word = a->what.n == where.word.n && where.word.n > 0 &&
                         memcmp(a->what.p, where.word.p, a->what.n) == 0;

        if (!here || !(str_is(a->what, where.tag) || same_word)) continue;
        a->used = true;
        found = true;
    }
    return found;
}

void report(struct file *f, struct finding where, const char *fmt, ...)
{
    va_list args;

    if (is_allowed(f, where)) return;
    f->findings++;
    printf("%s:%d: ", f->path, where.line);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf(" [%s]\n", where.tag);
}

/* "tidy: allow <what> -- <reason>".  A comment of several lines counts where it ends. */
static void read_allowance(struct file *f, const struct token *t)
{
    static const char mark[] = "tidy: allow ";
    const char *p = memmem(t->text.p, t->text.n, mark, sizeof mark - 1);
    const char *end = t->text.p + t->text.n, *from;

    if (p == NULL || p[sizeof mark - 1] == '<') return;        /* the rule itself, quoted */
    p += sizeof mark - 1;
    for (from = p; p < end && *p != ' '; p++) continue;

    struct allowance *a = ARENA_PUSH(f->arena, f->allowed, f->allowed_n, f->allowed_cap);
    a->what = (struct str){ from, (size_t)(p - from) };
    a->line = t->last_line;
    a->has_reason = end - p > 6 && memcmp(p, " -- ", 4) == 0;
}

void check_allowances(struct file *f)
{
    for (size_t i = 0; i < f->allowed_n; i++) {
        const struct allowance *a = &f->allowed[i];
        struct finding where = { a->line, "allow", STR("") };

        if (!a->has_reason) {
            report(f, where, "an allowance without a reason: allow %.*s -- why", (int)a->what.n,
                   a->what.p);
        } else if (!a->used) {
            report(f, where, "nothing here needs allow %.*s", (int)a->what.n, a->what.p);
        }
    }
}

/* --- files --------------------------------------------------------------------------------- */

static struct str read_whole(struct arena *a, const char *path)
{
    static char block[1 << 16];
    FILE *in = fopen(path, "rb");
    struct buf b;
    size_t n;

    buf_init(&b, a, FILE_BYTES);
    if (in == NULL) {
        fprintf(stderr, "tidy: cannot read %s\n", path);
        exit(2);
    }
    while ((n = fread(block, 1, sizeof block, in)) > 0) buf_add(&b, block, n);
    fclose(in);
    buf_cstr(&b);
    return buf_str(&b);
}

static void check_file(const char *path)
{
    struct arena *a = arena_open((size_t)256 << 20);
    struct file f = { .arena = a, .path = path };

    f.text = read_whole(a, arena_printf(a, "%s/%s", total.root, path));
    lex(&f);
    for (size_t i = 0; i < f.all_n; i++) {
        if (f.all[i].kind == COMMENT) read_allowance(&f, &f.all[i]);
    }
    check_numbers(&f);
    check_words(&f);
    check_includes(&f);
    check_allowances(&f);
    total.files++;
    total.findings += f.findings;
    arena_close(a);
}

static int not_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void check_folder(const char *path)
{
    struct arena *a = arena_open((size_t)64 << 20);
    struct dirent **list;
    int n = scandir(arena_printf(a, "%s/%s", total.root, path), &list, not_hidden, alphasort);

    for (int i = 0; i < n; i++) {
        const char *name = list[i]->d_name, *child = arena_printf(a, "%s/%s", path, name);
        const char *full = arena_printf(a, "%s/%s", total.root, child);
        struct stat st;

        if (lstat(full, &st) != 0 || S_ISLNK(st.st_mode)) continue;
        if (S_ISDIR(st.st_mode)) check_folder(child);
        else if (ends(name, ".c") || ends(name, ".h") || ends(name, ".cc")) check_file(child);
    }
    for (int i = 0; i < n; i++) free(list[i]);
    if (n >= 0) free(list);
    arena_close(a);
}

int main(int argc, char **argv)
{
    static const char *const folders[] = { "src", "tools", "test", "bench" };

    total.root = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) check_folder(folders[i]);
    printf("tidy: %d files, %d findings\n", total.files, total.findings);
    return total.findings > 0;
}
