/* evaluate.c -- the loader and the one evaluator.  judge() fills exactly the fields that the
 * candidate rules name; evaluate() is pure and never touches a database. */
#include <assert.h>

#include "core/rule/rule.h"

static const char *fact_key(int field)
{
    return field_at((size_t)field)->name;
}

/* Facts are kept with the event when it is first judged, and read from there ever after. */
static enum rc read_fields(const struct judging *j, const struct judges *by, struct json *slots)
{
    struct reading r = { .c = j->c, .member = j->member, .event = j->event };
    struct json facts = { .kind = JSON_NULL };
    struct json_error error;

    if (j->event->facts
        && json_parse(j->c->arena, str_of(j->event->facts), &facts, &error) != RC_OK)
        return broken(j->c, "event.facts");
    for (size_t i = 0; i < by->fields_n; i++) {
        const struct field *f = field_at((size_t)by->fields[i]);
        const struct json *kept = f->from == FIELD_FACT ? json_get(&facts, f->name) : NULL;
        enum rc rc = RC_OK;
        if (kept) slots[by->fields[i]] = *kept;
        else      rc = f->get(&r, &slots[by->fields[i]]);
        if (rc != RC_OK) return rc;
    }
    for (size_t i = 0; i < by->terms_n; i++)
        slots[by->term_slots[i]] = history_value(by->terms[i], j->past, j->event->business_date);
    return RC_OK;
}

/* Also of rules that evaluation does not reach: a later fold may take another way through them. */
static void keep_facts(const struct judging *j, const struct judges *by, const struct json *slots)
{
    struct json_pair *pairs = ARENA_ARRAY(j->c->arena, struct json_pair, by->fields_n + 1);
    struct json object = { .kind = JSON_OBJECT, .u.pairs = pairs };
    struct buf text;

    for (size_t i = 0; i < by->fields_n; i++) {
        if (field_at((size_t)by->fields[i])->from != FIELD_FACT) continue;
        pairs[object.n++] = (struct json_pair){ fact_key(by->fields[i]), slots[by->fields[i]] };
    }
    if (object.n == 0) return;
    buf_init(&text, j->c->arena, 64 << 10);
    json_emit(&object, &text);
    j->event->facts = buf_cstr(&text);
}

static bool is_in_force(const struct rule *r, const struct event *e)
{
    if (e->at < r->from_at || e->at >= r->to_at) return false;
    return r->weekdays == 0 || (r->weekdays & 1u << date_weekday(e->business_date));
}

/* Eligible: the net of lines that may earn.  Everything may, until products say otherwise. */
static int64_t basis_of(const struct effect_step *s, const struct event *e)
{
    switch (s->amount.basis) {
    case BASIS_ELIGIBLE: return e->value_minor;
    case BASIS_TOTAL:    return e->value_minor;
    }
    return 0;
}

static void date_award(const struct judging *j, const struct effect_step *s, struct award *a)
{
    int wait = s->available_after_days, valid = s->valid_days;

    if (!s->unit) return;
    if (wait < 0) wait = s->unit->available_after_days;
    if (valid < 0) valid = s->unit->valid_days;
    const struct zone *zone = j->c->conf->zone;
    a->available_at = wait ? time_after(zone, j->event->at, wait, TIME_DAYS) : 0;
    a->expires_at = valid ? time_after(zone, j->event->at, valid, TIME_DAYS) : TIME_NEVER;
}

static void give(const struct judging *j, const struct rule *r, struct award_list *out)
{
    for (size_t i = 0; i < r->then_n; i++) {
        const struct effect_step *s = &r->then[i];
        struct amount_scale scale = { s->unit ? s->unit->decimals : 0,
                                      j->c->conf->currency_decimals };
        int64_t basis = basis_of(s, j->event);
        int64_t amount = s->effect->plan(s, basis, &scale);
        if (amount == 0) continue;
        struct award *a = ARENA_PUSH(j->c->arena, out->items, out->n, out->cap);
        *a = (struct award){ .event_id = j->event->id, .rule_id = r->id,
                             .rule_version = r->version, .step = s, .rule_name = r->name,
                             .amount = amount, .basis_minor = basis, .event = j->event };
        date_award(j, s, a);
    }
}

void evaluate(const struct judging *j, const struct judges *by, const struct json *slots,
              struct award_list *out)
{
    struct logic_env env = { .arena = j->c->arena, .slots = slots };

    for (size_t i = 0; i < by->n; i++) {
        const struct rule *r = by->rules[i];
        if (j->is_dependent_only && !r->is_dependent) continue;
        if (!is_in_force(r, j->event)) continue;
        if (r->when) {
            struct json yes = logic_eval(r->when, &env);
            bool has_thrown = env.has_thrown;
            env.has_thrown = false;
            if (has_thrown || !logic_truthy(&yes)) continue;
        }
        give(j, r, out);
    }
}

enum rc judge_facts(const struct judging *j)
{
    const struct judges *by = rules_for(j->c->conf, j->event);
    struct json *slots;
    enum rc rc;

    if (by->n == 0 || j->event->facts) return RC_OK;
    slots = ARENA_ARRAY(j->c->arena, struct json, by->slots_n + 1);
    rc = read_fields(j, by, slots);
    if (rc == RC_OK) keep_facts(j, by, slots);
    return rc;
}

enum rc judge(const struct judging *j, struct award_list *out)
{
    const struct judges *by = rules_for(j->c->conf, j->event);
    struct json *slots;
    enum rc rc;

    if (by->n == 0 || !j->event->is_live) return RC_OK;
    slots = ARENA_ARRAY(j->c->arena, struct json, by->slots_n + 1);
    rc = read_fields(j, by, slots);
    if (rc != RC_OK) return rc;
    if (j->event->is_new && !j->event->facts) keep_facts(j, by, slots);
    evaluate(j, by, slots, out);
    return RC_OK;
}
