/* settle_due.h -- the walk over everybody for whom something is due: the daily job, the last
 * step of an import.  It changes when things are noticed, never what they are; it may be
 * stopped anywhere and run again, and two may run side by side. */
#pragma once
#include "core/event/task.h"
#include "db/engine.h"

/* Brings every member whose due_at lies at or before `now` up to it. */
enum rc settle_due(struct engine *engine, int64_t now) MUST_CHECK;

/* The same as a job that comes every minute. */
extern const struct task_kind timeline_settle_task;
