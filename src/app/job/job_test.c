/* Jobs: each statement of their doors broken; the machinery has task_test.c. */
#include "core/event/task.h"
#include "test/harness/broken.h"
#include "test/harness/test.h"

static void a_job(struct ctx *c, struct scene *s)
{
    int64_t id;

    IS_INT(job_add(c, task_kind_find("check"), NULL, &id), RC_OK);
    s->param = scene_id(c, "job", id);
}

static void in_state(struct ctx *c, struct scene *s, const char *state)
{
    a_job(c, s);
    shop_i64(c, "UPDATE task SET state = '%s' WHERE id = (SELECT MAX(id) FROM task)"
                " RETURNING id", state);
}

static void a_paused_job(struct ctx *c, struct scene *s)
{
    in_state(c, s, "paused");
}

static void a_failed_job(struct ctx *c, struct scene *s)
{
    in_state(c, s, "failed");
}

static struct write_case cases[] = {
    { "POST /v1/jobs", NULL, "{\"kind\":\"check\"}", NULL, NULL },
    { "POST /v1/jobs/{job}/pause", NULL, NULL, a_job, NULL },
    { "POST /v1/jobs/{job}/resume", NULL, NULL, a_paused_job, NULL },
    { "POST /v1/jobs/{job}/cancel", NULL, NULL, a_job, NULL },
    { "POST /v1/jobs/{job}/retry", NULL, NULL, a_failed_job, NULL },
};
BROKEN_CASES(cases)
