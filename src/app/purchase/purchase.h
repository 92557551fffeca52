/* purchase.h -- a sale as the till told it, and what came back.
 *
 * A sale is told once: its natural key is store, till, business date and receipt number, for
 * ever. The same telling again gets the first answer; the same key with another amount, member
 * or time is a conflict, and is noted for a person to see.  A sale may be late and out of
 * order.  A return or a void changes what stands of it, and everything that followed is folded
 * again. */
#pragma once
#include "core/feature.h"
#include "core/timeline/timeline.h"

struct purchase_discount { const char *by, *text; int64_t amount_minor; };
struct purchase_line {
    const char *sku;
    int64_t quantity, list_minor, net_minor;     /* of the whole line */
    const struct purchase_discount *discounts; size_t discounts_n;
    int64_t returned, returned_minor;            /* what came back */
};
struct purchase_payment { const char *method, *wallet, *issuer, *bin; int64_t amount_minor; };

struct purchase_tell {
    const char *member;                          /* a reference, core/member/member.h */
    const char *store;                           /* sto_… or its code */
    const char *till, *receipt;                  /* receipt NULL: one is made from key */
    const char *key;                             /* the Idempotency-Key, or NULL */
    int64_t at;                                  /* JSON_ABSENT: now */
    int32_t business_date;                       /* JSON_ABSENT_DATE: computed */
    int64_t total_minor;
    const struct purchase_line *lines; size_t lines_n;
    const struct purchase_payment *payments; size_t payments_n;
    const char *channel, *identified_by;
    bool is_silent;                              /* import mode "facts": rules give nothing */
};
struct purchase_told {
    int64_t id, member_id, at;
    int32_t business_date;
    const char *till;
    const char *receipt;                         /* the till's, or the one made from its key */
    bool is_repeat;                              /* told before: nothing was done */
    struct timeline timeline;                    /* not for a repeat */
};

/* Refusals, in this order: purchase.lines_differ (the lines do not add up to the total),
 * store.unknown, purchase.at_future, purchase.date_far (more than LIMIT_DATE_DAYS from the day of
 * its moment), purchase.receipt_missing, member.reference, member.unknown,
 * purchase.receipt_differs, member.blocked, member.frozen, purchase.spend_limit
 * (LIMIT_SPEND_MINOR). */
enum rc purchase_commit(struct ctx *c, const struct purchase_tell *in, struct purchase_told *out)
    MUST_CHECK;

struct purchase_return_line { int64_t n, quantity, amount_minor; };  /* n from 0; amount ABSENT: in
                                                                        proportion */
struct purchase_return {
    int64_t member_id, purchase_id;
    /* JSON_ABSENT: by lines; neither: everything left */
    int64_t amount_minor;
    const struct purchase_return_line *lines; size_t lines_n;
    const char *reason;
    bool is_void;
    int64_t moved_to, moved_member_id;           /* a void whose sale is another member's now */
};
struct purchase_returned {
    int64_t id, amount_minor, left_minor;
    const char *status;
    struct timeline timeline;
};
/* Refusals, in this order: purchase.unknown, purchase.voided, purchase.returned (nothing is left),
 * purchase.void_late (its business date is over), purchase.void_in_part (something of it came
 * back: only a whole sale is voided), return.line_unknown, return.too_much, then
 * points.take_back_refused and return.unjudged (timeline_changed). */
enum rc purchase_return(struct ctx *c, const struct purchase_return *in,
                        struct purchase_returned *out) MUST_CHECK;

/* A sale that was told for the wrong member: voided there, whatever its date, and told to the right
 * one at its own moment, both in one transaction; its receipt leads there from now on, also for the
 * till that tells it again.  Refusals, in this order: purchase.unknown, purchase.same_member,
 * purchase.voided, purchase.returned, purchase.void_in_part (only a whole sale is moved), those of
 * a void at the source (member.blocked, member.frozen, points.take_back_refused,
 * return.unjudged), those of telling it to the target (member.blocked, member.frozen,
 * purchase.spend_limit). */
struct purchase_move { int64_t member_id, purchase_id, to_member_id; const char *reason; };
struct purchase_moved { struct purchase_returned from; struct purchase_told to; };
enum rc purchase_move(struct ctx *c, const struct purchase_move *in, struct purchase_moved *out)
    MUST_CHECK;

/* What fields read: e->detail of an event "purchase". */
struct purchase_detail {
    const struct purchase_line *lines; size_t lines_n;
    const struct purchase_payment *payments; size_t payments_n;
    const char *identified_by;
    const char *payments_raw;                    /* as stored, where payments were not read yet */
};

struct purchase_view {
    int64_t id, member_id, at, store_id, total_minor, left_minor;
    int32_t business_date;
    const char *till, *receipt, *status, *channel;
    struct purchase_detail detail;
};
enum rc purchase_get(struct ctx *c, const struct purchase_return *ref, struct purchase_view *out)
    MUST_CHECK;

extern const struct feature feature_purchase;
