/* company_api.c -- companies as configuration. */
#include "app/store/store_int.h"
#include "base/limit.h"
#include "core/api.h"
#include "core/sealed.h"
#include "sql/store_sql.h"

static const struct json_field put_fields[] = {
    { "code", JT_TEXT, offsetof(struct company_put, code), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "name", JT_TEXT, offsetof(struct company_put, name), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "tax_id", JT_TEXT, offsetof(struct company_put, tax_id), .flags = JF_NULLABLE, .min = 1,
      .max = LIMIT_CODE },
};
const struct json_shape company_put_shape = { "company", sizeof(struct company_put), put_fields,
                                              ARRAY_LEN(put_fields) };

struct company_view { const char *id, *code, *name, *tax_id; int64_t version; };
static const struct json_field view_fields[] = {
    { "id", JT_TEXT, offsetof(struct company_view, id) },
    { "version", JT_I64, offsetof(struct company_view, version) },
    { "code", JT_TEXT, offsetof(struct company_view, code) },
    { "name", JT_TEXT, offsetof(struct company_view, name) },
    { "tax_id", JT_TEXT, offsetof(struct company_view, tax_id) },
};
const struct json_shape company_shape = { "company", sizeof(struct company_view), view_fields,
                                          ARRAY_LEN(view_fields) };

struct companies_answer { const struct company_view *items; size_t n; const char *next; };
static const struct json_field list_fields[] = {
    { "data", JT_LIST, offsetof(struct companies_answer, items),
      .count_offset = offsetof(struct companies_answer, n), .of = &company_shape },
    { "next", JT_TEXT, offsetof(struct companies_answer, next) },
};
const struct json_shape companies_shape = { "companies", sizeof(struct companies_answer),
                                            list_fields, ARRAY_LEN(list_fields) };

static enum rc find(struct ctx *c, const struct call *call, int64_t *id)
{
    struct sql_company_by_code by_code = { .code = call->params[0] };
    enum rc rc;

    if (id_parse("cmp", call->params[0], id)) return RC_OK;
    rc = sql_company_by_code(c, &by_code);
    *id = by_code.id;
    if (rc != RC_NOT_FOUND) return rc;
    return fail_at(c, RC_NOT_FOUND, "company.unknown", NULL, "There is no such company.");
}

enum rc company_api_list(struct ctx *c, struct call *call)
{
    struct companies_answer *out = ARENA_NEW(c->arena, struct companies_answer);
    struct page page;
    enum rc rc = page_read(c, call, &page);

    if (rc != RC_OK) return rc;
    struct sql_company_list v = { .before_id = page.id, .max = page.limit + 1 };
    rc = sql_company_list(c, &v);
    if (rc != RC_OK) return rc;
    struct company_view *items = ARENA_ARRAY(c->arena, struct company_view, page.limit);
    for (size_t i = 0; i < v.n && (int64_t)i < page.limit; i++)
        items[out->n++] = (struct company_view){ api_id(c, "cmp", v.rows[i].id), v.rows[i].code,
                                                 v.rows[i].name, v.rows[i].tax_id,
                                                 v.rows[i].version };
    out->items = items;
    if ((int64_t)v.n > page.limit)
        out->next = page_next(c, &(struct page){ .id = v.rows[out->n - 1].id });
    call->answer = out;
    return RC_OK;
}

enum rc company_api_get(struct ctx *c, struct call *call)
{
    struct company_view *out = ARENA_NEW(c->arena, struct company_view);
    struct sql_company_get v = { 0 };
    enum rc rc = find(c, call, &v.id);

    if (rc == RC_OK) rc = sql_company_get(c, &v);
    if (rc == RC_NOT_FOUND)
        return fail_at(c, rc, "company.unknown", NULL, "There is no such company.");
    *out = (struct company_view){ api_id(c, "cmp", v.id), v.code, v.name, v.tax_id, v.version };
    call->answer = out;
    call->version = v.version;
    return rc;
}

static enum rc taken(struct ctx *c)
{
    return fail_at(c, RC_CONFLICT, "company.code_taken", "/code", "Another company has this code.");
}

enum rc company_api_create(struct ctx *c, struct call *call)
{
    const struct company_put *in = call->body;
    struct company_view *out = ARENA_NEW(c->arena, struct company_view);
    struct company made;
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = company_create(c, in, &made);
    if (rc != RC_OK) return str_eq(c->err.code, "company.code_taken") ? taken(c) : rc;
    *out = (struct company_view){ api_id(c, "cmp", made.id), made.code, made.name, made.tax_id,
                                  made.version };
    call->status = 201;
    call->answer = out;
    call->version = 1;
    call->location = arena_printf(c->arena, "/v1/companies/%s", out->id);
    return RC_OK;
}

/* Somebody else's code is refused before the change; one that comes between, by the database. */
static enum rc put(struct ctx *c, const struct company_put *in, struct sql_company_put *v)
{
    struct sql_company_by_code other = { .code = in->code };
    struct sql_company_get old = { .id = v->id };
    enum rc rc = sql_company_get(c, &old);

    if (rc == RC_NOT_FOUND)
        return fail_at(c, rc, "company.unknown", NULL, "There is no such company.");
    if (rc == RC_OK) rc = sql_company_by_code(c, &other);
    if (rc == RC_OK && other.id != v->id) return taken(c);
    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    v->seal = COMPANY_SEAL(c, v, v->if_version + 1, v->now);
    rc = sql_company_put(c, v);
    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "version.mismatch");
    if (rc == RC_CONFLICT) return taken(c);
    return rc == RC_OK ? conf_sealed(c, (struct conf_sealed){ old.seal, v->seal }) : rc;
}

enum rc company_api_put(struct ctx *c, struct call *call)
{
    const struct company_put *in = call->body;
    struct company_view *out = ARENA_NEW(c->arena, struct company_view);
    struct sql_company_put v = { .code = in->code, .name = in->name, .now = c->now };
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = find(c, call, &v.id);
    if (rc == RC_OK) rc = api_version(c, call, &v.if_version);
    if (rc == RC_OK) rc = company_tax_id(c, in->tax_id, &v.tax_id);
    if (rc == RC_OK) rc = put(c, in, &v);
    if (rc != RC_OK) return rc;
    *out = (struct company_view){ api_id(c, "cmp", v.id), in->code, in->name, v.tax_id, v.version };
    call->answer = out;
    call->version = v.version;
    return RC_OK;
}
