/* job_feature.c -- what jobs bring to the product. */
#include "app/job/job_int.h"

static const struct permission permissions[] = {
    { "job.read", { "查看背景工作", "see jobs", "ジョブの閲覧" } },
    { "job.write", { "啟動、暫停與重試背景工作", "start, pause and retry jobs",
                     "ジョブの開始・停止・再試行" } },
};
static const struct task_kind *const tasks[] = { &job_forget_task, &job_check_task };

const struct feature feature_job = {
    .name = "job", .routes = &job_routes, .permissions = LIST(permission_list, permissions),
    .refusals = &job_refusals, .tasks = LIST(task_kind_list, tasks),
};
