/* cmd_check.c -- regulars check: the books, proven on a live database; and what they say. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/totals.h"
#include "core/check/check.h"
#include "core/ctx.h"
#include "core/member/member.h"
#include "core/run/run.h"

static void told(void *arg, int64_t member_id, const char *why)
{
    char id[ID_TEXT_MAX] = "the books";

    (void)arg;
    if (member_id) id_emit("mem", member_id, id);
    fprintf(stderr, "%s: %s\n", id, why);
}

struct thawing { const char *reference; const char *why; char text[200]; };

/* Value moves again only where everything proves. */
static enum rc thaw_member(struct ctx *c, void *arg)
{
    struct thawing *t = arg;
    struct check_one one = { .is_deep = true };
    enum rc rc = member_find(c, t->reference, &one.member_id);

    if (rc == RC_OK) rc = check_member(c, &one, &t->why);
    if (t->why) snprintf(t->text, sizeof t->text, "%s", t->why);
    return rc == RC_OK && !t->why ? member_thaw(c, one.member_id, "check --thaw") : rc;
}

static int thaw(const struct command_line *line)
{
    struct thawing t = { .reference = option(line, "thaw") };
    struct engine *engine = open_database(line);
    struct err err = { 0 };
    enum rc rc;

    if (!engine) return 1;
    rc = run_write(&(struct run){ .engine = engine, .fn = thaw_member, .arg = &t,
                                  .queue = QUEUE_OTHER }, &err);
    close_database(engine);
    if (rc != RC_OK) return complain("%s", err.code ? err.code : "the database did not answer");
    if (t.why) return complain("%s stays frozen: %s", t.reference, t.text);
    printf("%s is active\n", t.reference);
    return 0;
}

static int check(const struct command_line *line)
{
    struct check_run run = { .is_deep = option(line, "deep") != NULL, .told = told };
    struct check_result result;
    bool is_total = option(line, "totals") != NULL;
    enum rc rc = RC_OK;

    if (option(line, "thaw")) return thaw(line);
    run.engine = open_reader(line);
    if (!run.engine) return 1;
    if (is_total) rc = totals_print(run.engine, stdout);
    if (rc == RC_OK) rc = check_all(&run, &result);
    engine_close(run.engine);
    if (rc != RC_OK) return complain("the database did not answer");
    if (result.findings > 0) {
        printf("check failed: %lld findings in %lld members\n", (long long)result.findings,
               (long long)result.members);
        return 1;
    }
    printf("check ok\n");
    return 0;
}

const struct command cmd_check = {
    .name = "check", .summary = "prove the books; --deep folds every member again",
    .options = "db= deep totals thaw= now=", .run = check,
    .help =
        "usage: regulars check [--deep] [--totals] [--db URL]\n"
        "       regulars check --thaw MEMBER [--db URL]\n\n"
        "Proves for each member that balances, lots, debts and postings agree, while the shop\n"
        "goes on.  --deep folds every member again from their events and compares what "
        "follows with what\n"
        "is booked.  --totals first prints what the books add up to.  Ends with `check ok`, "
        "or says\n"
        "whom it found and answers 1.\n\n"
        "--thaw proves one member whose value was frozen, and lets it move again if all is well;\n"
        "on SQLite the server must be stopped for that.",
};
