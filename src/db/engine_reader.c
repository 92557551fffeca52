/* Connections for reads, lent out and taken back; made when first needed. */
#include <stdio.h>
#include "base/log.h"
#include "base/time.h"
#include "db/engine_private.h"

#define READER_WAIT_MS 1000

void engine_readers_init(struct engine *e)
{
    pthread_mutex_init(&e->readers.lock, NULL);
    engine_cond_init(&e->readers.freed);
}

void engine_readers_close(struct engine *e)
{
    struct engine_readers *r = &e->readers;

    if (r->free_n != r->made_n)
        log_line(LOG_WARN, "db.readers", "%d not given back", r->made_n - r->free_n);
    while (r->free_n > 0) db_close(r->free[--r->free_n]);
    pthread_cond_destroy(&r->freed);
    pthread_mutex_destroy(&r->lock);
}

static enum rc reader_make(struct engine *e, struct db **out)
{
    char err[256];
    enum rc rc = db_open(&(struct db_config){ .url = e->cfg.url, .is_readonly = true }, out, err);
    if (rc == RC_OK) return RC_OK;
    log_line(LOG_WARN, "db.reader", "%s", err);
    return RC_BUSY;
}

enum rc engine_reader(struct engine *e, struct db **out)
{
    struct engine_readers *r = &e->readers;
    int64_t until_ms = time_mono_ms() + READER_WAIT_MS;

    *out = NULL;
    pthread_mutex_lock(&r->lock);
    while (r->free_n == 0 && r->made_n == ENGINE_READERS_MAX) {
        if (engine_cond_wait(&r->freed, &r->lock, until_ms)) continue;
        pthread_mutex_unlock(&r->lock);
        return RC_BUSY;
    }
    bool is_new = r->free_n == 0;
    if (is_new) r->made_n++;
    else *out = r->free[--r->free_n];
    pthread_mutex_unlock(&r->lock);
    if (!is_new) return RC_OK;
    enum rc rc = reader_make(e, out);
    if (rc == RC_OK) return RC_OK;
    pthread_mutex_lock(&r->lock);
    r->made_n--;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->lock);
    return rc;
}

void engine_reader_return(struct engine *e, struct db *db)
{
    struct engine_readers *r = &e->readers;

    db_rollback(db);                          /* a read left open would hold the log up */
    pthread_mutex_lock(&r->lock);
    r->free[r->free_n++] = db;
    pthread_cond_signal(&r->freed);
    pthread_mutex_unlock(&r->lock);
}
