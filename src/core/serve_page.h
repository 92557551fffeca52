/* serve_page.h -- the pages of the running program itself: /healthz, /readyz, /metrics. */
#pragma once
#include <stdatomic.h>
#include "core/door.h"
#include "core/node.h"
#include "core/upkeep.h"

struct serve {
    struct engine *engine;
    struct door *door;
    struct http *http;
    struct node node;
    struct upkeep *upkeep;
    bool is_metrics_public;
    atomic_llong refreshed_ms;               /* time_mono_ms() of the last good look at the data */
    atomic_bool is_stopping;
};
extern const struct door_page serve_pages[];
extern const size_t serve_pages_n;
