/* check.h -- proving the books on a live database: `regulars check`, and --deep.
 *
 * Each member is read in one short transaction, and every figure that is known in two places is
 * compared: balances with lots, debts and postings; postings with awards, spends, expiries and
 * their events; lots and debts with the awards that made them; tags with awards; then the rows of
 * the features (sales, receipts, changes of tier), each by its own check.  Deep: every member
 * folded again from the beginning, and compared with what is booked.
 *
 * What no member leads to (a posting without its event, a receipt without its sale) is looked for
 * in the tables themselves, page by page.
 *
 * What is known in one place only (a sku, a rule's words, an answer) is sealed with the secret of
 * the installation when it is written (core/seal/sealed.h), and compared with its seal.
 * docs/DATA.md says what nothing shows, and why. */
#pragma once
#include "core/config/conf.h"
#include "db/engine.h"

struct check_one { int64_t member_id; bool is_deep; };
/* *why: the first thing that is wrong, as a sentence; NULL: nothing.  RC_BUSY: the database has a
 * newer publication, which is installed now; ask again. */
enum rc check_member(struct ctx *c, const struct check_one *in, const char **why) MUST_CHECK;

/* Who is told of a finding; member_id 0: nobody's. */
struct check_ear {
    void (*told)(void *arg, int64_t member_id, const char *why);
    void *arg;
};
/* Where the walk through the tables is; all zero: at the beginning. */
enum { CHECK_RECEIPT_MAX = 512 };
struct check_walk {
    enum { CHECK_EVENTS, CHECK_MEMBERS, CHECK_RECEIPTS, CHECK_SEALED, CHECK_DONE } stage;
    bool is_inside;                                   /* of the stage */
    bool is_anew;                                     /* seals are made again, not compared */
    size_t sealed_n;                                  /* which of the sealed tables */
    int64_t after_id, after_n;
    char digest[64], kind[48];
    struct {
        int64_t store_id, business_date;
        char till[CHECK_RECEIPT_MAX], number[CHECK_RECEIPT_MAX];
    } receipt;
    int64_t findings;
};
/* One page: a fraction of a second. */
enum rc check_strays(struct ctx *c, struct check_walk *w, const struct check_ear *ear) MUST_CHECK;

struct check_run {
    struct engine *engine;
    bool is_deep;
    void (*told)(void *arg, int64_t member_id, const char *why);     /* a finding */
    void (*progress)(void *arg, int64_t done);                       /* now and then */
    void *arg;
};
struct check_result { int64_t members, findings; };
enum rc check_all(const struct check_run *r, struct check_result *out) MUST_CHECK;
/* Its parts, which add to what was found: the members after one, page by page; then what no member
 * leads to. */
enum rc check_members_page(const struct check_run *r, int64_t *after_id, struct check_result *out,
                           bool *more) MUST_CHECK;
enum rc check_all_tables(const struct check_run *r, struct check_result *out) MUST_CHECK;
