/* Imports: each statement of their writes broken. */
#include "app/import/import_int.h"
#include "sql/import_job_sql.h"
#include "test/harness/broken.h"
#include "test/harness/test.h"

static int64_t an_import_of(struct ctx *c, int64_t created_at)
{
    struct sql_import_add v = {
        .id = id_next(c->ids), .store_id = conf_store_by_code(c->conf, "S1")->id,
        .file_name = "f", .map = "member=m,date=d,total=t", .mode = "book", .delimiter = ",",
        .provider = "card", .by_kind = "system", .now = created_at };
    struct sql_import_part_put part = { .import_id = v.id, .n = 1, .bytes_n = 6,
                                        .text = "m,d,t\n" };

    IS_INT(sql_import_add(c, &v), RC_OK);
    IS_INT(sql_import_part_put(c, &part), RC_OK);
    return v.id;
}

static void an_import(struct ctx *c, struct scene *s)
{
    s->other_id = an_import_of(c, c->now);
    s->param = scene_id(c, "imp", s->other_id);
}

static void an_old_import(struct ctx *c, struct scene *s)
{
    (void)s;
    an_import_of(c, c->now - (IMPORT_KEEP_DAYS + 1) * TIME_DAY_MS);
}

static enum rc put_again(struct ctx *c, const struct scene *s)
{
    struct sql_import_open open = { .id = s->other_id };
    struct sql_import_part_put part = { .import_id = s->other_id, .n = 2, .bytes_n = 1,
                                        .text = "x" };
    enum rc rc = sql_import_open(c, &open);

    return rc == RC_OK ? sql_import_part_put(c, &part) : rc;
}

static enum rc forget(struct ctx *c, const struct scene *s)
{
    struct job j = { .arena = c->arena };

    (void)s;
    return import_forget_task.go(c, &j);
}

static struct write_case cases[] = {
    { "POST /v1/imports", NULL,
      "{\"store\":\"S1\",\"file_name\":\"f\",\"map\":\"member=m,date=d,total=t\"}", NULL, NULL },
    { "PUT /v1/imports/{import}/parts/{part}", NULL, NULL, an_import, put_again },
    { "POST /v1/imports/{import}/start", NULL, "{\"dry_run\":false}", an_import, NULL },
    { "task imports.forget", NULL, NULL, an_old_import, forget },
};
BROKEN_CASES(cases)
