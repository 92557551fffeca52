/* node.c -- see node.h. */
#include "core/run/node.h"

#include <stdio.h>

#include "core/ctx.h"
#include "core/run/run.h"
#include "sql/node_sql.h"

/* A fresh database hands out new numbers first: an old one may have run ahead of its clock. */
static enum rc pick(struct ctx *c, struct node *node, int64_t now)
{
    struct sql_node_next next = { 0 };
    struct sql_node_free idle = { .now = now };
    enum rc rc = sql_node_next(c, &next);

    node->n = next.n;
    if (rc != RC_OK || next.n <= ID_NODE_MAX) return rc;
    rc = sql_node_free(c, &idle);
    node->n = idle.n;
    return rc == RC_NOT_FOUND ? fail(c, RC_LIMIT, "node.none_free") : rc;
}

static enum rc lease(struct ctx *c, void *arg)
{
    struct node *node = arg;
    int64_t now = time_wall_ms();
    unsigned char noise[16];
    enum rc rc = pick(c, node, now);

    if (rc != RC_OK) return rc;
    rand_bytes(noise, sizeof noise);
    for (size_t i = 0; i < sizeof noise; i++) snprintf(node->secret + 2 * i, 3, "%02x", noise[i]);
    struct sql_node_claim claim = { .n = node->n, .now = now, .until_at = now + NODE_LEASE_MS,
                                    .secret = node->secret };
    rc = sql_node_claim(c, &claim);
    return rc == RC_NOT_FOUND ? RC_BUSY : rc;         /* somebody was faster: again */
}

enum rc node_lease(struct engine *e, struct node *out)
{
    return run_write(&(struct run){ .engine = e, .fn = lease, .arg = out, .queue = QUEUE_OTHER },
                     NULL);
}

struct renewal { const struct node *node; int64_t until_at; };

static enum rc renew(struct ctx *c, void *arg)
{
    const struct renewal *r = arg;
    struct sql_node_renew v = { .n = r->node->n, .until_at = r->until_at,
                                .secret = r->node->secret };

    return sql_node_renew(c, &v);
}

enum rc node_renew(struct engine *e, const struct node *node)
{
    struct renewal r = { node, time_wall_ms() + NODE_LEASE_MS };

    return run_write(&(struct run){ .engine = e, .fn = renew, .arg = &r, .queue = QUEUE_OTHER },
                     NULL);
}

void node_release(struct engine *e, const struct node *node)
{
    struct renewal r = { node, 0 };
    enum rc rc = run_write(&(struct run){ .engine = e, .fn = renew, .arg = &r,
                                          .queue = QUEUE_OTHER }, NULL);

    (void)rc;                                          /* otherwise it runs out by itself */
}
