/* id.h -- 63-bit ids, ordered by time, made by the program: 41 bits of milliseconds since
 * 2020-01-01, 10 of node, 12 of sequence.  An id never repeats and never goes back within a node:
 * when a millisecond is used up, or the clock steps back, the generator runs ahead of the clock.
 *
 * Public ids of what a member owns are prefix + base32 of (member_id, id), 26 characters, so that
 * any request can name its shard; of configuration, of the id alone, 13 characters.  Crockford's
 * alphabet, lower case; reading accepts upper case and i, l, o. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"

#define ID_TEXT_MAX 40
#define ID_NODE_MAX 1023

struct idgen;                                           /* thread-safe */
struct idgen *idgen_open(int node, int64_t (*clock_ms)(void));   /* NULL: time_wall_ms */
void          idgen_close(struct idgen *g);
int64_t       id_next(struct idgen *g);
/* Never hand out an id at or below this one (read from the database at start). */
void          idgen_above(struct idgen *g, int64_t id);
int64_t       id_first_at(int64_t at);                  /* the smallest id of a moment */
int64_t       id_time(int64_t id);                      /* the moment of an id */

/* prefix is the letters alone: "sto" gives "sto_…".  A wrong prefix, length or letter is false. */
void id_emit(const char *prefix, int64_t id, char dst[static ID_TEXT_MAX]);
void id_emit_owned(const char *prefix, int64_t member_id, int64_t id, char dst[static ID_TEXT_MAX]);
bool id_parse(const char *prefix, const char *s, int64_t *id);
bool id_parse_owned(const char *prefix, const char *s, int64_t *member_id, int64_t *id);
