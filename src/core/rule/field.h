/* field.h -- what may be asked in a rule: name, type, label and how to read it, side by side.
 *
 * Told fields come with the event and are read from it again whenever it is folded.  Derived fields
 * follow from the fold (how many sales before, the tier).  Facts are neither: what the world said
 * when the event was first processed (tags, the store's region); they are kept with the event and
 * read from there ever after. */
#pragma once
#include "core/event/event.h"
#include "core/member/member.h"
#include "json/value.h"
#include "base/text.h"

enum field_type { FIELD_INT, FIELD_TEXT, FIELD_DATE, FIELD_BOOL, FIELD_TEXTS };
enum field_from { FIELD_TOLD, FIELD_DERIVED, FIELD_FACT };

/* What a number counts. */
enum field_measure { MEASURE_NONE, MEASURE_COUNT, MEASURE_MONEY, MEASURE_POINTS, MEASURE_DAYS };
struct config_kind;

/* Where a field is read from.  `member` is the state before the event. */
struct reading {
    struct ctx *c;
    const struct member *member;
    const struct event *event;
};
struct field {
    const char *name;                    /* "purchase.total_minor" */
    enum field_type type;
    enum field_from from;
    enum field_measure measure;
    struct text label, help;             /* a word or two; a sentence that says what it counts */
    const char *on;                      /* event it belongs to ("purchase", "tier."); NULL: any */
    const char *const *choices;          /* all there are, to the last NULL; NULL: any */
    const struct config_kind *choices_of;/* the codes of these; NULL: no kind's */
    enum rc (*get)(const struct reading *r, struct json *out);
    /* The same of a member as it stands now, for lists and segments: an expression over a row `m`
     * of `member`, settled, and :today, the day in the program's zone.  NULL: there is none. */
    const char *sql;
};

/* All fields of all features, in order; made once at start. */
size_t              field_count(void);
const struct field *field_at(size_t i);
int                 field_index(const char *name);   /* -1 if there is none */
