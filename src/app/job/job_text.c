/* job_text.c -- what people read of the refusals of jobs. */
#include "app/job/job_int.h"

static const struct refusal refusals[] = {
    { "job.kind_unknown",
      { "沒有這種工作。",
        "There is no such kind of job.",
        "この種類のジョブはありません。" } },
    { "task.state",
      { "工作目前的狀態不能這樣做。",
        "The job is not in a state for that.",
        "ジョブの現在の状態ではこの操作はできません。" } },
    { "task.unknown",
      { "找不到這項工作。",
        "There is no such job.",
        "ジョブが見つかりません。" } },
};
const struct refusal_list job_refusals = LISTED(refusals);
