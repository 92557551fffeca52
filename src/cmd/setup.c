/* setup.c -- see setup.h. */
#include "cmd/setup.h"

#include <stdio.h>

#include "app/store/store.h"
#include "app/tier/tier.h"
#include "base/limit.h"
#include "core/ledger/unit.h"
#include "core/rule/rule_publish.h"
#include "core/run.h"

struct setup_doc {
    struct company_put company;
    const struct store_put *stores; size_t stores_n;
    const struct unit_put *units;   size_t units_n;
    struct json tiers, rules;
    int64_t effective_at;
};

#define TEXT(owner, field) { #field, JT_TEXT, offsetof(owner, field), .max = LIMIT_TEXT }
#define DAYS(owner, field) { #field, JT_I64, offsetof(owner, field), .max = 36500 }

JSON_SHAPE(company_shape, struct company_put, TEXT(struct company_put, code),
           TEXT(struct company_put, name), TEXT(struct company_put, tax_id));
JSON_SHAPE(store_shape, struct store_put, TEXT(struct store_put, code),
           TEXT(struct store_put, name), TEXT(struct store_put, kind),
           TEXT(struct store_put, brand), TEXT(struct store_put, region),
           TEXT(struct store_put, zone), DAYS(struct store_put, day_cut_min));
JSON_SHAPE(unit_shape, struct unit_put, TEXT(struct unit_put, code), TEXT(struct unit_put, name),
           DAYS(struct unit_put, decimals), DAYS(struct unit_put, available_after_days),
           DAYS(struct unit_put, valid_days), TEXT(struct unit_put, debt_policy),
           TEXT(struct unit_put, reversal_policy), DAYS(struct unit_put, revive_days));
JSON_SHAPE(setup_shape, struct setup_doc,
    { "company", JT_OBJECT, offsetof(struct setup_doc, company), .flags = JF_REQUIRED,
      .of = &company_shape },
    { "stores", JT_LIST, offsetof(struct setup_doc, stores),
      .count_offset = offsetof(struct setup_doc, stores_n), .of = &store_shape,
      .count_max = 1000 },
    { "units", JT_LIST, offsetof(struct setup_doc, units),
      .count_offset = offsetof(struct setup_doc, units_n), .of = &unit_shape, .count_max = 100 },
    { "tiers", JT_VALUE, offsetof(struct setup_doc, tiers) },
    { "rules", JT_VALUE, offsetof(struct setup_doc, rules) },
    { "effective_at", JT_MOMENT, offsetof(struct setup_doc, effective_at) });

struct setting_up { struct str text; struct setup_doc doc; char err[256]; };

static enum rc read_doc(struct ctx *c, struct setting_up *s)
{
    struct json_reader r = { .arena = c->arena };
    struct json_error error = { .text = "" };
    struct json tree;

    if (json_parse(c->arena, s->text, &tree, &error) != RC_OK) {
        snprintf(s->err, sizeof s->err, "line %d: %.200s", error.line, error.text);
        return RC_INVALID;
    }
    if (json_read(&r, &setup_shape, &tree, &s->doc) == RC_OK) return RC_OK;
    snprintf(s->err, sizeof s->err, "%.100s %.140s", r.mistakes.list[0].pointer,
             r.mistakes.list[0].reason);
    return RC_INVALID;
}

static int64_t or_zero(int64_t v)
{
    return v == JSON_ABSENT ? 0 : v;
}

static enum rc set_places(struct ctx *c, const struct setup_doc *d)
{
    struct company company;
    int64_t id;
    enum rc rc = company_create(c, &d->company, &company);

    for (size_t i = 0; rc == RC_OK && i < d->stores_n; i++) {
        struct store_put put = d->stores[i];
        put.day_cut_min = or_zero(put.day_cut_min);
        rc = store_create(c, &put, &id);
    }
    for (size_t i = 0; rc == RC_OK && i < d->units_n; i++) {
        struct unit_put put = d->units[i];
        put.decimals = or_zero(put.decimals);
        put.available_after_days = or_zero(put.available_after_days);
        put.valid_days = or_zero(put.valid_days);
        put.revive_days = or_zero(put.revive_days);
        rc = unit_create(c, &put, &id);
    }
    return rc;
}

/* Where a refusal points to is gone with the request. */
static enum rc named(struct ctx *c, struct setting_up *s, enum rc rc)
{
    if (rc != RC_OK && c->err.code && c->err.pointer)
        snprintf(s->err, sizeof s->err, "%.100s %.140s", c->err.code, c->err.pointer);
    return rc;
}

static enum rc set_rules(struct ctx *c, struct setting_up *s)
{
    const struct setup_doc *d = &s->doc;
    struct rule_published out;
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && d->rules.kind == JSON_LIST && i < d->rules.n; i++) {
        rc = rule_publish(c, &(struct rule_publish){ .doc = &d->rules.u.items[i],
                                                     .effective_at = d->effective_at }, &out);
        if (rc == RC_INVALID && out.mistakes)
            snprintf(s->err, sizeof s->err, "/rules/%zu%.80s %.130s", i,
                     out.mistakes->list[0].pointer, out.mistakes->list[0].reason);
    }
    return rc;
}

static enum rc set_up(struct ctx *c, void *arg)
{
    struct setting_up *s = arg;
    struct company_list known;
    struct conf *fresh = NULL;
    int64_t version;
    enum rc rc = company_list(c, &known);

    if (rc == RC_OK && known.n > 0) return RC_OK;
    if (rc == RC_OK) rc = read_doc(c, s);
    if (rc == RC_OK) rc = named(c, s, set_places(c, &s->doc));
    if (rc == RC_OK && s->doc.tiers.kind != JSON_NULL)
        rc = tier_publish(c, &(struct tier_publish){
            .doc = &s->doc.tiers, .if_version = -1,
            .effective_at = s->doc.effective_at == JSON_ABSENT ? c->now : s->doc.effective_at },
            &version);
    if (rc != RC_OK) return rc;
    const struct conf *old = c->conf;            /* rules name the units just made */
    rc = conf_read(c, &fresh);
    if (rc != RC_OK) return rc;
    c->conf = fresh;
    rc = set_rules(c, s);
    c->conf = old;
    conf_free(fresh);
    return rc;
}

bool setup_text(struct engine *engine, struct str text, char err[static 256])
{
    struct setting_up s = { .text = text };
    struct err why = { 0 };
    enum rc rc = run_write(&(struct run){ .engine = engine, .fn = set_up, .arg = &s,
                                          .queue = QUEUE_OTHER }, &why);

    if (rc == RC_OK) return true;
    if (s.err[0]) snprintf(err, 256, "%s", s.err);
    else          snprintf(err, 256, "%s", why.code ? why.code : "the database did not answer");
    return false;
}

bool setup_file(struct engine *engine, const char *file, char err[static 256])
{
    struct arena *a = arena_open(4 << 20);
    char *text = arena_alloc(a, 1 << 20);
    FILE *f = fopen(file, "rb");
    size_t n = f ? fread(text, 1, 1 << 20, f) : 0;
    bool ok = f && n > 0 && setup_text(engine, (struct str){ text, n }, err);

    if (!f) snprintf(err, 256, "it cannot be read");
    if (f) fclose(f);
    arena_close(a);
    return ok;
}
