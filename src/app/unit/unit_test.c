/* Units: each statement of their doors broken. */
#include "core/ctx.h"
#include "test/harness/broken.h"
#include "test/harness/test.h"

static void a_unit(struct ctx *c, struct scene *s)
{
    s->if_match = "1";
    s->param = scene_id(c, "uni", shop_unit(c, arena_printf(c->arena, "U-%s", s->card), 30));
}

static struct write_case cases[] = {
    { "POST /v1/units", NULL, "{\"code\":\"U-POST\",\"name\":\"U\",\"valid_days\":10}", NULL,
      NULL },
    { "PUT /v1/units/{unit}", NULL, "{\"code\":\"U-CARD\",\"name\":\"V\",\"valid_days\":20}",
      a_unit, NULL },
    { "POST /v1/units/{unit}/archive", NULL, NULL, a_unit, NULL },
};
BROKEN_CASES(cases)
