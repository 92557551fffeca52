/* store_api.c -- stores as configuration, and the routes of the folder. */
#include "app/store/store_int.h"
#include "base/limit.h"
#include "core/api.h"
#include "sql/store_sql.h"

enum { DAY_MINUTES = 1440 };
static const char *const kinds[] = { "own", "franchise", "mall_counter", "dealer", "online",
                                     "popup", NULL };

static const struct json_field put_fields[] = {
    { "code", JT_TEXT, offsetof(struct store_put, code), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "name", JT_TEXT, offsetof(struct store_put, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "company", JT_TEXT, offsetof(struct store_put, company), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_CODE },
    { "kind", JT_TEXT, offsetof(struct store_put, kind), .among = kinds },
    { "brand", JT_TEXT, offsetof(struct store_put, brand), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_TEXT },
    { "region", JT_TEXT, offsetof(struct store_put, region), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_TEXT },
    { "zone", JT_TEXT, offsetof(struct store_put, zone), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_CODE },
    { "day_cut_min", JT_I64, offsetof(struct store_put, day_cut_min), .min = 0,
      .max = DAY_MINUTES - 1 },
};
static const struct json_shape store_put_shape = { "store", sizeof(struct store_put), put_fields,
                                                   ARRAY_LEN(put_fields) };

struct store_view {
    const char *id, *code, *name, *company, *kind, *brand, *region, *zone;
    int64_t version, day_cut_min;
};
JSON_SHAPE(store_shape, struct store_view,
    { "id", JT_TEXT, offsetof(struct store_view, id) },
    { "version", JT_I64, offsetof(struct store_view, version) },
    { "code", JT_TEXT, offsetof(struct store_view, code) },
    { "name", JT_TEXT, offsetof(struct store_view, name) },
    { "company", JT_TEXT, offsetof(struct store_view, company) },
    { "kind", JT_TEXT, offsetof(struct store_view, kind) },
    { "brand", JT_TEXT, offsetof(struct store_view, brand) },
    { "region", JT_TEXT, offsetof(struct store_view, region) },
    { "zone", JT_TEXT, offsetof(struct store_view, zone) },
    { "day_cut_min", JT_I64, offsetof(struct store_view, day_cut_min) });
struct stores_answer { const struct store_view *items; size_t n; const char *next; };
JSON_SHAPE(stores_shape, struct stores_answer,
    { "data", JT_LIST, offsetof(struct stores_answer, items),
      .count_offset = offsetof(struct stores_answer, n), .of = &store_shape },
    { "next", JT_TEXT, offsetof(struct stores_answer, next) });

/* The zone in force: the store's own, or the program's. */
static struct store_view view(struct ctx *c, const struct store *s)
{
    return (struct store_view){
        .id = api_id(c, "sto", s->id), .version = s->version, .code = s->code, .name = s->name,
        .company = api_id(c, "cmp", s->company_id), .kind = s->kind, .brand = s->brand,
        .region = s->region, .zone = zone_name(s->zone), .day_cut_min = s->day_cut_min };
}

static enum rc find(struct ctx *c, const struct call *call, const struct store **out)
{
    int64_t id;

    *out = id_parse("sto", call->params[0], &id) ? conf_store(c->conf, id)
                                                 : conf_store_by_code(c->conf, call->params[0]);
    if (*out) return RC_OK;
    return fail_at(c, RC_NOT_FOUND, "store.unknown", NULL, "There is no such store.");
}

/* The snapshot holds them in the order of their ids; a list goes from the newest. */
static enum rc list(struct ctx *c, struct call *call)
{
    struct stores_answer *out = ARENA_NEW(c->arena, struct stores_answer);
    struct page page;
    enum rc rc = page_read(c, call, &page);

    if (rc != RC_OK) return rc;
    struct store_view *items = ARENA_ARRAY(c->arena, struct store_view, page.limit);
    for (size_t i = c->conf->stores_n; i-- > 0;) {
        const struct store *s = &c->conf->stores[i];
        if (s->id >= page.id) continue;
        if ((int64_t)out->n == page.limit) {
            out->next = page_next(c, &(struct page){ .id = s[1].id });
            break;
        }
        items[out->n++] = view(c, s);
    }
    out->items = items;
    call->answer = out;
    return RC_OK;
}

static enum rc get(struct ctx *c, struct call *call)
{
    struct store_view *out = ARENA_NEW(c->arena, struct store_view);
    const struct store *s;
    enum rc rc = find(c, call, &s);

    if (rc != RC_OK) return rc;
    *out = view(c, s);
    call->answer = out;
    call->version = s->version;
    return RC_OK;
}

/* The store as it will be read from the next snapshot.  Which company it is, the row knows: the
 * request may have named it by its code, or not at all. */
static enum rc written(struct ctx *c, const struct store_put *put, int64_t id, struct call *call)
{
    struct store_view *out = ARENA_NEW(c->arena, struct store_view);
    struct sql_store_company v = { .id = id };
    enum rc rc = sql_store_company(c, &v);

    *out = (struct store_view){
        .id = api_id(c, "sto", id), .version = call->version, .code = put->code,
        .name = put->name, .company = api_id(c, "cmp", rc == RC_OK ? v.company_id : 0),
        .kind = put->kind ? put->kind : kinds[0], .brand = put->brand, .region = put->region,
        .zone = put->zone ? put->zone : zone_name(c->conf->zone),
        .day_cut_min = put->day_cut_min };
    call->answer = out;
    return rc;
}

static enum rc check(struct ctx *c, const struct store_put *told, struct store_put *out)
{
    *out = *told;
    if (out->day_cut_min == JSON_ABSENT) out->day_cut_min = 0;
    return api_unbound(c);
}

static enum rc taken(struct ctx *c, enum rc rc)
{
    if (!str_eq(c->err.code, "store.code_taken")) return rc;
    return api_at(c, rc, "/code", "Another store has this code.");
}

static enum rc create(struct ctx *c, struct call *call)
{
    struct store_put put;
    int64_t id;
    enum rc rc = check(c, call->body, &put);

    if (rc == RC_OK) rc = taken(c, store_create(c, &put, &id));
    if (rc != RC_OK) return rc;
    call->status = 201;
    call->version = 1;
    call->location = arena_printf(c->arena, "/v1/stores/%s", api_id(c, "sto", id));
    return written(c, &put, id, call);
}

static enum rc update(struct ctx *c, struct call *call)
{
    const struct store *old;
    struct store_put put;
    struct store_change change = { .put = &put };
    enum rc rc = check(c, call->body, &put);

    if (rc == RC_OK) rc = find(c, call, &old);
    if (rc == RC_OK) rc = api_version(c, call, &change.if_version);
    if (rc != RC_OK) return rc;
    change.id = old->id;
    rc = taken(c, store_update(c, &change, &call->version));
    return rc == RC_OK ? written(c, &put, old->id, call) : rc;
}

const struct route store_routes[STORE_ROUTES_N] = {
    { GET, "/v1/companies", "config.read", READ, KEY_NONE,
      &page_query_shape, NULL, &companies_shape, company_api_list },
    { POST, "/v1/companies", "config.write", WRITE, KEY_REQUIRED,
      NULL, &company_put_shape, &company_shape, company_api_create },
    { GET, "/v1/companies/{company}", "config.read", READ, KEY_NONE,
      NULL, NULL, &company_shape, company_api_get },
    { PUT, "/v1/companies/{company}", "config.write", WRITE, KEY_NONE,
      NULL, &company_put_shape, &company_shape, company_api_put },
    { GET, "/v1/stores", "config.read", QUICK, KEY_NONE,
      &page_query_shape, NULL, &stores_shape, list },
    { POST, "/v1/stores", "config.write", WRITE, KEY_REQUIRED,
      NULL, &store_put_shape, &store_shape, create },
    { GET, "/v1/stores/{store}", "config.read", QUICK, KEY_NONE, NULL, NULL, &store_shape, get },
    { PUT, "/v1/stores/{store}", "config.write", WRITE, KEY_NONE,
      NULL, &store_put_shape, &store_shape, update },
};
