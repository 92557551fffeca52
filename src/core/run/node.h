/* node.h -- a running program's number, 0 to 1023: it makes its ids unique among all that
 * share a database.  A number is a leased row; who cannot renew it stops, for its ids might
 * meet another's. */
#pragma once
#include "db/engine.h"

#define NODE_LEASE_MS 60000

struct node { int64_t n; char secret[33]; };

/* Takes the number that has been free the longest.  Refusal: RC_LIMIT when all are taken. */
enum rc node_lease(struct engine *e, struct node *out) MUST_CHECK;
/* RC_NOT_FOUND: it is another's now. */
enum rc node_renew(struct engine *e, const struct node *node) MUST_CHECK;
/* For the next one at once. */
void    node_release(struct engine *e, const struct node *node);
