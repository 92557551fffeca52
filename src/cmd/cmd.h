/* cmd.h -- the command line: what all commands share, and one line for each.
 *
 * A command answers 0 when it did what it was asked, 1 when it could not, 2 when it was asked
 * wrongly, 3 when it did all but some rows of a file.  Results go to standard output, everything
 * else to standard error. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "core/config/conf.h"
#include "core/serve/database.h"

struct option { const char *name, *value; };     /* --name value; a switch has value "" */
struct command_line {
    const char *words[4]; int words_n;           /* what is no option: import purchases FILE */
    struct option options[32]; int options_n;
};
struct command {
    const char *name, *summary, *help;
    /* names it takes; "x=" takes a value: "db= deep" */
    const char *options;
    int (*run)(const struct command_line *line);
};
extern const struct command cmd_serve, cmd_demo, cmd_migrate, cmd_check, cmd_import, cmd_key,
    cmd_routes, cmd_jobs;

/* NULL if it was not given. */
const char *option(const struct command_line *line, const char *name);
bool        option_i64(const struct command_line *line, const char *name, int64_t *out);
int         complain(const char *fmt, ...) PRINTF(1, 2);      /* "regulars: …"; answers 1 */

/* The database of --db (default sqlite:regulars.db), opened and ready; --now sets the clock, which
 * is refused unless the database was made with it.  NULL after a complaint. */
struct engine *open_database(const struct command_line *line);
/* Makes a secret and every seal of the database again with it; false after a complaint. */
bool           new_secret(const struct command_line *line);
void           close_database(struct engine *engine);
/* Only for reading, also while a server runs on it; closed by engine_close. */
struct engine *open_reader(const struct command_line *line);
const char    *database_url(const struct command_line *line);
