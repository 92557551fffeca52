/* cmd_jobs.c -- regulars jobs: long work, seen and turned from the command line. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/ctx.h"
#include "core/event/task.h"
#include "core/run/run.h"
#include "db/list.h"
#include "sql/task_sql.h"

enum { LISTED_MAX = 100 };

/* ---- seeing them ---------------------------------------------------------------------------- */

static void print_row(const struct ctx *c, const struct sql_task_jobs_row *r)
{
    char id[ID_TEXT_MAX], due[25];
    bool is_running = str_eq(r->state, "waiting") && r->lease_at > c->now;

    if (r->member_id) id_emit_owned("job", r->member_id, r->id, id);
    else              id_emit("job", r->id, id);
    time_format(r->due_at, due);
    printf("%-32s %-16s %-8s done %-10lld due %s%s%s\n", id, r->kind,
           is_running ? "running" : r->state, (long long)r->done_n, due, r->error ? "  " : "",
           r->error ? r->error : "");
}

static enum rc list(struct ctx *c, void *arg)
{
    static const char *const keys[] = { "id", NULL };
    static const struct sql_def *const lists[] = { &sql_def_task_jobs, &sql_def_task_open };
    enum rc rc = RC_OK;

    (void)arg;
    for (size_t k = 0; rc == RC_OK && k < ARRAY_LEN(lists); k++) {
        struct db_list_rows found;
        rc = db_list(c->db, c->arena, &(struct db_list){ .of = lists[k], .keys = keys,
                                                         .max = LISTED_MAX }, &found);
        const struct sql_task_jobs_row *rows = found.rows;   /* of both lists */
        for (size_t i = 0; rc == RC_OK && i < found.n; i++) print_row(c, &rows[i]);
    }
    return rc;
}

static int show(const struct command_line *line)
{
    struct engine *engine = open_reader(line);
    enum rc rc;

    if (!engine) return 1;
    rc = run_read(&(struct run){ .engine = engine, .fn = list }, NULL);
    engine_close(engine);
    return rc == RC_OK ? 0 : complain("the database did not answer");
}

/* ---- turning one ----------------------------------------------------------------------------- */

static const char *const words[] = { [TASK_PAUSE] = "pause", [TASK_RESUME] = "resume",
                                     [TASK_CANCEL] = "cancel", [TASK_RETRY] = "retry" };

static enum rc turn(struct ctx *c, void *arg)
{
    return task_turn(c, arg);
}

static int say(const struct command_line *line, struct task_turning *t)
{
    struct engine *engine = open_database(line);
    struct err err = { 0 };
    enum rc rc;

    if (!engine) return 1;
    rc = run_write(&(struct run){ .engine = engine, .fn = turn, .arg = t,
                                  .queue = QUEUE_OTHER }, &err);
    close_database(engine);
    if (rc != RC_OK) return complain("%s", err.code ? err.code : "the database did not answer");
    printf("%s: %s\n", line->words[1], words[t->turn]);
    return 0;
}

static int jobs(const struct command_line *line)
{
    struct task_turning t = { 0 };
    const char *word = line->words_n > 0 ? line->words[0] : NULL;

    if (!word) return show(line);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_eq(word, words[i]) || line->words_n != 2) continue;
        t.turn = (enum task_turn)i;
        if (id_parse("job", line->words[1], &t.id)
            || id_parse_owned("job", line->words[1], &t.member_id, &t.id))
            return say(line, &t);
        return complain("%s is the id of no job", line->words[1]);
    }
    complain("jobs, or jobs pause | resume | cancel | retry ID");
    return 2;
}

const struct command cmd_jobs = {
    .name = "jobs", .summary = "long work: what runs, how far it is; pause, resume, cancel, retry",
    .options = "db= now=", .run = jobs,
    .help =
        "usage: regulars jobs [--db URL]\n"
        "       regulars jobs pause | resume | cancel | retry ID [--db URL]\n\n"
        "Lists the shop's jobs, newest first, and what waits or failed of members' work.  On\n"
        "SQLite the second form needs the server stopped; while it runs, POST /v1/jobs/ID/pause\n"
        "and the like do the same.",
};
