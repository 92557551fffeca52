/* pointer.h -- where in a JSON text a reader stands: a chain on the stack, written out as an
 * RFC 6901 pointer ("/lines/0/sku") only once there is a mistake to report. */
#pragma once
#include "base/arena.h"

struct json_place {
    const struct json_place *up;      /* NULL: the root, which has no step of its own */
    const char *key;                  /* NULL: an item of a list */
    size_t index;
};

const char *json_pointer(struct arena *a, const struct json_place *at);
