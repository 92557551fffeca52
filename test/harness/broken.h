/* broken.h -- the list of writes that are run with each of their statements broken
 * (core/run/broken_test.c).  A feature names its own beside it:
 *
 *     static struct write_case cases[] = {
 *         { "POST /v1/vouchers/{voucher}/redeem", NULL, "{\"sale\":\"…\"}", a_voucher, NULL },
 *     };
 *     BROKEN_CASES(cases)
 *
 * once in a test file.  A line of the API, or a kind of task, that has none makes the list red. */
#pragma once
#include "test/harness/shop.h"

/* What a case stands on: its own card, and what `before` made. */
struct scene {
    const char *param, *if_match, *key;
    int64_t member_id, sale_id, spend_id, other_id;
    char card[16];
};
struct write_case {
    const char *line;                    /* "POST /v1/members", "task reconsider", "command …" */
    const char *how;                     /* which way through it; NULL: the only one */
    const char *body;                    /* "CARD" stands for the member's card */
    void (*before)(struct ctx *c, struct scene *s);
    enum rc (*run)(struct ctx *c, const struct scene *s);        /* NULL: the route's handler */
    const struct write_case *next;
};
void broken_register(struct write_case *list, size_t n);
/* An id as the API writes it. */
const char *scene_id(struct ctx *c, const char *prefix, int64_t id);

#define BROKEN_CASES(list)                                                                      \
    __attribute__((constructor)) static void list##_register_(void)                             \
    {                                                                                           \
        broken_register(list, ARRAY_LEN(list));                                                 \
    }
