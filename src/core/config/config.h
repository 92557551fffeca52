/* config.h -- whatever a shop decides: units, stores, rules, ladders, calendars.  One machinery for
 * all kinds: versions with who and when, codes, moments from which they hold, what points to what.
 *
 * A configuration object is a document under an id.  A version of it is never changed, only
 * followed; all of them stay loadable for ever, because what happened is judged by the versions of
 * its day.  An object that is no longer wanted is archived, which is a version too; what others
 * point to cannot be.
 *
 * A kind is a shape and a few lines (core/config/config_kind.h). */
#pragma once
#include "core/config/conf.h"

struct config_kind;
struct json_mistakes;

/* ---- as published ------------------------------------------------------------------------- */

/* A version in memory, shared by all snapshots that have it. */
struct config_item {
    const struct config_kind *kind;
    int64_t id, version, config_version, effective_at;
    const char *code, *name;             /* NULL: it has none */
    const void *made;                    /* what the kind makes of it; NULL: it cannot be read */
    bool is_archived;
};
/* Of one kind: by id, then by version; and the newest of each, by code. */
struct config_set {
    const struct config_item *const *items;  size_t n;
    const struct config_item *const *by_code; size_t by_code_n;
};
const struct config_set *conf_set(const struct conf *conf, const struct config_kind *kind);
/* The newest version; NULL: there is no such object. */
const struct config_item *conf_item(const struct conf *conf, const struct config_kind *kind,
                                    int64_t id);
const struct config_item *conf_item_by_code(const struct conf *conf,
                                            const struct config_kind *kind, const char *code);
/* "uni_…" or a code. */
const struct config_item *conf_item_by_ref(const struct conf *conf, const struct config_kind *kind,
                                           const char *ref);

/* ---- changes ------------------------------------------------------------------------------ */

enum { CONFIG_ANY_VERSION = -1 };
struct config_put {
    const struct config_kind *kind;
    int64_t id;                          /* 0: a new one; of a kind that is single: 1 */
    int64_t if_version;                  /* the version it follows; 0: there is none yet */
    const void *doc;                     /* the struct of the kind's shape; may be filled in */
    int64_t effective_at;                /* JSON_ABSENT: now */
    bool is_archived;
};
struct config_done {
    int64_t id, version, effective_at;
    const void *doc;                     /* as it is kept */
    const struct json_mistakes *mistakes;/* with RC_INVALID: all of them; NULL: one, in ctx.err */
};
/* Locks the configuration, so that all of it is changed by one at a time, then checks, adds the
 * version and publishes.  Refusals, in this order: the kind's `unknown`, version.mismatch,
 * config.archived, those of the kind's check, the kind's `code_taken`, config.too_large,
 * config.archived (what it points to). */
enum rc config_put(struct ctx *c, const struct config_put *in, struct config_done *out) MUST_CHECK;

/* The newest version as it is in the database; RC_NOT_FOUND without a refusal. */
struct config_row {
    int64_t id, version, config_version, effective_at, created_at, by_id, seal;
    const char *code, *name, *doc, *numbers, *by_kind;
    bool is_archived;
};
enum rc config_newest(struct ctx *c, const struct config_kind *kind, struct config_row *row)
    MUST_CHECK;                          /* row->id says which */
/* What a reference in a document means: an id or a code of the kind.  NULL: the first that was
 * made.  Refusals: the kind's `unknown`. */
struct config_ref { const struct config_kind *kind; const char *text; };
enum rc config_find(struct ctx *c, const struct config_ref *ref, int64_t *id) MUST_CHECK;

/* Objects whose present version points to this one. */
struct config_users { const struct config_item **items; size_t n, cap; };
void config_used_by(struct ctx *c, const struct config_item *item, struct config_users *out);
