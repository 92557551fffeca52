/* Companies and stores: each statement of their doors broken. */
#include "core/ctx.h"
#include "test/harness/broken.h"
#include "test/harness/test.h"

static void a_company(struct ctx *c, struct scene *s)
{
    const char *code = arena_printf(c->arena, "C-%s", s->card);

    s->param = scene_id(c, "cmp", shop_config(c, &company_kind, &(struct company_doc){ code, code,
                                                                                      NULL }));
    s->if_match = "1";
}

static void a_store(struct ctx *c, struct scene *s)
{
    const char *code = arena_printf(c->arena, "S-%s", s->card);

    s->param = scene_id(c, "sto", shop_config(c, &store_kind, &(struct store_doc){
        .code = code, .name = code }));
    s->if_match = "1";
}

static struct write_case cases[] = {
    { "POST /v1/companies", NULL, "{\"code\":\"C-POST\",\"name\":\"C\"}", NULL, NULL },
    { "PUT /v1/companies/{company}", NULL, "{\"code\":\"C-CARD\",\"name\":\"AA\"}", a_company,
      NULL },
    { "POST /v1/companies/{company}/archive", NULL, NULL, a_company, NULL },
    { "POST /v1/stores", NULL, "{\"code\":\"S-POST\",\"name\":\"S\",\"company\":\"A\"}", NULL,
      NULL },
    { "PUT /v1/stores/{store}", NULL, "{\"code\":\"S-CARD\",\"name\":\"SS\"}", a_store, NULL },
    { "POST /v1/stores/{store}/archive", NULL, NULL, a_store, NULL },
};
BROKEN_CASES(cases)
