/* seal_anew.h -- another secret: every seal of a database made again with the one at hand.
 *
 * For who has lost the secret, or fears that somebody else has it.  It may be stopped and run
 * again: the row of config, by which a secret is known, comes last.  What was altered before is
 * sealed with the rest: `regulars check` first, as long as there is a secret to check with. */
#pragma once
#include "base/rc.h"
#include "db/engine.h"

struct ctx;

/* Parts of it: one member; the row of config.  What is nobody's is a walk (core/check/check.h). */
enum rc seal_anew_member(struct ctx *c, int64_t member_id) MUST_CHECK;
enum rc seal_anew_shop(struct ctx *c) MUST_CHECK;

/* node: of this program.  RC_CONFLICT: other programs run on the database, and would go on to seal
 * with the old one. */
struct seal_anew { struct engine *engine; int64_t node; };
enum rc seal_anew(const struct seal_anew *s, int64_t *members) MUST_CHECK;
