/* job.h -- the doors of long work: what runs, how far it is, and a person's word about it.
 *
 * The work itself is core/event/task.h's. */
#pragma once
#include "core/feature.h"

extern const struct feature feature_job;
