/* scope.c -- see scope.h. */
#include "core/auth/scope.h"

#include "base/buf.h"
#include "core/config/conf.h"
#include "core/ctx.h"

bool scope_is_all(const struct ctx *c)
{
    return c->actor.scope.companies_n == 0 && c->actor.scope.stores_n == 0;
}

static bool has(const struct scope *s, const struct store *store)
{
    for (int i = 0; i < s->stores_n; i++)
        if (s->stores[i] == store->id) return true;
    for (int i = 0; i < s->companies_n; i++)
        if (s->companies[i] == store->company_id) return true;
    return false;
}

bool scope_has(const struct ctx *c, int64_t store_id)
{
    const struct store *store;

    if (scope_is_all(c)) return true;
    store = conf_store(c->conf, store_id);
    return store && has(&c->actor.scope, store);
}

int64_t scope_only_store(const struct ctx *c)
{
    const struct scope *s = &c->actor.scope;

    return s->stores_n == 1 && s->companies_n == 0 ? s->stores[0] : 0;
}

const char *scope_stores(struct ctx *c)
{
    enum { DIGITS = 21 };
    struct buf text;

    if (scope_is_all(c)) return "";
    buf_init(&text, c->arena, (c->conf->stores_n + 1) * DIGITS + 2);
    buf_addc(&text, ',');
    for (size_t i = 0; i < c->conf->stores_n; i++)
        if (has(&c->actor.scope, c->conf->stores[i])) {
            buf_add_i64(&text, c->conf->stores[i]->id);
            buf_addc(&text, ',');
        }
    return buf_cstr(&text);
}

int64_t scope_mark(const struct ctx *c)
{
    const struct scope *s = &c->actor.scope;

    if (scope_is_all(c)) return 0;
    if (scope_only_store(c)) return scope_only_store(c);
    return s->companies_n == 1 && s->stores_n == 0 ? -s->companies[0] : -1;
}
