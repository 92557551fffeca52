/* member.h -- a person as the books know them: a status, counters, a tier; the name and the phone
 * live elsewhere and can go.
 *
 * Whoever moves value locks the row first (member_lock), works on the struct, and writes it back
 * once (member_save).  Identities lead to a member: one (provider, subject), one member. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"

struct ctx;

struct member {
    int64_t id;
    const char *status;                      /* active blocked frozen */
    int64_t created_at;
    int64_t tier_level, tier_since_at, tier_until_at, tier_in_grace;
    int64_t purchases_n, spend_minor, first_purchase_at, last_purchase_at;
    int64_t last_purchase_date;              /* the business date of the last one */
    int64_t fold_at, settled_at, due_at;
};

struct member_join {
    const char *provider, *subject;          /* as written by a person; NULL: none */
    const char *name, *birthday, *source;    /* may be NULL */
};
struct identity { const char *provider, *subject; };

/* Joins at once, unproven.  Somebody who has this identity already: RC_CONFLICT
 * "member.exists", and *id is theirs.  Refusals: member.birthday, identity.provider_unknown,
 * identity.subject_invalid, member.exists. */
enum rc member_join(struct ctx *c, const struct member_join *in, int64_t *id) MUST_CHECK;
/* Refusals: identity.provider_unknown, identity.subject_invalid, identity.taken. */
enum rc member_identity_add(struct ctx *c, int64_t member_id, const struct identity *in) MUST_CHECK;

/* "mem_…", or provider:subject ("phone:0912…", "card:77", "ext:pos:31") to an id.  Refusals:
 * member.reference (no such form), identity.subject_invalid, member.unknown. */
enum rc member_find(struct ctx *c, const char *reference, int64_t *id) MUST_CHECK;
/* The canonical subject of an identity, in the arena.  Refusals: identity.provider_unknown,
 * identity.subject_invalid. */
enum rc identity_canonical(struct ctx *c, const struct identity *in, const char **subject)
    MUST_CHECK;
/* The same where there is no request; of a known provider.  NULL, or why it is none. */
struct identity_fold { const struct conf *conf; struct arena *arena; struct identity told; };
const char *identity_fold(const struct identity_fold *f, const char **subject) MUST_CHECK;
bool        identity_provider_ok(const char *provider);

/* A day of the last 130 years as YYYY-MM-DD, or --MM-DD. */
bool birthday_ok(const struct ctx *c, const char *text);

/* member.unknown */
enum rc member_get(struct ctx *c, int64_t id, struct member *out)
    MUST_CHECK;
/* due_before_at is what due_at was when the row was locked. */
enum rc member_save(struct ctx *c, const struct member *m, int64_t due_before_at) MUST_CHECK;
/* Frozen by broken() (core/note.h): nothing of value moves until a person has looked; thawed:
 * it does again, and a note says who did it and why.  Refusal: member.not_frozen (a blocked member
 * stays blocked). */
enum rc member_thaw(struct ctx *c, int64_t id, const char *reason) MUST_CHECK;
