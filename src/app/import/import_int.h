/* import_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/import/import.h"
#include "core/event/task.h"

enum { IMPORT_PARTS = 500, IMPORT_KEEP_DAYS = 90 };
#define IMPORT_BYTES INT64_C(268435456)      /* of one import, all parts */

extern const struct route_list import_routes;
extern const struct refusal_list import_refusals;
extern const struct task_kind import_task, import_forget_task;
