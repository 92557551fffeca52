/* router.h -- from a method and a path to what serves it: a tree of segments, compiled once.
 *
 * A literal segment wins over a {parameter}; when it leads nowhere the parameter is tried, so that
 * /v1/members/identify and /v1/members/{member}/events live together. */
#pragma once
#include "core/route.h"

enum { ROUTE_METHODS = 5, ROUTE_PARAMS = 4, ROUTE_SEGMENTS = 16 };

struct router;
struct router *router_open(struct arena *a);
/* RC_INVALID with a reason: a bad path, too many parameters, taken already. */
struct route_place { enum route_method method; const char *path; void *target; };
enum rc router_add(struct router *r, const struct route_place *place, char err[static 256])
    MUST_CHECK;

struct route_match {
    void *target;                            /* NULL: the path is known, the method is not */
    struct str params[ROUTE_PARAMS];         /* as sent, not decoded */
    char allow[48];                          /* "GET, POST" */
};
/* False: no such path.  An unknown method (-1) finds no target. */
bool router_find(const struct router *r, struct str path, int method, struct route_match *out);

int         route_method_of(const char *text);       /* HEAD is GET; -1: none of ours */
const char *route_method_name(enum route_method m);
