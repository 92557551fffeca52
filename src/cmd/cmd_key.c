/* cmd_key.c -- regulars key: API keys for tills and other systems. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "core/config/config.h"
#include "core/auth/key.h"
#include "core/auth/permission.h"
#include "core/ctx.h"
#include "core/feature.h"
#include "core/run/run.h"

struct job {
    const struct command_line *line;
    char secret[KEY_TEXT_MAX];
    const char *wrong;                   /* what it is to be bound to, and is not there */
};

static enum rc create(struct ctx *c, void *arg)
{
    struct job *job = arg;
    const char *may = option(job->line, "may"), *store = option(job->line, "store");
    struct key_create in = { .name = option(job->line, "name"), .may = may ? may : "all" };
    const char *company = option(job->line, "company");
    const struct config_item *at = store ? conf_item_by_code(c->conf, &store_kind, store) : NULL;
    const struct config_item *of = company ? conf_item_by_code(c->conf, &company_kind, company)
                                           : NULL;

    job->wrong = store && !at ? "store" : company && !of ? "company" : NULL;
    if (job->wrong) return RC_NOT_FOUND;
    if (at) in.store_id = at->id;
    if (of) in.company_id = of->id;
    return key_create(c, &in, job->secret);
}

static enum rc list(struct ctx *c, void *arg)
{
    struct keys keys;
    enum rc rc = key_list(c, &keys);
    char id[ID_TEXT_MAX];

    (void)arg;
    for (size_t i = 0; rc == RC_OK && i < keys.n; i++) {
        const struct key_row *k = &keys.rows[i];
        id_emit("key", k->id, id);
        printf("%s  %-8s  %s  (%s)\n", id + 4,
               k->revoked_at == SQL_NULL ? "valid" : "revoked", k->name, k->permissions);
    }
    return rc;
}

static enum rc revoke(struct ctx *c, void *arg)
{
    const struct job *job = arg;

    return key_revoke(c, job->line->words[1]);
}

static int why_not(const struct job *job, const struct err *err)
{
    if (job->wrong) return complain("there is no %s %s", job->wrong, option(job->line, job->wrong));
    return complain("%s", err->code ? err->code : "the database did not answer");
}

static int key(const struct command_line *line)
{
    struct job job = { .line = line };
    struct run run = { .arg = &job, .queue = QUEUE_OTHER };
    const char *what = line->words_n ? line->words[0] : "";
    struct err err = { 0 };
    char text[256] = "";
    enum rc rc;

    if (!str_eq(what, "create") && !str_eq(what, "list")
        && !(str_eq(what, "revoke") && line->words_n == 2))
        return complain("say create, list or revoke KEY; see `regulars key --help`") + 1;
    if (str_eq(what, "create") && !option(line, "name")) return complain("--name is missing") + 1;
    if (permission_open(features, text) != RC_OK) return complain("%s", text);
    run.engine = open_database(line);
    if (!run.engine) return 1;
    run.fn = str_eq(what, "create") ? create : str_eq(what, "list") ? list : revoke;
    rc = str_eq(what, "list") ? run_read(&run, &err) : run_write(&run, &err);
    close_database(run.engine);
    if (rc != RC_OK) return why_not(&job, &err);
    if (str_eq(what, "create") && option(line, "print-secret")) printf("%s\n", job.secret);
    else if (str_eq(what, "create"))
        printf("The key, shown only this once:\n\n    %s\n\n", job.secret);
    return 0;
}

const struct command cmd_key = {
    .name = "key", .summary = "API keys: create, list, revoke",
    .options = "db= name= may= store= company= print-secret now=", .run = key,
    .help =
        "usage: regulars key create --name NAME [--may all|PERMISSION,…] [--store CODE]\n"
        "                           [--company CODE] [--print-secret] [--db URL]\n"
        "       regulars key list [--db URL]\n"
        "       regulars key revoke KEY [--db URL]\n\n"
        "A key is shown once, when it is made: only its digest is kept.  --store binds it to one\n"
        "store, --company to the stores of a company; --print-secret prints the key alone, for\n"
        "scripts.",
};
