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

/* ---- what it says, and what it can be -------------------------------------------------------- */

static const struct effect_words words = {
    .given = { "符合條件，加上標籤「{subject}」。", "The conditions are met: tagged “{subject}”.",
               "条件を満たしたため、タグ「{subject}」を付けました。" },
    .gone = { "{date} 的{event}重新計算，標籤「{subject}」不再成立。",
              "{event} of {date}, judged anew: no longer tagged “{subject}”.",
              "{date}の記録を再計算し、タグ「{subject}」は外れました。" },
};

static const char *check(const struct award_check *a)
{
    if (!a->subject)     return "it names no tag";
    if (a->unit_id != 0) return "a tag is of no unit";
    if (a->lot_id != 0)  return "a tag has no lot";
    if (a->posted != 0 || a->owed != 0 || a->lapsed != 0 || a->forgiven != 0)
        return "a tag moves no points";
    if (a->basis_minor != 0 && !a->has_value)
        return "its event has no value, and it was computed on one";
    return NULL;
}

const struct effect effect_tag_add = {
    .name = "tag.add", .label = { "加標籤", "add a tag", "タグ追加" },
    .parse = parse, .plan = plan, .apply = book, .revise = book,
    .words = &words, .check = check,
};

/* ---- tags and their awards ------------------------------------------------------------------- */

static const char *wrong_tag(struct ctx *c, const struct sql_tag_prove_row *t,
                             const struct sql_tag_prove_awards *awards)
{
    int64_t sum = 0, since_at = TIME_NEVER;

    for (size_t i = 0; i < awards->n; i++) {
        const struct sql_tag_prove_awards_row *a = &awards->rows[i];
        if (!str_eq(a->subject, t->tag)) continue;
        sum += a->amount;
        if (a->at < since_at) since_at = a->at;
    }
    if (t->awards_n != sum)
        return arena_printf(c->arena, "tag \"%s\": %lld awards are counted, %lld stand", t->tag,
                            (long long)t->awards_n, (long long)sum);
    if (t->is_manual < 0 || t->is_manual > 1 || (t->is_manual == 0 && t->since_at != since_at))
        return arena_printf(c->arena, "tag \"%s\": no award is as old", t->tag);
    return NULL;
}

static bool is_tagged(const struct sql_tag_prove *tags, const char *tag)
{
    for (size_t i = 0; i < tags->n; i++)
        if (str_eq(tags->rows[i].tag, tag)) return true;
    return false;
}

enum rc effect_tag_prove(struct ctx *c, int64_t member_id, const char **why)
{
    struct sql_tag_prove tags = { .member_id = member_id };
    struct sql_tag_prove_awards awards = { .member_id = member_id };
    enum rc rc;

    sql_tag_prove_ask(c, &tags);
    sql_tag_prove_awards_ask(c, &awards);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < awards.n && !*why; i++)
        if (!is_tagged(&tags, awards.rows[i].subject))
            *why = arena_printf(c->arena, "award %lld of event %lld: its tag is missing",
                                (long long)awards.rows[i].n, (long long)awards.rows[i].event_id);
    for (size_t i = 0; i < tags.n && !*why; i++) *why = wrong_tag(c, &tags.rows[i], &awards);
    return RC_OK;
}
