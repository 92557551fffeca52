/* evaluate.c -- the loader and the one evaluator.  judge() fills exactly the facts that the
 * candidate rules name; evaluate() is pure and never touches a database: what it asks for meanwhile
 * lies in the event and in the fold. */
#include <assert.h>

#include "core/ctx.h"
#include "core/rule/rule.h"

static const char *fact_key(int field)
{
    return field_at((size_t)field)->name;
}

/* The values of one judging.  Facts are read before it; what the event or the fold says already is
 * read when a rule comes to it. */
struct values {
    const struct judging *j;
    const struct judges *by;
    struct ctx c;                        /* the request's, with the scratch memory */
    struct reading reading;
    struct json *slots;
    bool *is_read;
    enum rc rc;                          /* of what was read meanwhile */
};

static void values_init(struct values *v, const struct judging *j, const struct judges *by)
{
    struct arena *a = j->scratch ? j->scratch : j->c->arena;

    *v = (struct values){ .j = j, .by = by, .c = *j->c };
    v->c.arena = a;
    v->reading = (struct reading){ .c = &v->c, .member = j->member, .event = j->event };
    v->slots = ARENA_ARRAY(a, struct json, by->slots_n + 1);
    v->is_read = ARENA_ARRAY(a, bool, by->slots_n + 1);
}

/* What went wrong while values were read is the request's to tell, and lies in the scratch
 * memory. */
static enum rc values_end(struct values *v, enum rc rc)
{
    v->j->c->err = v->c.err;
    v->j->c->notes = v->c.notes;
    if (rc == RC_OK && v->j->scratch) arena_reset(v->j->scratch);
    return rc;
}

/* Facts are kept with the event when it is first judged, and read from there ever after. */
static enum rc read_facts(struct values *v, size_t fields_n)
{
    const char *text = v->j->event->facts;
    struct json facts = { .kind = JSON_NULL };
    struct json_error error;
    bool is_parsed = !text;

    for (size_t i = 0; i < fields_n; i++) {
        int slot = v->by->fields[i];
        const struct field *f = field_at((size_t)slot);
        enum rc rc = RC_OK;
        if (f->from != FIELD_FACT) continue;
        if (!is_parsed && json_parse(v->c.arena, str_of(text), &facts, &error) != RC_OK)
            return broken(&v->c, "event.facts");
        is_parsed = true;
        const struct json *kept = json_get(&facts, f->name);
        if (kept) v->slots[slot] = *kept;
        else      rc = f->get(&v->reading, &v->slots[slot]);
        if (rc != RC_OK) return rc;
        v->is_read[slot] = true;
    }
    return RC_OK;
}

/* All sales ever are in the member's counters, and need not be at hand. */
static struct json term_value(const struct judging *j, const struct history_term *t)
{
    const struct member *m = j->member;

    if (!history_is_counted(t)) return history_value(t, j->past, j->event->business_date);
    return (struct json){ .kind = JSON_INT,
                          .u.i = t->what == HISTORY_COUNT ? m->purchases_n : m->spend_minor };
}

static void need(void *arg, int slot)
{
    struct values *v = arg;

    if (v->is_read[slot]) return;
    v->is_read[slot] = true;
    if ((size_t)slot < field_count()) {
        enum rc rc = field_at((size_t)slot)->get(&v->reading, &v->slots[slot]);
        if (v->rc == RC_OK) v->rc = rc;
        return;
    }
    for (size_t i = 0; i < v->by->terms_n; i++)
        if (v->by->term_slots[i] == slot) v->slots[slot] = term_value(v->j, v->by->terms[i]);
}

/* Also of rules that evaluation does not reach: a later fold may take another way through them. */
static void keep_facts(const struct values *v)
{
    const struct judges *by = v->by;
    struct json_pair *pairs = ARENA_ARRAY(v->c.arena, struct json_pair, by->fields_n + 1);
    struct json object = { .kind = JSON_OBJECT, .u.pairs = pairs };
    struct buf text;

    for (size_t i = 0; i < by->fields_n; i++) {
        if (field_at((size_t)by->fields[i])->from != FIELD_FACT) continue;
        pairs[object.n++] = (struct json_pair){ fact_key(by->fields[i]),
                                                v->slots[by->fields[i]] };
    }
    if (object.n == 0) return;
    buf_init(&text, v->j->c->arena, 64 << 10);
    json_emit(&object, &text);
    v->j->event->facts = buf_cstr(&text);
}

static bool is_in_force(const struct rule *r, const struct event *e)
{
    if (e->at < r->from_at || e->at >= r->to_at) return false;
    if (e->business_date < r->from_date || e->business_date > r->to_date) return false;
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
    const struct zone *zone = j->c->conf->zone;
    const struct unit *u = conf_unit(j->c->conf, s->unit_id);
    int wait = s->available_after_days, valid = s->valid_days;

    if (!u) return;
    u = unit_at(u, &(struct unit_when){ j->event->config_version, j->event->at });
    if (wait < 0) wait = u->available_after_days;
    if (valid < 0) valid = u->valid_days;
    a->available_at = wait ? time_after(zone, j->event->at, wait, TIME_DAYS) : 0;
    a->expires_at = valid ? time_after(zone, j->event->at, valid, TIME_DAYS) : TIME_NEVER;
}

static void give(const struct judging *j, const struct rule *r, struct award_list *out)
{
    for (size_t i = 0; i < r->then_n; i++) {
        const struct effect_step *s = &r->then[i];
        const struct unit *u = conf_unit(j->c->conf, s->unit_id);
        struct amount_scale scale = { u ? u->decimals : 0, j->c->conf->currency_decimals };
        int64_t basis = basis_of(s, j->event);
        int64_t amount = s->effect->plan(s, basis, &scale);
        if (amount == 0) continue;
        struct award *a = ARENA_PUSH(j->c->arena, out->items, out->n, out->cap);
        *a = (struct award){ .event_id = j->event->id, .rule_id = r->id,
                             .rule_version = r->version, .step = s, .rule_name = r->name,
                             .amount = amount, .basis_minor = basis,
                             .is_dependent = r->is_dependent, .event = j->event };
        date_award(j, s, a);
    }
}

bool evaluate(const struct judging *j, const struct judges *by, struct logic_env *env,
              struct award_list *out)
{
    for (size_t i = 0; i < by->n; i++) {
        const struct rule *r = by->rules[i];
        if (j->is_dependent_only && !r->is_dependent) continue;
        if (!is_in_force(r, j->event)) continue;
        if (r->when) {
            struct json yes = logic_eval(r->when, env);
            bool has_thrown = env->has_thrown;
            env->has_thrown = false;
            if (has_thrown || !logic_truthy(&yes)) continue;
        }
        give(j, r, out);
        if (arena_room(j->c->arena) == 0 || arena_room(env->arena) == 0) return false;
    }
    return true;
}

enum rc judge_facts(const struct judging *j)
{
    const struct judges *by = rules_for(j->c->conf, j->event);
    struct values v;
    enum rc rc;

    if (by->n == 0 || j->event->facts) return RC_OK;
    values_init(&v, j, by);
    rc = read_facts(&v, by->fields_n);
    if (rc == RC_OK) keep_facts(&v);
    return values_end(&v, rc);
}

enum rc judge(const struct judging *j, struct award_list *out)
{
    const struct judges *by = rules_for(j->c->conf, j->event);
    struct values v;
    enum rc rc;

    if (by->n == 0 || !j->event->is_live) return RC_OK;
    out->asked_n += (int64_t)by->n;
    values_init(&v, j, by);
    rc = read_facts(&v, j->is_dependent_only ? by->dependent_fields_n : by->fields_n);
    if (rc != RC_OK) return values_end(&v, rc);
    if (j->event->is_new && !j->event->facts) keep_facts(&v);
    struct logic_env env = { .arena = v.c.arena, .slots = v.slots, .need = need, .need_arg = &v };
    if (!evaluate(j, by, &env, out)) rc = fail(&v.c, RC_INTERNAL, "server.memory");
    return values_end(&v, rc == RC_OK ? v.rc : rc);
}
