/* api.h -- what handlers of routes share: pages of lists, versions, ids as text.
 *
 * Lists are newest first; a cursor is the place of the last row shown, so that a page never repeats
 * or skips one, whatever is added meanwhile.  To a client it is a word without meaning. */
#pragma once
#include "core/route.h"

/* ?limit=&cursor= */
struct page_query { int64_t limit; const char *cursor; };
extern const struct json_shape page_query_shape;

/* Rows before (at, id, n); lists ordered by less leave the others alone. */
struct page { int64_t at, id, n, limit; };
/* Refusal: request.cursor. */
enum rc     page_read(struct ctx *c, const struct call *call, struct page *out) MUST_CHECK;
const char *page_next(struct ctx *c, const struct page *last);

/* The version that If-Match names; one that is no number matches nothing.  Refusal:
 * version.missing. */
enum rc     api_version(struct ctx *c, const struct call *call, int64_t *version) MUST_CHECK;
/* Configuration is everybody's: a key of one store may not change it.  Refusal: auth.bound. */
enum rc     api_unbound(struct ctx *c) MUST_CHECK;
/* What happened at a store (0: at none) may be shown to the caller. */
bool        api_may_see(const struct ctx *c, int64_t store_id);
/* The member that the first {…} of the path names.  Refusals: those of member_find(). */
enum rc     api_member(struct ctx *c, const struct call *call, int64_t *id) MUST_CHECK;
/* A page of what the member of the path has.  Who is nobody has no empty list: member.unknown. */
enum rc     page_of_member(struct ctx *c, const struct call *call, struct page *page, int64_t *id)
    MUST_CHECK;
/* A refusal about `pointer`; one that says nothing more gets the sentence. */
enum rc     api_at(struct ctx *c, enum rc rc, const char *pointer, const char *sentence);

const char *api_id(struct ctx *c, const char *prefix, int64_t id);
const char *api_id_owned(struct ctx *c, const char *prefix, const int64_t member_and_id[static 2]);
/* Text for answers: the code of a store or a unit, NULL if it is none. */
const char *api_store(const struct ctx *c, int64_t id);
const char *api_unit(const struct ctx *c, int64_t id);
/* A moment for answers: TIME_NEVER is absent. */
int64_t     api_until(int64_t at);
