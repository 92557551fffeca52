/* purchase_feature.c -- what sales bring to the product. */
#include "app/purchase/purchase_api.h"
#include "core/event/event_kind.h"

static const struct event_kind events[] = {
    { EVENT_SALE, { "消費", "a sale", "購入" }, purchase_load },
    { "purchase.returned", { "退貨", "a return", "返品" }, NULL },
    { "purchase.voided", { "作廢", "a void", "取消" }, NULL },
};

const struct feature feature_purchase = {
    .name = "purchase", .routes = &purchase_routes, .permissions = &purchase_permissions,
    .fields = &purchase_fields, .events = LIST(event_kind_list, events),
    .refusals = &purchase_refusals, .check = purchase_prove, .seal_anew = purchase_seal_anew,
};
