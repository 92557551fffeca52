/* config_store.h -- versions in memory, shared by the snapshots that follow each other.
 *
 * A version never changes, so a publication makes what it brings and takes the rest from the
 * snapshot before.  A store lives as long as a snapshot holds it. */
#pragma once
#include "core/config/config_kind.h"

/* The store of the snapshot before, or a new one; locked against other readers of configuration. */
struct config_store *config_store_open(const struct conf *before);
void config_store_ready(void);                                   /* unlocks */
void config_store_release(struct config_store *s);

/* The version of the row, made now unless it is there already. */
const struct config_item *config_store_take(struct config_store *s, const struct conf *conf,
                                            const struct config_kind *kind,
                                            const struct config_row *row);
/* The kind's own state beside its versions. */
void *config_store_state(struct config_store *s, const struct config_kind *kind);

/* All kinds of all features, in order. */
size_t config_kinds(const struct config_kind *const **list);
size_t config_slot(const struct config_kind *kind);
const struct config_kind *config_kind_find(const char *name);    /* NULL: there is none */
