/* rule.h -- "when this event, if this condition, then these effects", compiled.
 *
 * A rule is versioned: a version never changes, it is followed.  An event is judged by the versions
 * that were published when it was first processed and in force at its date; that pair of numbers
 * finds the same rules again for ever.  evaluate() is pure: it never touches a database. */
#pragma once
#include "core/config/config_kind.h"
#include "core/rule/field.h"
#include "core/rule/history.h"
#include "core/rule/logic.h"
#include "json/shape.h"

/* ---- amounts ------------------------------------------------------------------------------ */

enum amount_form { AMOUNT_FIXED, AMOUNT_PER, AMOUNT_PERCENT, AMOUNT_STEPS };
enum rounding { ROUND_DOWN, ROUND_NEAREST, ROUND_UP };
enum basis { BASIS_ELIGIBLE, BASIS_TOTAL };

struct amount_step { int64_t from_minor, give; };
struct amount {
    enum amount_form form;
    enum rounding rounding;
    enum basis basis;
    int64_t fixed;                       /* AMOUNT_FIXED */
    int64_t per_minor, give;             /* AMOUNT_PER: give for each whole per_minor */
    int64_t percent_num, percent_den;    /* AMOUNT_PERCENT: "0.33" is 33 / 10000 of the basis */
    const struct amount_step *steps; size_t steps_n;
};
/* RC_INVALID leaves a mistake at the pointer.  unit_decimals: parts of one unit, for percent. */
enum rc amount_parse(struct json_reader *r, const struct json *src, struct amount *out) MUST_CHECK;
/* percent of money becomes units: 0.33 % of NT$1000 in a unit with 2 decimals is 3.30.  Formula:
 * basis * num / den * 10^unit_decimals / 10^currency_decimals, rounded once.  Saturates at
 * LIMIT_MONEY_MINOR. */
struct amount_scale { int unit_decimals, currency_decimals; };
int64_t amount_of(const struct amount *a, int64_t basis_minor, const struct amount_scale *scale);

/* ---- effects ------------------------------------------------------------------------------ */

struct effect_step;
struct effect_parse {                    /* one {"points.grant": {…}} as it is being read */
    struct json_reader *reader;
    const struct conf *conf;
    const struct json *args;
    const char *pointer;                 /* of the arguments */
};
struct booking;                          /* core/effect/effect.h */
struct award_check;                      /* core/effect/effect.h */
/* For why it was given, in the tongues of core/timeline/why.c, with places such as {subject}. */
struct effect_words { const char *given[3], *gone[3]; };     /* zh, en, ja */
struct effect {
    const char *name;                    /* "points.grant" */
    struct text label;
    /* Reads the arguments; mistakes go to the reader. */
    enum rc (*parse)(const struct effect_parse *p, struct effect_step *out);
    /* Pure: the amount it would give on a basis; 0: nothing. */
    int64_t (*plan)(const struct effect_step *s, int64_t basis_minor,
                    const struct amount_scale *sc);
    /* Books it for the first time; books the difference between what stood and what now follows. */
    enum rc (*apply)(struct booking *b);
    enum rc (*revise)(struct booking *b);
    /* Both only move the books, which are memory until they are written: a reader does them too,
     * to show what stands now. */
    bool is_in_memory;
    bool has_lots;                       /* award.lot_id is a lot that this award made */
    const struct effect_words *words;    /* NULL: an amount of a unit, told by its rule's numbers */
    /* For `regulars check`: what a row of `award` of this effect cannot be; NULL: nothing wrong.
     * Rows of its own are compared by its feature's check. */
    const char *(*check)(const struct award_check *a);
};
const struct effect *effect_find(const char *name);   /* NULL if no feature brings it */

struct effect_step {                     /* one effect of one rule, compiled */
    const struct effect *effect;
    int n;                               /* its place in `then` */
    int64_t unit_id;                     /* 0: not a unit */
    struct amount amount;
    int available_after_days, valid_days;/* -1: the unit's */
    const char *subject;                 /* the tag */
};

/* What a rule gives for an event: the net that should stand. */
struct award {
    int64_t event_id, rule_id, rule_version;
    const struct effect_step *step;
    const char *rule_name;
    int64_t amount, basis_minor;
    int64_t available_at, expires_at;     /* available_at 0: at once */
    bool is_dependent;                    /* its rule is */
    const struct event *event;
};

/* ---- rules -------------------------------------------------------------------------------- */

struct rule {
    int64_t id, version, config_version, effective_at;
    const char *name, *on;
    bool is_active;                      /* a version may say: no longer */
    bool is_unreadable;                  /* in its place, judges nothing, what it gave stands */
    int priority;
    const struct logic *when;            /* NULL: always */
    const struct effect_step *then; size_t then_n;
    int64_t from_at, to_at;              /* active: [from, to); NEVER bounds when not given */
    int32_t from_date, to_date;          /* or by business date, both included */
    unsigned weekdays;                   /* bit 1..7; 0: every day */
    /* on history, tier or limits: judged again when they move */
    bool is_dependent;
};

/* The rules of one event name under one (config_version, at), with the slots they read. */
struct judges {
    const struct rule *const *rules; size_t n;
    const int *fields; size_t fields_n;          /* field indexes that any of them names */
    size_t dependent_fields_n;                   /* the first of them: of dependent rules */
    const struct history_term *const *terms;
    const int *term_slots; size_t terms_n;
    int slots_n;
};

/* A rule's document.  Its parts are taken as they are told: rule_check() judges them and says
 * where. */
struct rule_doc { struct json name, on, when, then, kind, status, active, priority; };
#define RULE_PART(type, at, part) { #part, JT_VALUE, offsetof(type, at part), .flags = JF_OMIT }
#define RULE_FIELDS(type, at)                                                                   \
    RULE_PART(type, at, name), RULE_PART(type, at, on), RULE_PART(type, at, when),              \
    RULE_PART(type, at, then), RULE_PART(type, at, kind), RULE_PART(type, at, status),          \
    RULE_PART(type, at, active), RULE_PART(type, at, priority)

/* Rules are a kind of configuration.  A version that cannot be read any more is an alarm, never a
 * reason not to start, and no reason to take the one before it for the one in force. */
extern const struct config_kind rule_kind;

/* Never NULL; n is 0 when nobody listens. */
const struct judges *rules_for(const struct conf *conf, const struct event *e);
/* True if the version of this rule that is in force for the event cannot be read. */
bool rule_is_unreadable(const struct conf *conf, const struct event *e, int64_t rule_id);
/* True if any version of any rule reads history or the tier of this event name. */
bool rules_need_history(const struct conf *conf, const char *event_name);

/* Reads and checks one rule document as it is to be saved: every mistake with its place. */
enum rc rule_check(struct json_reader *r, const struct conf *conf, const struct json *doc,
                   struct rule *out) MUST_CHECK;

/* ---- judging ------------------------------------------------------------------------------ */

struct judging {
    struct ctx *c;
    const struct member *member;         /* before the event */
    const struct history *past;          /* sales before the event */
    struct event *event;                 /* its facts are filled in when it is new */
    struct arena *scratch;               /* for what is needed meanwhile; NULL: the request's */
    bool is_dependent_only;
};
struct award_list {
    struct award *items; size_t n, cap;
    int64_t asked_n;                         /* rules, for these */
};

/* Pure: the rules of `by` over the values of env; appends what each gives (amount != 0).  False:
 * the memory of the request does not suffice. */
bool evaluate(const struct judging *j, const struct judges *by, struct logic_env *env,
              struct award_list *out) MUST_CHECK;
/* Loads what the rules of the event name, keeps its facts if it is new, and evaluates. */
enum rc judge(const struct judging *j, struct award_list *out) MUST_CHECK;
/* Only keeps the facts: for an event whose judging becomes a task. */
enum rc judge_facts(const struct judging *j) MUST_CHECK;
