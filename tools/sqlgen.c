/* sqlgen -- turns named, typed statements in *.sql into C structs and functions.
 *
 *     sqlgen IN.sql OUT.h OUT.c              one file of statements
 *     sqlgen --index OUT.h OUT.c IN.sql …    their numbers (enum) and sql_all[] over all files
 *
 * A statement is one comment line, any further comment lines, and the SQL up to its `;`:
 *
 *     -- :one voucher_claim(code text, now i64) -> (id i64, value_minor i64?)
 *     -- Test and lock in one statement.
 *     UPDATE voucher SET state = 'used' WHERE code = :code AND expires_at > :now
 *     RETURNING id, value_minor;
 *
 * Kinds are :one, :each, :list, :exec, :rows; types i64, text, blob, with `?` where it may be
 * absent.  A :list is what db/list.h asks from: no function is made of it.  A head that is too long
 * goes on in the next comment lines until its parentheses close; `->` may begin a line of its own.
 * Where the engines must differ, `-- :sqlite` and `-- :postgres` each start a body.  Every
 * parameter is declared and used.  Files ending in _test.sql get the last numbers and stay out of
 * sql_all[]: their tables exist only in tests. */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MAX_LEN = 63, FIELDS_MAX = 64, BODY_MAX = 16384, STATEMENTS_MAX = 256, FILE_MAX = 1 << 20,
    NAMES_MAX = 4096, LITERAL_WIDTH = 84
};
enum engine { SQLITE, POSTGRES };
enum kind { ONE, EACH, LIST, EXEC, ROWS };
enum type { I64, TEXT, BLOB };

static const char *const kind_words[] = { ":one", ":each", ":list", ":exec", ":rows" };
static const char *const kind_enums[] = { "SQL_ONE", "SQL_EACH", "SQL_LIST", "SQL_EXEC",
                                            "SQL_ROWS" };
static const char *const type_words[] = { "i64", "text", "blob" };
static const char *const type_enums[] = { "SQL_I64", "SQL_TEXT", "SQL_BLOB" };
static const char *const type_c[] = { "int64_t ", "const char *", "struct sql_blob " };
static const int chunk_rows[] = { 1, 4, 16 };

struct field { char name[NAME_MAX_LEN + 1]; enum type type; bool is_nullable; };
struct fields { struct field list[FIELDS_MAX]; int n; };

/* In a body a parameter is the byte 1 and its number (from 1) as the next byte. */
struct statement {
    int line;
    enum kind kind;
    char name[NAME_MAX_LEN + 1];
    struct fields in, out;
    bool is_used[2][FIELDS_MAX];
    bool has_body[2];
    char body[2][BODY_MAX];
    size_t tuple_at[2], tuple_end[2];      /* :rows: where VALUES' ( and the byte after its ) are */
};

struct source { const char *file; char text[FILE_MAX + 1]; const char *p; int line; };

static struct source source;
static struct statement statements[STATEMENTS_MAX];
static int statements_n;

__attribute__((noreturn, format(printf, 2, 3)))
static void die(int line, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "%s:%d: ", source.file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

/* ---- reading ------------------------------------------------------------------------------- */

static void source_open(const char *file)
{
    FILE *f = fopen(file, "rb");
    source.file = file;
    source.line = 1;
    if (f == NULL) die(0, "cannot be read");
    size_t n = fread(source.text, 1, FILE_MAX + 1, f);
    if (ferror(f) || n > FILE_MAX) die(0, "cannot be read, or is longer than %d bytes", FILE_MAX);
    fclose(f);
    source.text[n] = '\0';
    if (memchr(source.text, '\1', n) != NULL || strlen(source.text) != n) die(0, "is no text");
    source.p = source.text;
}

static void step(size_t n)
{
    while (n-- > 0 && *source.p != '\0') {
        if (*source.p == '\n') source.line++;
        source.p++;
    }
}

static bool at(const char *s)
{
    return strncmp(source.p, s, strlen(s)) == 0;
}

static void skip_space(void)
{
    while (isspace((unsigned char)*source.p)) step(1);
}

/* The rest of the line after "--" and spaces; the source moves to the next line. */
static const char *comment_line(char *dst, size_t cap)
{
    step(2);
    while (*source.p == ' ') step(1);
    size_t n = strcspn(source.p, "\r\n");
    if (n >= cap) die(source.line, "comment line too long");
    memcpy(dst, source.p, n);
    while (n > 0 && dst[n - 1] == ' ') n--;
    dst[n] = '\0';
    step(strcspn(source.p, "\n"));
    return dst;
}

static bool is_word(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

/* ---- the head: name(parameters) -> (columns) ----------------------------------------------- */

struct head { char text[8192]; const char *p; int line; };

static int head_depth(const char *s)
{
    int depth = 0;
    for (; *s != '\0'; s++) depth += (*s == '(') - (*s == ')');
    return depth;
}

/* Does the next line of the source continue the head? */
static bool head_goes_on(const char *text)
{
    const char *p = source.p;
    while (isspace((unsigned char)*p)) p++;
    if (strncmp(p, "--", 2) != 0) return false;
    if (head_depth(text) > 0) return true;
    p += 2;
    while (*p == ' ') p++;
    return strncmp(p, "->", 2) == 0;
}

static void head_collect(struct head *h, const char *first)
{
    char line[1024];

    snprintf(h->text, sizeof h->text, "%s", first);
    while (head_goes_on(h->text)) {
        skip_space();
        comment_line(line, sizeof line);
        size_t n = strlen(h->text);
        if (n + strlen(line) + 2 > sizeof h->text) die(h->line, "head too long");
        snprintf(h->text + n, sizeof h->text - n, " %s", line);
    }
    h->p = h->text;
}

static void head_space(struct head *h)
{
    while (*h->p == ' ') h->p++;
}

static bool head_take(struct head *h, const char *s)
{
    head_space(h);
    if (strncmp(h->p, s, strlen(s)) != 0) return false;
    h->p += strlen(s);
    return true;
}

static void name_check(int line, const char *s)
{
    static const char *const taken[] = {
        "rc", "rows", "auto", "break", "case", "char", "const", "continue", "default", "do",
        "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long",
        "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
        "typedef", "union", "unsigned", "void", "volatile", "while", "bool", "true", "false" };

    if (!islower((unsigned char)s[0])) die(line, "\"%s\": a name begins with a small letter", s);
    for (const char *p = s; *p != '\0'; p++)
        if (isupper((unsigned char)*p)) die(line, "\"%s\": names have no capitals", s);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcmp(s, taken[i]) == 0) die(line, "\"%s\" is taken: use another name", s);
}

static void head_name(struct head *h, char dst[NAME_MAX_LEN + 1])
{
    size_t n = 0;
    head_space(h);
    while (is_word(h->p[n])) n++;
    if (n == 0) die(h->line, "a name is missing before \"%.20s\"", h->p);
    if (n > NAME_MAX_LEN) die(h->line, "name too long");
    memcpy(dst, h->p, n);
    dst[n] = '\0';
    h->p += n;
    name_check(h->line, dst);
}

static enum type head_type(struct head *h)
{
    head_space(h);
    for (int t = I64; t <= BLOB; t++) {
        size_t n = strlen(type_words[t]);
        if (strncmp(h->p, type_words[t], n) != 0 || is_word(h->p[n])) continue;
        h->p += n;
        return (enum type)t;
    }
    die(h->line, "a type (i64, text, blob) is missing before \"%.20s\"", h->p);
}

static int field_find(const struct fields *f, const char *name, size_t n)
{
    for (int i = 0; i < f->n; i++)
        if (strlen(f->list[i].name) == n && memcmp(f->list[i].name, name, n) == 0) return i;
    return -1;
}

static void head_fields(struct head *h, struct fields *dst)
{
    if (!head_take(h, "(")) die(h->line, "\"(\" is missing before \"%.20s\"", h->p);
    if (head_take(h, ")")) return;
    do {
        struct field f = { .name = "" };
        if (dst->n == FIELDS_MAX) die(h->line, "more than %d fields", FIELDS_MAX);
        head_name(h, f.name);
        f.type = head_type(h);
        f.is_nullable = head_take(h, "?");
        if (field_find(dst, f.name, strlen(f.name)) >= 0) die(h->line, "\"%s\" twice", f.name);
        dst->list[dst->n++] = f;
    } while (head_take(h, ","));
    if (!head_take(h, ")")) die(h->line, "\",\" or \")\" is missing before \"%.20s\"", h->p);
}

/* Rows come back, as many as there are. */
static bool is_each(const struct statement *s)
{
    return s->kind == EACH || s->kind == LIST;
}

/* A column named like a parameter shares its member. */
static void head_check(const struct statement *s)
{
    bool has_out = s->out.n > 0;

    if ((s->kind == ONE || is_each(s)) != has_out)
        die(s->line, has_out ? "%s: has no columns" : "%s: columns are missing: -> (…)", s->name);
    if (s->kind == ROWS && s->in.n == 0) die(s->line, "%s: :rows without parameters", s->name);
    for (int i = 0; s->kind == ONE && i < s->out.n; i++) {
        int k = field_find(&s->in, s->out.list[i].name, strlen(s->out.list[i].name));
        if (k >= 0 && s->in.list[k].type != s->out.list[i].type)
            die(s->line, "%s: \"%s\" has two types", s->name, s->out.list[i].name);
    }
}

static void head_parse(struct statement *s, const char *first)
{
    static struct head h;

    h.line = s->line;
    head_collect(&h, first);
    head_name(&h, s->name);
    head_fields(&h, &s->in);
    if (head_take(&h, "->")) {
        head_fields(&h, &s->out);
        if (s->out.n == 0) die(s->line, "%s: no columns after ->", s->name);
    }
    head_space(&h);
    if (*h.p != '\0') die(s->line, "%s: \"%.20s\" after the head", s->name, h.p);
    head_check(s);
}

/* ---- the body ------------------------------------------------------------------------------ */

struct body { struct statement *s; enum engine engine; char *dst; size_t n; int line; };

static void body_add(struct body *b, char ch)
{
    if (b->n + 2 > BODY_MAX) die(b->line, "%s: longer than %d bytes", b->s->name, BODY_MAX);
    b->dst[b->n++] = ch;
    b->dst[b->n] = '\0';
}

static void body_space(struct body *b)
{
    if (b->n > 0 && b->dst[b->n - 1] != ' ') body_add(b, ' ');
}

static void body_quoted(struct body *b)
{
    char quote = *source.p;
    int line = source.line;

    do {
        body_add(b, *source.p);
        step(1);
        if (*source.p == '\0') die(line, "%s: %c is not closed", b->s->name, quote);
    } while (*source.p != quote);
    body_add(b, quote);
    step(1);
}

static void body_comment(struct body *b)
{
    int line = source.line;
    if (at("--")) {
        step(strcspn(source.p, "\n"));
    } else {
        const char *end = strstr(source.p + 2, "*/");
        if (end == NULL) die(line, "%s: comment is not closed", b->s->name);
        step((size_t)(end + 2 - source.p));
    }
    body_space(b);
}

static void body_parameter(struct body *b)
{
    size_t n = 0;
    step(1);
    while (is_word(source.p[n])) n++;
    int i = field_find(&b->s->in, source.p, n);
    if (i < 0)
        die(source.line, "%s: parameter :%.*s is not declared", b->s->name, (int)n, source.p);
    body_add(b, '\1');
    body_add(b, (char)(i + 1));
    b->s->is_used[b->engine][i] = true;
    step(n);
}

static void body_one(struct body *b)
{
    char ch = *source.p;

    if (ch == '\'' || ch == '"') {
        body_quoted(b);
    } else if (at("--") || at("/*")) {
        body_comment(b);
    } else if (at("::")) {
        body_add(b, ':');
        body_add(b, ':');
        step(2);
    } else if (ch == ':' && (isalpha((unsigned char)source.p[1]) || source.p[1] == '_')) {
        body_parameter(b);
    } else if (ch == '?' || ch == '$') {
        die(source.line, "%s: \"%c\": write :name", b->s->name, ch);
    } else if (isspace((unsigned char)ch)) {
        body_space(b);
        step(1);
    } else {
        body_add(b, ch);
        step(1);
    }
}

static size_t skip_quoted(const char *s, size_t i)
{
    char quote = s[i++];
    while (s[i] != quote) i++;
    return i + 1;
}

static size_t skip_parens(const char *s, size_t i)
{
    int depth = 0;
    for (;;) {
        if (s[i] == '\0') return 0;
        if (s[i] == '\'' || s[i] == '"') {
            i = skip_quoted(s, i);
            continue;
        }
        if (s[i] == '\1') i++;
        else depth += (s[i] == '(') - (s[i] == ')');
        i++;
        if (depth == 0) return i;
    }
}

static bool is_values(const char *s, size_t i)
{
    static const char word[] = "VALUES";
    if (i > 0 && is_word(s[i - 1])) return false;
    for (size_t k = 0; word[k] != '\0'; k++)
        if (toupper((unsigned char)s[i + k]) != word[k]) return false;
    i += sizeof word - 1;
    while (s[i] == ' ') i++;
    return s[i] == '(';
}

/* :rows repeats the one tuple behind VALUES, so every parameter must stand inside it. */
static void body_tuple(struct body *b)
{
    const char *s = b->dst;
    size_t start = 0, end = 0;

    for (size_t i = 0; s[i] != '\0';) {
        if (s[i] == '\'' || s[i] == '"') {
            i = skip_quoted(s, i);
        } else if (is_values(s, i)) {
            if (end != 0) die(b->line, "%s: :rows has one VALUES only", b->s->name);
            start = i + strcspn(s + i, "(");
            i = end = skip_parens(s, start);
            if (end == 0) die(b->line, "%s: VALUES ( is not closed", b->s->name);
        } else if (s[i] == '\1') {
            die(b->line, "%s: :rows has parameters in its VALUES (…) only", b->s->name);
        } else {
            i++;
        }
    }
    if (end == 0) die(b->line, "%s: :rows needs VALUES (…)", b->s->name);
    if (s[end + strspn(s + end, " ")] == ',') die(b->line, "%s: :rows has one tuple", b->s->name);
    b->s->tuple_at[b->engine] = start;
    b->s->tuple_end[b->engine] = end;
}

static void body_read(struct statement *s, enum engine engine)
{
    struct body b = { .s = s, .engine = engine, .dst = s->body[engine], .line = source.line };

    if (s->has_body[engine]) die(b.line, "%s: a second body", s->name);
    s->has_body[engine] = true;
    while (*source.p != ';') {
        if (*source.p == '\0') die(b.line, "%s: \";\" is missing", s->name);
        body_one(&b);
    }
    step(1);
    while (b.n > 0 && b.dst[b.n - 1] == ' ') b.dst[--b.n] = '\0';
    if (b.n == 0) die(b.line, "%s: is empty", s->name);
    for (int i = 0; i < s->in.n; i++)
        if (!s->is_used[engine][i])
            die(b.line, "%s: parameter :%s is not used", s->name, s->in.list[i].name);
    if (s->kind == ROWS) body_tuple(&b);
}

/* ---- a file -------------------------------------------------------------------------------- */

/* Reads comment lines up to the body or the mark of an engine. */
static int engine_mark(const struct statement *s)
{
    char line[1024];

    for (;;) {
        skip_space();
        if (!at("--")) return -1;
        int at_line = source.line;
        comment_line(line, sizeof line);
        if (strcmp(line, ":sqlite") == 0) return SQLITE;
        if (strcmp(line, ":postgres") == 0) return POSTGRES;
        if (line[0] == ':') die(at_line, "%s: \"%s\" before the SQL", s->name, line);
    }
}

static void bodies_read(struct statement *s)
{
    int engine = engine_mark(s);

    if (engine < 0) {
        body_read(s, SQLITE);
        memcpy(s->body[POSTGRES], s->body[SQLITE], sizeof s->body[SQLITE]);
        s->tuple_at[POSTGRES] = s->tuple_at[SQLITE];
        s->tuple_end[POSTGRES] = s->tuple_end[SQLITE];
        return;
    }
    body_read(s, (enum engine)engine);
    if (engine_mark(s) != !engine) die(s->line, "%s: the other engine's body is missing", s->name);
    body_read(s, (enum engine)!engine);
}

static void statement_read(const char *line, enum kind kind, int at_line)
{
    struct statement *s = &statements[statements_n];

    if (statements_n == STATEMENTS_MAX) die(at_line, "more than %d statements", STATEMENTS_MAX);
    memset(s, 0, sizeof *s);
    s->line = at_line;
    s->kind = kind;
    head_parse(s, line);
    bodies_read(s);
    for (int i = 0; i < statements_n; i++)
        if (strcmp(statements[i].name, s->name) == 0) die(s->line, "%s: twice", s->name);
    statements_n++;
}

static void file_read(const char *file)
{
    char line[1024];

    source_open(file);
    statements_n = 0;
    for (skip_space(); *source.p != '\0'; skip_space()) {
        int at_line = source.line, kind;
        if (!at("--")) die(at_line, "SQL without a head: -- :one name(…)");
        comment_line(line, sizeof line);
        if (line[0] != ':') continue;
        for (kind = ONE; kind <= ROWS; kind++) {
            size_t n = strlen(kind_words[kind]);
            if (strncmp(line, kind_words[kind], n) == 0 && line[n] == ' ') break;
        }
        if (kind > ROWS) die(at_line, "\"%s\": no such kind", line);
        statement_read(line + strlen(kind_words[kind]), (enum kind)kind, at_line);
    }
}

/* ---- writing ------------------------------------------------------------------------------- */

static FILE *out;
static char out_path[4096];

static void out_open(const char *path)
{
    snprintf(out_path, sizeof out_path, "%s", path);
    out = fopen(path, "w");
    if (out == NULL) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

static void out_close(void)
{
    if (ferror(out) || fclose(out) != 0) {
        fprintf(stderr, "%s: cannot be written\n", out_path);
        remove(out_path);
        exit(1);
    }
}

__attribute__((format(printf, 1, 2)))
static void put(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(out, fmt, ap);
    va_end(ap);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void put_members(const struct fields *f, const struct fields *but)
{
    for (int i = 0; i < f->n; i++) {
        const struct field *m = &f->list[i];
        if (but != NULL && field_find(but, m->name, strlen(m->name)) >= 0) continue;
        put("    %s%s;%s\n", type_c[m->type], m->name,
            m->is_nullable ? "    /* may be absent */" : "");
    }
}

static void put_structs(const struct statement *s)
{
    if (s->kind == ROWS) {
        put("struct sql_%s_row {\n", s->name);
        put_members(&s->in, NULL);
        put("};\n");
        return;
    }
    if (is_each(s)) {
        put("struct sql_%s_row {\n", s->name);
        put_members(&s->out, NULL);
        put("};\n");
    }
    if (s->kind == EXEC && s->in.n == 0) return;
    put("struct sql_%s {\n", s->name);
    put_members(&s->in, NULL);
    if (s->kind == ONE) put_members(&s->out, &s->in);
    if (is_each(s)) put("    const struct sql_%s_row *rows;\n    size_t n;\n", s->name);
    if (s->kind != EXEC) put("    enum rc rc;\n");
    put("};\n");
}

static void put_functions(const struct statement *s)
{
    const char *x = s->name;

    put("MUST_CHECK static inline enum rc ");
    if (s->kind == ROWS) {
        put("sql_%s(struct ctx *c, const struct sql_%s_row *rows, size_t n)\n", x, x);
        put("{\n    return db_rows(c->db, &sql_def_%s, (struct sql_many){ rows, n });\n}\n\n", x);
    } else if (s->kind == EXEC && s->in.n == 0) {
        put("sql_%s(struct ctx *c)\n", x);
        put("{\n    return db_exec(c->db, &sql_def_%s, NULL);\n}\n\n", x);
    } else if (s->kind == EXEC) {
        put("sql_%s(struct ctx *c, const struct sql_%s *v)\n", x, x);
        put("{\n    return db_exec(c->db, &sql_def_%s, v);\n}\n\n", x);
    } else {
        put("sql_%s(struct ctx *c, struct sql_%s *v)\n", x, x);
        put("{\n    return db_%s(c->db, c->arena, &sql_def_%s, v);\n}\n",
            s->kind == ONE ? "one" : "each", x);
        put("static inline void sql_%s_ask(struct ctx *c, struct sql_%s *v)\n", x, x);
        put("{\n    db_ask(c->db, c->arena, &sql_def_%s, v);\n}\n\n", x);
    }
}

static void put_header(const char *path)
{
    out_open(path);
    put("/* Made by tools/sqlgen from %s. */\n#pragma once\n", source.file);
    put("#include \"core/ctx.h\"\n\n");
    for (int i = 0; i < statements_n; i++) {
        put_structs(&statements[i]);
        put("extern const struct sql_def sql_def_%s;\n", statements[i].name);
        if (statements[i].kind != LIST) put_functions(&statements[i]);
    }
    out_close();
}

static void put_fields(const struct statement *s, const struct fields *f, const char *what)
{
    bool is_row = (s->kind == ROWS) || (is_each(s) && f == &s->out);

    if (f->n == 0) return;
    put("static const struct sql_field %s_%s[] = {\n", s->name, what);
    for (int i = 0; i < f->n; i++) {
        const struct field *m = &f->list[i];
        put("    { \"%s\", offsetof(struct sql_%s%s, %s),\n      %s, %s },\n", m->name, s->name,
            is_row ? "_row" : "", m->name, type_enums[m->type], m->is_nullable ? "true" : "false");
    }
    put("};\n");
}

struct literal { int width; };

static void put_char(struct literal *l, char ch)
{
    if (l->width >= LITERAL_WIDTH) {
        put("\"\n        \"");
        l->width = 0;
    }
    if (ch == '"' || ch == '\\') put("\\");
    put("%c", ch);
    l->width++;
}

struct range { size_t from, to; int shift; };   /* shift: added to each parameter's number */

static void put_range(struct literal *l, const char *text, enum engine engine, struct range r)
{
    char number[16];

    for (size_t i = r.from; i < r.to; i++) {
        if (text[i] != '\1') {
            put_char(l, text[i]);
            continue;
        }
        i++;
        snprintf(number, sizeof number, "%c%d", engine == SQLITE ? '?' : '$', text[i] + r.shift);
        for (const char *p = number; *p != '\0'; p++) put_char(l, *p);
    }
}

static void put_sql(const struct statement *s, enum engine engine, int rows)
{
    struct literal l = { .width = 0 };
    const char *text = s->body[engine];
    size_t n = strlen(text), at_ = s->tuple_at[engine], end = s->tuple_end[engine];

    put("        \"");
    if (s->kind != ROWS) at_ = end = n;
    put_range(&l, text, engine, (struct range){ 0, end, 0 });
    for (int i = 1; i < rows; i++) {
        put_char(&l, ',');
        put_range(&l, text, engine, (struct range){ at_, end, i * s->in.n });
    }
    put_range(&l, text, engine, (struct range){ end, n, 0 });
    put("\",\n");
}

static void put_bodies(const struct statement *s, enum engine engine)
{
    put("    .%s = {\n", engine == SQLITE ? "sqlite" : "postgres");
    for (int i = 0; i < (s->kind == ROWS ? 3 : 1); i++) put_sql(s, engine, chunk_rows[i]);
    put("    },\n");
}

static void put_def(const struct statement *s)
{
    const char *x = s->name;

    put_fields(s, &s->in, "in");
    put_fields(s, &s->out, "out");
    put("const struct sql_def sql_def_%s = {\n", x);
    put("    .name = \"%s\", .kind = %s, .id = SQL_ID_%s,\n", x, kind_enums[s->kind], x);
    put_bodies(s, SQLITE);
    put_bodies(s, POSTGRES);
    if (s->in.n > 0) put("    .in = %s_in, .in_n = %d,\n", x, s->in.n);
    if (s->out.n > 0) put("    .out = %s_out, .out_n = %d,\n", x, s->out.n);
    if (s->out.n > 0) put("    .rc_offset = offsetof(struct sql_%s, rc),\n", x);
    if (is_each(s))
        put("    .rows_offset = offsetof(struct sql_%s, rows),\n"
            "    .n_offset = offsetof(struct sql_%s, n),\n", x, x);
    if (is_each(s) || s->kind == ROWS) put("    .row_size = sizeof(struct sql_%s_row),\n", x);
    put("};\n\n");
}

static void put_source(const char *path, const char *header)
{
    out_open(path);
    put("/* Made by tools/sqlgen from %s. */\n", source.file);
    put("#include <stddef.h>\n#include \"%s\"\n#include \"sql_index.h\"\n\n", base_name(header));
    put("/* Sixteen rows in one literal are longer than C promises; gcc and clang take them. */\n");
    put("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n");
    for (int i = 0; i < statements_n; i++) put_def(&statements[i]);
    out_close();
}

/* ---- the index over all files -------------------------------------------------------------- */

static char names[NAMES_MAX][NAME_MAX_LEN + 1];
static int names_n, names_shipped;

static bool is_test(const char *file)
{
    static const char end[] = "_test.sql";
    size_t n = strlen(file), m = sizeof end - 1;
    return n >= m && strcmp(file + n - m, end) == 0;
}

static void names_read(const char *file)
{
    file_read(file);
    for (int i = 0; i < statements_n; i++) {
        for (int k = 0; k < names_n; k++)
            if (strcmp(names[k], statements[i].name) == 0)
                die(statements[i].line, "%s: also in another file", names[k]);
        if (names_n == NAMES_MAX) die(statements[i].line, "more than %d statements", NAMES_MAX);
        memcpy(names[names_n++], statements[i].name, sizeof names[0]);
    }
}

static void put_index(const char *header, const char *path)
{
    out_open(header);
    put("/* Made by tools/sqlgen: the number of each statement. */\n#pragma once\n\n");
    put("enum sql_id {\n");
    for (int i = 0; i < names_n; i++) put("    SQL_ID_%s,\n", names[i]);
    put("    SQL_ID_END\n};\n");
    out_close();

    out_open(path);
    put("/* Made by tools/sqlgen: every statement of the product. */\n#include <stddef.h>\n");
    put("#include \"db/db.h\"\n\n");
    for (int i = 0; i < names_shipped; i++)
        put("extern const struct sql_def sql_def_%s;\n", names[i]);
    put("\nconst struct sql_def *const sql_all[] = {\n");
    for (int i = 0; i < names_shipped; i++) put("    &sql_def_%s,\n", names[i]);
    put("    NULL\n};\nconst int sql_all_n = %d;\n", names_shipped);
    out_close();
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "--index") == 0) {
        for (int i = 4; i < argc; i++) if (!is_test(argv[i])) names_read(argv[i]);
        names_shipped = names_n;
        for (int i = 4; i < argc; i++) if (is_test(argv[i])) names_read(argv[i]);
        put_index(argv[2], argv[3]);
        return 0;
    }
    if (argc != 4 || argv[1][0] == '-') {
        fprintf(stderr, "usage: sqlgen IN.sql OUT.h OUT.c | sqlgen --index OUT.h OUT.c IN.sql …\n");
        return 2;
    }
    file_read(argv[1]);
    put_header(argv[2]);
    put_source(argv[3], argv[2]);
    return 0;
}
