/* setup.c -- see setup.h. */
#include "cmd/setup.h"

#include <stdio.h>

#include "app/calendar/calendar.h"
#include "app/tier/tier.h"
#include "base/limit.h"
#include "core/config/config_kind.h"
#include "core/ctx.h"
#include "core/rule/rule.h"
#include "core/run/run.h"

/* Each part is a document of its kind. */
struct setup_doc {
    struct json company, stores, units, calendars, tiers, rules;
    int64_t effective_at;
};

#define PART(part) { #part, JT_VALUE, offsetof(struct setup_doc, part) }
JSON_SHAPE(setup_shape, struct setup_doc,
    { "company", JT_VALUE, offsetof(struct setup_doc, company), .flags = JF_REQUIRED },
    PART(stores), PART(units), PART(calendars), PART(tiers), PART(rules),
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

static void give_back(void *conf)
{
    conf_free(conf);
}

/* Where a refusal points to is gone with the request. */
static enum rc put(struct ctx *c, struct setting_up *s, const struct config_kind *kind,
                   const struct json *tree)
{
    struct config_put in = { .kind = kind, .id = kind->is_single, .if_version = CONFIG_ANY_VERSION,
                             .effective_at = kind->is_dated ? s->doc.effective_at : JSON_ABSENT };
    struct config_done done;
    enum rc rc = config_put_tree(c, &in, tree, &done);

    if (rc != RC_OK && c->err.code)
        snprintf(s->err, sizeof s->err, "%s: %.40s %.60s %.110s", kind->name, c->err.code,
                 c->err.pointer ? c->err.pointer : "", c->err.detail ? c->err.detail : "");
    return rc;
}

/* What comes later names what was made before. */
static enum rc look_again(struct ctx *c)
{
    struct conf *fresh = NULL;
    enum rc rc = conf_read(c, NULL, &fresh);

    if (rc == RC_OK) c->conf = fresh;
    return rc;
}

static enum rc put_all(struct ctx *c, struct setting_up *s)
{
    const struct { const struct config_kind *kind; const struct json *part; } parts[] = {
        { &company_kind, &s->doc.company }, { &store_kind, &s->doc.stores },
        { &unit_kind, &s->doc.units }, { &calendar_kind, &s->doc.calendars },
        { &tier_kind, &s->doc.tiers }, { &rule_kind, &s->doc.rules },
    };
    const struct conf *old = c->conf;
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < ARRAY_LEN(parts); i++) {
        const struct json *part = parts[i].part;
        if (part->kind == JSON_OBJECT) rc = put(c, s, parts[i].kind, part);
        for (size_t k = 0; rc == RC_OK && part->kind == JSON_LIST && k < part->n; k++)
            rc = put(c, s, parts[i].kind, &part->u.items[k]);
        if (rc == RC_OK) rc = look_again(c);
        if (c->conf != old) arena_defer(c->arena, give_back, (void *)(uintptr_t)c->conf);
    }
    c->conf = old;
    return rc;
}

static enum rc set_up(struct ctx *c, void *arg)
{
    struct setting_up *s = arg;
    struct config_ref any = { .kind = &company_kind };
    int64_t id;
    enum rc rc = config_find(c, &any, &id);

    if (rc == RC_OK) return RC_OK;
    if (rc != RC_NOT_FOUND) return rc;
    rc = read_doc(c, s);
    return rc == RC_OK ? put_all(c, s) : rc;
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
