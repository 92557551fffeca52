/* cmd_import.c -- regulars import purchases FILE. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "app/import/cell.h"
#include "app/import/sale_sheet.h"
#include "core/ctx.h"
#include "core/run/clock.h"
#include "core/member/member.h"
#include "core/run/run.h"
#include "core/timeline/settle_due.h"

enum { STATUS_REJECTED = 3 };

struct reading_job {
    const struct command_line *line;
    struct sale_sheet sales;
    FILE *rejects;
    const char *rejects_name;
    int64_t rejected;
    bool is_tty;
    int64_t began_ms;
};

static void open_rejects(struct reading_job *j)
{
    const struct sheet *sheet = &j->sales.sheet;
    char d = sheet->delimiter;

    j->rejects = fopen(j->rejects_name, "w");
    if (!j->rejects) return;
    if (sheet->has_mark) fputs("\xEF\xBB\xBF", j->rejects);
    if (!sheet->has_heading) return;
    fprintf(j->rejects, "%.*s%crow%crefused\n", (int)sheet->first.raw.n, sheet->first.raw.p, d, d);
}

/* The row as it stands in the file, filled up to the heading's cells: the two cells that follow
 * must not be taken for what is missing when the file is imported again. */
static void rejected(void *arg, const struct import_row *row, const struct import_fault *why)
{
    struct reading_job *j = arg;
    const struct sheet *sheet = &j->sales.sheet;

    if (j->rejected++ == 0) open_rejects(j);
    if (!j->rejects) return;
    fprintf(j->rejects, "%.*s", (int)row->raw.n, row->raw.p);
    for (size_t n = row->cells_n; n < sheet->first.n; n++)
        fprintf(j->rejects, "%c\"\"", sheet->delimiter);
    fprintf(j->rejects, "%c%lld%c\"%s\"\n", sheet->delimiter, (long long)row->row,
            sheet->delimiter, why->detail ? why->detail : why->code);
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

/* NULL, or what is wrong with the options. */
static const char *read_options(struct reading_job *j)
{
    const char *delimiter = option(j->line, "delimiter"), *hour = option(j->line, "time");
    const char *mode = option(j->line, "mode"), *provider = option(j->line, "provider");
    struct sale_sheet *s = &j->sales;

    if (mode && !str_eq(mode, "book") && !str_eq(mode, "facts")) return "--mode: book or facts";
    s->sheet.delimiter = sheet_delimiter(delimiter ? delimiter : ",");
    if (!s->sheet.delimiter) return "--delimiter: one sign, or tab or blank";
    if (!cell_minute(hour ? hour : "12:00", &s->hour_min)) return "--time: write 12:00";
    s->provider = provider ? provider : "ext:import";
    if (!identity_provider_ok(s->provider))
        return "--provider: phone, email, card, carrier or ext:NAME";
    return NULL;
}

/* Reasons must not be written over the rows. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool prepare(struct reading_job *j, const char **why)
{
    const char *file = j->line->words[1];

    *why = "--rejects: this is the file itself";
    if (is_same_file(file, j->rejects_name)) return false;
    if (!sale_sheet_open(&j->sales, file, option(j->line, "map"), why)) return false;
    if (!j->sales.sheet.has_heading)
        fprintf(stderr, "the first row is data: the file has no heading\n");
    return true;
}

static bool close_rejects(struct reading_job *j)
{
    bool ok = j->rejected == 0 || (j->rejects && !ferror(j->rejects));

    return (!j->rejects || fclose(j->rejects) == 0) && ok;
}

static int report(struct reading_job *j, const struct import_result *r, enum rc rc)
{
    bool is_written = close_rejects(j);

    if (rc != RC_OK) return complain("the database did not take everything: run it again");
    printf("rows_new %lld\nrows_repeated %lld\nrows_rejected %lld\n", (long long)r->fresh,
           (long long)r->repeated, (long long)j->rejected);
    if (j->rejected == 0) return 0;
    fprintf(stderr, "%lld rows were refused; they are in %s, each with its reason\n",
            (long long)j->rejected, j->rejects_name);
    return is_written ? STATUS_REJECTED : complain("%s cannot be written", j->rejects_name);
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
    const char *why = read_options(j), *store = option(j->line, "store");
    enum rc rc;

    if (why) return complain("%s", why);
    if (!store || !conf_store_by_code(j->sales.conf, store))
        return complain("--store: there is no store %s", store ? store : "");
    if (!prepare(j, &why)) return complain("%s: %s", j->line->words[1], why);
    sale_sheet_read(&j->sales);
    job->provider = j->sales.provider;
    job->store = store;
    job->is_facts = str_eq(option(j->line, "mode"), "facts");
    job->now = j->sales.now;
    job->rows = j->sales.rows;
    job->rows_n = j->sales.rows_n;
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
    j.sales = (struct sale_sheet){ .arena = arena_open((size_t)8 << 30), .conf = conf_acquire(),
                                   .now = clock_now(), .rejected = rejected, .arg = &j };
    if (!j.rejects_name)
        j.rejects_name = arena_printf(j.sales.arena, "%s.rejected", line->words[1]);
    status = import_file(&j, &job);
    conf_release(j.sales.conf);
    arena_close(j.sales.arena);
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
        "Reads rows of UTF-8 text whose first row names the columns.  --map may give numbers\n"
        "instead of names; if it gives only numbers, a first row with a date and a total is data.\n"
        "Dates: 2026-05-01, 2026/5/1, 20260501; 115/05/01, 1150501 (a year of three digits is one\n"
        "of 民國); a time may follow (2026-05-01 13:45), else it is --time.  No year of two digits,\n"
        "none before 1970.  Totals: 580, 580.00, \"1,234\" (in quotes, if a comma parts cells).\n"
        "Members are known by --provider and join when they are new.\n\n"
        "book: rules give, nothing leaves the machine.  facts: counts for history and tiers only.\n"
        "A row without a receipt (--map receipt=COLUMN) gets one from its member, date and total,\n"
        "with a count for equal rows: the file may be run again, corrected or after a kill, and\n"
        "rows already booked are repeated, not doubled.  Equal rows in two files are one sale\n"
        "told twice: give receipts where that can be.\n\n"
        "Refused rows go to FILE.rejected with the heading, all their cells, their row and the\n"
        "reason: correct and import it again, or the whole file.  Exit status: 0, or 3 when rows\n"
        "were refused and the rest is booked, 1 when it could not be done, 2 when it was not\n"
        "understood.\n",
};
