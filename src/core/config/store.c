/* store.c -- stores and channels: where sales happen, and whose day they are. */
#include "core/config/places.h"
#include "core/ctx.h"
#include "json/shape.h"

const char *const store_kinds[] = { "own", "franchise", "mall_counter", "dealer", "online",
                                    "popup", NULL };
JSON_SHAPE(store_shape, struct store_doc, STORE_FIELDS(struct store_doc, ));

/* Kept whole: which company it is, and which zone, whatever becomes the first or the program's. */
static enum rc check(struct config_check *k)
{
    struct store_doc *doc = k->doc;
    struct config_ref company = { &company_kind, doc->company };
    char text[ID_TEXT_MAX];
    int64_t id;
    enum rc rc;

    if (doc->day_cut_min == JSON_ABSENT) doc->day_cut_min = 0;
    if (!doc->kind) doc->kind = store_kinds[0];
    if (!doc->zone) doc->zone = zone_name(k->c->conf->zone);
    if (!zone_find(doc->zone))
        return fail_at(k->c, RC_INVALID, "store.zone_unknown", "/zone", "Use an IANA name.");
    rc = config_find(k->c, &company, &id);
    if (rc == RC_NOT_FOUND)
        return fail_at(k->c, rc, "company.unknown", "/company", "There is no such company.");
    if (rc != RC_OK) return rc;
    id_emit(company_kind.prefix, id, text);
    doc->company = arena_strdup(k->c->arena, text);
    return RC_OK;
}

static const void *make(const struct config_make *m)
{
    struct store *out = ARENA_NEW(m->arena, struct store);
    struct store_doc doc;

    if (!config_doc(m->arena, &store_kind, m->row, &doc)) return NULL;
    *out = (struct store){
        .id = m->row->id, .version = m->row->version, .code = doc.code, .name = doc.name,
        .kind = doc.kind, .brand = doc.brand, .region = doc.region, .zone = zone_find(doc.zone),
        .day_cut_min = (int)doc.day_cut_min };
    return out->zone && id_parse(company_kind.prefix, doc.company, &out->company_id) ? out : NULL;
}

/* What happened at one belongs to it for ever, so the newest is asked, also of one that is
 * archived; one that cannot be read is as it was before. */
static const void *ready(struct conf *conf, const struct config_set *set)
{
    const struct store **list = ARENA_ARRAY(conf->arena, const struct store *, set->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++) {
        const struct store *s = set->items[i]->made;
        if (!s) continue;
        if (n == 0 || list[n - 1]->id != s->id) n++;
        list[n - 1] = s;
    }
    conf->stores = list;
    conf->stores_n = n;
    return NULL;
}

static void points(const struct config_item *item, struct config_points *out)
{
    const struct store *s = item->made;

    config_point(out, &company_kind, s->company_id);
}

const struct config_kind store_kind = {
    .name = "store", .prefix = "sto", .path = "/v1/stores", .shape = &store_shape,
    .unknown = "store.unknown", .code_taken = "store.code_taken", .check = check, .make = make,
    .ready = ready, .points = points,
};

const struct store *conf_store(const struct conf *conf, int64_t id)
{
    size_t lo = 0, hi = conf->stores_n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (conf->stores[mid]->id < id) lo = mid + 1;
        else                            hi = mid;
    }
    return lo < conf->stores_n && conf->stores[lo]->id == id ? conf->stores[lo] : NULL;
}

const struct store *conf_store_by_code(const struct conf *conf, const char *code)
{
    const struct config_item *item = conf_item_by_code(conf, &store_kind, code);

    return item ? conf_store(conf, item->id) : NULL;
}
