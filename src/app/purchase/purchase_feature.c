/* purchase_feature.c -- what sales bring to the product. */
#include "app/purchase/purchase_api.h"
#include "core/event/event_kind.h"

static const struct event_kind events[] = {
    { EVENT_SALE, "消費", "a sale", purchase_load },
    { "purchase.returned", "退貨", "a return", NULL },
    { "purchase.voided", "作廢", "a void", NULL },
};

const struct feature feature_purchase = {
    .name = "purchase", .routes = purchase_routes, .routes_n = PURCHASE_ROUTES_N,
    .permissions = purchase_permissions, .permissions_n = PURCHASE_PERMISSIONS_N,
    .fields = purchase_fields, .fields_n = PURCHASE_FIELDS_N, .events = events,
    .events_n = ARRAY_LEN(events), .check = purchase_prove, .seal_anew = purchase_seal_anew,
};
