/* conf.c -- reading what is published, and lending the process's snapshot. */
#include "core/conf.h"

#include <assert.h>
#include <pthread.h>

#include "base/log.h"
#include "core/rule/rule.h"
#include "core/sealed.h"
#include "core/timeline/track.h"
#include "sql/conf_sql.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct conf *_Atomic current;

static enum debt_policy debt_policy_of(const char *text)
{
    if (str_eq(text, "forgive")) return DEBT_FORGIVE;
    return str_eq(text, "refuse") ? DEBT_REFUSE : DEBT_KEEP;
}

static const char *copy(struct arena *a, const char *s)
{
    return s ? arena_strdup(a, s) : NULL;
}

static enum rc read_units(struct ctx *c, struct conf *conf)
{
    struct sql_unit_all v = { 0 };
    enum rc rc = sql_unit_all(c, &v);
    struct unit *units = ARENA_ARRAY(conf->arena, struct unit, v.n + 1);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_unit_all_row *r = &v.rows[i];
        units[i] = (struct unit){
            .id = r->id, .version = r->version, .code = copy(conf->arena, r->code),
            .name = copy(conf->arena, r->name), .decimals = (int)r->decimals,
            .available_after_days = (int)r->available_after_days,
            .valid_days = (int)r->valid_days, .debt_policy = debt_policy_of(r->debt_policy),
            .is_revived = str_eq(r->reversal_policy, "revive"),
            .revive_days = (int)r->revive_days };
    }
    conf->units = units;
    conf->units_n = v.n;
    return rc;
}

static enum rc read_stores(struct ctx *c, struct conf *conf)
{
    struct sql_store_all v = { 0 };
    enum rc rc = sql_store_all(c, &v);
    struct store *stores = ARENA_ARRAY(conf->arena, struct store, v.n + 1);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct sql_store_all_row *r = &v.rows[i];
        const struct zone *zone = r->zone ? zone_find(r->zone) : conf->zone;
        stores[i] = (struct store){
            .id = r->id, .version = r->version, .company_id = r->company_id,
            .code = copy(conf->arena, r->code), .name = copy(conf->arena, r->name),
            .kind = copy(conf->arena, r->kind), .brand = copy(conf->arena, r->brand),
            .region = copy(conf->arena, r->region), .zone = zone ? zone : conf->zone,
            .day_cut_min = (int)r->day_cut_min };
    }
    conf->stores = stores;
    conf->stores_n = v.n;
    return rc;
}

static enum rc read_rules(struct ctx *c, struct conf *conf)
{
    struct sql_rule_all v = { 0 };
    enum rc rc = sql_rule_all(c, &v);
    struct rule_row *rows = ARENA_ARRAY(c->arena, struct rule_row, v.n + 1);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < v.n; i++)
        rows[i] = (struct rule_row){
            .id = v.rows[i].id, .version = v.rows[i].version,
            .config_version = v.rows[i].config_version,
            .effective_at = v.rows[i].effective_at, .name = v.rows[i].name,
            .doc = v.rows[i].doc };
    return rules_compile(conf, &(struct rule_rows){ rows, v.n });
}

static enum rc read_base(struct ctx *c, struct conf *conf)
{
    struct sql_config_get v = { 0 };
    enum rc rc = sql_config_get(c, &v);

    if (rc == RC_NOT_FOUND) return fail(c, RC_INTERNAL, "config.missing");
    if (rc != RC_OK) return rc;
    conf->version = v.version;
    conf->zone = zone_find(v.zone);
    conf->currency = copy(conf->arena, v.currency);
    conf->phone_region = copy(conf->arena, v.phone_region);
    conf->currency_decimals = (int)v.currency_decimals;
    conf->is_simulated = v.is_simulated != 0;
    return conf->zone ? RC_OK : fail(c, RC_INTERNAL, "config.zone_unknown");
}

static enum rc read_parts(struct ctx *c, struct conf *conf)
{
    const struct track *track = track_find();
    enum rc rc = read_base(c, conf);

    if (rc == RC_OK) rc = read_units(c, conf);
    if (rc == RC_OK) rc = read_stores(c, conf);
    if (rc == RC_OK) rc = read_rules(c, conf);
    if (rc == RC_OK && track) rc = track->conf_read(c, conf);
    return rc;
}

/* Within a write on PostgreSQL each statement sees what was committed before it.  Every publication
 * counts the number up: where it is the same at both ends, the parts are of one. */
enum rc conf_read(struct ctx *c, struct conf **out)
{
    struct sql_config_newest newest = { 0 };

    for (;;) {
        struct arena *a = arena_open((size_t)1 << 30);
        struct conf *conf = ARENA_NEW(a, struct conf);
        conf->arena = a;
        enum rc rc = read_parts(c, conf);
        if (rc == RC_OK) rc = sql_config_newest(c, &newest);
        *out = conf;
        if (rc == RC_OK && newest.version == conf->version) return RC_OK;
        conf_free(conf);
        if (rc != RC_OK) return rc;
    }
}

void conf_free(struct conf *conf)
{
    arena_close(conf->arena);
}

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
    enum rc rc = conf_read(c, &fresh);

    if (rc != RC_OK) return rc;
    conf_install(fresh);
    return RC_BUSY;
}

enum rc conf_publish(struct ctx *c, int64_t *version)
{
    struct sql_config_publish v = { 0 };
    enum rc rc = sql_config_publish(c, &v);

    *version = v.version;
    c->is_published = rc == RC_OK;
    return rc;
}

/* Half of each seal: the sum of a million fits. */
static int64_t part(int64_t seal)
{
    return seal % ((int64_t)1 << 32);
}

enum rc conf_sealed(struct ctx *c, struct conf_sealed s)
{
    struct sql_config_count v = { .delta = part(s.is) - part(s.was) };
    struct sql_config_counted counted = { 0 };
    enum rc rc = sql_config_count(c, &v);

    if (rc != RC_OK) return rc;
    counted.published_seal = PUBLISHED_SEAL(c, v.published_sum);
    return sql_config_counted(c, &counted);
}

const struct unit *conf_unit(const struct conf *conf, int64_t id)
{
    for (size_t i = 0; i < conf->units_n; i++)
        if (conf->units[i].id == id) return &conf->units[i];
    return NULL;
}

const struct unit *conf_unit_by_code(const struct conf *conf, const char *code)
{
    for (size_t i = 0; i < conf->units_n; i++)
        if (str_eq(conf->units[i].code, code)) return &conf->units[i];
    return NULL;
}

const struct store *conf_store(const struct conf *conf, int64_t id)
{
    size_t lo = 0, hi = conf->stores_n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (conf->stores[mid].id < id) lo = mid + 1;
        else                           hi = mid;
    }
    return lo < conf->stores_n && conf->stores[lo].id == id ? &conf->stores[lo] : NULL;
}

const struct store *conf_store_by_code(const struct conf *conf, const char *code)
{
    for (size_t i = 0; i < conf->stores_n; i++)
        if (str_eq(conf->stores[i].code, code)) return &conf->stores[i];
    return NULL;
}
