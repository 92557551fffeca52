/* store.c -- companies and stores are configuration: small, read whole, published. */
#include "app/store/store.h"

#include "base/invoice.h"
#include "core/sealed.h"
#include "sql/store_sql.h"

enum rc company_tax_id(struct ctx *c, const char *told, const char **tax_id)
{
    char parsed[TAX_ID_TEXT_MAX];

    *tax_id = NULL;
    if (!told) return RC_OK;
    if (!tax_id_parse(told, parsed))
        return fail_at(c, RC_INVALID, "company.tax_id", "/tax_id",
                       "A company's number is eight digits, of which the check adds up.");
    *tax_id = arena_strdup(c->arena, parsed);
    return RC_OK;
}

enum rc company_create(struct ctx *c, const struct company_put *in, struct company *out)
{
    struct sql_company_add v = { .id = id_next(c->ids), .code = in->code, .name = in->name,
                                 .now = c->now };
    enum rc rc = company_tax_id(c, in->tax_id, &v.tax_id);

    if (rc != RC_OK) return rc;
    v.seal = COMPANY_SEAL(c, &v, 1, v.now);
    rc = sql_company_add(c, &v);
    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "company.code_taken");
    *out = (struct company){ v.id, 1, v.code, v.name, v.tax_id };
    return rc == RC_OK ? conf_sealed(c, (struct conf_sealed){ .is = v.seal }) : rc;
}

enum rc company_list(struct ctx *c, struct company_list *out)
{
    struct sql_company_all v = { 0 };
    enum rc rc = sql_company_all(c, &v);
    struct company *items = ARENA_ARRAY(c->arena, struct company, v.n + 1);

    for (size_t i = 0; rc == RC_OK && i < v.n; i++)
        items[i] = (struct company){ v.rows[i].id, v.rows[i].version, v.rows[i].code,
                                     v.rows[i].name, v.rows[i].tax_id };
    *out = (struct company_list){ items, v.n };
    return rc;
}

static enum rc find_company(struct ctx *c, const char *ref, int64_t *id)
{
    struct company_list all;
    enum rc rc = company_list(c, &all);
    int64_t asked = 0;

    if (rc != RC_OK) return rc;
    if (ref && !id_parse("cmp", ref, &asked)) asked = 0;
    for (size_t i = 0; i < all.n; i++) {
        if (ref && all.items[i].id != asked && !str_eq(all.items[i].code, ref)) continue;
        *id = all.items[i].id;
        return RC_OK;
    }
    return fail_at(c, RC_NOT_FOUND, "company.unknown", "/company", "There is no such company.");
}

static enum rc check(struct ctx *c, const struct store_put *in, int64_t *company_id)
{
    if (in->zone && !zone_find(in->zone))
        return fail_at(c, RC_INVALID, "store.zone_unknown", "/zone", "Use an IANA name.");
    return find_company(c, in->company, company_id);
}

enum rc store_create(struct ctx *c, const struct store_put *in, int64_t *id)
{
    struct sql_store_add v = { .id = id_next(c->ids), .code = in->code, .name = in->name,
                               .kind = in->kind ? in->kind : "own", .brand = in->brand,
                               .region = in->region, .zone = in->zone,
                               .day_cut_min = in->day_cut_min, .now = c->now };
    int64_t publication;
    enum rc rc = check(c, in, &v.company_id);

    v.seal = STORE_SEAL(c, &v, 1, v.now);
    if (rc == RC_OK) rc = sql_store_add(c, &v);
    if (rc == RC_NOT_FOUND && v.company_id) return fail(c, RC_CONFLICT, "store.code_taken");
    *id = v.id;
    if (rc == RC_OK) rc = conf_sealed(c, (struct conf_sealed){ .is = v.seal });
    return rc == RC_OK ? conf_publish(c, &publication) : rc;
}

enum rc store_update(struct ctx *c, const struct store_change *in, int64_t *version)
{
    const struct store_put *put = in->put;
    const struct store *other = conf_store_by_code(c->conf, put->code);
    struct sql_store_put v = { .id = in->id, .if_version = in->if_version, .code = put->code,
                               .name = put->name, .kind = put->kind ? put->kind : "own",
                               .brand = put->brand, .region = put->region, .zone = put->zone,
                               .day_cut_min = put->day_cut_min, .now = c->now };
    struct sql_store_seal was = { .id = in->id };
    int64_t publication;
    enum rc rc;

    if (!conf_store(c->conf, in->id)) return fail(c, RC_NOT_FOUND, "store.unknown");
    rc = check(c, put, &v.company_id);
    if (rc != RC_OK) return rc;
    if (other && other->id != in->id) return fail(c, RC_CONFLICT, "store.code_taken");
    v.seal = STORE_SEAL(c, &v, v.if_version + 1, v.now);
    rc = sql_store_seal(c, &was);
    if (rc == RC_OK) rc = sql_store_put(c, &v);
    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "version.mismatch");
    *version = v.version;
    if (rc == RC_OK) rc = conf_sealed(c, (struct conf_sealed){ was.seal, v.seal });
    return rc == RC_OK ? conf_publish(c, &publication) : rc;
}
