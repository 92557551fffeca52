/* core_feature.c -- what the core itself brings: the fields and verbs that need no feature. */
#include "core/event/event_kind.h"
#include "core/core_feature.h"

#include "core/effect/effect.h"
#include "core/event/task.h"
#include "core/rule/field_core.h"
#include "core/timeline/settle_due.h"
#include "core/timeline/timeline.h"

static const struct permission permissions[] = {
    { "metrics.read", { "讀取運作數據", "read metrics", "稼働データの閲覧" } },
    { "config.read", { "讀取設定", "read the configuration", "設定の閲覧" } },
    { "config.write", { "變更設定", "change the configuration", "設定の変更" } },
};
static const struct event_kind events[] = {
    { "points.expired", { "點數到期", "points expired", "ポイント失効" }, NULL },
};
static const struct task_kind *const tasks[] = { &timeline_reconsider_task,
                                                 &timeline_settle_task };

const struct feature feature_core = {
    .name = "core", .check = effect_tag_prove,
    .permissions = LIST(permission_list, permissions), .refusals = &core_refusals,
    .fields = &core_fields,
    .effects = &core_effects,
    .events = LIST(event_kind_list, events),
    .tasks = LIST(task_kind_list, tasks),
};
