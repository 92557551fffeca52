/* rule_store.c -- see rule_store.h. */
#include "core/rule/rule_store.h"

#include <pthread.h>

#include "base/log.h"

enum { FIRST_BUCKETS = 256, SPARE_VERSIONS = 1000 };

struct kept {
    struct rule rule;                    /* its units are the store's */
    const char *doc;
    struct kept *next;
};
struct rule_store {
    struct arena *arena;
    int refs;
    struct conf codes;                   /* nothing but the units, as they were named */
    struct rule_terms terms;
    struct kept **buckets; size_t buckets_n;     /* a power of two */
    size_t n;
};

/* For everything here: snapshots are read one after the other. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rule_store *newest;

/* ---- its life -------------------------------------------------------------------------------- */

static struct rule_store *begin(const struct conf *conf)
{
    struct arena *a = arena_open((size_t)1 << 30);
    struct rule_store *s = ARENA_NEW(a, struct rule_store);
    struct unit *units = ARENA_ARRAY(a, struct unit, conf->units_n + 1);

    for (size_t i = 0; i < conf->units_n; i++)
        units[i] = (struct unit){ .id = conf->units[i].id,
                                  .code = arena_strdup(a, conf->units[i].code) };
    s->arena = a;
    s->codes = (struct conf){ .units = units, .units_n = conf->units_n };
    s->buckets_n = FIRST_BUCKETS;
    s->buckets = ARENA_ARRAY(a, struct kept *, s->buckets_n);
    s->refs = 1;                         /* as the newest */
    return s;
}

static void let_go(struct rule_store *s)
{
    if (s && --s->refs == 0) arena_close(s->arena);
}

static void given_back(void *arg)
{
    pthread_mutex_lock(&lock);
    let_go(arg);
    pthread_mutex_unlock(&lock);
}

static bool has_codes_of(const struct rule_store *s, const struct conf *conf)
{
    if (s->codes.units_n != conf->units_n) return false;
    for (size_t i = 0; i < conf->units_n; i++)
        if (s->codes.units[i].id != conf->units[i].id
            || !str_eq(s->codes.units[i].code, conf->units[i].code))
            return false;
    return true;
}

struct rule_store *rule_store_open(const struct conf *conf, size_t rows_n)
{
    pthread_mutex_lock(&lock);
    if (!newest || !has_codes_of(newest, conf) || newest->n > 2 * rows_n + SPARE_VERSIONS) {
        let_go(newest);
        newest = begin(conf);
    }
    newest->refs++;
    arena_defer(conf->arena, given_back, newest);
    return newest;
}

void rule_store_ready(void)
{
    pthread_mutex_unlock(&lock);
}

/* ---- its versions ---------------------------------------------------------------------------- */

static struct kept **bucket_of(const struct rule_store *s, int64_t id, int64_t version)
{
    uint64_t h = ((uint64_t)id * 31 + (uint64_t)version) * UINT64_C(0x9e3779b97f4a7c15);

    return &s->buckets[(h >> 32) & (s->buckets_n - 1)];
}

static void grow(struct rule_store *s)
{
    struct kept **old = s->buckets;
    size_t old_n = s->buckets_n;

    s->buckets_n *= 2;
    s->buckets = ARENA_ARRAY(s->arena, struct kept *, s->buckets_n);
    for (size_t i = 0; i < old_n; i++)
        for (struct kept *k = old[i], *next; k; k = next) {
            struct kept **to = bucket_of(s, k->rule.id, k->rule.version);
            next = k->next;
            k->next = *to;
            *to = k;
        }
}

static void compile(struct rule_store *s, const struct rule_row *row, struct rule *out)
{
    struct json_reader reader = { .arena = s->arena };
    struct json_error error;
    struct json doc;
    struct rule_reading in = { .conf = &s->codes, .doc = &doc, .terms = &s->terms };

    if (json_parse(s->arena, str_of(row->doc), &doc, &error) != RC_OK
        || rule_read(&reader, &in, out) != RC_OK) {
        log_line(LOG_ALARM, "rule.unreadable", "id=%lld version=%lld at=%s reason=\"%s\"",
                 (long long)row->id, (long long)row->version,
                 reader.mistakes.n ? reader.mistakes.list[0].pointer : "",
                 reader.mistakes.n ? reader.mistakes.list[0].reason : "no JSON");
        *out = (struct rule){ .is_unreadable = true, .on = "" };
    }
    out->id = row->id;
    out->version = row->version;
}

static const struct kept *keep(struct rule_store *s, const struct rule_row *row)
{
    struct kept *k = *bucket_of(s, row->id, row->version), **to;

    /* The words too: what was altered in the database is not what was compiled. */
    while (k && (k->rule.id != row->id || k->rule.version != row->version
                 || !str_eq(k->doc, row->doc)))
        k = k->next;
    if (k) return k;
    if (s->n >= s->buckets_n) grow(s);
    k = ARENA_NEW(s->arena, struct kept);
    k->doc = arena_strdup(s->arena, row->doc);
    compile(s, &(struct rule_row){ .id = row->id, .version = row->version, .doc = k->doc },
            &k->rule);
    to = bucket_of(s, row->id, row->version);
    k->next = *to;
    *to = k;
    s->n++;
    return k;
}

/* What a unit is may change, and which unit a rule names may not. */
static const struct effect_step *with_units_of(struct conf *conf, const struct rule *r)
{
    struct effect_step *steps = ARENA_ARRAY(conf->arena, struct effect_step, r->then_n);

    for (size_t i = 0; i < r->then_n; i++) {
        steps[i] = r->then[i];
        if (steps[i].unit) steps[i].unit = conf_unit(conf, steps[i].unit->id);
    }
    return steps;
}

void rule_store_take(struct rule_store *s, struct conf *conf, const struct rule_row *row,
                     struct rule *out)
{
    *out = keep(s, row)->rule;
    out->config_version = row->config_version;
    out->effective_at = row->effective_at;
    out->name = arena_strdup(conf->arena, row->name);
    if (out->then_n) out->then = with_units_of(conf, out);
}

const struct rule_terms *rule_store_terms(const struct rule_store *s)
{
    return &s->terms;
}
