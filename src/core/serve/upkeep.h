/* upkeep.h -- what a running server does beside its requests: keeps its number, and carries out
 * tasks and jobs, several at once, in threads of their own; always in small transactions. */
#pragma once
#include "core/run/node.h"

struct upkeep;
struct upkeep_config {
    struct engine *engine;
    const struct node *node;
    void (*on_fatal)(void *arg, const char *why);     /* the number is lost */
};
enum rc upkeep_open(const struct upkeep_config *cfg, struct upkeep **out) MUST_CHECK;
void    upkeep_close(struct upkeep *u);
