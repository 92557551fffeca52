#include "core/door/router.h"

#include <stdio.h>
#include <string.h>

struct node {
    struct str literal;                      /* of this segment; unused below a {parameter} */
    struct node *first, *sibling, *param;
    void *targets[ROUTE_METHODS];
    bool is_end;
};
struct router { struct arena *arena; struct node root; };

static const char *const names[ROUTE_METHODS] = {
    [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
};

const char *route_method_name(enum route_method m)
{
    return names[m];
}

int route_method_of(const char *text)
{
    for (int i = 0; i < ROUTE_METHODS; i++)
        if (strcmp(text, names[i]) == 0) return i;
    return strcmp(text, "HEAD") == 0 ? GET : -1;
}

struct router *router_open(struct arena *a)
{
    struct router *r = ARENA_NEW(a, struct router);

    r->arena = a;
    return r;
}

/* The segment after the '/' that *path begins with.  False: there is none. */
static bool next_segment(struct str *path, struct str *out)
{
    const char *end;

    if (path->n == 0 || path->p[0] != '/') return false;
    end = memchr(path->p + 1, '/', path->n - 1);
    out->p = path->p + 1;
    out->n = end == NULL ? path->n - 1 : (size_t)(end - out->p);
    *path = (struct str){ out->p + out->n, path->n - 1 - out->n };
    return true;
}

static bool is_param(struct str segment)
{
    return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

static bool is_same(struct str a, struct str b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* ---- building ---- */

static struct node *child(struct router *r, struct node *at, struct str segment)
{
    struct node *n;

    if (is_param(segment)) {
        if (at->param == NULL) at->param = ARENA_NEW(r->arena, struct node);
        return at->param;
    }
    for (n = at->first; n != NULL; n = n->sibling)
        if (is_same(n->literal, segment)) return n;
    n = ARENA_NEW(r->arena, struct node);
    n->literal = segment;
    n->sibling = at->first;
    at->first = n;
    return n;
}

enum rc router_add(struct router *r, const struct route_place *place, char err[static 256])
{
    struct str rest = str_of(place->path), segment;
    struct node *at = &r->root;
    int params = 0, segments = 0;

    bool is_path = rest.n > 1;

    while (is_path && next_segment(&rest, &segment)) {
        if (is_param(segment)) params++;
        is_path = segment.n > 0 && ++segments <= ROUTE_SEGMENTS && params <= ROUTE_PARAMS;
        if (is_path) at = child(r, at, segment);
    }
    if (!is_path || rest.n > 0) {
        snprintf(err, 256, "route %.150s: not a path we can serve", place->path);
        return RC_INVALID;
    }
    if (at->targets[place->method] != NULL) {
        snprintf(err, 256, "route %s %.150s is there twice", names[place->method], place->path);
        return RC_INVALID;
    }
    at->targets[place->method] = place->target;
    at->is_end = true;
    return RC_OK;
}

/* ---- finding ---- */

/* How far a walk has come: it goes back when a literal led nowhere. */
struct walk { struct str rest; struct str params[ROUTE_PARAMS]; int params_n, depth; };

static const struct node *walk(const struct node *at, struct walk *w)
{
    struct walk before = *w;
    const struct node *n, *end = NULL;
    struct str segment;

    if (w->rest.n == 0) return at->is_end ? at : NULL;
    if (w->depth++ == ROUTE_SEGMENTS || !next_segment(&w->rest, &segment)) return NULL;
    before.rest = w->rest;
    before.depth = w->depth;
    for (n = at->first; n != NULL && !is_same(n->literal, segment);) n = n->sibling;
    if (n != NULL) end = walk(n, w);
    if (end != NULL || at->param == NULL || segment.n == 0 || before.params_n == ROUTE_PARAMS)
        return end;
    *w = before;
    w->params[w->params_n++] = segment;
    return walk(at->param, w);
}

static void list_methods(const struct node *at, char allow[static 48])
{
    size_t n = 0;

    for (int i = 0; i < ROUTE_METHODS; i++)
        if (at->targets[i] != NULL)
            n += (size_t)snprintf(allow + n, 48 - n, "%s%s", n == 0 ? "" : ", ", names[i]);
}

bool router_find(const struct router *r, struct str path, int method, struct route_match *out)
{
    struct walk w = { .rest = path };
    const struct node *at = path.n > 0 ? walk(&r->root, &w) : NULL;

    *out = (struct route_match){ 0 };
    if (at == NULL) return false;
    memcpy(out->params, w.params, sizeof out->params);
    out->target = method < 0 ? NULL : at->targets[method];
    if (out->target == NULL) list_methods(at, out->allow);
    return true;
}
