#include "core/ctx.h"
#include "core/door/answer.h"

#include "test/harness/test.h"

static struct claim claim(const char *key, const char *body)
{
    static const struct actor who = { .kind = ACTOR_KEY, .id = 7 };
    struct claim made;

    claim_of(&who, &(struct telling){ .key = key, .method = "POST", .path = STR("/v1/x"),
                                      .body = str_of(body) }, &made);
    return made;
}

/* What the door does of a write: the claim, the work, the answer. */
static enum rc tell(struct ctx *c, struct claim *in, struct claim_result *out)
{
    enum rc rc = claim_take(c, in, out);

    if (rc != RC_OK || out->found) return rc;
    return answer_keep(c, out->answer_id, 0, &(struct answer){
        .status = 201, .body = STR("{\"a\":1}"), .location = "/v1/x/1", .version = 3 });
}

TEST(the_same_request_under_the_same_key_finds_its_first_answer)
{
    struct claim in = claim("k", "{}");
    struct claim_result first, again;

    IS_INT(tell(c, &in, &first), RC_OK);
    IS_FALSE(first.found);
    IS_INT(tell(c, &in, &again), RC_OK);
    IS_TRUE(again.found);
    IS_INT(again.first.status, 201);
    IS_TRUE(str_is(again.first.body, "{\"a\":1}"));
    IS_STR(again.first.location, "/v1/x/1");
    IS_INT(again.first.version, 3);
}

TEST(another_request_under_the_same_key_is_refused)
{
    struct claim in = claim("k", "{}"), other = claim("k", "{ }");
    struct claim_result r;

    IS_INT(tell(c, &in, &r), RC_OK);
    IS_INT(tell(c, &other, &r), RC_INVALID);
    IS_STR(c->err.code, "idempotency.key_reused");
}

PURE(a_claim_tells_actors_keys_and_requests_apart)
{
    struct actor one = { .kind = ACTOR_KEY, .id = 1 }, two = { .kind = ACTOR_KEY, .id = 2 };
    struct telling t = { .key = "k", .method = "POST", .path = STR("/a"), .body = STR("b") };
    struct claim a, b;

    claim_of(&one, &t, &a);
    claim_of(&two, &t, &b);
    IS_FALSE(str_eq(a.digest, b.digest));
    IS_STR(a.fingerprint, b.fingerprint);
    t.path = STR("/ab");
    t.body = STR("");
    claim_of(&one, &t, &b);
    IS_STR(a.digest, b.digest);
    IS_FALSE(str_eq(a.fingerprint, b.fingerprint));
    t = (struct telling){ .key = "k2", .method = "POST", .path = STR("/a"), .body = STR("b") };
    claim_of(&one, &t, &b);
    IS_FALSE(str_eq(a.digest, b.digest));
    IS_FALSE(str_eq(a.fingerprint, b.fingerprint));           /* blinded: nobody can compare */
}

TEST(an_answer_that_lies_at_a_member_is_found_there_and_410_when_it_was_erased)
{
    struct claim in = claim("k", "{}"), other = claim("k", "{\"x\":1}");
    struct claim_result r;

    IS_INT(claim_take(c, &in, &r), RC_OK);
    IS_INT(claim_point(c, &in, 900, 44), RC_OK);
    IS_INT(answer_keep(c, 900, 44, &(struct answer){ .status = 200, .body = STR("{}") }), RC_OK);
    IS_INT(claim_take(c, &in, &r), RC_OK);
    IS_TRUE(r.found);
    IS_INT(db_sync(c->db), RC_OK);
    IS_INT(db_script(c->db, "DELETE FROM answer WHERE member_id = 44"), RC_OK);
    IS_INT(claim_take(c, &in, &r), RC_CONFLICT);
    IS_STR(c->err.code, "idempotency.erased");
    IS_INT(claim_take(c, &other, &r), RC_CONFLICT);           /* before "another request" */
    IS_STR(c->err.code, "idempotency.erased");
}

TEST(claims_and_answers_are_forgotten_after_thirty_days)
{
    struct claim old = claim("old", "{}"), fresh = claim("fresh", "{}");
    struct claim_result r;
    int64_t today = c->now;
    bool more;

    c->now = today - 31 * TIME_DAY_MS;
    IS_INT(claim_take(c, &old, &r), RC_OK);
    IS_INT(answer_keep(c, id_first_at(c->now), 0, &(struct answer){ .status = 200,
                                                                    .body = STR("{}") }), RC_OK);
    c->now = today;
    IS_INT(tell(c, &fresh, &r), RC_OK);
    IS_INT(answer_purge(c, &more), RC_OK);
    IS_FALSE(more);
    IS_INT(tell(c, &fresh, &r), RC_OK);
    IS_TRUE(r.found);
    IS_INT(tell(c, &old, &r), RC_OK);
    IS_FALSE(r.found);                                        /* a new request by now */
}
