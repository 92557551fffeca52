#include "core/serve/database.h"

#include <assert.h>
#include <stdio.h>
#include "core/ctx.h"
#include "core/run/run.h"
#include "core/seal/sealed.h"
#include "core/seal/secret.h"
#include "db/migrate.h"
#include "migrations.h"
#include "sql/conf_sql.h"

enum { MIGRATIONS_MAX = 1000 };

static enum rc migrate_all(struct db *db, char err[static 256])
{
    static struct migration list[MIGRATIONS_MAX];

    assert(migrations_n <= MIGRATIONS_MAX);
    for (size_t i = 0; i < migrations_n; i++)
        list[i] = (struct migration){ .name = migrations[i].name,
                                      .sql = (const char *)migrations[i].data,
                                      .len = migrations[i].len };
    return migrate_run(db, list, migrations_n, err);
}

static enum rc migrate(const struct engine_config *cfg, char err[static 256])
{
    struct db_config one = { .url = cfg->url, .is_new_ok = cfg->is_new_ok };
    struct db *db;
    enum rc rc = db_open(&one, &db, err);

    if (rc != RC_OK) return rc;
    rc = migrate_all(db, err);
    db_close(db);
    return rc;
}

/* ---- what a shop is born with, and its secret ------------------------------------------------ */

enum rc database_configure(struct ctx *c, const struct database_shop *shop)
{
    struct sql_config_add v = { .zone = shop->zone, .currency = shop->currency,
                                .phone_region = shop->phone_region,
                                .currency_decimals = shop->currency_decimals,
                                .is_simulated = shop->is_simulated };

    v.published_seal = PUBLISHED_SEAL(c, 0);
    v.seal = CONFIG_SEAL(c, &v);
    return sql_config_add(c, &v);
}

struct fitting {
    const char *url;
    const struct database_shop *shop;        /* NULL: it must be configured already */
    char *err;
};

/* For a new secret: the one that is there is made now, or was by a first attempt. */
static enum rc fit_anew(struct ctx *c, void *arg)
{
    const struct fitting *f = arg;
    struct sql_config_get known = { 0 };
    enum rc rc = sql_config_get(c, &known);

    if (rc == RC_OK) rc = secret_open(f->url, f->err);
    if (rc == RC_OK && known.seal == CONFIG_SEAL(c, &known)) {
        snprintf(f->err, 256, "this database has its secret: move that away first");
        return RC_CONFLICT;
    }
    if (rc != RC_NOT_FOUND) return rc;
    f->err[0] = '\0';                        /* that it was missing is no fault here */
    return secret_make(f->url, f->err);
}

/* The first row that was sealed says whose secret it was. */
static enum rc fit(struct ctx *c, void *arg)
{
    const struct fitting *f = arg;
    struct sql_config_get known = { 0 };
    enum rc rc = sql_config_get(c, &known);

    if (rc == RC_NOT_FOUND && f->shop) {
        rc = secret_make(f->url, f->err);
        return rc == RC_OK ? database_configure(c, f->shop) : rc;
    }
    if (rc == RC_OK) rc = secret_open(f->url, f->err);
    if (rc != RC_OK || known.seal == CONFIG_SEAL(c, &known)) return rc;
    snprintf(f->err, 256, "the secret is not this database's, or its configuration was altered");
    return RC_CONFLICT;
}

enum rc database_make(const char *url, const struct database_shop *shop, char err[static 256])
{
    struct arena *a = arena_open(1 << 20);
    struct fitting f = { url, shop, err };
    struct ctx c = { .arena = a };
    struct db_config one = { .url = url, .is_new_ok = true };
    enum rc rc = db_open(&one, &c.db, err);

    if (rc == RC_OK) {
        rc = migrate_all(c.db, err);
        if (rc == RC_OK) rc = db_prepare_all(c.db);
        if (rc == RC_OK) rc = db_begin(c.db);
        if (rc == RC_OK) rc = fit(&c, &f);
        if (rc == RC_OK) rc = db_commit(c.db);
        if (rc != RC_OK && !err[0]) snprintf(err, 256, "%.200s", db_error(c.db));
        db_close(c.db);
    }
    arena_close(a);
    return rc;
}

enum rc database_secret(struct engine *e, const char *url, char err[static 256])
{
    struct fitting f = { .url = url, .err = err };

    return run_read(&(struct run){ .engine = e, .fn = fit, .arg = &f }, NULL);
}

static enum rc open_with(const struct engine_config *cfg, run_fn *secret, struct engine **out,
                         char err[static 256])
{
    static const struct database_shop taipei = { .zone = "Asia/Taipei", .currency = "TWD",
                                                 .phone_region = "TW" };
    struct fitting f = { cfg->url, &taipei, err };
    enum rc rc = migrate(cfg, err);

    if (rc != RC_OK) return rc;
    rc = engine_open(cfg, out, err);
    if (rc != RC_OK) return rc;
    rc = run_write(&(struct run){ .engine = *out, .fn = secret, .arg = &f, .queue = QUEUE_OTHER },
                   NULL);
    if (rc == RC_OK) rc = run_conf_load(*out);
    if (rc == RC_OK) return RC_OK;
    if (!err[0])
        snprintf(err, 256, "the configuration in %.150s cannot be read",
                 db_url_shown(cfg->url, (char[DB_URL_SHOWN_MAX]){ 0 }));
    engine_close(*out);
    return rc;
}

enum rc database_open(const struct engine_config *cfg, struct engine **out, char err[static 256])
{
    return open_with(cfg, fit, out, err);
}

enum rc database_open_anew(const struct engine_config *cfg, struct engine **out,
                           char err[static 256])
{
    return open_with(cfg, fit_anew, out, err);
}
