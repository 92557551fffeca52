/* sale_sheet.c -- see sale_sheet.h. */
#include "app/import/sale_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/limit.h"
#include "app/import/cell.h"
#include "core/auth/digest.h"
#include "core/member/member.h"

enum { RECEIPT_HEX = 20 };                   /* 80 bits: enough for one store's day */

static const char *const map_names[MAP_N] = { "member", "date", "total", "receipt" };

/* ---- the columns ---- */

static const char *bad_column(const struct sale_sheet *s, const char *column, int found)
{
    if (found == SHEET_TWO_COLUMNS)
        return arena_printf(s->arena, "--map: two columns are called \"%s\": give its number",
                            column);
    return arena_printf(s->arena, "--map: there is no column \"%s\"; the first row must name the "
                        "columns, and is: %.*s", column,
                        (int)(s->sheet.first.raw.n < 200 ? s->sheet.first.raw.n : 200),
                        s->sheet.first.raw.p);
}

/* One "total=4". */
static const char *map_one(struct sale_sheet *s, struct str one, bool *is_named)
{
    const char *equals = memchr(one.p, '=', one.n);
    size_t name_n = equals ? (size_t)(equals - one.p) : 0;
    int which = 0;
    int64_t n;

    while (which < MAP_N && !str_is((struct str){ one.p, name_n }, map_names[which])) which++;
    if (!equals || which == MAP_N)
        return "--map: write member=COLUMN,date=COLUMN,total=COLUMN[,receipt=COLUMN]";
    if (s->columns[which] >= 0)
        return arena_printf(s->arena, "--map: %s is given twice", map_names[which]);
    const char *column = arena_strndup(s->arena, equals + 1, one.n - name_n - 1);
    int found = sheet_column(&s->sheet, column);
    if (found < 0) return bad_column(s, column, found);
    s->columns[which] = found;
    *is_named |= !str_to_i64(str_of(column), &n) || n != found + 1;
    return NULL;
}

static const char *read_map(struct sale_sheet *s, const char *map, bool *is_named)
{
    for (int i = 0; i < MAP_N; i++) s->columns[i] = -1;
    *is_named = false;
    while (map && *map) {
        size_t n = strcspn(map, ",");
        const char *why = map_one(s, (struct str){ map, n }, is_named);
        if (why) return why;
        map += n + (map[n] == ',');
    }
    for (int i = 0; i < MAP_RECEIPT; i++)
        if (s->columns[i] < 0)
            return arena_printf(s->arena, "--map: %s=COLUMN is missing", map_names[i]);
    return NULL;
}

/* Numbers name columns without a heading: whether there is one, the first row says. */
static const char *find_heading(struct sale_sheet *s)
{
    const struct sheet_row *r = &s->sheet.first;
    struct cell_date date;
    int64_t minor;
    bool is_date = !cell_date(s->conf->zone, r->cells[s->columns[MAP_DATE]], &date);
    bool is_total = cell_amount(r->cells[s->columns[MAP_TOTAL]], s->conf->currency_decimals,
                                &minor);

    if (is_date != is_total)
        return arena_printf(s->arena, "is the first row a heading?  Its date %s be read, its total "
                            "%s: add a heading, or correct it", is_date ? "can" : "cannot",
                            is_total ? "can" : "cannot");
    if (is_date) sheet_no_heading(&s->sheet);
    return NULL;
}

static bool find_columns(struct sale_sheet *s, const char *map, const char **why)
{
    bool is_named;

    *why = read_map(s, map, &is_named);
    if (!*why && !is_named) *why = find_heading(s);
    return !*why;
}

bool sale_sheet_open(struct sale_sheet *s, const char *file, const char *map, const char **why)
{
    return sheet_open(&s->sheet, s->arena, file, why) && find_columns(s, map, why);
}

bool sale_sheet_open_text(struct sale_sheet *s, struct str text, const char *map, const char **why)
{
    return sheet_open_text(&s->sheet, s->arena, text, why) && find_columns(s, map, why);
}

/* ---- the rows ---- */

static const char *read_when(const struct sale_sheet *s, struct str cell, struct import_row *row)
{
    struct cell_date d;
    const char *why = cell_date(s->conf->zone, cell, &d);

    if (why) return why;
    row->has_time = d.has_time;
    row->at = d.has_time ? d.at
                         : date_start(s->conf->zone, d.date) + (int64_t)s->hour_min * 60000;
    return row->at > s->now ? "the date lies in the future" : NULL;
}

static const char *read_member(const struct sale_sheet *s, struct str cell, struct import_row *row)
{
    struct identity_fold fold = { .conf = s->conf, .arena = s->arena, .told = {
        s->provider, arena_strndup(s->arena, cell.p, cell.n) } };
    const char *why = identity_fold(&fold, &row->subject);

    return why ? arena_printf(s->arena, "the member: %s", why) : NULL;
}

/* Of more cells than columns, empty ones mean nothing; another is a comma too many somewhere. */
static const char *count_cells(const struct sale_sheet *s, const struct sheet_row *r)
{
    size_t n = r->n, columns = s->sheet.first.n;

    while (n > columns && r->cells[n - 1].n == 0) n--;
    if (n > columns)
        return arena_printf(s->arena, "it has %zu cells, the first row has %zu: put quotes around "
                            "a cell that holds what parts cells", n, columns);
    for (int i = 0; i < MAP_N; i++)
        if (s->columns[i] >= (int)r->n)
            return arena_printf(s->arena, "it has %zu cells, no %s", r->n, map_names[i]);
    return NULL;
}

static const char *read_total(const struct sale_sheet *s, struct str cell, struct import_row *row)
{
    bool is_read = cell_amount(cell, s->conf->currency_decimals, &row->total_minor);

    return is_read && row->total_minor >= 0 && row->total_minor <= LIMIT_MONEY_MINOR
        ? NULL : "the total is no amount of this currency";
}

static const char *read_receipt(const struct sale_sheet *s, struct str cell,
                                struct import_row *row)
{
    struct str receipt = str_trim(cell);

    if (receipt.n > LIMIT_CODE) return "the receipt is too long";
    if (receipt.n > 0) row->receipt = arena_strndup(s->arena, receipt.p, receipt.n);
    return NULL;
}

/* False, and why the row is refused. */
static bool read_cells(const struct sale_sheet *s, const struct sheet_row *r,
                       struct import_row *row, struct import_fault *why)
{
    const struct str *cells = r->cells;
    const int *at = s->columns;

    *why = (struct import_fault){ "row.cells", r->fault ? r->fault : count_cells(s, r) };
    if (why->detail) return false;
    *why = (struct import_fault){ "row.member", read_member(s, cells[at[MAP_MEMBER]], row) };
    if (why->detail) return false;
    *why = (struct import_fault){ "row.date", read_when(s, cells[at[MAP_DATE]], row) };
    if (why->detail) return false;
    *why = (struct import_fault){ "row.total", read_total(s, cells[at[MAP_TOTAL]], row) };
    if (why->detail || at[MAP_RECEIPT] < 0) return !why->detail;
    *why = (struct import_fault){ "row.receipt", read_receipt(s, cells[at[MAP_RECEIPT]], row) };
    return !why->detail;
}

/* ---- receipts ---- */

/* By what makes rows equal; equal ones as they stand in the file. */
static int compare_content(const void *a, const void *b)
{
    const struct import_row *x = a, *y = b;
    int by_member = strcmp(x->subject, y->subject);

    if (by_member) return by_member;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->has_time != y->has_time) return x->has_time ? 1 : -1;
    if (x->total_minor != y->total_minor) return x->total_minor < y->total_minor ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static bool is_equal(const struct import_row *x, const struct import_row *y)
{
    return str_eq(x->subject, y->subject) && x->at == y->at && x->has_time == y->has_time
        && x->total_minor == y->total_minor;
}

/* A day is a day whatever --time says; the store is in the key of receipts already. */
static const char *content_of(const struct sale_sheet *s, const struct import_row *row)
{
    const char *when = row->has_time
        ? arena_printf(s->arena, "at %lld", (long long)row->at)
        : arena_printf(s->arena, "day %d", (int)date_of(s->conf->zone, row->at));
    const char *total = arena_printf(s->arena, "%lld", (long long)row->total_minor);
    struct str parts[] = { str_of(s->provider), str_of(row->subject), str_of(when),
                           str_of(total) };
    char hex[33];

    digest_parts(parts, ARRAY_LEN(parts), hex);
    return arena_strndup(s->arena, hex, RECEIPT_HEX);
}

static const char *make_receipt(const struct sale_sheet *s, const struct import_row *row,
                                int64_t count)
{
    return count == 1 ? arena_printf(s->arena, "row:%s", row->equal)
                      : arena_printf(s->arena, "row:%s-%lld", row->equal, (long long)count);
}

void sale_sheet_receipts(struct sale_sheet *s)
{
    int64_t count = 0;

    if (s->rows_n == 0) return;
    qsort(s->rows, s->rows_n, sizeof *s->rows, compare_content);
    for (size_t i = 0; i < s->rows_n; i++) {
        struct import_row *r = &s->rows[i];
        if (i == 0 || !is_equal(r - 1, r)) count = 0;
        if (!r->receipt) r->receipt = make_receipt(s, r, r->earlier_n + ++count);
    }
    import_sort(s->rows, s->rows_n);
}

void sale_sheet_row(struct sale_sheet *s, const struct sheet_row *r)
{
    struct import_row row = { .row = s->sheet.row, .raw = r->raw, .cells_n = r->n };
    struct import_fault why;

    if (!read_cells(s, r, &row, &why)) {
        s->rejected(s->arg, &row, &why);
        return;
    }
    if (!row.receipt) row.equal = content_of(s, &row);
    *ARENA_PUSH(s->arena, s->rows, s->rows_n, s->rows_cap) = row;
}

void sale_sheet_read(struct sale_sheet *s)
{
    struct sheet_row r;

    while (sheet_next(&s->sheet, &r)) sale_sheet_row(s, &r);
    sale_sheet_receipts(s);
}
