/* embed NAME OUT.c [-C DIR] FILES... -- files as arrays inside the program.
 *
 * Writes OUT.c and OUT.h, which declares
 *     extern const struct embedded NAME[];   extern const size_t NAME_n;
 * Names are the paths as given, below DIR if there is one.  The order is the order given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s %s\n", what, path);
    exit(1);
}

static FILE *open_or_die(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);

    if (f == NULL) die("cannot open", path);
    return f;
}

static void write_header(const char *name, const char *path)
{
    FILE *f = open_or_die(path, "w");

    fprintf(f, "/* Made by tools/embed.c. */\n#pragma once\n#include \"base/embedded.h\"\n\n"
               "extern const struct embedded %s[];\nextern const size_t %s_n;\n", name, name);
    if (fclose(f) != 0) die("cannot write", path);
}

/* Three octal digits for each odd byte, so that no digit after it can be read as part of it. */
static void write_byte(FILE *out, int ch)
{
    if (ch == '\n') {
        fputs("\\n\"\n    \"", out);
    } else if (ch < ' ' || ch > '~' || strchr("\"\\?", ch) != NULL) {
        fprintf(out, "\\%03o", (unsigned)ch);
    } else {
        fputc(ch, out);
    }
}

static long write_file(FILE *out, int number, const char *path)
{
    FILE *in = open_or_die(path, "rb");
    long len = 0;
    int ch;

    fprintf(out, "static const unsigned char file_%d[] =\n    \"", number);
    for (; (ch = getc(in)) != EOF; len++) {
        if (len % 1000 == 999) fputs("\"\n    \"", out);
        write_byte(out, ch);
    }
    fputs("\";\n", out);
    if (ferror(in)) die("cannot read", path);
    fclose(in);
    return len;
}

static void write_source(const char *name, const char *path, const char *dir, char **files)
{
    char full[4096];
    int n = 0;
    FILE *out = open_or_die(path, "w");

    fprintf(out, "/* Made by tools/embed.c. */\n#include \"%s.h\"\n\n"
                 "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n", name);
    for (; files[n] != NULL; n++) {
        snprintf(full, sizeof full, "%s/%s", dir, files[n]);
        fprintf(out, "#define LEN_%d %ld\n", n, write_file(out, n, full));
    }
    fprintf(out, "\nconst size_t %s_n = %d;\nconst struct embedded %s[] = {\n", name, n, name);
    for (int i = 0; i < n; i++) {
        fprintf(out, "    { \"%s\", file_%d, LEN_%d },\n", files[i], i, i);
    }
    fprintf(out, "    { 0 }\n};\n");
    if (fclose(out) != 0) die("cannot write", path);
}

int main(int argc, char **argv)
{
    const char *dir = ".";
    char header[4096];
    int first = 3;

    if (argc < 3) die("usage: embed NAME OUT.c [-C DIR] FILES...", "");
    if (argc > 4 && strcmp(argv[3], "-C") == 0) {
        dir = argv[4];
        first = 5;
    }
    int stem = (int)strlen(argv[2]) - 2;
    if (stem < 1 || strcmp(argv[2] + stem, ".c") != 0) die("not a .c file:", argv[2]);
    snprintf(header, sizeof header, "%.*s.h", stem, argv[2]);

    write_header(argv[1], header);
    write_source(argv[1], argv[2], dir, argv + first);
    return 0;
}
