/* rule_store.h -- compiled versions of rules, shared by the snapshots that follow each other.
 *
 * A version never changes, so a publication compiles what it brings and takes the rest from the
 * snapshot before.  A store lives as long as a snapshot holds it; a new one is begun when the codes
 * of units, by which rules name them, are others, or when most of it is no longer asked for. */
#pragma once
#include "core/rule/rule_int.h"

struct rule_store;

/* The store for this snapshot, locked against other readers of configuration; given back when the
 * arena of the snapshot is closed. */
struct rule_store *rule_store_open(const struct conf *conf, size_t rows_n);
void               rule_store_ready(void);                       /* unlocks */

/* The version as compiled once, with the units of this snapshot. */
void rule_store_take(struct rule_store *s, struct conf *conf, const struct rule_row *row,
                     struct rule *out);
/* Every term of history that any of its versions names; a slot is its place. */
const struct rule_terms *rule_store_terms(const struct rule_store *s);
