/* why.h -- why a rule gave what it gave, as one sentence in the language of who asks. */
#pragma once
#include "core/rule/rule.h"

struct why {
    const struct event *event;           /* the event judged */
    int64_t rule_id, effect_n;           /* effect_n -1: found by the three below */
    const char *effect, *subject;
    int64_t unit_id, amount, basis_minor;
};
/* The rule as it judged the event: its version, or NULL if it is not readable any more. */
const struct rule *why_rule(const struct ctx *c, const struct why *w);
const char *why_given(struct ctx *c, const struct why *w, const char *language);
/* `amount` is what changed when the event was judged anew. */
const char *why_changed(struct ctx *c, const struct why *w, const char *language);
