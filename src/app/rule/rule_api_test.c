/* Rules: each statement of their doors broken. */
#include "test/harness/broken.h"
#include "test/harness/test.h"

static void a_rule(struct ctx *c, struct scene *s)
{
    s->param = scene_id(c, "rul", shop_rule(c, "{\"name\":\"x\",\"on\":\"purchase\",\"then\":"
                                              "[{\"tag.add\":{\"tag\":\"x\"}}]}"));
    s->if_match = "1";
}

static struct write_case cases[] = {
    { "POST /v1/rules", NULL, "{\"name\":\"y\",\"on\":\"purchase\",\"when\":{\">\":"
      "[{\"var\":\"member.tier\"},7]},\"then\":[{\"points.grant\":{\"unit\":\"points\","
      "\"amount\":1}}]}", NULL, NULL },
    { "PUT /v1/rules/{rule}", NULL, "{\"name\":\"z\",\"on\":\"purchase\",\"then\":"
      "[{\"tag.add\":{\"tag\":\"z\"}}]}", a_rule, NULL },
    { "POST /v1/rules/{rule}/archive", NULL, NULL, a_rule, NULL },
};
BROKEN_CASES(cases)
