/* conf.c -- reading what is published, and lending the process's snapshot. */
#include "core/config/conf.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/config_store.h"
#include "core/seal/sealed.h"
#include "sql/conf_sql.h"
#include "sql/config_sql.h"

enum { PAGE_ROWS = 500 };
#define SNAPSHOT_BYTES ((size_t)1 << 30)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct conf *_Atomic current;

/* ---- reading -------------------------------------------------------------------------------- */

static const char *copy(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

static enum rc read_base(struct ctx *c, struct conf *conf)
{
    struct sql_config_get v = { 0 };
    enum rc rc = sql_config_get(c, &v);

    if (rc == RC_NOT_FOUND) return fail(c, RC_INTERNAL, "config.missing");
    if (rc != RC_OK) return rc;
    conf->version = v.version;
    conf->published_sum = v.published_sum;
    conf->zone = zone_find(v.zone);
    conf->currency = copy(conf->arena, v.currency);
    conf->phone_region = copy(conf->arena, v.phone_region);
    conf->currency_decimals = (int)v.currency_decimals;
    conf->is_simulated = v.is_simulated != 0;
    return conf->zone ? RC_OK : fail(c, RC_INTERNAL, "config.zone_unknown");
}

/* While one kind is read: what came newly is behind what was there. */
struct growing { const struct config_item **items; size_t n, cap, old_n; };
struct reading {
    struct ctx *c;
    struct conf *conf;
    const struct conf *before;
    int64_t sum;                         /* of the seals that were read */
};

static void take(struct reading *r, const struct config_kind *kind, struct growing *set,
                 const struct sql_config_since_row *row)
{
    struct config_row own = {
        .id = row->id, .version = row->version, .config_version = row->config_version,
        .effective_at = row->effective_at, .code = row->code, .name = row->name, .doc = row->doc,
        .numbers = row->numbers, .is_archived = row->is_archived != 0, .seal = row->seal };

    r->sum += SEAL_PART(row->seal);
    *ARENA_PUSH(r->conf->arena, set->items, set->n, set->cap) =
        config_store_take(r->conf->store, r->conf, kind, &own);
}

static enum rc read_rows(struct reading *r, const struct config_kind *kind, struct growing *set)
{
    struct sql_config_since v = {
        .kind = kind->name, .config_version = r->before ? r->before->version : -1,
        .id = INT64_MAX, .version = INT64_MAX, .max = PAGE_ROWS };
    enum rc rc = RC_OK;

    for (v.n = PAGE_ROWS; rc == RC_OK && v.n == PAGE_ROWS;) {
        struct arena_mark mark = arena_mark(r->c->arena);
        rc = sql_config_since(r->c, &v);
        for (size_t i = 0; rc == RC_OK && i < v.n; i++) take(r, kind, set, &v.rows[i]);
        if (rc == RC_OK && v.n) {
            v.config_version = v.rows[v.n - 1].config_version;
            v.id = v.rows[v.n - 1].id;
            v.version = v.rows[v.n - 1].version;
        }
        arena_rewind(r->c->arena, mark);
    }
    return rc;
}

static int by_version(const void *a, const void *b)
{
    const struct config_item *x = *(const struct config_item *const *)a;
    const struct config_item *y = *(const struct config_item *const *)b;

    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return x->version < y->version ? -1 : x->version > y->version;
}

static int by_code(const void *a, const void *b)
{
    const struct config_item *x = *(const struct config_item *const *)a;
    const struct config_item *y = *(const struct config_item *const *)b;

    return strcmp(x->code, y->code);
}

/* Behind all of the first n that do not come after it. */
static size_t place_of(const struct growing *set, size_t n, const struct config_item *item)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (by_version(&set->items[mid], &item) <= 0) lo = mid + 1;
        else                                          hi = mid;
    }
    return lo;
}

/* The few that came newly, each to its place among those in order. */
static void put_in_order(struct growing *set)
{
    if (set->old_n == 0 || set->n - set->old_n > 64) {
        if (set->n) qsort(set->items, set->n, sizeof *set->items, by_version);
        return;
    }
    for (size_t i = set->old_n; i < set->n; i++) {
        const struct config_item *item = set->items[i];
        size_t k = place_of(set, i, item);
        memmove(&set->items[k + 1], &set->items[k], (i - k) * sizeof *set->items);
        set->items[k] = item;
    }
}

static bool is_newest(const struct config_set *set, size_t i)
{
    return i + 1 == set->n || set->items[i + 1]->id != set->items[i]->id;
}

static void index_codes(struct arena *a, const struct config_kind *kind, struct config_set *set)
{
    const struct config_item **codes = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; kind->code_taken && i < set->n; i++)
        if (is_newest(set, i) && set->items[i]->code)
            *ARENA_PUSH(a, codes, n, cap) = set->items[i];
    if (n) qsort(codes, n, sizeof *codes, by_code);
    set->by_code = codes;
    set->by_code_n = n;
}

static void begin_set(const struct reading *r, size_t slot, struct growing *set)
{
    const struct config_set *old = r->before ? &r->before->sets[slot] : NULL;

    *set = (struct growing){ 0 };
    if (!old || old->n == 0) return;
    set->n = set->old_n = old->n;
    set->cap = old->n + 16;
    set->items = ARENA_ARRAY(r->conf->arena, const struct config_item *, set->cap);
    memcpy(set->items, old->items, old->n * sizeof *set->items);
}

/* In the order of the wiring: a kind may look at those before it. */
static enum rc read_kinds(struct reading *r)
{
    const struct config_kind *const *kinds;
    size_t n = config_kinds(&kinds);
    struct conf *conf = r->conf;
    enum rc rc = RC_OK;

    conf->sets = ARENA_ARRAY(conf->arena, struct config_set, n);
    conf->views = ARENA_ARRAY(conf->arena, const void *, n);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct growing set;
        begin_set(r, i, &set);
        rc = read_rows(r, kinds[i], &set);
        if (rc != RC_OK) break;
        put_in_order(&set);
        conf->sets[i] = (struct config_set){ .items = set.items, .n = set.n };
        index_codes(conf->arena, kinds[i], &conf->sets[i]);
        if (kinds[i]->ready) conf->views[i] = kinds[i]->ready(conf, &conf->sets[i]);
    }
    return rc;
}

static void give_back(void *store)
{
    config_store_release(store);
}

/* Together with what was there before it must add up to all that is published: otherwise `before`
 * knew something that never was, and everything is read again. */
static enum rc read_parts(struct reading *r, bool *is_whole)
{
    struct conf *conf = r->conf;
    enum rc rc = read_base(r->c, conf);

    *is_whole = true;
    if (rc != RC_OK) return rc;
    conf->store = config_store_open(r->before);
    rc = read_kinds(r);
    config_store_ready();
    arena_defer(conf->arena, give_back, conf->store);
    if (rc == RC_OK && r->before)
        *is_whole = r->before->published_sum + r->sum == conf->published_sum;
    return rc;
}

/* Within a write on PostgreSQL each statement sees what was committed before it.  Every publication
 * counts the number up: where it is the same at both ends, the parts are of one. */
enum rc conf_read(struct ctx *c, const struct conf *before, struct conf **out)
{
    struct sql_config_newest newest = { 0 };

    for (;;) {
        struct arena *a = arena_open(SNAPSHOT_BYTES);
        struct conf *conf = ARENA_NEW(a, struct conf);
        struct reading r = { .c = c, .conf = conf, .before = before };
        bool is_whole;
        conf->arena = a;
        enum rc rc = read_parts(&r, &is_whole);
        if (rc == RC_OK) rc = sql_config_newest(c, &newest);
        *out = conf;
        if (rc == RC_OK && is_whole && newest.version == conf->version) return RC_OK;
        conf_free(conf);
        if (rc != RC_OK) return rc;
        if (!is_whole) before = NULL;
    }
}

void conf_free(struct conf *conf)
{
    arena_close(conf->arena);
}

/* ---- lending -------------------------------------------------------------------------------- */

const struct conf *conf_acquire(void)
{
    pthread_mutex_lock(&lock);
    struct conf *conf = current;
    if (conf) conf->refs++;
    pthread_mutex_unlock(&lock);
    return conf;
}

/* What is held cannot be freed, so the same address is the same snapshot. */
const struct conf *conf_renew(const struct conf *held)
{
    if (held && held == current) return held;
    conf_release(held);
    return conf_acquire();
}

void conf_release(const struct conf *conf)
{
    struct conf *mine = (struct conf *)(uintptr_t)conf;
    bool is_last;

    if (!mine) return;
    pthread_mutex_lock(&lock);
    is_last = --mine->refs == 0;
    pthread_mutex_unlock(&lock);
    if (is_last) conf_free(mine);
}

void conf_install(struct conf *conf)
{
    struct conf *old;

    conf->refs = 1;                     /* the process's own */
    pthread_mutex_lock(&lock);
    old = current && current->version > conf->version ? conf : current;
    if (old != conf) current = conf;
    pthread_mutex_unlock(&lock);
    conf_release(old);
}

enum rc conf_refresh(struct ctx *c)
{
    struct conf *fresh;
    enum rc rc = conf_read(c, c->conf, &fresh);

    if (rc != RC_OK) return rc;
    conf_install(fresh);
    return RC_BUSY;
}

/* ---- looking -------------------------------------------------------------------------------- */

const void *conf_view(const struct conf *conf, const struct config_kind *kind)
{
    return conf->views[config_slot(kind)];
}

const struct config_set *conf_set(const struct conf *conf, const struct config_kind *kind)
{
    return &conf->sets[config_slot(kind)];
}

const struct config_item *conf_item(const struct conf *conf, const struct config_kind *kind,
                                    int64_t id)
{
    const struct config_set *set = conf_set(conf, kind);
    size_t lo = 0, hi = set->n;

    while (lo < hi) {                   /* the first beyond it */
        size_t mid = (lo + hi) / 2;
        if (set->items[mid]->id <= id) lo = mid + 1;
        else                           hi = mid;
    }
    return lo > 0 && set->items[lo - 1]->id == id ? set->items[lo - 1] : NULL;
}

const struct config_item *conf_item_by_code(const struct conf *conf,
                                            const struct config_kind *kind, const char *code)
{
    const struct config_set *set = conf_set(conf, kind);
    size_t lo = 0, hi = set->by_code_n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = strcmp(set->by_code[mid]->code, code);
        if (order == 0) return set->by_code[mid];
        if (order < 0) lo = mid + 1;
        else           hi = mid;
    }
    return NULL;
}

const struct config_item *conf_item_by_ref(const struct conf *conf, const struct config_kind *kind,
                                           const char *ref)
{
    int64_t id;

    return id_parse(kind->prefix, ref, &id) ? conf_item(conf, kind, id)
                                            : conf_item_by_code(conf, kind, ref);
}
