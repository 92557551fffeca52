/* why.c -- sentences with places in them, filled from the rule that judged. */
#include "core/timeline/why.h"

#include "base/buf.h"
#include "core/ctx.h"
#include "core/event/event_kind.h"
#include "core/feature.h"

enum { ZH, EN, JA, TONGUES };
enum sentence { FIXED, PER, PERCENT, STEPS, TAKE, CHANGED, SENTENCES };

static const char *const sentences[SENTENCES][TONGUES] = {
    [FIXED] = { "符合條件，給 {amount}。", "The conditions are met: {amount}.",
                "条件を満たしたため、{amount}。" },
    [PER] = { "消費 {basis}，每滿 {per} 給 {give}，共 {amount}。",
              "{basis} spent, {give} for each {per}: {amount}.",
              "{basis}のお買い上げ、{per}ごとに{give}、合計{amount}。" },
    [PERCENT] = { "消費 {basis} 的 {percent}%，共 {amount}。",
                  "{percent}% of {basis} spent: {amount}.",
                  "{basis}のお買い上げの{percent}%、合計{amount}。" },
    [STEPS] = { "消費 {basis}，已滿 {step}，給 {amount}。",
                "{basis} spent, at least {step}: {amount}.",
                "{basis}のお買い上げ、{step}以上のため{amount}。" },
    [TAKE] = { "符合條件，扣 {amount}。", "The conditions are met: {amount}.",
               "条件により{amount}。" },
    [CHANGED] = { "{date} 的{event}重新計算：{change}。", "{event} of {date}, judged anew: {change}.",
                  "{date}の{event}を再計算しました：{change}。" },
};

struct filling {
    struct ctx *c;
    const struct why *why;
    const struct amount *rule;           /* NULL: the rule is not readable */
    int tongue;
};

static int tongue_of(const char *language)
{
    if (str_eq(language, "en")) return EN;
    return str_eq(language, "ja") ? JA : ZH;
}

/* ---- the words in the places ---- */

static void money(const struct filling *f, int64_t minor, struct buf *dst)
{
    const struct conf *conf = f->c->conf;
    bool is_yuan = f->tongue == ZH && str_eq(conf->currency, "TWD");
    char text[40];

    str_from_minor(minor, conf->currency_decimals, text, sizeof text);
    if (is_yuan) buf_addf(dst, "%s 元", text);
    else         buf_addf(dst, "%s %s", conf->currency, text);
}

static void units(const struct filling *f, int64_t amount, struct buf *dst)
{
    const struct unit *u = conf_unit(f->c->conf, f->why->unit_id);
    char text[40];

    str_from_minor(amount, u ? u->decimals : 0, text, sizeof text);
    buf_addf(dst, "%s %s", text, u ? u->name : "");
}

static void change(const struct filling *f, struct buf *dst)
{
    if (f->why->amount > 0) buf_addc(dst, '+');
    units(f, f->why->amount, dst);
}

/* 33 / 10000 is 0.33 of a hundred. */
static void percent(const struct filling *f, struct buf *dst)
{
    int decimals = 0;
    char text[40];

    for (int64_t den = f->rule->percent_den; den > 100; den /= 10) decimals++;
    str_from_minor(f->rule->percent_num, decimals, text, sizeof text);
    buf_adds(dst, text);
}

static int64_t step_reached(const struct filling *f)
{
    int64_t from = 0;

    for (size_t i = 0; i < f->rule->steps_n; i++)
        if (f->rule->steps[i].from_minor <= f->why->basis_minor)
            from = f->rule->steps[i].from_minor;
    return from;
}

static void event_label(const struct filling *f, struct buf *dst)
{
    const char *name = f->why->event->name;

    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->events) {
            const struct event_kind *kind = &features[i]->events->items[k];
            if (!str_eq(kind->name, name)) continue;
            buf_adds(dst, f->tongue == ZH ? kind->label.zh
                        : f->tongue == EN ? kind->label.en : kind->label.ja);
            return;
        }
    buf_adds(dst, name);
}

static void date(const struct filling *f, struct buf *dst)
{
    char text[11];

    date_format(f->why->event->business_date, text);
    buf_adds(dst, text);
}

static void put(const struct filling *f, struct str place, struct buf *dst)
{
    const struct why *w = f->why;

    if (str_is(place, "amount"))       units(f, w->amount, dst);
    else if (str_is(place, "change"))  change(f, dst);
    else if (str_is(place, "basis"))   money(f, w->basis_minor, dst);
    else if (str_is(place, "per"))     money(f, f->rule->per_minor, dst);
    else if (str_is(place, "give"))    units(f, f->rule->give, dst);
    else if (str_is(place, "step"))    money(f, step_reached(f), dst);
    else if (str_is(place, "percent")) percent(f, dst);
    else if (str_is(place, "subject")) buf_adds(dst, w->subject ? w->subject : "");
    else if (str_is(place, "event"))   event_label(f, dst);
    else if (str_is(place, "date"))    date(f, dst);
}

static const char *fill(const struct filling *f, const char *const tongues[TONGUES])
{
    const char *p = tongues[f->tongue];
    struct buf b;

    buf_init(&b, f->c->arena, 2000);
    while (*p) {
        size_t n = 0;
        if (*p != '{') {
            buf_addc(&b, *p++);
            continue;
        }
        while (p[n + 1] != '}') n++;
        put(f, (struct str){ p + 1, n }, &b);
        p += n + 2;
    }
    return buf_cstr(&b);
}

/* ---- the rule ---- */

const struct rule *why_rule(const struct ctx *c, const struct why *w)
{
    const struct judges *by = rules_for(c->conf, w->event);

    for (size_t i = 0; i < by->n; i++)
        if (by->rules[i]->id == w->rule_id) return by->rules[i];
    return NULL;
}

static bool is_step(const struct effect_step *s, const struct why *w)
{
    if (w->effect_n >= 0) return s->n == w->effect_n;
    return str_eq(s->effect->name, w->effect) && str_eq(s->subject, w->subject)
        && s->unit_id == w->unit_id;
}

static const struct amount *amount_rule(const struct ctx *c, const struct why *w)
{
    const struct rule *rule = why_rule(c, w);

    for (size_t i = 0; rule && i < rule->then_n; i++)
        if (is_step(&rule->then[i], w)) return &rule->then[i].amount;
    return NULL;
}

static enum sentence given_sentence(const struct filling *f)
{
    static const enum sentence forms[] = { [AMOUNT_FIXED] = FIXED, [AMOUNT_PER] = PER,
                                           [AMOUNT_PERCENT] = PERCENT, [AMOUNT_STEPS] = STEPS };

    if (f->why->amount < 0) return TAKE;
    return f->rule ? forms[f->rule->form] : FIXED;
}

/* The effect's own words; NULL: it gives an amount of a unit. */
static const struct effect_words *words_of(const struct why *w)
{
    const struct effect *effect = effect_find(w->effect);

    return effect ? effect->words : NULL;
}

const char *why_given(struct ctx *c, const struct why *w, const char *language)
{
    struct filling f = { c, w, amount_rule(c, w), tongue_of(language) };
    const struct effect_words *words = words_of(w);

    return fill(&f, words ? words->given : sentences[given_sentence(&f)]);
}

const char *why_changed(struct ctx *c, const struct why *w, const char *language)
{
    struct filling f = { c, w, NULL, tongue_of(language) };
    const struct effect_words *words = words_of(w);

    if (!words) return fill(&f, sentences[CHANGED]);
    return fill(&f, w->amount < 0 ? words->gone : words->given);
}
