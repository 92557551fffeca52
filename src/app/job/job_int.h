/* job_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/job/job.h"
#include "core/event/task.h"

extern const struct route_list job_routes;
extern const struct refusal_list job_refusals;
extern const struct task_kind job_forget_task, job_check_task;
