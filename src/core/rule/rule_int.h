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

/* Who judges events of a name between two moments at which versions take effect, told between two
 * publications. */
struct cached {
    struct judges judges;
    const char *on;
    size_t epoch, publication;
    struct cached *next;                 /* in its bucket; never changed once it is there */
};
enum { RULE_BUCKETS = 1024 };            /* a power of two */
struct ruleset {
    struct arena *arena;
    const struct rule *rules; size_t n;  /* ordered by id, version */
    bool has_unreadable;
    const struct history_term *terms; size_t terms_n;
    const int64_t *epochs; size_t epochs_n;      /* distinct effective_at, rising */
    const int64_t *publications; size_t publications_n;  /* distinct config_version, rising */
    /* Filled when it is asked for, which only grows it: looking takes no lock, adding does. */
    struct cached *_Atomic buckets[RULE_BUCKETS];
    void *lock;
};
