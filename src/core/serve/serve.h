/* serve.h -- the running program: `regulars serve`.
 *
 * Opens everything in order, says in one line where it listens, works until SIGTERM or SIGINT, and
 * stops with grace: new requests are answered 503, running ones finish, then the door closes. */
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include "base/rc.h"

#define REGULARS_VERSION "0.1.0"

struct serve_config {
    const char *url;                         /* NULL: sqlite:regulars.db */
    const char *listen;                      /* NULL: 127.0.0.1:8080 */
    int  loops, workers;                     /* 0: by the machine's cores; 8 */
    bool is_metrics_public;                  /* else /metrics wants a key that may metrics.read */
    bool is_answer_early;                    /* REGULARS_TEST only: the crash test's control */
};

/* The exit status of the process: 0 after a stop, 1 when it could not start or had to give up. */
int  serve_run(const struct serve_config *cfg);

/* `regulars routes`: METHOD, path, permission, mode and key of every line of the API. */
void routes_print(FILE *out);
