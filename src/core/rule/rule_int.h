/* rule_int.h -- shared by rule.c and rule_read.c only. */
#pragma once
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

struct cached { struct judges judges; const char *on; int64_t config_version; size_t epoch;
                struct cached *next; };
struct ruleset {
    struct arena *arena;
    const struct rule *rules; size_t n;  /* ordered by id, version */
    bool has_unreadable;
    const struct history_term *terms; size_t terms_n;
    const int64_t *epochs; size_t epochs_n;      /* distinct effective_at, rising */
    const int64_t *publications; size_t publications_n;  /* distinct config_version, rising */
    void *lock;
    struct cached *cache;
};
