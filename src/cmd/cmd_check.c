/* cmd_check.c -- regulars check: the books, proven on a live database; and what they say. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/totals.h"
#include "core/check.h"

static void told(void *arg, int64_t member_id, const char *why)
{
    char id[ID_TEXT_MAX] = "the books";

    (void)arg;
    if (member_id) id_emit("mem", member_id, id);
    fprintf(stderr, "%s: %s\n", id, why);
}

static int check(const struct command_line *line)
{
    struct check_run run = { .is_deep = option(line, "deep") != NULL, .told = told };
    struct check_result result;
    bool is_total = option(line, "totals") != NULL;
    enum rc rc = RC_OK;

    run.engine = open_database(line);
    if (!run.engine) return 1;
    if (is_total) rc = totals_print(run.engine, stdout);
    if (rc == RC_OK) rc = check_all(&run, &result);
    close_database(run.engine);
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
    .options = "db= deep totals now=", .run = check,
    .help =
        "usage: regulars check [--deep] [--totals] [--db URL]\n\n"
        "Proves for each member that balances, lots, debts and postings agree, while the shop\n"
        "goes on.  --deep folds every member again from their events and compares what "
        "follows with what\n"
        "is booked.  --totals first prints what the books add up to.  Ends with `check ok`, "
        "or says\n"
        "whom it found and answers 1.",
};
