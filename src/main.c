/* main.c -- regulars COMMAND: the table of contents. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "core/serve/serve.h"

static const struct command *const commands[] = {
    &cmd_serve,      /* the server */
    &cmd_demo,       /* a small shop to look at */
    &cmd_migrate,    /* makes or upgrades a database */
    &cmd_check,      /* proves the books */
    &cmd_import,     /* sales from a file */
    &cmd_key,        /* API keys */
    &cmd_jobs,       /* long work */
    &cmd_routes,     /* every line of the API */
};

static int usage(FILE *out)
{
    fputs("Regulars turns first-time customers into regulars.\n\nusage: regulars COMMAND "
          "[--help]\n\n",
          out);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(out, "  %-8s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nEvery command takes --db sqlite:FILE or --db postgres://…; the default is\n"
          "sqlite:regulars.db here.\n", out);
    return out == stdout ? 0 : 2;
}

/* Finds "name" or "name=" among the words of a command's options. */
static bool is_known(const struct command *cmd, const char *name, bool *takes_value)
{
    size_t n = strlen(name);

    for (const char *p = cmd->options; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        bool is_valued = p[len - 1] == '=';
        if (len - is_valued != n || strncmp(p, name, n) != 0) continue;
        *takes_value = is_valued;
        return true;
    }
    return false;
}

static int read_option(const struct command *cmd, char **argv, int *at, struct command_line *line)
{
    const char *name = argv[*at] + 2;
    bool takes_value = false;

    if (str_eq(name, "help")) {
        printf("%s\n", cmd->help);
        return -1;
    }
    if (!is_known(cmd, name, &takes_value) || line->options_n == (int)ARRAY_LEN(line->options)) {
        complain("%s takes no --%s; see `regulars %s --help`", cmd->name, name, cmd->name);
        return 2;
    }
    if (takes_value && !argv[*at + 1]) {
        complain("--%s needs a value", name);
        return 2;
    }
    line->options[line->options_n++] =
        (struct option){ name, takes_value ? argv[++*at] : "" };
    return 0;
}

static int run(const struct command *cmd, char **argv)
{
    struct command_line line = { .options_n = 0 };

    for (int i = 0; argv[i]; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            int status = read_option(cmd, argv, &i, &line);
            if (status) return status < 0 ? 0 : status;
            continue;
        }
        if (line.words_n == (int)ARRAY_LEN(line.words)) {
            complain("too many words: %s", argv[i]);
            return 2;
        }
        line.words[line.words_n++] = argv[i];
    }
    return cmd->run(&line);
}

int main(int argc, char **argv)
{
    if (argc < 2) return usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        printf("regulars %s\n", REGULARS_VERSION);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i]->name) == 0) return run(commands[i], argv + 2);
    complain("there is no command \"%s\"", argv[1]);
    return usage(stderr);
}
