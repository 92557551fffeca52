/* company.c -- companies: whose books they are. */
#include "base/invoice.h"
#include "core/config/places.h"
#include "core/ctx.h"
#include "json/shape.h"

JSON_SHAPE(company_shape, struct company_doc, COMPANY_FIELDS(struct company_doc, ));

static enum rc check(struct config_check *k)
{
    struct company_doc *doc = k->doc;
    char parsed[TAX_ID_TEXT_MAX];

    if (!doc->tax_id) return RC_OK;
    if (!tax_id_parse(doc->tax_id, parsed))
        return fail_at(k->c, RC_INVALID, "company.tax_id", "/tax_id",
                       "A company's number is eight digits, of which the check adds up.");
    doc->tax_id = arena_strdup(k->c->arena, parsed);
    return RC_OK;
}

static const void *make(const struct config_make *m)
{
    struct company *out = ARENA_NEW(m->arena, struct company);
    struct company_doc doc;

    if (!config_doc(m->arena, &company_kind, m->row, &doc)) return NULL;
    *out = (struct company){ m->row->id, m->row->version, doc.code, doc.name, doc.tax_id };
    return out;
}

const struct config_kind company_kind = {
    .name = "company", .prefix = "cmp", .path = "/v1/companies", .shape = &company_shape,
    .unknown = "company.unknown", .code_taken = "company.code_taken", .check = check, .make = make,
};
