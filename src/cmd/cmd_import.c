/* cmd_import.c -- regulars import purchases FILE. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/import.h"
#include "cmd/sheet.h"
#include "core/clock.h"
#include "core/run.h"
#include "core/timeline/settle_due.h"

enum { MAP_MEMBER, MAP_DATE, MAP_TOTAL, MAP_RECEIPT, MAP_N };
static const char *const map_names[MAP_N] = { "member", "date", "total", "receipt" };

struct reading_job {
    const struct command_line *line;
    struct arena *arena;
    struct sheet sheet;
    const struct conf *conf;
    int columns[MAP_N];                      /* -1: none */
    int hour_min;                            /* minutes after midnight of a date without a time */
    int64_t now;
    FILE *rejects;
    const char *rejects_name;
    int64_t rejected;
    struct import_row *rows; size_t rows_n, rows_cap;
    bool is_tty;
    int64_t began_ms;
};

static void reject(struct reading_job *j, int64_t row, const char *why)
{
    j->rejected++;
    if (!j->rejects) j->rejects = fopen(j->rejects_name, "w");
    if (j->rejects) fprintf(j->rejects, "row %lld: %s\n", (long long)row, why);
}

static void rejected(void *arg, const struct import_row *row, const char *why)
{
    reject(arg, row->row, why);
}

/* YYYYMMDD, YYYY-MM-DD, or a moment with its time. */
static bool read_date(const struct reading_job *j, struct str s, int64_t *at)
{
    char dashed[11];
    int32_t date;

    if (s.n == 8 && memchr(s.p, '-', 8) == NULL) {
        snprintf(dashed, sizeof dashed, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6);
        s = (struct str){ dashed, 10 };
    }
    if (!date_parse(s, &date)) return time_parse_local(j->conf->zone, s, at);
    *at = date_start(j->conf->zone, date) + (int64_t)j->hour_min * 60000;
    return true;
}

/* NULL, or why the row is refused. */
static const char *read_cells(const struct reading_job *j, const struct sheet_row *r,
                              struct import_row *row)
{
    for (int i = 0; i < MAP_N; i++)
        if (j->columns[i] >= (int)r->n)
            return arena_printf(j->arena, "it has %zu cells, no %s", r->n, map_names[i]);
    struct str subject = r->cells[j->columns[MAP_MEMBER]];
    if (subject.n == 0 || subject.n > LIMIT_CODE) return "the member is empty or too long";
    if (!read_date(j, r->cells[j->columns[MAP_DATE]], &row->at)) return "the date is none";
    if (row->at > j->now) return "the date lies in the future";
    if (!str_to_minor(r->cells[j->columns[MAP_TOTAL]], j->conf->currency_decimals,
                      &row->total_minor)
        || row->total_minor < 0 || row->total_minor > LIMIT_MONEY_MINOR)
        return "the total is no amount of this currency";
    row->subject = arena_strndup(j->arena, subject.p, subject.n);
    row->receipt = arena_printf(j->arena, "row:%lld", (long long)row->row);
    if (j->columns[MAP_RECEIPT] < 0) return NULL;
    struct str receipt = r->cells[j->columns[MAP_RECEIPT]];
    row->receipt = arena_strndup(j->arena, receipt.p, receipt.n);
    return receipt.n > 0 && receipt.n <= LIMIT_CODE ? NULL : "the receipt is empty or too long";
}

static void read_row(struct reading_job *j, const struct sheet_row *r)
{
    struct import_row row = { .row = j->sheet.row };
    const char *why = read_cells(j, r, &row);

    if (why) reject(j, row.row, why);
    else     *ARENA_PUSH(j->arena, j->rows, j->rows_n, j->rows_cap) = row;
}

/* "member=customer_id,date=date,total=4" */
static bool read_map(struct reading_job *j, const char *map)
{
    for (int i = 0; i < MAP_N; i++) j->columns[i] = -1;
    while (map && *map) {
        size_t len = strcspn(map, ","), name = strcspn(map, "=");
        int which = 0;
        while (which < MAP_N && !(str_of(map_names[which]).n == name
                                  && strncmp(map, map_names[which], name) == 0))
            which++;
        if (which == MAP_N || name >= len) return false;
        const char *column = arena_strndup(j->arena, map + name + 1, len - name - 1);
        j->columns[which] = sheet_column(&j->sheet, column);
        if (j->columns[which] < 0) return false;
        map += len + (map[len] == ',');
    }
    return j->columns[MAP_MEMBER] >= 0 && j->columns[MAP_DATE] >= 0 && j->columns[MAP_TOTAL] >= 0;
}

static void progress(void *arg, size_t done, size_t all)
{
    const struct reading_job *j = arg;
    double s = (double)(time_mono_ms() - j->began_ms) / 1000; /* tidy: allow double -- a clock */
    double rate = s > 0 ? (double)done / s : 0;               /* tidy: allow double -- a rate */
    char bar[31] = "..............................";

    if (!j->is_tty || all == 0) return;
    memset(bar, '#', done * 30 / all);
    fprintf(stderr, "\r[%s] %zu of %zu, %.0f rows/s, %.0f s left   %s", bar, done, all, rate,
            /* tidy: allow double -- shown */
            rate > 0 ? (double)(all - done) / rate : 0, done == all ? "\n" : "");
}

static bool prepare(struct reading_job *j, const char **why)
{
    const char *delimiter = option(j->line, "delimiter"), *hour = option(j->line, "time");
    struct sheet_row row;

    j->sheet.delimiter = ',';
    if (str_eq(delimiter, "blank")) j->sheet.delimiter = ' ';
    else if (str_eq(delimiter, "tab")) j->sheet.delimiter = '\t';
    else if (delimiter && delimiter[0]) j->sheet.delimiter = delimiter[0];
    if (hour && (strlen(hour) != 5 || hour[2] != ':')) {
        *why = "--time: write 12:00";
        return false;
    }
    j->hour_min = hour ? ((hour[0] - '0') * 10 + hour[1] - '0') * 60 + (hour[3] - '0') * 10
                       + hour[4] - '0' : 720;
    if (!sheet_open(&j->sheet, j->arena, j->line->words[1], why)) return false;
    *why = "--map: write member=COLUMN,date=COLUMN,total=COLUMN[,receipt=COLUMN]";
    if (!read_map(j, option(j->line, "map"))) return false;
    while (sheet_next(&j->sheet, &row)) read_row(j, &row);
    import_sort(j->rows, j->rows_n);
    return true;
}

static int report(struct reading_job *j, const struct import_result *r, enum rc rc)
{
    int64_t bad = j->rejected;

    if (j->rejects) fclose(j->rejects);
    if (rc != RC_OK) return complain("the database did not take everything: run it again");
    printf("rows_new %lld\nrows_repeated %lld\nrows_rejected %lld\n", (long long)r->fresh,
           (long long)r->repeated, (long long)bad);
    if (bad) fprintf(stderr, "%lld rows were refused; reasons in %s\n", (long long)bad,
                     j->rejects_name);
    return 0;
}

static enum rc analyze(struct ctx *c, void *arg)
{
    (void)arg;
    return db_analyze(c->db);
}

/* What is in the books is there whatever comes of this. */
static void finish(struct import_job *job)
{
    struct run run = { .engine = job->engine, .fn = analyze, .queue = QUEUE_BULK };

    if (run_write(&run, NULL) != RC_OK) log_line(LOG_WARN, "import.analyze", "not done");
}

static int import_file(struct reading_job *j, struct import_job *job)
{
    struct import_result result = { 0 };
    const char *why = "", *mode = option(j->line, "mode"), *store = option(j->line, "store");
    const char *provider = option(j->line, "provider");
    enum rc rc;

    if (mode && !str_eq(mode, "book") && !str_eq(mode, "facts"))
        return complain("--mode: book or facts");
    if (!prepare(j, &why)) return complain("%s: %s", j->line->words[1], why);
    if (!store || !conf_store_by_code(j->conf, store))
        return complain("--store: there is no store %s", store ? store : "");
    job->provider = provider ? provider : "ext:import";
    job->store = store;
    job->is_facts = str_eq(mode, "facts");
    job->now = j->now;
    job->rows = j->rows;
    job->rows_n = j->rows_n;
    job->rejected = rejected;
    job->progress = progress;
    job->arg = j;
    rc = import_run(job, &result);
    if (rc == RC_OK) rc = settle_due(job->engine, job->now);
    if (rc == RC_OK) finish(job);
    return report(j, &result, rc);
}

static int import(const struct command_line *line)
{
    struct reading_job j = { .line = line, .rejects_name = option(line, "rejects"),
                             .is_tty = isatty(2), .began_ms = time_mono_ms() };
    struct import_job job = { 0 };
    int status;

    if (line->words_n != 2 || !str_eq(line->words[0], "purchases"))
        return complain("say: import purchases FILE; see `regulars import --help`") + 1;
    job.engine = open_database(line);
    if (!job.engine) return 1;
    j.arena = arena_open((size_t)8 << 30);
    j.conf = conf_acquire();
    j.now = clock_now();
    if (!j.rejects_name)
        j.rejects_name = arena_printf(j.arena, "%s.rejected", line->words[1]);
    status = import_file(&j, &job);
    conf_release(j.conf);
    arena_close(j.arena);
    close_database(job.engine);
    return status;
}

const struct command cmd_import = {
    .name = "import", .summary = "sales from a file",
    .options = "db= map= delimiter= time= store= provider= mode= rejects= now= workers=",
    .run = import,
    .help =
        "usage: regulars import purchases FILE --map member=COLUMN,date=COLUMN,total=COLUMN\n"
        "           --store CODE [--provider ext:NAME] [--delimiter ,|;|tab|blank] [--time 12:00]\n"
        "           [--mode book|facts] [--rejects FILE] [--db URL] [--now TIME]\n\n"
        "Reads rows of UTF-8 text whose first row names the columns (or give their numbers). "
        " Dates\n"
        "are YYYY-MM-DD or YYYYMMDD, at --time, or moments.  A receipt is made from the "
        "row's number\n"
        "unless --map names its column: the rows of two files for one store need their own.  "
        "Members are known by --provider and join when they "
        "are new.\n"
        "book: rules give, nothing leaves the machine.  facts: counts for history and tiers only.\n"
        "May be killed and run again: rows already booked are repeated, not doubled.  "
        "Refused rows go\n"
        "to FILE.rejected with the reason.",
};
