/* cmd.c -- options, and opening the database that a command works on. */
#include "cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/run/node.h"
#include "core/run/run.h"
#include "core/check/seal_anew.h"

static struct node node;         /* a command is one program: its number */

const char *option(const struct command_line *line, const char *name)
{
    for (int i = 0; i < line->options_n; i++)
        if (str_eq(line->options[i].name, name)) return line->options[i].value;
    return NULL;
}

bool option_i64(const struct command_line *line, const char *name, int64_t *out)
{
    const char *text = option(line, name);

    return text && str_to_i64(str_of(text), out);
}

int complain(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fputs("regulars: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return 1;
}

const char *database_url(const struct command_line *line)
{
    const char *url = option(line, "db");

    return url ? url : "sqlite:regulars.db";
}

/* "1998-07-01T00:00" stands still; "1998-07-01T00:00,running" goes on from there. */
static bool set_clock(const struct command_line *line)
{
    const char *text = option(line, "now");
    const struct conf *conf = conf_acquire();
    struct str s = str_of(text);
    bool is_running = false, ok = true;
    int64_t at;

    if (text && !conf->is_simulated) {
        complain("--now is refused: this database was not made with it");
        ok = false;
    } else if (text) {
        const char *comma = strchr(text, ',');
        if (comma) s.n = (size_t)(comma - text);
        is_running = comma && str_eq(comma, ",running");
        ok = (!comma || is_running) && time_parse_local(conf->zone, s, &at);
        if (!ok) complain("--now: write 1998-07-01T00:00, and ,running if the clock shall go on");
        else if (is_running) clock_run_from(at);
        else clock_hold(at);
    }
    conf_release(conf);
    return ok;
}

typedef enum rc open_fn(const struct engine_config *cfg, struct engine **out, char *err);

static struct engine *open_with(const struct command_line *line, open_fn *open)
{
    struct engine_config cfg = { .url = database_url(line) };
    struct engine *engine;
    char err[256] = "", shown[DB_URL_SHOWN_MAX];
    int64_t workers;

    if (option_i64(line, "workers", &workers)) cfg.workers = (int)workers;
    if (open(&cfg, &engine, err) != RC_OK) {
        complain("%s: %s", db_url_shown(cfg.url, shown),
                 err[0] ? err : "it cannot be opened; `regulars migrate` makes one");
        return NULL;
    }
    if (set_clock(line) && node_lease(engine, &node) == RC_OK) {
        run_node(node.n);
        return engine;
    }
    engine_close(engine);
    return NULL;
}

struct engine *open_database(const struct command_line *line)
{
    return open_with(line, database_open);
}

bool new_secret(const struct command_line *line)
{
    struct seal_anew s = { .engine = open_with(line, database_open_anew) };
    int64_t members = 0;
    enum rc rc;

    if (!s.engine) return false;
    s.node = node.n;
    rc = seal_anew(&s, &members);
    close_database(s.engine);
    if (rc == RC_CONFLICT)
        complain("stop the servers of this database first; one that was killed is forgotten after "
                 "a minute");
    else if (rc != RC_OK)
        complain("the database did not answer: say it again, it goes on");
    else
        printf("%lld members are sealed with the new secret\n", (long long)members);
    return rc == RC_OK;
}

struct engine *open_reader(const struct command_line *line)
{
    struct engine_config cfg = { .url = database_url(line), .is_reader = true };
    struct engine *engine;
    char err[256] = "", shown[DB_URL_SHOWN_MAX];

    if (engine_open(&cfg, &engine, err) != RC_OK) {
        complain("%s: %s", db_url_shown(cfg.url, shown), err);
        return NULL;
    }
    if (run_conf_load(engine) != RC_OK)
        complain("%s cannot be read: is it there, and of this version?",
                 db_url_shown(cfg.url, shown));
    else if (database_secret(engine, cfg.url, err) != RC_OK)
        complain("%s", err[0] ? err : "the database did not answer");
    else if (set_clock(line))
        return engine;
    engine_close(engine);
    return NULL;
}

void close_database(struct engine *engine)
{
    node_release(engine, &node);
    engine_close(engine);
}
