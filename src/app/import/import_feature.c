/* import_feature.c -- what imports bring to the product. */
#include "app/import/import_int.h"

static const struct permission permissions[] = {
    { "import.read", { "查看匯入", "see imports", "取込の閲覧" } },
    { "import.write", { "匯入消費紀錄", "import sales", "購入の取込" } },
};
static const struct task_kind *const tasks[] = { &import_task, &import_forget_task };

const struct feature feature_import = {
    .name = "import", .routes = &import_routes, .permissions = LIST(permission_list, permissions),
    .refusals = &import_refusals, .tasks = LIST(task_kind_list, tasks),
};
