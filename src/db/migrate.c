#include "db/migrate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "base/time.h"

#define MIGRATION_BYTES_MAX (4 << 20)
#define ADVISORY_LOCK "72600001"               /* several servers may start at once */

/* ---- tokens -------------------------------------------------------------------------------- */

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_COMMENT, TOKEN_QUOTED, TOKEN_SPACE, TOKEN_OTHER };
struct token { enum token_kind kind; struct str text; };
struct scan { const char *p, *end; };

static size_t until(const struct scan *s, size_t from, const char *mark)
{
    size_t left = (size_t)(s->end - s->p), n = strlen(mark);
    for (size_t i = from; i + n <= left; i++)
        if (memcmp(s->p + i, mark, n) == 0) return i + n;
    return left;
}

static bool is_word(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

static size_t run_of(const struct scan *s, bool (*is)(char))
{
    size_t n = 0;
    while (s->p + n < s->end && is(s->p[n])) n++;
    return n;
}

static bool is_space(char ch)
{
    return isspace((unsigned char)ch) != 0;
}

static struct token next_token(struct scan *s)
{
    struct token t = { TOKEN_OTHER, { s->p, 1 } };
    size_t left = (size_t)(s->end - s->p);

    if (left == 0) return (struct token){ TOKEN_END, { s->p, 0 } };
    if (is_word(*s->p)) {
        t = (struct token){ TOKEN_WORD, { s->p, run_of(s, is_word) } };
    } else if (is_space(*s->p)) {
        t = (struct token){ TOKEN_SPACE, { s->p, run_of(s, is_space) } };
    } else if (left >= 2 && memcmp(s->p, "--", 2) == 0) {
        t = (struct token){ TOKEN_COMMENT, { s->p, until(s, 2, "\n") } };
    } else if (left >= 2 && memcmp(s->p, "$$", 2) == 0) {
        t = (struct token){ TOKEN_QUOTED, { s->p, until(s, 2, "$$") } };
    } else if (*s->p == '\'' || *s->p == '"') {
        t = (struct token){ TOKEN_QUOTED, { s->p, until(s, 1, *s->p == '"' ? "\"" : "'") } };
    }
    s->p += t.text.n;
    return t;
}

static struct scan scan_of(const struct migration *m)
{
    return (struct scan){ m->sql, m->sql + m->len };
}

/* The words of a comment line, without dashes and space around. */
static struct str comment_text(struct str s)
{
    while (s.n > 0 && (*s.p == '-' || is_space(*s.p))) s = (struct str){ s.p + 1, s.n - 1 };
    return str_trim(s);
}

/* ---- the text for an engine ---------------------------------------------------------------- */

struct writing {
    struct buf out;
    enum db_kind kind;
    bool is_off, is_create, is_table;
    int words;
    size_t start;                           /* of the statement, in out */
};

static void write_comment(struct writing *w, struct str comment)
{
    struct str s = comment_text(comment);
    if (str_is(s, ":both")) w->is_off = false;
    if (str_is(s, ":sqlite")) w->is_off = w->kind != DB_SQLITE;
    if (str_is(s, ":postgres")) w->is_off = w->kind != DB_POSTGRES;
    buf_addc(&w->out, '\n');
}

static void write_word(struct writing *w, struct str s)
{
    bool is_sqlite = w->kind == DB_SQLITE;

    if (w->words++ == 0) w->start = w->out.n;
    if (w->words == 1) w->is_create = str_is(s, "CREATE");
    if (w->words == 2) w->is_table = w->is_create && str_is(s, "TABLE");
    if (is_sqlite && str_is(s, "BIGINT")) s = STR("INTEGER");
    if (is_sqlite && str_is(s, "BYTEA")) s = STR("BLOB");
    buf_add(&w->out, s.p, s.n);
}

/* One tree a table on SQLite: PRIMARY KEY (id, member_id) becomes (id), which there is the rowid
 * itself; a table with another key of several columns is kept in that key's order. */
static void end_table(struct writing *w)
{
    static const char owned[] = "PRIMARY KEY (id, member_id)", key[] = "PRIMARY KEY (";
    char *at;

    buf_cstr(&w->out);
    at = strstr(w->out.p + w->start, key);
    if (at && strncmp(at, owned, sizeof owned - 1) == 0) {
        char *rest = at + sizeof owned - 1;
        memcpy(at, "PRIMARY KEY (id)", 16);
        w->out.n -= sizeof owned - 1 - 16;
        memmove(at + 16, rest, w->out.n - (size_t)(at + 16 - w->out.p));
        at = NULL;
    }
    const char *comma = at ? strchr(at, ',') : NULL;
    buf_adds(&w->out, " STRICT");
    if (comma && comma < strchr(at, ')')) buf_adds(&w->out, ", WITHOUT ROWID");
}

const char *migrate_text(struct arena *a, const struct migration *m, enum db_kind kind)
{
    struct writing w = { .kind = kind };
    struct scan s = scan_of(m);

    buf_init(&w.out, a, MIGRATION_BYTES_MAX);
    for (struct token t = next_token(&s); t.kind != TOKEN_END; t = next_token(&s)) {
        bool is_last = t.kind == TOKEN_OTHER && *t.text.p == ';';
        if (t.kind == TOKEN_COMMENT) write_comment(&w, t.text);
        if (t.kind == TOKEN_COMMENT || w.is_off) continue;
        if (is_last && w.is_table && kind == DB_SQLITE) end_table(&w);
        if (is_last) w.words = 0, w.is_create = w.is_table = false;
        if (t.kind == TOKEN_WORD) write_word(&w, t.text);
        else buf_add(&w.out, t.text.p, t.text.n);
    }
    return buf_cstr(&w.out);
}

/* ---- what was applied ---------------------------------------------------------------------- */

/* FNV-1a: it notices a change, it does not defend against one. */
static void hash_of(const struct migration *m, char dst[static 17])
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < m->len; i++) {
        h ^= (unsigned char)m->sql[i];
        h *= UINT64_C(1099511628211);
    }
    snprintf(dst, 17, "%016llx", (unsigned long long)h);
}

static enum rc record_table(struct db *db)
{
    return db_script(db, db_kind(db) == DB_SQLITE
        ? "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL, hash TEXT NOT NULL,"
          " applied_at INTEGER NOT NULL, PRIMARY KEY (name)) STRICT"
        : "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL, hash TEXT NOT NULL,"
          " applied_at BIGINT NOT NULL, PRIMARY KEY (name))");
}

struct applied { struct arena *arena; size_t n; const char *why; };

/* What was applied must be the beginning of the list, each with its hash. */
static enum rc applied_check(struct db *db, const struct migration *list, size_t n,
                             struct applied *out)
{
    struct arena *a = out->arena;
    struct db_table t;
    char hash[17];
    enum rc rc = db_script_table(db, a, "SELECT name, hash FROM migration ORDER BY name", &t);

    out->n = t.rows;
    for (size_t i = 0; rc == RC_OK && i < t.rows; i++) {
        const char *name = t.cells[i * 2];
        if (i >= n) {
            out->why = arena_printf(a, "%s was applied by a newer program", name);
            return RC_CONFLICT;
        }
        hash_of(&list[i], hash);
        if (!str_eq(name, list[i].name)) {
            out->why = arena_printf(a, "%s was applied where this program has %s", name,
                                    list[i].name);
            return RC_CONFLICT;
        }
        if (!str_eq(t.cells[i * 2 + 1], hash)) {
            out->why = arena_printf(a, "%s was changed after it was applied", name);
            return RC_CONFLICT;
        }
    }
    return rc;
}

enum rc migrate_pending(struct db *db, const struct migration *list, size_t n, size_t *pending)
{
    struct arena *a = arena_open(MIGRATION_BYTES_MAX);
    struct applied applied = { .arena = a, .why = "" };
    enum rc rc = record_table(db);

    if (rc == RC_OK) rc = applied_check(db, list, n, &applied);
    if (rc == RC_OK) *pending = n - applied.n;
    arena_close(a);
    return rc;
}

/* ---- applying ------------------------------------------------------------------------------ */

static bool name_ok(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (!is_word(*p) && *p != '.' && *p != '-') return false;
    return *name != '\0';
}

/* By script and not by db_begin: a migration of a large table may take as long as it takes. */
/* On Citus, in the transaction that made the tables. */
static enum rc distribute(struct db *db, struct arena *a, const struct migration *m)
{
    struct tables tables;
    int64_t n = 0;
    enum rc rc = db_script_i64(db, "SELECT COUNT(*) FROM pg_proc"
                                   " WHERE proname = 'create_distributed_table'", &n);

    if (rc != RC_OK || n == 0) return rc;
    rc = migrate_tables(a, m, 1, &tables);
    for (size_t i = 0; rc == RC_OK && i < tables.n; i++)
        rc = db_script(db, migrate_distribution(a, &tables.list[i]));
    return rc;
}

static enum rc apply(struct db *db, struct arena *a, const struct migration *m)
{
    char hash[17];
    bool is_sqlite = db_kind(db) == DB_SQLITE;

    if (!name_ok(m->name)) return RC_INVALID;
    hash_of(m, hash);
    enum rc rc = db_script(db, is_sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
    if (rc != RC_OK) return rc;
    rc = db_script(db, migrate_text(a, m, db_kind(db)));
    if (rc == RC_OK && !is_sqlite) rc = distribute(db, a, m);
    if (rc == RC_OK)
        rc = db_script(db, arena_printf(a, "INSERT INTO migration (name, hash, applied_at) VALUES"
                                        " ('%s', '%s', %lld)", m->name, hash,
                                        (long long)time_wall_ms()));
    if (rc == RC_OK) rc = db_script(db, "COMMIT");
    if (rc == RC_OK) {
        log_line(LOG_INFO, "db.migrated", "name=%s", m->name);
        return RC_OK;
    }
    const char *why = arena_strdup(a, db_error(db));
    (void)(db_script(db, "ROLLBACK") == RC_OK);
    log_line(LOG_WARN, "db.migration", "name=%s %s", m->name, why);
    return rc;
}

static enum rc apply_all(struct db *db, const struct migration *list, size_t n,
                         char err[static 256])
{
    struct arena *a = arena_open(64 << 20);
    struct applied applied = { .arena = a, .why = "" };
    enum rc rc = record_table(db);

    if (rc == RC_OK) rc = applied_check(db, list, n, &applied);
    if (rc == RC_CONFLICT) snprintf(err, 256, "%.250s", applied.why);
    else if (rc != RC_OK) snprintf(err, 256, "%.250s", db_error(db));
    for (size_t i = applied.n; rc == RC_OK && i < n; i++) {
        rc = apply(db, a, &list[i]);
        if (rc != RC_OK) snprintf(err, 256, "%.100s: %.140s", list[i].name, db_error(db));
    }
    arena_close(a);
    return rc;
}

enum rc migrate_run(struct db *db, const struct migration *list, size_t n, char err[static 256])
{
    if (db_kind(db) == DB_SQLITE) return apply_all(db, list, n, err);
    enum rc rc = db_script(db, "SET lock_timeout = 0; SET statement_timeout = 0;"
                               "SELECT pg_advisory_lock(" ADVISORY_LOCK ")");
    if (rc != RC_OK) {
        snprintf(err, 256, "%.250s", db_error(db));
        return rc;
    }
    rc = apply_all(db, list, n, err);
    enum rc end = db_script(db, "SELECT pg_advisory_unlock(" ADVISORY_LOCK ");"
                                "SET lock_timeout = 3000; SET statement_timeout = 10000");
    return rc == RC_OK ? end : rc;
}

/* ---- what tables say of themselves --------------------------------------------------------- */

struct said { int kind; struct str by; bool is_large; };

static void listen(struct said *said, struct str comment)
{
    static const char *const kinds[] = { "member", "lookup", "config", "queue" };
    struct str s = comment_text(comment);

    if (str_is(s, "large")) said->is_large = true;
    if (s.n < 5 || memcmp(s.p, "kind:", 5) != 0) return;
    s = str_trim((struct str){ s.p + 5, s.n - 5 });
    const char *by = memmem(s.p, s.n, " by ", 4);
    if (by) {
        said->by = str_trim((struct str){ by + 4, s.n - (size_t)(by + 4 - s.p) });
        s.n = (size_t)(by - s.p);
    }
    for (int i = 0; i < (int)ARRAY_LEN(kinds); i++)
        if (str_is(s, kinds[i])) said->kind = i;
}

static const char *by_of(struct arena *a, const struct said *said)
{
    if (said->kind == TABLE_CONFIG) return NULL;
    if (said->kind == TABLE_MEMBER) return "member_id";
    return said->by.n > 0 ? arena_strndup(a, said->by.p, said->by.n) : "id";
}

static struct token next_solid(struct scan *s)
{
    struct token t;
    do t = next_token(s); while (t.kind == TOKEN_SPACE || t.kind == TOKEN_COMMENT);
    return t;
}

static struct str table_name(struct scan s)
{
    if (!str_is(next_solid(&s).text, "TABLE")) return (struct str){ 0 };
    struct token t = next_solid(&s);
    while (t.kind == TOKEN_WORD && (str_is(t.text, "IF") || str_is(t.text, "NOT") ||
                                    str_is(t.text, "EXISTS"))) t = next_solid(&s);
    return t.text;
}

struct listing { struct arena *a; struct table_info *items; size_t n, cap; };

static enum rc tables_of(struct listing *l, const struct migration *m)
{
    struct scan s = scan_of(m);
    struct said said = { .kind = -1 };

    for (struct token t = next_token(&s); t.kind != TOKEN_END; t = next_token(&s)) {
        if (t.kind == TOKEN_COMMENT) listen(&said, t.text);
        if (t.kind == TOKEN_OTHER && *t.text.p == ';') said = (struct said){ .kind = -1 };
        if (t.kind != TOKEN_WORD || !str_is(t.text, "CREATE")) continue;
        struct str name = table_name(s);
        if (name.n == 0) continue;
        if (said.kind < 0) {
            log_line(LOG_WARN, "db.kind", "table=%.*s has no kind", (int)name.n, name.p);
            return RC_INVALID;
        }
        *ARENA_PUSH(l->a, l->items, l->n, l->cap) = (struct table_info){
            .name = arena_strndup(l->a, name.p, name.n), .kind = (enum table_kind)said.kind,
            .by = by_of(l->a, &said),
            .is_large = said.is_large };
    }
    return RC_OK;
}

enum rc migrate_tables(struct arena *a, const struct migration *list, size_t n, struct tables *out)
{
    struct listing l = { .a = a };

    for (size_t i = 0; i < n; i++) {
        enum rc rc = tables_of(&l, &list[i]);
        if (rc != RC_OK) return rc;
    }
    *out = (struct tables){ l.items, l.n };
    return RC_OK;
}

const char *migrate_distribution(struct arena *a, const struct table_info *t)
{
    bool is_with_members = str_eq(t->by, "member_id") && !str_eq(t->name, "member");

    if (t->by == NULL) return arena_printf(a, "SELECT create_reference_table('%s')", t->name);
    return arena_printf(a, "SELECT create_distributed_table('%s', '%s', colocate_with => '%s')",
                        t->name, t->by, is_with_members ? "member" : "none");
}
