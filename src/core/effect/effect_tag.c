/* effect_tag.c -- tag.add: a word on the member that segments and rules ask for.  It stands as long
 * as one award that gave it stands, or a person put it there. */
#include "base/limit.h"
#include "core/effect/effect.h"
#include "sql/effect_sql.h"

struct tag_doc { const char *tag; };
JSON_SHAPE(tag_shape, struct tag_doc,
    { "tag", JT_TEXT, offsetof(struct tag_doc, tag), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE });

static enum rc parse(const struct effect_parse *p, struct effect_step *out)
{
    struct json_reader part = { .arena = p->reader->arena };
    struct tag_doc d = { 0 };
    enum rc rc = json_read(&part, &tag_shape, p->args, &d);

    for (size_t i = 0; i < part.mistakes.n; i++)
        json_mistake(p->reader, arena_printf(part.arena, "%s%s", p->pointer,
                                             part.mistakes.list[i].pointer),
                     part.mistakes.list[i].reason);
    out->subject = d.tag;
    return rc;
}

static int64_t plan(const struct effect_step *s, int64_t basis_minor, const struct amount_scale *sc)
{
    (void)s, (void)basis_minor, (void)sc;
    return 1;
}

static enum rc book(struct booking *b)
{
    struct sql_tag_count v = { .member_id = b->member_id, .tag = b->subject, .delta = b->delta,
                               .now = b->c->now };

    return sql_tag_count(b->c, &v);
}

const struct effect effect_tag_add = {
    .name = "tag.add", .label = "加標籤", .label_en = "add a tag",
    .parse = parse, .plan = plan, .apply = book, .revise = book,
};
