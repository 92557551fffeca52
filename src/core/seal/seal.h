/* seal.h -- a keyed digest of what a row was told, kept beside it: `regulars check` sees every cell
 * that it covers.
 *
 * The key comes from the secret of the installation (secret.h), which is not in the database: who
 * can write there, but has not the secret, cannot make a seal.  A seal is over the name of the
 * table and, in the order of sealed.h, the name and value of each cell.  Numbers that are 0
 * and texts that are NULL are left out, so that a column added later (0 or NULL for what is there)
 * leaves earlier seals as they are; one that is taken away, or another order, does not.
 *
 * 63 bits of BLAKE2b-128: a number, nine bytes of a row, never negative, never SQL_NULL. */
#pragma once
#include "base/buf.h"

enum { SEAL_KEY_BYTES = 32 };

/* Once, before the first seal: the secret, of whatever length.  The process has one. */
void seal_key(const void *secret, size_t n);

struct seal_cell { const char *column, *text; int64_t number; };
#define SEAL_NUMBER(row, column_) { .column = #column_, .number = (row)->column_ }
#define SEAL_TEXT(row, column_)   { .column = #column_, .text = (row)->column_ }

/* A seal over several rows: a sale with its lines. */
struct seal { struct buf text; };
void    seal_begin(struct seal *s, struct arena *a, const char *table);
void    seal_row(struct seal *s, const struct seal_cell *cells, size_t n);
int64_t seal_end(struct seal *s);

int64_t seal_one(struct arena *a, const char *table, const struct seal_cell *cells, size_t n);

#define SEAL_CELLS(...)                                 \
    (const struct seal_cell[]){ __VA_ARGS__ },          \
        sizeof((const struct seal_cell[]){ __VA_ARGS__ }) / sizeof(struct seal_cell)
#define SEAL(c, table, ...) seal_one((c)->arena, table, SEAL_CELLS(__VA_ARGS__))
