/* conf.h -- the configuration as published, in memory: an immutable snapshot.
 *
 * One number, config.version, counts publications.  Each event keeps the number it was first
 * processed under; with its date that names each version that judges it, for ever.  A request holds
 * one snapshot from beginning to end. */
#pragma once
#include "core/ctx.h"

enum debt_policy { DEBT_KEEP, DEBT_FORGIVE, DEBT_REFUSE };

struct unit {
    int64_t id, version;
    const char *code, *name;
    int decimals;
    int available_after_days, valid_days;    /* 0: at once; 0: for ever */
    enum debt_policy debt_policy;
    bool is_revived;                         /* a reversal after expiry gives new life */
    int revive_days;
};
struct store {
    int64_t id, version, company_id;
    const char *code, *name, *kind, *brand, *region;
    const struct zone *zone;
    int day_cut_min;
};

struct ruleset;                              /* core/rule/rule.h */

struct conf {
    struct arena *arena;
    int refs;
    int64_t version;
    const struct zone *zone;
    const char *currency, *phone_region;
    int currency_decimals;
    bool is_simulated;
    const struct unit *units;    size_t units_n;
    const struct store *stores;  size_t stores_n;     /* ordered by id */
    const struct ruleset *rules;
    const void *ladder;                      /* the track's, made by its conf hook */
};

/* Reads everything on the connection of c; the snapshot is the caller's. */
enum rc conf_read(struct ctx *c, struct conf **out) MUST_CHECK;
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

/* A write that publishes calls this last: a new number, and the process reloads after the commit,
 * before anybody is answered. */
enum rc conf_publish(struct ctx *c, int64_t *version) MUST_CHECK;

/* A write of a sealed row of configuration (rule, ladder, unit, store, company) says so: the seal
 * it had (0: it is new) and has.  `regulars check` adds them up: none is missing. */
struct conf_sealed { int64_t was, is; };
enum rc conf_sealed(struct ctx *c, struct conf_sealed s) MUST_CHECK;

const struct unit  *conf_unit(const struct conf *conf, int64_t id);          /* NULL if unknown */
const struct unit  *conf_unit_by_code(const struct conf *conf, const char *code);
const struct store *conf_store(const struct conf *conf, int64_t id);
const struct store *conf_store_by_code(const struct conf *conf, const char *code);
