/* import_job.c -- an import being carried out, page by page.
 *
 * A page is some hundred rows, booked as the command books them (import_run).  What became of a row
 * is written in the transaction that books it; the page is turned in one transaction, which counts
 * what was written.  So whoever comes after a kill reads the same page, leaves out what is booked,
 * and counts every row once. */
#include <string.h>

#include "app/import/import_int.h"
#include "app/import/sale_sheet.h"
#include "base/limit.h"
#include "core/run/clock.h"
#include "core/run/run.h"
#include "sql/import_job_sql.h"

enum { PAGE_ROWS = 512, AHEAD_BYTES = 256 << 10, ROW_BYTES = 128 << 10, ASKED_AT_ONCE = 200,
       EVERY_MS = 3600000, PIECE_ROWS = 1000, PIECE_PARTS = 4 };
enum leftover { ROWS = 1, REJECTS = 2, PARTS = 4 };

struct reject { int64_t n; const char *raw, *code, *detail; };
struct page {
    struct arena *arena;
    struct engine *engine;
    int64_t id, job_id;
    struct sql_import_get is;                /* texts of it in the arena */
    const char *store;                       /* its code */
    char *text; size_t text_n;
    size_t ends[IMPORT_PARTS + 1]; int ends_n;              /* where the parts that were read end */
    bool is_last;
    int64_t *before; size_t before_n;        /* what a page that was not turned has booked */
    struct sale_sheet sales;
    struct reject *rejects; size_t rejects_n, rejects_cap;
    const char *outcomes[PAGE_ROWS + 1];
    int64_t to_n;
    size_t used;
    bool is_over;
};

static enum rc write(const struct page *p, run_fn *fn)
{
    return run_write(&(struct run){ .engine = p->engine, .fn = fn, .arg = (void *)(uintptr_t)p,
                                    .queue = QUEUE_BULK }, NULL);
}

/* ---- reading it ----------------------------------------------------------------------------- */

/* A row may cross the border of a part: enough is read that one ends. */
static enum rc read_parts(struct ctx *c, struct page *p)
{
    for (int64_t n = p->is.part_n; p->text_n < AHEAD_BYTES && p->ends_n < IMPORT_PARTS; n++) {
        struct sql_import_part_get v = { .import_id = p->id, .n = n };
        size_t skip = n == p->is.part_n ? (size_t)p->is.part_at : 0;
        enum rc rc = sql_import_part_get(c, &v);
        if (rc == RC_NOT_FOUND) {
            p->is_last = true;
            return RC_OK;
        }
        if (rc != RC_OK) return rc;
        size_t all = strlen(v.text);
        if (skip > all) return broken(c, "import.part_at");
        memcpy(p->text + p->text_n, v.text + skip, all - skip);
        p->text_n += all - skip;
        p->ends[p->ends_n++] = p->text_n;
    }
    return RC_OK;
}

static const char *keep(struct page *p, const char *s)
{
    return s ? arena_strdup(p->arena, s) : NULL;
}

static enum rc load(struct ctx *c, void *arg)
{
    struct page *p = arg;
    struct sql_import_get v = { .id = p->id };
    enum rc rc = sql_import_get(c, &v);

    if (rc == RC_OK && v.job_id != p->job_id) rc = RC_NOT_FOUND;
    if (rc != RC_OK) return rc;
    p->is = v;
    p->is.map = keep(p, v.map);
    p->is.mode = keep(p, v.mode);
    p->is.provider = keep(p, v.provider);
    p->is.delimiter = keep(p, v.delimiter);
    p->is.state = keep(p, v.state);
    p->is.heading = keep(p, v.heading);
    const struct store *store = conf_store(c->conf, v.store_id);
    p->store = store ? keep(p, store->code) : "";
    if (!str_eq(p->is.state, "running") || p->is.part_n == 0) return RC_OK;
    struct sql_import_rows_after before = { .import_id = p->id, .after_n = v.row_n };
    rc = sql_import_rows_after(c, &before);
    if (rc != RC_OK) return rc;
    p->before = ARENA_ARRAY(p->arena, int64_t, before.n + 1);
    p->before_n = before.n;
    for (size_t i = 0; i < before.n; i++) p->before[i] = before.rows[i].row_n;
    p->text = arena_alloc(p->arena, AHEAD_BYTES + LIMIT_BODY_BYTES + 1);
    p->text_n = 0;
    return read_parts(c, p);
}

static void rejected(void *arg, const struct import_row *row, const struct import_fault *why)
{
    struct page *p = arg;
    size_t n = row->raw.n < ROW_BYTES / 2 ? row->raw.n : ROW_BYTES / 2;

    while (n < row->raw.n && n > 0 && ((unsigned char)row->raw.p[n] & 0xC0) == 0x80) n--;
    *ARENA_PUSH(p->arena, p->rejects, p->rejects_n, p->rejects_cap) = (struct reject){
        row->row, arena_strndup(p->arena, row->raw.p, n), arena_strdup(p->arena, why->code),
        keep(p, why->detail) };
}

/* The rows of this page, as far as they surely end in what was read. */
static bool parse(struct page *p)
{
    struct sheet *sheet = &p->sales.sheet;
    struct sheet_row r;
    const char *why;

    if (!sale_sheet_open_text(&p->sales, str_of(p->is.heading), p->is.map, &why)) return false;
    sheet->text = (struct str){ p->text, p->text_n };
    sheet->at = 0;
    sheet->row = p->is.row_n;
    for (int i = 0; i < PAGE_ROWS; i++) {
        if (!p->is_last && p->text_n - sheet->at < ROW_BYTES) break;
        if (!sheet_next(sheet, &r)) break;
        sale_sheet_row(&p->sales, &r);
    }
    p->used = sheet->at;
    p->to_n = sheet->row;
    p->is_over = p->is_last && sheet->at >= p->text_n;
    return true;
}

static enum rc count_equal(struct ctx *c, void *arg)
{
    struct page *p = arg;
    size_t n = p->sales.rows_n;
    struct sql_import_equal *v = ARENA_ARRAY(c->arena, struct sql_import_equal, n + 1);
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        v[i] = (struct sql_import_equal){ .import_id = p->id, .n = p->is.row_n,
                                          .equal = p->sales.rows[i].equal };
        if (v[i].equal) sql_import_equal_ask(c, &v[i]);
        if (i % ASKED_AT_ONCE == ASKED_AT_ONCE - 1) rc = db_sync(c->db);
    }
    if (rc == RC_OK) rc = db_sync(c->db);
    for (size_t i = 0; rc == RC_OK && i < n; i++) p->sales.rows[i].earlier_n = v[i].earlier_n;
    return rc;
}

/* ---- booking it ----------------------------------------------------------------------------- */

static enum rc booked(struct ctx *c, void *arg, const struct import_booked *b)
{
    struct page *p = arg;
    const char *outcome = b->is_repeat ? "repeated" : "new";
    struct sql_import_row_booked v = { .import_id = p->id, .n = b->row->row,
                                       .equal = b->row->equal, .outcome = outcome };

    p->outcomes[b->row->row - p->is.row_n] = outcome;
    return p->is.is_dry ? RC_OK : sql_import_row_booked(c, &v);
}

static bool is_booked(const struct page *p, int64_t n)
{
    for (size_t i = 0; i < p->before_n; i++)
        if (p->before[i] == n) return true;
    return false;
}

static enum rc book(struct page *p)
{
    struct import_row *rows = ARENA_ARRAY(p->arena, struct import_row, p->sales.rows_n + 1);
    struct import_result out;
    struct import_job job = {
        .engine = p->engine, .provider = p->is.provider, .store = p->store,
        .is_facts = str_eq(p->is.mode, "facts"), .is_dry = p->is.is_dry != 0,
        .now = p->sales.now, .rows = rows, .rejected = rejected, .booked = booked, .arg = p };

    for (size_t i = 0; i < p->sales.rows_n; i++)
        if (!is_booked(p, p->sales.rows[i].row)) rows[job.rows_n++] = p->sales.rows[i];
    return job.rows_n ? import_run(&job, &out) : RC_OK;
}

/* ---- turning the page ----------------------------------------------------------------------- */

static bool is_refused(const struct page *p, int64_t n)
{
    for (size_t i = 0; i < p->rejects_n; i++)
        if (p->rejects[i].n == n) return true;
    return false;
}

/* Rows that no transaction has written: those refused, and all of a dry run. */
static enum rc write_rows(struct ctx *c, const struct page *p)
{
    size_t n = 0;
    struct sql_import_row_add_row *rows =
        ARENA_ARRAY(c->arena, struct sql_import_row_add_row, p->sales.rows_n + 1);
    struct sql_import_reject_add_row *rejects =
        ARENA_ARRAY(c->arena, struct sql_import_reject_add_row, p->rejects_n + 1);

    for (size_t i = 0; i < p->sales.rows_n; i++) {
        const struct import_row *r = &p->sales.rows[i];
        bool no = is_refused(p, r->row);
        if (!no && !p->is.is_dry) continue;
        const char *outcome = no ? "refused" : p->outcomes[r->row - p->is.row_n];
        rows[n++] = (struct sql_import_row_add_row){ p->id, r->row, r->equal,
                                                     outcome ? outcome : "new" };
    }
    for (size_t i = 0; i < p->rejects_n; i++)
        rejects[i] = (struct sql_import_reject_add_row){ p->id, p->rejects[i].n,
                                                         p->rejects[i].raw,
                                                         p->rejects[i].code,
                                                         p->rejects[i].detail };
    enum rc rc = n ? sql_import_row_add(c, rows, n) : RC_OK;
    return rc == RC_OK && p->rejects_n ? sql_import_reject_add(c, rejects, p->rejects_n) : rc;
}

static void find_place(const struct page *p, struct sql_import_turn *v)
{
    size_t from = 0;

    v->part_n = p->is.part_n;
    v->part_at = p->is.part_at + (int64_t)p->used;
    for (int i = 0; i + 1 < p->ends_n && p->used >= p->ends[i]; i++) {
        from = p->ends[i];
        v->part_n = p->is.part_n + i + 1;
        v->part_at = (int64_t)(p->used - from);
    }
}

static enum rc turn(struct ctx *c, void *arg)
{
    struct page *p = arg;
    struct sql_import_turn v = {
        .id = p->id, .job_id = p->job_id, .was_n = p->is.row_n, .row_n = p->to_n,
        .rejected = (int64_t)p->rejects_n, .bytes_n = (int64_t)p->used, .state = "running" };
    struct sql_import_rows_after all = { .import_id = p->id, .after_n = p->is.row_n };
    enum rc rc = write_rows(c, p);

    if (rc == RC_OK) rc = sql_import_rows_after(c, &all);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < all.n; i++) {
        v.fresh += all.rows[i].row_n <= p->to_n && str_eq(all.rows[i].outcome, "new");
        v.repeated += all.rows[i].row_n <= p->to_n && str_eq(all.rows[i].outcome, "repeated");
    }
    find_place(p, &v);
    if (p->is_over) {
        v.state = p->is.is_dry ? "tried" : "done";
        v.ended_at = c->now;
    }
    rc = sql_import_turn(c, &v);
    return rc == RC_NOT_FOUND ? RC_BUSY : rc;
}

/* ---- before the first page and after the last ----------------------------------------------- */

/* A piece of what hangs on an import, so that no transaction is long.  is_left: there may be
 * more. */
static enum rc forget_piece(struct ctx *c, int64_t id, enum leftover what, bool *is_left)
{
    struct sql_import_rows_piece rows = { .import_id = id, .most = PIECE_ROWS };
    struct sql_import_rejects_piece rejects = { .import_id = id, .most = PIECE_ROWS };
    struct sql_import_parts_piece parts = { .import_id = id, .most = PIECE_PARTS };
    enum rc rc = what & ROWS ? sql_import_rows_piece(c, &rows) : RC_OK;

    *is_left = true;
    if (rc != RC_OK) return rc;
    if (rows.to_n)
        return sql_import_rows_forget(c, &(struct sql_import_rows_forget){ id, rows.to_n });
    rc = what & REJECTS ? sql_import_rejects_piece(c, &rejects) : RC_OK;
    if (rc != RC_OK) return rc;
    if (rejects.to_n)
        return sql_import_rejects_forget(
            c, &(struct sql_import_rejects_forget){ id, rejects.to_n });
    rc = what & PARTS ? sql_import_parts_piece(c, &parts) : RC_OK;
    if (rc != RC_OK) return rc;
    if (parts.to_n)
        return sql_import_parts_forget(c, &(struct sql_import_parts_forget){ id, parts.to_n });
    *is_left = false;
    return RC_OK;
}

/* An earlier start, tried or cancelled, left its rows. */
static enum rc begin(struct ctx *c, void *arg)
{
    struct page *p = arg;
    bool is_left;
    enum rc rc = forget_piece(c, p->id, ROWS | REJECTS, &is_left);

    if (rc != RC_OK || is_left) return rc;
    return sql_import_begin(c, &(struct sql_import_begin){ .id = p->id, .job_id = p->job_id });
}

/* What only the job needed.  Of one that was tried the parts stay: it may be started now. */
static enum rc clean(struct ctx *c, void *arg)
{
    struct page *p = arg;
    bool is_left = false;
    enum rc rc = forget_piece(c, p->id, str_eq(p->is.state, "done") ? ROWS | PARTS : ROWS,
                              &is_left);

    p->is_over = !is_left;
    return rc;
}

static enum rc run_page(struct page *p)
{
    struct run equal = { .engine = p->engine, .fn = count_equal, .arg = p };
    enum rc rc;

    p->sales.sheet.delimiter = sheet_delimiter(p->is.delimiter);
    p->sales.provider = p->is.provider;
    p->sales.hour_min = (int)p->is.hour_min;
    if (!parse(p)) return RC_INTERNAL;
    rc = run_read(&equal, NULL);
    if (rc != RC_OK) return rc;
    sale_sheet_receipts(&p->sales);
    rc = book(p);
    return rc == RC_OK ? write(p, turn) : rc;
}

static enum rc walk(struct engine *engine, struct job *j)
{
    struct page *p = ARENA_NEW(j->arena, struct page);
    int64_t id = 0;
    enum rc rc;

    if (!str_to_i64(str_of(j->task->payload), &id)) return RC_INTERNAL;
    *p = (struct page){ .arena = arena_open((size_t)64 << 20), .engine = engine, .id = id,
                        .job_id = j->task->id };
    p->sales = (struct sale_sheet){ .arena = p->arena, .conf = conf_acquire(), .now = clock_now(),
                                    .rejected = rejected, .arg = p };
    rc = run_read(&(struct run){ .engine = engine, .fn = load, .arg = p }, NULL);
    j->cursor = arena_printf(j->arena, "row %lld", (long long)p->to_n);
    if (rc == RC_NOT_FOUND) {                /* forgotten, or started anew by another job */
        j->is_done = true;
        rc = RC_OK;
    } else if (rc == RC_OK && str_eq(p->is.state, "running") && p->is.part_n == 0) {
        rc = write(p, begin);
    } else if (rc == RC_OK && str_eq(p->is.state, "running")) {
        rc = run_page(p);
        j->done_n = p->is.bytes_done + (int64_t)p->used;
        j->all_n = p->is.bytes_n;
    } else if (rc == RC_OK) {
        rc = write(p, clean);
        j->is_done = rc == RC_OK && p->is_over;
    }
    conf_release(p->sales.conf);
    arena_close(p->arena);
    return rc;
}

const struct task_kind import_task = {
    .name = "import", .walk = walk, .label = { "匯入消費紀錄", "import sales", "購入の取込" },
};

/* ---- forgetting ----------------------------------------------------------------------------- */

static enum rc forget(struct ctx *c, struct job *j)
{
    struct sql_import_old old = { .before = c->now - IMPORT_KEEP_DAYS * TIME_DAY_MS };
    bool is_left;
    enum rc rc = sql_import_old(c, &old);

    j->cursor = "on";
    j->is_done = rc == RC_NOT_FOUND;
    if (rc != RC_OK) return rc == RC_NOT_FOUND ? RC_OK : rc;
    rc = forget_piece(c, old.id, ROWS | REJECTS | PARTS, &is_left);
    if (rc != RC_OK || is_left) return rc;
    return sql_import_forget(c, &(struct sql_import_forget){ .id = old.id });
}

const struct task_kind import_forget_task = {
    .name = "imports.forget", .go = forget, .every_ms = EVERY_MS,
    .label = { "清除舊的匯入", "forget old imports", "古い取込を削除" },
};
