/* Words that may not be used, or not everywhere. */
#include <fnmatch.h>
#include <string.h>
#include "tidy/tidy.h"

static const struct { const char *word, *instead; } banned[] = {
    { "sprintf",   "snprintf, buf_addf or arena_printf" },
    { "vsprintf",  "vsnprintf" },
    { "strcpy",    "arena_strdup or snprintf" },
    { "strcat",    "struct buf" },
    { "strncpy",   "snprintf" },
    { "strncat",   "struct buf" },
    { "strtok",    "struct str" },
    { "atoi",      "str_to_i64" },
    { "atol",      "str_to_i64" },
    { "atoll",     "str_to_i64" },
    { "atof",      "str_to_minor" },
    { "sscanf",    "struct str" },
    { "gets",      "fgets" },
    { "alloca",    "the arena" },
    { "time",      "c->now, or time_wall_ms at the edge" },
    { "localtime", "struct zone" },
    { "gmtime",    "time_format" },
    { "ctime",     "time_format" },
    { "rand",      "rand_bytes or struct dice" },
    { "srand",     "struct dice" },
    { "system",    "nothing: no shell is ever needed" },
};

static const char *const raw_memory[] = {
    "malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf",
    "vasprintf", "aligned_alloc", "posix_memalign",
};

static const char *const sql_starts[] = {
    "SELECT ", "INSERT INTO ", "INSERT OR ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ",
    "CREATE INDEX ", "CREATE UNIQUE INDEX ", "DROP TABLE ", "ALTER TABLE ",
};

/* Where JsonLogic's own numbers, and chance, need fractions; nobody's money is there. */
static const char *const float_rooms[] = {
    "src/json/*", "src/core/rule/logic*", "src/base/rand*",
};

/* A member of a struct may be called free or time; a call through it is no call of theirs. */
static bool is_call(const struct file *f, size_t i)
{
    const struct token *t = &f->all[i];

    if (t->kind != WORD || i + 1 >= f->all_n || !token_is(&f->all[i + 1], "(")) return false;
    return i == 0 || !(token_is(t - 1, ".") || token_is(t - 1, "->"));
}

static void check_call(struct file *f, const struct token *t)
{
    for (size_t i = 0; i < ARRAY_LEN(banned); i++) {
        if (!str_is(t->text, banned[i].word)) continue;
        report(f, (struct finding){ t->line, "banned", t->text }, "%s() is banned: use %s",
               banned[i].word, banned[i].instead);
    }
    if (!is_under(f, "src/") || is_under(f, "src/base/") || is_test(f)) return;
    for (size_t i = 0; i < ARRAY_LEN(raw_memory); i++) {
        if (!str_is(t->text, raw_memory[i])) continue;
        report(f, (struct finding){ t->line, "memory", t->text },
               "%s() outside src/base: use an arena", raw_memory[i]);
    }
}

static void check_word(struct file *f, const struct token *t)
{
    if (token_is(t, "NDEB" "UG")) {
        report(f, (struct finding){ t->line, "ndebug", t->text }, "assertions stay on");
    }
    if (!token_is(t, "float") && !token_is(t, "double")) return;
    if (!is_under(f, "src/")) return;
    for (size_t i = 0; i < ARRAY_LEN(float_rooms); i++) {
        if (fnmatch(float_rooms[i], f->path, 0) == 0) return;
    }
    report(f, (struct finding){ t->line, "float", t->text },
           "%.*s near money: integers of the smallest unit", (int)t->text.n, t->text.p);
}

/* Tests may look into the tables with statements of their own. */
static bool may_hold_sql(const struct file *f)
{
    return !is_under(f, "src/") || is_under(f, "src/db/") || is_under(f, "src/core/rule/") ||
           is_test(f);
}

static void check_string(struct file *f, const struct token *t)
{
    struct str s = str_trim(t->text);

    for (size_t i = 0; i < ARRAY_LEN(sql_starts); i++) {
        size_t n = strlen(sql_starts[i]);

        if (t->text.n < n || s.n < n - 1 || strncmp(s.p, sql_starts[i], n) != 0) continue;
        report(f, (struct finding){ t->line, "sql", STR("") },
               "SQL in a string: it belongs into <noun>.sql");
    }
}

void check_words(struct file *f)
{
    for (size_t i = 0; i < f->all_n; i++) {
        const struct token *t = &f->all[i];

        if (is_call(f, i)) check_call(f, t);
        if (t->kind == WORD) check_word(f, t);
        if (t->kind == STRING && !may_hold_sql(f)) check_string(f, t);
    }
}
