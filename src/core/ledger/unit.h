/* unit.h -- what a ledger counts: points under the name the brand gave them. */
#pragma once
#include "core/conf.h"

struct unit_put {
    const char *code, *name;
    int64_t decimals;                        /* 0..2, fixed at birth */
    int64_t available_after_days, valid_days;
    const char *debt_policy;                 /* debt forgive refuse; NULL: debt */
    const char *reversal_policy;             /* lapse revive; NULL: lapse */
    int64_t revive_days;
};
/* Refusals: unit.code_taken. */
enum rc unit_create(struct ctx *c, const struct unit_put *in, int64_t *id) MUST_CHECK;
/* Refusals: unit.unknown, unit.decimals_fixed, unit.code_taken, unit.code_fixed,
 * version.mismatch. */
struct unit_change { int64_t id, if_version; const struct unit_put *put; };
enum rc unit_update(struct ctx *c, const struct unit_change *in, int64_t *version) MUST_CHECK;
