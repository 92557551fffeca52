/* The secret: made once with the database, and nobody comes in with another. */
#include "core/seal/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/serve/database.h"
#include "core/run/node.h"
#include "core/check/seal_anew.h"
#include "db/db_kit_test.h"

struct place { char secret[128], other[128]; const char *before; };

static void open_place(struct place *p, struct kit *k)
{
    static char dir[64];

    snprintf(dir, sizeof dir, "/tmp/regulars-secret-XXXXXX");
    NOT_NULL(mkdtemp(dir));
    snprintf(p->secret, sizeof p->secret, "%s/secret", dir);
    snprintf(p->other, sizeof p->other, "%s/other", dir);
    p->before = arena_strdup(k->c.arena, getenv("REGULARS_SECRET_FILE"));
    setenv("REGULARS_SECRET_FILE", p->secret, 1);
    db_close(k->c.db);                       /* the engine wants the database for itself */
    k->c.db = NULL;
}

static void close_place(struct place *p)
{
    setenv("REGULARS_SECRET_FILE", p->before, 1);
    unlink(p->secret);
    unlink(p->other);
    *strrchr(p->secret, '/') = '\0';
    rmdir(p->secret);
}

static enum rc open_shop(struct kit *k, char err[static 256])
{
    struct engine *engine;
    enum rc rc = database_open(&(struct engine_config){ .url = k->url, .is_new_ok = true },
                               &engine, err);

    if (rc == RC_OK) engine_close(engine);
    return rc;
}

static void write_secret(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    NOT_NULL(f);
    fputs(text, f);
    fclose(f);
}

BOTH(a_secret_is_made_with_the_database_and_kept)
{
    char err[256] = "", first[80] = "", again[80] = "";
    struct place p;
    struct stat st;
    FILE *f;

    open_place(&p, k);
    if (open_shop(k, err) != RC_OK) FAIL_TEST("%s", err);
    IS_INT(stat(p.secret, &st), 0);
    IS_INT(st.st_mode & 0777, 0600);
    IS_INT(st.st_size, 65);
    f = fopen(p.secret, "r");
    NOT_NULL(f);
    NOT_NULL(fgets(first, sizeof first, f));
    fclose(f);
    if (open_shop(k, err) != RC_OK) FAIL_TEST("%s", err);
    f = fopen(p.secret, "r");
    NOT_NULL(f);
    NOT_NULL(fgets(again, sizeof again, f));
    fclose(f);
    IS_STR(again, first);
    close_place(&p);
}

BOTH(nobody_comes_in_without_the_secret_or_with_another)
{
    static const char zeros[] = "00000000000000000000000000000000"
                                "00000000000000000000000000000000\n";
    char err[256] = "";
    struct place p;

    open_place(&p, k);
    if (open_shop(k, err) != RC_OK) FAIL_TEST("%s", err);
    IS_INT(rename(p.secret, p.other), 0);
    IS_INT(open_shop(k, err), RC_NOT_FOUND);
    NOT_NULL(strstr(err, "is missing"));
    err[0] = '\0';
    write_secret(p.secret, "00ff\n");
    IS_INT(open_shop(k, err), RC_INTERNAL);
    NOT_NULL(strstr(err, "is no secret"));
    err[0] = '\0';
    write_secret(p.secret, zeros);
    IS_INT(open_shop(k, err), RC_CONFLICT);
    NOT_NULL(strstr(err, "is not this database's"));
    IS_INT(rename(p.other, p.secret), 0);
    err[0] = '\0';
    if (open_shop(k, err) != RC_OK) FAIL_TEST("%s", err);
    close_place(&p);
}

/* With the whole program: killed in the middle it is said again, and others must have stopped. */
static enum rc seal_with_new(struct kit *k, int64_t *members, char err[static 256])
{
    struct seal_anew s = { .node = 0 };
    enum rc rc = database_open_anew(&(struct engine_config){ .url = k->url }, &s.engine, err);

    if (rc != RC_OK) return rc;
    rc = seal_anew(&s, members);
    engine_close(s.engine);
    return rc;
}

BOTH(a_lost_secret_is_made_anew_with_every_server_stopped)
{
    char err[256] = "";
    int64_t members = -1;
    struct engine *engine;
    struct node other;
    struct place p;

    open_place(&p, k);
    IS_INT(database_open(&(struct engine_config){ .url = k->url, .is_new_ok = true }, &engine,
                         err), RC_OK);
    IS_INT(node_lease(engine, &other), RC_OK);
    engine_close(engine);
    IS_INT(seal_with_new(k, &members, err), RC_CONFLICT);
    NOT_NULL(strstr(err, "has its secret"));
    IS_INT(unlink(p.secret), 0);
    IS_INT(seal_with_new(k, &members, err), RC_CONFLICT);      /* the other one runs */
    IS_INT(open_shop(k, err), RC_CONFLICT);                    /* begun, not done */
    IS_INT(database_open_anew(&(struct engine_config){ .url = k->url }, &engine, err), RC_OK);
    node_release(engine, &other);
    engine_close(engine);
    IS_INT(unlink(p.secret), 0);
    err[0] = '\0';
    IS_INT(seal_with_new(k, &members, err), RC_OK);
    IS_STR(err, "");
    IS_INT(members, 0);
    if (open_shop(k, err) != RC_OK) FAIL_TEST("%s", err);
    close_place(&p);
}
