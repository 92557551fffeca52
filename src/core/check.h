/* check.h -- proving the books on a live database: `regulars check`, and --deep.
 *
 * For each member, in one short transaction: balance = lots - debts = postings, no lot and no debt
 * below zero.  For each unit, over postings older than a mark: the accounts add up to nothing.
 * Deep: every member folded again from the beginning, and compared with what is booked. */
#pragma once
#include "core/conf.h"
#include "db/engine.h"

struct check_one { int64_t member_id; bool is_deep; };
/* *why: the first thing that is wrong, as a sentence; NULL: nothing. */
enum rc check_member(struct ctx *c, const struct check_one *in, const char **why) MUST_CHECK;

struct check_run {
    struct engine *engine;
    bool is_deep;
    void (*told)(void *arg, int64_t member_id, const char *why);     /* a finding */
    void (*progress)(void *arg, int64_t done);                       /* now and then */
    void *arg;
};
struct check_result { int64_t members, findings, skipped; };
enum rc check_all(const struct check_run *r, struct check_result *out) MUST_CHECK;
