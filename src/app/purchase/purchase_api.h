/* purchase_api.h -- what the _api files of this folder share. */
#pragma once
#include "app/purchase/purchase_int.h"
#include "core/door/view_api.h"

/* ---- a sale as it is told ---- */

struct sale_doc {
    const char *member, *store, *till, *receipt, *key, *channel, *identified_by;
    int64_t at, total_minor;
    int32_t business_date;
    const struct purchase_line *lines; size_t lines_n;
    const struct purchase_payment *payments; size_t payments_n;
};
/* sale_item_shape also has `key`, for sales in a batch that have no receipt. */
extern const struct json_shape sale_shape, sale_item_shape;

struct sale_answer {
    const char *id, *member, *store, *till, *receipt, *status;
    int64_t at, total_minor;
    int32_t business_date;
    bool is_pending;
    const struct given_view *earned; size_t earned_n;
    struct differences_view differences;
    struct raised_list raised;
    struct balances_view balances;
    struct tier_standing tier;
};
extern const struct json_shape sale_answer_shape;

/* Tells a sale and composes its answer; one that was told before repeats its first answer: the kept
 * bytes, or, when those are gone, what the books say. */
struct sale_telling { const struct sale_doc *doc; const char *key, *language; };
struct sale_told {
    int64_t id, member_id;
    bool is_repeat;
    struct answer first;                 /* of a repeat */
    const struct sale_answer *answer;    /* otherwise */
    const char *location;
};
enum rc sale_answer_fresh(struct ctx *c, struct purchase_told *told, const char *language,
                          struct sale_answer *a) MUST_CHECK;
enum rc sale_tell(struct ctx *c, const struct sale_telling *in, struct sale_told *out) MUST_CHECK;

/* ---- the other routes; purchase_api.c has the lines ---- */

extern const struct json_shape purchase_view_shape;
enum rc purchase_api_get(struct ctx *c, struct call *call) MUST_CHECK;
extern const struct list purchase_list;
extern const struct json_shape receipt_query_shape, purchases_found_shape;
enum rc purchase_api_find(struct ctx *c, struct call *call) MUST_CHECK;
enum rc purchase_id(struct ctx *c, const struct call *call, struct purchase_return *out) MUST_CHECK;

extern const struct json_shape return_shape, void_shape, returned_shape;
struct returned_view {
    const char *id, *purchase, *member, *status;
    int64_t amount_minor, left_minor;
    bool is_pending;
    struct differences_view differences;
    struct raised_list raised;
    struct balances_view balances;
    struct tier_standing tier;
};
struct returned_view purchase_returned_view(struct ctx *c, const struct purchase_return *in,
                                            struct purchase_returned *done, const char *language);
enum rc purchase_api_return(struct ctx *c, struct call *call) MUST_CHECK;
enum rc purchase_api_void(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct json_shape move_shape, moved_shape;
enum rc purchase_api_move(struct ctx *c, struct call *call) MUST_CHECK;
/* Refusals of a member that a body names, where they are in it. */
enum rc sale_at_member(struct ctx *c, enum rc rc);

extern const struct json_shape sale_batch_shape, sale_results_shape;
enum rc purchase_api_batch(struct ctx *c, struct call *call) MUST_CHECK;

extern const struct route_list purchase_routes;
extern const struct permission_list purchase_permissions;
