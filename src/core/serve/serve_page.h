/* serve_page.h -- the pages of the running program itself: /healthz, /readyz, /metrics. */
#pragma once
#include <stdatomic.h>
#include "core/door/door.h"
#include "core/run/node.h"
#include "core/serve/upkeep.h"

enum { SERVE_PAGES_N = 3 };

struct serve {
    struct door_page pages[SERVE_PAGES_N];
    struct engine *engine;
    struct door *door;
    struct http *http;
    struct node node;
    struct upkeep *upkeep;
    atomic_llong refreshed_ms;               /* time_mono_ms() of the last good look at the data */
    atomic_bool is_stopping;
};

/* As they are unless the operator says --metrics-public. */
extern const struct door_page serve_pages[SERVE_PAGES_N];
