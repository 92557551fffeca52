/* rule.c -- all versions of all rules in memory, and who judges a given event. */
#include "core/rule/rule.h"

#include <assert.h>
#include <stdlib.h>

#include "base/order.h"
#include "core/config/config_store.h"
#include "core/rule/rule_int.h"

static const struct judges nobody = { 0 };
#define JUDGES_BYTES ((size_t)64 << 20)

/* ---- the table of a snapshot ---------------------------------------------------------------- */

static size_t distinct(int64_t *v, size_t n)
{
    size_t out = 0, sorted = 1;

    while (sorted < n && v[sorted - 1] <= v[sorted]) sorted++;
    if (sorted < n) qsort(v, n, sizeof *v, order_i64);
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

static void take_moments(struct conf *conf, struct ruleset *set)
{
    int64_t *epochs = ARENA_ARRAY(conf->arena, int64_t, set->n + 1);
    int64_t *publications = ARENA_ARRAY(conf->arena, int64_t, set->n + 1);

    for (size_t i = 0; i < set->n; i++) {
        epochs[i] = set->rules[i]->effective_at;
        publications[i] = set->rules[i]->config_version;
    }
    set->epochs_n = distinct(epochs, set->n);
    set->epochs = epochs;
    set->publications_n = distinct(publications, set->n);
    set->publications = publications;
}

static struct listeners *listeners_of(const struct ruleset *set, const char *on)
{
    for (size_t i = 0; i < set->listeners_n; i++)
        if (str_eq(set->listeners[i].on, on)) return &set->listeners[i];
    return NULL;
}

static void listen_to(struct conf *conf, struct ruleset *set, const struct rule *r,
                      const struct rule_versions *versions)
{
    struct listeners *l = listeners_of(set, r->on);

    if (!l) {
        l = ARENA_PUSH(conf->arena, set->listeners, set->listeners_n, set->listeners_cap);
        l->on = r->on;
    }
    if (r->is_dependent) l->has_dependent = true;
    if (l->n && l->rules[l->n - 1].first == versions->first) return;
    *ARENA_PUSH(conf->arena, l->rules, l->n, l->cap) = *versions;
}

/* A version that cannot be read listens to nothing, and may still be the one in force. */
static void take_rule(struct conf *conf, struct ruleset *set, struct rule_versions *v)
{
    const struct rule *const *rules = &set->rules[v->first];

    v->is_rising = true;
    while (v->first + v->n < set->n && rules[v->n]->id == rules[0]->id) v->n++;
    for (size_t i = 1; i < v->n; i++)
        if (rules[i]->effective_at < rules[i - 1]->effective_at) v->is_rising = false;
    for (size_t i = 0; i < v->n; i++) {
        if (rules[i]->is_unreadable) set->has_unreadable = true;
        else if (i == 0 || rules[i]->on != rules[i - 1]->on) listen_to(conf, set, rules[i], v);
    }
}

static void let_go(void *arg)
{
    struct ruleset *set = arg;

    for (size_t i = 0; i < set->listeners_n; i++)
        for (size_t k = 0; k < LISTENER_BUCKETS; k++)
            for (struct cached *hit = set->listeners[i].buckets[k], *next; hit; hit = next) {
                next = hit->next;
                arena_close(hit->arena);
            }
}

const void *rules_ready(struct conf *conf, const struct config_set *items)
{
    const struct rule_terms *terms = config_store_state(conf->store, &rule_kind);
    struct ruleset *set = ARENA_NEW(conf->arena, struct ruleset);
    const struct rule **rules = ARENA_ARRAY(conf->arena, const struct rule *, items->n + 1);

    for (size_t i = 0; i < items->n; i++) rules[i] = items->items[i]->made;
    *set = (struct ruleset){ .rules = rules, .n = items->n, .terms = terms->items,
                             .terms_n = terms->n };
    take_moments(conf, set);
    for (struct rule_versions v = { 0 }; v.first < set->n;
         v = (struct rule_versions){ .first = v.first + v.n })
        take_rule(conf, set, &v);
    arena_defer(conf->arena, let_go, set);
    conf->rules = set;
    return NULL;
}

/* ---- who judges ----------------------------------------------------------------------------- */

struct moment { int64_t config_version, at; };

/* The last of the rising versions that was published and has taken effect. */
static const struct rule *last_of(const struct rule *const *v, size_t n, const struct moment *when)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (v[mid]->config_version <= when->config_version && v[mid]->effective_at <= when->at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo > 0 ? v[lo - 1] : NULL;
}

/* Of one rule's versions, the one in force at a moment among those published by then: latest by the
 * moment it takes effect, then by version. */
static const struct rule *in_force(const struct ruleset *set, const struct rule_versions *versions,
                                   const struct moment *when)
{
    const struct rule *const *v = &set->rules[versions->first];
    const struct rule *best = NULL;

    if (versions->is_rising) return last_of(v, versions->n, when);
    for (size_t i = 0; i < versions->n; i++) {
        if (v[i]->config_version > when->config_version || v[i]->effective_at > when->at) continue;
        if (!best || v[i]->effective_at >= best->effective_at) best = v[i];
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
static void gather(const struct ruleset *set, struct arena *a, struct judges *j)
{
    size_t slots_n = field_count() + set->terms_n;
    bool *is_named = ARENA_ARRAY(a, bool, slots_n);
    bool *is_first = ARENA_ARRAY(a, bool, slots_n);
    int *fields = ARENA_ARRAY(a, int, slots_n);
    int *term_slots = ARENA_ARRAY(a, int, set->terms_n + 1);
    const struct history_term **terms = ARENA_ARRAY(a, const struct history_term *,
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

/* Versions lie where they were made, each among what it was made from.  Those that judge every sale
 * of today are asked one after the other, and a thousand of them from all over the memory would be
 * half of what a sale costs. */
static void lie_together(struct arena *a, const struct rule **rules, size_t n)
{
    struct rule *own = ARENA_ARRAY(a, struct rule, n + 1);

    for (size_t i = 0; i < n; i++) {
        own[i] = *rules[i];
        rules[i] = &own[i];
    }
}

static struct cached *build(const struct ruleset *set, const struct listeners *l,
                            const struct cached *key)
{
    struct arena *a = arena_open(JUDGES_BYTES);
    struct cached *fresh = ARENA_NEW(a, struct cached);
    const struct rule **picked = ARENA_ARRAY(a, const struct rule *, l->n + 1);
    struct moment when = {
        key->publication ? set->publications[key->publication - 1] : INT64_MIN,
        key->epoch ? set->epochs[key->epoch - 1] : INT64_MIN };
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++) {
        const struct rule *r = in_force(set, &l->rules[i], &when);
        if (r && r->is_active && str_eq(r->on, l->on)) picked[n++] = r;
    }
    qsort(picked, n, sizeof *picked, compare_rules);
    if (key->publication == set->publications_n) lie_together(a, picked, n);
    *fresh = *key;
    fresh->arena = a;
    fresh->judges = (struct judges){ .rules = picked, .n = n };
    gather(set, a, &fresh->judges);
    return fresh;
}

static struct cached *find(struct cached *hit, const struct cached *key)
{
    while (hit && (hit->epoch != key->epoch || hit->publication != key->publication))
        hit = hit->next;
    return hit;
}

/* Two may have made the same: the one that comes second is not needed. */
static struct cached *add(struct cached *_Atomic *bucket, struct cached *fresh)
{
    struct cached *head = atomic_load_explicit(bucket, memory_order_acquire), *hit;

    do {
        hit = find(head, fresh);
        if (hit) {
            arena_close(fresh->arena);
            return hit;
        }
        fresh->next = head;
    } while (!atomic_compare_exchange_weak_explicit(bucket, &head, fresh, memory_order_acq_rel,
                                                    memory_order_acquire));
    return fresh;
}

const struct judges *rules_for(const struct conf *conf, const struct event *e)
{
    const struct ruleset *set = conf->rules;
    struct listeners *l = set ? listeners_of(set, e->name) : NULL;

    if (!l) return &nobody;
    struct cached key = {
        .epoch = rank(set->epochs, set->epochs_n, e->at),
        .publication = rank(set->publications, set->publications_n, e->config_version) };
    uint64_t h = (key.epoch * UINT64_C(0x9e3779b97f4a7c15) + key.publication)
               * UINT64_C(0x9e3779b97f4a7c15);
    struct cached *_Atomic *bucket = &l->buckets[(h >> 32) & (LISTENER_BUCKETS - 1)];
    struct cached *hit = find(atomic_load_explicit(bucket, memory_order_acquire), &key);
    if (!hit) hit = add(bucket, build(set, l, &key));
    return &hit->judges;
}

bool rule_is_unreadable(const struct conf *conf, const struct event *e, int64_t rule_id)
{
    const struct ruleset *set = conf->rules;
    struct moment when = { e->config_version, e->at };
    size_t first = 0, end;

    if (!set || !set->has_unreadable) return false;
    while (first < set->n && set->rules[first]->id != rule_id) first++;
    for (end = first; end < set->n && set->rules[end]->id == rule_id;) end++;
    struct rule_versions versions = { .first = first, .n = end - first };
    const struct rule *r = in_force(set, &versions, &when);
    return r && r->is_unreadable;
}

bool rules_need_history(const struct conf *conf, const char *event_name)
{
    const struct listeners *l = conf->rules ? listeners_of(conf->rules, event_name) : NULL;

    return l && l->has_dependent;
}
