/* shop.h -- a small shop for tests: units, stores, rules, a ladder, members and sales, in one line
 * each.  Everything asserts: a shop that cannot be made is a failed test. */
#pragma once
#include "app/purchase/purchase.h"
#include "app/points/points.h"
#include "core/config/places.h"

void fixture_again(struct ctx *c);              /* an empty shop, after shop_rollback */
void shop_conf(struct ctx *c);                   /* reads the configuration again */
void shop_commit(struct ctx *c);                 /* commits; a new transaction begins */
void shop_rollback(struct ctx *c);

/* A configuration object, made or followed by another version, in force from here on. */
int64_t shop_config(struct ctx *c, const struct config_kind *kind, const void *doc);
enum rc shop_put(struct ctx *c, const struct config_put *in, const char *doc);
enum rc shop_unit_is(struct ctx *c, const char *code, const struct unit_doc *doc);
int64_t shop_unit(struct ctx *c, const char *code, int64_t valid_days);
void    shop_debt_policy(struct ctx *c, const char *unit, const char *policy);
void    shop_basics(struct ctx *c);              /* company A, store S1 (cut 00:00), unit points */
int64_t shop_rule(struct ctx *c, const char *doc);
void    shop_rule_at(struct ctx *c, const char *doc, int64_t effective_at);
void    shop_ladder(struct ctx *c, const char *doc);
void    shop_ladder_at(struct ctx *c, const char *doc, int64_t effective_at);
int64_t shop_member(struct ctx *c, const char *card);

int64_t shop_at(struct ctx *c, const char *local);   /* "2026-05-01T12:00" in the shop's zone */
/* A sale at `at`, told now (c->now).  Answers its id.  business_date 0: that of its moment. */
struct shop_sale {
    int64_t member_id, at, total_minor;
    const char *receipt;
    int32_t business_date;
};
int64_t shop_buy(struct ctx *c, const struct shop_sale *s);
/* The clock goes on to the sale, or the sale is late. */
int64_t shop_buy_at(struct ctx *c, int64_t member_id, const char *at, int64_t total_minor);
int64_t shop_spend(struct ctx *c, int64_t member_id, int64_t amount);      /* of "points" */
void    shop_return(struct ctx *c, int64_t member_id, int64_t purchase_id, int64_t amount_minor);
void    shop_settle(struct ctx *c, int64_t member_id);
int64_t shop_tasks(struct ctx *c);   /* runs what waits for members; how many there were */
enum rc shop_task(struct ctx *c, const struct task *t);     /* one, as the loop does */
/* From here on, until the shop is new: a past of more than one event is a task's to fold again. */
void    shop_all_heavy(void);

int64_t shop_balance(struct ctx *c, int64_t member_id, const char *unit);   /* available */
/* one value of a query */
int64_t shop_i64(struct ctx *c, const char *fmt, ...) PRINTF(2, 3);
struct member shop_get(struct ctx *c, int64_t member_id);
void    shop_check(struct ctx *c, int64_t member_id);   /* the books and the fold prove */

/* Lives one after the other, each in a fresh shop and from a seed of its own.  REGULARS_FOLD_RUNS
 * sets how many (runs_n unless set), REGULARS_FOLD_SEED the first. */
void    shop_each_seed(struct ctx *c, uint64_t runs_n, void (*live)(struct ctx *c, uint64_t seed));
