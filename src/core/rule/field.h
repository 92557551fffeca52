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

enum field_type { FIELD_INT, FIELD_TEXT, FIELD_DATE, FIELD_BOOL, FIELD_TEXTS };
enum field_from { FIELD_TOLD, FIELD_DERIVED, FIELD_FACT };

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
    const char *label, *label_en;        /* zh-TW first */
    const char *on;                      /* event it belongs to ("purchase", "tier."); NULL: any */
    enum rc (*get)(const struct reading *r, struct json *out);
};

/* All fields of all features, in order; made once at start. */
size_t              field_count(void);
const struct field *field_at(size_t i);
int                 field_index(const char *name);   /* -1 if there is none */
