/* conf.h -- the configuration as published, in memory: an immutable snapshot.
 *
 * One number, config.version, counts publications.  Each event keeps the number it was first
 * processed under; with its date that names each version that judges it, for ever.  A request holds
 * one snapshot from beginning to end. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/rc.h"

struct ctx;

enum debt_policy { DEBT_KEEP, DEBT_FORGIVE, DEBT_REFUSE };

/* A version of a unit; where nothing else is said, the newest. */
struct unit {
    int64_t id, version, config_version, effective_at;
    const char *code, *name;
    int decimals;
    int available_after_days, valid_days;    /* 0: at once; 0: for ever */
    enum debt_policy debt_policy;
    bool is_revived;                         /* a reversal after expiry gives new life */
    int revive_days;
    const struct unit *before;               /* the version it followed; NULL: the first */
};
struct store {
    int64_t id, version, company_id;
    const char *code, *name, *kind, *brand, *region;
    const struct zone *zone;
    int day_cut_min;
};
struct company { int64_t id, version; const char *code, *name, *tax_id; };

struct ruleset;                              /* core/rule/rule.h */
struct config_kind;                          /* core/config/config_kind.h */
struct config_set;                           /* core/config/config.h */
struct config_store;                         /* core/config/config_store.h */

struct conf {
    struct arena *arena;
    int refs;
    int64_t version;
    int64_t published_sum;                   /* of the seals of all that is published */
    const struct zone *zone;
    const char *currency, *phone_region;
    int currency_decimals;
    bool is_simulated;
    struct config_store *store;              /* the versions, shared with other snapshots */
    struct config_set *sets;                 /* one for each kind, in the order of the wiring */
    const void **views;                      /* what the kinds made of them */
    const struct unit *const *units;   size_t units_n;      /* ordered by id */
    const struct store *const *stores; size_t stores_n;
    const struct ruleset *rules;
};

/* Reads on the connection of c what was published since `before`, or all of it if that is NULL;
 * the snapshot is the caller's. */
enum rc conf_read(struct ctx *c, const struct conf *before, struct conf **out) MUST_CHECK;
void    conf_free(struct conf *conf);

/* The process's current snapshot.  Acquire and release in pairs; safe in every thread. */
const struct conf *conf_acquire(void);
void    conf_release(const struct conf *conf);
/* For who asks again and again: what is held (NULL: nothing yet) is exchanged for the current one,
 * and no lock is taken while that is the same. */
const struct conf *conf_renew(const struct conf *held);
/* Takes ownership; older ones go when unused.  Two may have been read at once: one that is older
 * than what is installed is dropped. */
void    conf_install(struct conf *conf);

/* The database has a newer publication than c->conf: reads and installs it, and answers RC_BUSY, so
 * that the request runs again under it. */
enum rc conf_refresh(struct ctx *c) MUST_CHECK;

/* What a kind's `ready` made; NULL: nothing. */
const void *conf_view(const struct conf *conf, const struct config_kind *kind);

const struct unit  *conf_unit(const struct conf *conf, int64_t id);          /* NULL if unknown */
const struct unit  *conf_unit_by_code(const struct conf *conf, const char *code);
/* The version that was published by config_version and held at a moment; the first, if none did. */
struct unit_when { int64_t config_version, at; };
const struct unit  *unit_at(const struct unit *newest, const struct unit_when *when);
/* As it holds at the moment of the request. */
const struct unit  *unit_now(const struct ctx *c, const struct unit *newest);
bool                unit_was_ever_revived(const struct unit *newest);       /* NULL: never */
const struct store *conf_store(const struct conf *conf, int64_t id);
const struct store *conf_store_by_code(const struct conf *conf, const char *code);

extern const struct config_kind company_kind, store_kind, unit_kind;
