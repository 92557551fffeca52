/* cmd_serve.c -- regulars serve, and the list of what it serves. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/serve/serve.h"

static int serve(const struct command_line *line)
{
    struct serve_config cfg = { .url = database_url(line), .listen = option(line, "listen"),
                                .is_metrics_public = option(line, "metrics-public") != NULL };
    int64_t n;

    if (option_i64(line, "loops", &n)) cfg.loops = (int)n;
    if (option_i64(line, "workers", &n)) cfg.workers = (int)n;
#ifdef REGULARS_TEST
    cfg.is_answer_early = option(line, "answer-early") != NULL;
#endif
    if (option(line, "now")) {                 /* the clock is set by opening once */
        struct engine *e = open_database(line);
        if (!e) return 1;
        close_database(e);
    }
    return serve_run(&cfg);
}

static int routes(const struct command_line *line)
{
    (void)line;
    routes_print(stdout);
    return 0;
}

const struct command cmd_serve = {
    .name = "serve", .summary = "run the server",
    .options = "db= listen= loops= workers= metrics-public answer-early now=", .run = serve,
    .help =
        "usage: regulars serve [--db URL] [--listen 127.0.0.1:8080] [--loops N] [--workers N]\n"
        "                      [--metrics-public] [--now TIME[,running]]\n\n"
        "Makes the database if there is none, and serves the API until SIGTERM or SIGINT.\n"
        "--workers is the number of connections to PostgreSQL.  regulars.secret is made with a\n"
        "new database and needed ever after; REGULARS_SECRET_FILE says where else it is.",
};
const struct command cmd_routes = {
    .name = "routes", .summary = "list every route of the API", .options = "", .run = routes,
    .help = "usage: regulars routes\n\n"
            "Prints method, path, permission, mode, key and query of each route.",
};
