/* core_feature.c -- what the core itself brings: the fields and verbs that need no feature. */
#include "core/event/event_kind.h"
#include "core/core_feature.h"

#include "core/core_api.h"
#include "core/effect/effect.h"
#include "core/event/task.h"
#include "core/rule/field_core.h"
#include "core/timeline/timeline.h"

static const struct event_kind events[] = {
    { "points.spent", "使用點數", "points spent", NULL },
    { "points.spend_reversed", "點數退回", "a spend given back", NULL },
    { "points.adjusted", "點數調整", "points adjusted", NULL },
    { "points.expired", "點數到期", "points expired", NULL },
};
static const struct task_kind *const tasks[] = { &timeline_reconsider_task };

const struct feature feature_core = {
    .name = "core", .check = effect_tag_prove,
    .routes = core_routes, .routes_n = CORE_ROUTES_N,
    .permissions = core_permissions, .permissions_n = CORE_PERMISSIONS_N,
    .fields = core_fields, .fields_n = CORE_FIELDS_N,
    .effects = core_effects, .effects_n = CORE_EFFECTS_N,
    .events = events, .events_n = ARRAY_LEN(events),
    .tasks = tasks, .tasks_n = ARRAY_LEN(tasks),
};
