/* core_feature.c -- what the core itself brings: the fields and verbs that need no feature. */
#include "core/event/event_kind.h"
#include "core/core_feature.h"

#include "core/effect/effect.h"
#include "core/event/task.h"
#include "core/rule/field_core.h"
#include "core/timeline/timeline.h"

static const struct permission permissions[] = {
    { "metrics.read", "讀取運作數據" },
    { "config.read", "讀取設定" },
    { "config.write", "變更設定" },
};
static const struct event_kind events[] = {
    { "points.expired", "點數到期", "points expired", NULL },
};
static const struct task_kind *const tasks[] = { &timeline_reconsider_task };

const struct feature feature_core = {
    .name = "core", .check = effect_tag_prove,
    .permissions = permissions, .permissions_n = ARRAY_LEN(permissions),
    .fields = core_fields, .fields_n = CORE_FIELDS_N,
    .effects = core_effects, .effects_n = CORE_EFFECTS_N,
    .events = events, .events_n = ARRAY_LEN(events),
    .tasks = tasks, .tasks_n = ARRAY_LEN(tasks),
};
