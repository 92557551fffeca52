/* import.h -- sales from a file into the books, through the same code as the API.
 *
 * Rows are sorted by member and date (equal dates in file order) and a member's rows are
 * booked together, each with the clock at its own date.  Every row has a receipt (sale_sheet.h),
 * so that a file told twice, or again after a kill, changes nothing.  Bringing everybody up to
 * now is a last step of its own (core/timeline/settle_due.h). */
#pragma once
#include "base/str.h"
#include "core/feature.h"
#include "db/engine.h"

struct import_row {
    const char *subject;                     /* of the member, as identity_fold writes it */
    int64_t at, total_minor, row;
    bool has_time;                           /* at is the till's, not the option's */
    const char *receipt;
    const char *equal;                       /* without its own receipt: what it says, digested */
    int64_t earlier_n;                       /* rows that say the same, before these */
    struct str raw; size_t cells_n;          /* as it stands in the file */
};
/* A refusal's code, whose title people read; what is wrong with a cell, or NULL. */
struct import_fault { const char *code, *detail; };
struct import_booked { const struct import_row *row; bool is_repeat; };
struct import_job {
    struct engine *engine;
    const char *provider, *store;            /* "ext:cdnow", the store's code */
    bool is_facts;                           /* counts for history and tiers, gives nothing */
    bool is_dry;                             /* booked and taken back: only told what would be */
    int64_t now;                             /* the end of all times in the file */
    const struct import_row *rows; size_t rows_n;
    void (*rejected)(void *arg, const struct import_row *row, const struct import_fault *why);
    /* In the transaction in which the row is booked, which may run again; NULL: nothing to do. */
    enum rc (*booked)(struct ctx *c, void *arg, const struct import_booked *b);
    void (*progress)(void *arg, size_t done, size_t all);
    void *arg;
};
struct import_result { int64_t fresh, repeated, rejected; };

void    import_sort(struct import_row *rows, size_t n);
enum rc import_run(const struct import_job *job, struct import_result *out) MUST_CHECK;

extern const struct feature feature_import;
