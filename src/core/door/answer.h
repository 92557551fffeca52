/* answer.h -- the second telling of a request: same key, same request, the first answer again, byte
 * for byte, for 30 days (CORE.md §4).
 *
 * A claim is inserted before the work and falls with it, so only committed work is remembered and a
 * refusal is judged anew.  Keys belong to their actor.  The claim holds no body: it leads to the
 * kept answer, which goes with its member when that is erased. */
#pragma once
#include "core/route.h"

#define ANSWER_DAYS 30
#define DIGEST_TEXT_MAX 33

struct claim {
    char digest[DIGEST_TEXT_MAX];            /* of actor and key */
    char fingerprint[DIGEST_TEXT_MAX];       /* of the request, blinded with the key */
    int64_t at;                              /* when it was taken: set by claim_take */
};

/* What one request is: its method and path with the query as sent, and its body's bytes. */
struct telling { const char *key, *method; struct str path, query, body; };
void claim_of(const struct actor *actor, const struct telling *t, struct claim *out);

/* RC_OK with *found false: the key is ours now, and the answer's id is *answer_id.  With *found
 * true: *out is the first answer.  Refusals: idempotency.erased, idempotency.key_reused. */
struct claim_result { bool found; int64_t answer_id; struct answer first; };
enum rc claim_take(struct ctx *c, struct claim *claim, struct claim_result *out) MUST_CHECK;
/* The answer will lie elsewhere than claim_take said: under an event of a member. */
enum rc claim_point(struct ctx *c, const struct claim *claim, int64_t id, int64_t member_id)
    MUST_CHECK;

/* One step of forgetting what is older than ANSWER_DAYS; *more: there is another step. */
enum rc answer_purge(struct ctx *c, bool *more) MUST_CHECK;
