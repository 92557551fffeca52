/* rule.c -- all versions of all rules in memory, and who judges a given event. */
#include "core/rule/rule.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/order.h"
#include "core/rule/rule_store.h"

static const struct judges nobody = { 0 };

static size_t distinct(int64_t *v, size_t n)
{
    size_t out = 0;

    qsort(v, n, sizeof *v, order_i64);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || v[i] != v[i - 1]) v[out++] = v[i];
    return out;
}

/* How many of the rising values are at or below v. */
static size_t rank(const int64_t *values, size_t n, int64_t v)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (values[mid] <= v) lo = mid + 1;
        else                  hi = mid;
    }
    return lo;
}

static void close_lock(void *arg)
{
    pthread_mutex_destroy(arg);
}

enum rc rules_compile(struct conf *conf, const struct rule_rows *rows)
{
    struct ruleset *set = ARENA_NEW(conf->arena, struct ruleset);
    struct rule *rules = ARENA_ARRAY(conf->arena, struct rule, rows->n + 1);
    int64_t *epochs = ARENA_ARRAY(conf->arena, int64_t, rows->n + 1);
    int64_t *publications = ARENA_ARRAY(conf->arena, int64_t, rows->n + 1);
    struct rule_store *store = rule_store_open(conf, rows->n);

    set->arena = conf->arena;
    for (size_t i = 0; i < rows->n; i++) {
        rule_store_take(store, conf, &rows->rows[i], &rules[set->n]);
        if (rules[set->n].is_unreadable) set->has_unreadable = true;
        epochs[set->n] = rows->rows[i].effective_at;
        publications[set->n] = rows->rows[i].config_version;
        set->n++;
    }
    set->rules = rules;
    set->terms = rule_store_terms(store)->items;
    set->terms_n = rule_store_terms(store)->n;
    rule_store_ready();
    set->epochs_n = distinct(epochs, set->n);
    set->epochs = epochs;
    set->publications_n = distinct(publications, set->n);
    set->publications = publications;
    set->lock = ARENA_NEW(conf->arena, pthread_mutex_t);
    pthread_mutex_init(set->lock, NULL);
    arena_defer(conf->arena, close_lock, set->lock);
    conf->rules = set;
    return RC_OK;
}

/* Of one rule's versions, the one in force at `at` among those published by `config_version`:
 * latest by the moment it takes effect, then by version. */
static const struct rule *in_force(const struct rule *v, size_t n, int64_t config_version,
                                   int64_t at)
{
    const struct rule *best = NULL;

    for (size_t i = 0; i < n; i++) {
        if (v[i].config_version > config_version || v[i].effective_at > at) continue;
        if (!best || v[i].effective_at >= best->effective_at) best = &v[i];
    }
    return best;
}

static int compare_rules(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;

    if (x->priority != y->priority) return x->priority > y->priority ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Marks what the rules name, all of them or the dependent ones. */
static void mark(const struct judges *j, bool is_dependent_only, bool *is_named, int *scratch)
{
    for (size_t i = 0; i < j->n; i++) {
        const struct rule *r = j->rules[i];
        if (!r->when || (is_dependent_only && !r->is_dependent)) continue;
        size_t n = logic_slots(r->when, scratch, (size_t)j->slots_n);
        for (size_t k = 0; k < n; k++) is_named[scratch[k]] = true;
    }
}

/* Fields and terms that any of the rules names, each once; those of dependent rules first. */
static void gather(struct ruleset *set, struct judges *j)
{
    size_t slots_n = field_count() + set->terms_n;
    bool *is_named = ARENA_ARRAY(set->arena, bool, slots_n);
    bool *is_first = ARENA_ARRAY(set->arena, bool, slots_n);
    int *fields = ARENA_ARRAY(set->arena, int, slots_n);
    int *term_slots = ARENA_ARRAY(set->arena, int, set->terms_n + 1);
    const struct history_term **terms = ARENA_ARRAY(set->arena, const struct history_term *,
                                                    set->terms_n + 1);

    j->slots_n = (int)slots_n;
    mark(j, true, is_first, fields);
    mark(j, false, is_named, fields);
    for (size_t i = 0; i < field_count(); i++)
        if (is_first[i]) fields[j->fields_n++] = (int)i;
    j->dependent_fields_n = j->fields_n;
    for (size_t i = 0; i < field_count(); i++)
        if (is_named[i] && !is_first[i]) fields[j->fields_n++] = (int)i;
    for (size_t i = field_count(); i < slots_n; i++) {
        if (!is_named[i]) continue;
        term_slots[j->terms_n] = (int)i;
        terms[j->terms_n++] = &set->terms[i - field_count()];
    }
    j->fields = fields;
    j->terms = terms;
    j->term_slots = term_slots;
}

/* The end of the versions of the rule that begins at i. */
static size_t end_of(const struct ruleset *set, size_t i)
{
    size_t k = i;

    while (k < set->n && set->rules[k].id == set->rules[i].id) k++;
    return k;
}

static struct cached *build(struct ruleset *set, const struct event *e, const struct cached *key)
{
    struct cached *fresh = ARENA_NEW(set->arena, struct cached);
    const struct rule **picked = ARENA_ARRAY(set->arena, const struct rule *, set->n + 1);
    int64_t at = key->epoch ? set->epochs[key->epoch - 1] : INT64_MIN;
    size_t n = 0;

    for (size_t i = 0, end; i < set->n; i = end) {
        end = end_of(set, i);
        const struct rule *r = in_force(&set->rules[i], end - i, e->config_version, at);
        if (r && r->is_active && str_eq(r->on, e->name)) picked[n++] = r;
    }
    qsort(picked, n, sizeof *picked, compare_rules);
    *fresh = *key;
    fresh->on = arena_strdup(set->arena, key->on);
    fresh->judges = (struct judges){ .rules = picked, .n = n };
    gather(set, &fresh->judges);
    return fresh;
}

static size_t bucket_of(const struct cached *key)
{
    uint64_t h = key->epoch * UINT64_C(0x9e3779b97f4a7c15) + key->publication;

    for (const char *p = key->on; *p; p++) h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return (size_t)(h >> 32) & (RULE_BUCKETS - 1);
}

static struct cached *find(struct ruleset *set, const struct cached *key, size_t bucket)
{
    struct cached *hit = atomic_load_explicit(&set->buckets[bucket], memory_order_acquire);

    while (hit && (hit->epoch != key->epoch || hit->publication != key->publication
                   || !str_eq(hit->on, key->on)))
        hit = hit->next;
    return hit;
}

const struct judges *rules_for(const struct conf *conf, const struct event *e)
{
    /* The buckets are the only part of a snapshot that changes. */
    struct ruleset *set = (struct ruleset *)(uintptr_t)conf->rules;

    if (!set || set->n == 0) return &nobody;
    struct cached key = {
        .on = e->name, .epoch = rank(set->epochs, set->epochs_n, e->at),
        .publication = rank(set->publications, set->publications_n, e->config_version) };
    size_t bucket = bucket_of(&key);
    struct cached *hit = find(set, &key, bucket);
    if (hit) return &hit->judges;
    pthread_mutex_lock(set->lock);
    hit = find(set, &key, bucket);
    if (!hit) {
        hit = build(set, e, &key);
        hit->next = atomic_load_explicit(&set->buckets[bucket], memory_order_relaxed);
        atomic_store_explicit(&set->buckets[bucket], hit, memory_order_release);
    }
    pthread_mutex_unlock(set->lock);
    return &hit->judges;
}

bool rule_is_unreadable(const struct conf *conf, const struct event *e, int64_t rule_id)
{
    const struct ruleset *set = conf->rules;

    if (!set || !set->has_unreadable) return false;
    for (size_t i = 0, end; i < set->n; i = end) {
        end = end_of(set, i);
        if (set->rules[i].id != rule_id) continue;
        const struct rule *r = in_force(&set->rules[i], end - i, e->config_version, e->at);
        return r && r->is_unreadable;
    }
    return false;
}

bool rules_need_history(const struct conf *conf, const char *event_name)
{
    const struct ruleset *set = conf->rules;

    for (size_t i = 0; set && i < set->n; i++)
        if (set->rules[i].is_dependent && str_eq(set->rules[i].on, event_name)) return true;
    return false;
}
