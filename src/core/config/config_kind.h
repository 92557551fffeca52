/* config_kind.h -- what a kind of configuration is to its author.
 *
 * A document is a struct of the kind's shape.  It is kept as JSON without what is absent, so that a
 * field added later is absent in the versions before. */
#pragma once
#include "core/config/config.h"

struct json_shape;

/* A document on its way in. */
struct config_check {
    struct ctx *c;
    const struct config_put *in;
    void *doc;                           /* to be completed: defaults, ids for codes */
    const void *old;                     /* the version it follows; NULL: it is new */
    const struct json_mistakes *mistakes;/* the answer, with RC_INVALID and more than one */
    const char *numbers;                 /* the answer: what the program adds to the document */
};
/* A version on its way into memory. */
struct config_make {
    struct arena *arena;                 /* lives as long as any snapshot with it */
    const struct conf *conf;             /* holds what was published before */
    const struct config_row *row;
    const struct config_item *before;    /* the version it follows; NULL: none */
    void *state;                         /* the kind's own, kept beside the versions */
};
/* What a version points to. */
struct config_pointed { const struct config_kind *kind; int64_t id; };
struct config_points { struct arena *arena; struct config_pointed *items; size_t n, cap; };

struct config_kind {
    const char *name;                    /* in the table: "unit" */
    const char *prefix, *path;           /* "uni", "/v1/units" */
    const struct json_shape *shape;
    bool is_single;                      /* one for the whole program, without id or code */
    bool is_dated;                       /* may be told from when it holds */
    const char *unknown, *code_taken;    /* refusals; without code_taken it has no code */
    const char *past;                    /* refusal at its door: it cannot hold from before now */
    /* Completes and judges; what it refuses is in c->err. */
    enum rc (*check)(struct config_check *k);
    /* The struct that the program works with; NULL: the version cannot be read any more. */
    const void *(*make)(const struct config_make *m);
    /* A view over all versions, in the snapshot (conf_view).  NULL: none. */
    const void *(*ready)(struct conf *conf, const struct config_set *set);
    /* NULL: it points to nothing. */
    void    (*points)(const struct config_item *item, struct config_points *out);
    size_t  state_size;                  /* of make's state; 0: none */
};

/* The document as one tree, in which a mistake has its place.  Refusals: config.too_large. */
struct json;
enum rc config_tree(struct ctx *c, const struct config_kind *kind, const void *doc,
                    struct json *out) MUST_CHECK;
/* Reads the row's document into the struct of the kind's shape.  False: it cannot be. */
bool config_doc(struct arena *a, const struct config_kind *kind, const struct config_row *row,
                void *doc);
void config_point(struct config_points *p, const struct config_kind *kind, int64_t id);
/* config_put() of a document that is still a tree.  Refusal before the others: config.invalid. */
enum rc config_put_tree(struct ctx *c, const struct config_put *in, const struct json *tree,
                        struct config_done *out) MUST_CHECK;
