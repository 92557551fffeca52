/* api.h -- what handlers of routes share: versions, ids as text. */
#pragma once
#include "core/route.h"

/* The version that If-Match names; one that is no number matches nothing.  Refusal:
 * version.missing. */
enum rc     api_version(struct ctx *c, const struct call *call, int64_t *version) MUST_CHECK;
/* Configuration is everybody's: a key of one store may not change it.  Refusal: auth.bound. */
enum rc     api_unbound(struct ctx *c) MUST_CHECK;
/* What happened at a store (0: at none) may be shown to the caller. */
bool        api_may_see(const struct ctx *c, int64_t store_id);
/* The member that the first {…} of the path names.  Refusals: those of member_find(). */
enum rc     api_member(struct ctx *c, const struct call *call, int64_t *id) MUST_CHECK;
/* The same for lists of what a member has: who is nobody has no empty list. */
enum rc     api_member_known(struct ctx *c, const struct call *call, int64_t *id) MUST_CHECK;
/* A refusal about `pointer`; one that says nothing more gets the sentence. */
enum rc     api_at(struct ctx *c, enum rc rc, const char *pointer, const char *sentence);

const char *api_id(struct ctx *c, const char *prefix, int64_t id);
const char *api_id_owned(struct ctx *c, const char *prefix, const int64_t member_and_id[static 2]);
/* Text for answers: the code of a store or a unit, NULL if it is none. */
const char *api_store(const struct ctx *c, int64_t id);
const char *api_unit(const struct ctx *c, int64_t id);
/* A moment for answers: TIME_NEVER is absent. */
int64_t     api_until(int64_t at);
