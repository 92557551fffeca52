/* rule_int.h -- shared within this room only. */
#pragma once
#include <stdatomic.h>

#include "core/rule/rule.h"

struct rule_terms { struct history_term *items; size_t n, cap; };
struct rule_reading {
    const struct conf *conf;
    const struct json *doc;
    struct rule_terms *terms;            /* grows; a term's slot is field_count() + its place */
};
enum rc rule_read(struct json_reader *r, const struct rule_reading *in, struct rule *out)
    MUST_CHECK;

bool event_is_known(const char *name);   /* some feature says that it happens */

/* The view of a snapshot. */
const void *rules_ready(struct conf *conf, const struct config_set *set);

/* Who judges events of a name between two moments at which versions take effect, told between two
 * publications.  In memory of its own, so that two may be made at once. */
struct cached {
    struct judges judges;
    struct arena *arena;
    size_t epoch, publication;
    struct cached *next;                 /* in its bucket; never changed once it is there */
};
/* The versions of one rule lie together. */
struct rule_versions { size_t first, n; bool is_rising; };    /* each takes effect after the last */
enum { LISTENER_BUCKETS = 64 };          /* a power of two */
/* The rules of which any version listens to events of a name. */
struct listeners {
    const char *on;
    struct rule_versions *rules; size_t n, cap;
    bool has_dependent;
    /* Filled when it is asked for, which only grows it: neither looking nor adding takes a lock. */
    struct cached *_Atomic buckets[LISTENER_BUCKETS];
};
struct ruleset {
    const struct rule *const *rules; size_t n;   /* ordered by id, version */
    bool has_unreadable;
    const struct history_term *terms; size_t terms_n;
    const int64_t *epochs; size_t epochs_n;      /* distinct effective_at, rising */
    const int64_t *publications; size_t publications_n;  /* distinct config_version, rising */
    struct listeners *listeners; size_t listeners_n, listeners_cap;
};
