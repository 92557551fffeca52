/* totals.h -- what the books add up to, as `name value` lines: every figure from postings, lots and
 * tier changes. */
#pragma once
#include <stdio.h>
#include "db/engine.h"

enum rc totals_print(struct engine *engine, FILE *out) MUST_CHECK;
