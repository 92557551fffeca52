/* Who may include whom. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "tidy/tidy.h"

/* From the ground up.  A file may include what stands lower, and its own folder; two on one floor
 * do not see each other.  The longest prefix decides.  What the core's own headers promise knows
 * no noun; their .c files stand at CORE_TOP and may ask all of them. */
#define CORE_TOP 22
static const struct { const char *prefix; int floor; bool is_open; } layers[] = {
    { "base/", 0 },
    { "json/", 1 }, { "db/", 2 }, { "http/", 3 }, { "job/", 4 },
    { "core/", 10, true },                      /* ctx, route, feature, note */
    { "core/seal/", 11, true }, { "core/config/", 11, true }, { "core/run/", 12, true },
    { "core/audit/", 13 }, { "core/auth/", 14 }, { "core/member/", 15 }, { "core/ledger/", 16 },
    { "core/event/", 17 }, { "core/rule/", 18 }, { "core/effect/", 19 }, { "core/timeline/", 20 },
    { "core/door/", 23 }, { "core/check/", 24 }, { "core/serve/", 25 },
    { "app/", 30 },
    { "app/import/", 31 },                      /* tells what files hold to the feature it is of */
    { "cmd/", 35 },                             /* the command line may use every feature */
    { "", 40 },                                 /* wiring.c, main.c */
};

/* Each foreign library has one room. */
static const struct { const char *header, *rooms[3], *name; } rooms[] = {
    { "sqlite3.h",      { "src/db/db_sqlite*", "src/db/sqlite_*" },     "src/db/db_sqlite.c" },
    { "libpq-fe.h",     { "src/db/db_postgres*", "src/db/postgres_*" }, "src/db/db_postgres.c" },
    { "microhttpd.h",   { "src/http/http_mhd*" },                       "src/http/http_mhd.c" },
    { "curl/*",         { "src/http/client_curl*" },                    "src/http/client_curl.c" },
    { "jansson*",       { "src/json/*" },                               "src/json/" },
    { "unicode/*",      { "src/base/zone*" },                           "src/base/zone.c" },
    { "phonenumbers/*", { "src/base/phone*" },                          "src/base/phone.cc" },
};

struct place { int floor; const char *folder; size_t folder_n; };

/* path is below src/.  The folder of app/voucher/x.c is "app/voucher/". */
static struct place place_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct place p = { .folder = path, .folder_n = slash == NULL ? 0 : (size_t)(slash + 1 - path) };
    size_t best = ARRAY_LEN(layers) - 1;

    for (size_t i = 0; i + 1 < ARRAY_LEN(layers); i++) {
        bool longer = strlen(layers[i].prefix) > strlen(layers[best].prefix);

        if (str_prefix(path, layers[i].prefix) && longer) best = i;
    }
    p.floor = layers[best].floor;
    if (layers[best].is_open && fnmatch("*.c", path, 0) == 0) p.floor = CORE_TOP;
    return p;
}

static bool same_folder(struct place a, struct place b)
{
    return a.folder_n == b.folder_n && memcmp(a.folder, b.folder, a.folder_n) == 0;
}

static void check_layer(struct file *f, int line, struct str header)
{
    struct place from = place_of(f->path + strlen("src/"));
    struct place to = place_of(header.p);

    if (is_test(f)) return;             /* a test may set up whatever its noun lives among */
    if (to.floor < from.floor) return;
    if (same_folder(from, to)) return;
    report(f, (struct finding){ line, "include", header }, "%s %s", header.p,
           to.floor > from.floor ? "stands higher; includes only go down"
               : "is a neighbour; they meet through events, effects and fields");
}

/* Rooms of the core that are no noun: they carry requests and what is published. */
static bool is_carrier(const struct file *f)
{
    return is_under(f, "src/core/door/") || is_under(f, "src/core/config/") ||
           is_under(f, "src/core/run/") || is_under(f, "src/core/check/") ||
           is_under(f, "src/core/serve/");
}

/* HTTP and JSON enter a noun through its _api.c.  Rules and effects are written in JSON trees, so
 * these two folders know them. */
static void check_door(struct file *f, int line, struct str header)
{
    bool noun = fnmatch("src/app/*/*", f->path, 0) == 0 ||
                (fnmatch("src/core/*/*", f->path, 0) == 0 && !is_carrier(f));
    bool json = str_prefix(header.p, "json/");

    if (!noun || is_test(f) || !(json || str_prefix(header.p, "http/"))) return;
    if (fnmatch("*_api.[ch]", f->path, 0) == 0) return;
    if (json && (is_under(f, "src/core/rule/") || is_under(f, "src/core/effect/"))) return;
    report(f, (struct finding){ line, "include", header },
           "%s: HTTP and JSON enter a noun in its _api.c", header.p);
}

static void check_room(struct file *f, int line, struct str header)
{
    for (size_t i = 0; i < ARRAY_LEN(rooms); i++) {
        bool home = false;

        if (fnmatch(rooms[i].header, header.p, 0) != 0) continue;
        for (size_t k = 0; k < 3 && rooms[i].rooms[k] != NULL; k++) {
            home = home || fnmatch(rooms[i].rooms[k], f->path, 0) == 0;
        }
        if (home) continue;
        report(f, (struct finding){ line, "include", header }, "%s: its room is %s", header.p,
               rooms[i].name);
    }
}

/* The header that token i, an "include" of a # line, asks for; empty if it does not. */
static struct str header_at(const struct file *f, size_t i)
{
    const struct token *t = &f->all[i];

    if (i == 0 || !token_is(t, "include") || !t->directive || i + 1 >= f->all_n) return STR("");
    if (!token_is(t - 1, "#")) return STR("");
    if (t[1].kind == STRING) return t[1].text;

    const char *from = t[1].text.p + 1, *to = memchr(from, '>', 200);
    return to == NULL ? STR("") : (struct str){ from, (size_t)(to - from) };
}

void check_includes(struct file *f)
{
    if (!is_under(f, "src/")) return;
    for (size_t i = 0; i < f->all_n; i++) {
        struct str header = header_at(f, i);
        int line = f->all[i].line;

        if (header.n == 0) continue;
        header.p = arena_strndup(f->arena, header.p, header.n);
        check_room(f, line, header);
        if (f->all[i + 1].kind != STRING) continue;
        if (str_prefix(header.p, "sql/") || str_prefix(header.p, "test/")) continue;
        if (strchr(header.p, '/') == NULL) continue;    /* made by a tool: migrations.h */
        check_layer(f, line, header);
        check_door(f, line, header);
    }
}
