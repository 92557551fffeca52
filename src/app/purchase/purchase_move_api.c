/* purchase_move_api.c -- a sale that was told for the wrong member. */
#include "app/purchase/purchase_api.h"
#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/api.h"

struct move_doc { const char *member, *reason; };
static const struct json_field move_fields[] = {
    { "member", JT_TEXT, offsetof(struct move_doc, member), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_TEXT },
    { "reason", JT_TEXT, offsetof(struct move_doc, reason), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_REASON },
};
const struct json_shape move_shape = { "move", sizeof(struct move_doc), move_fields,
                                       ARRAY_LEN(move_fields) };

struct moved_view { struct returned_view from; struct sale_answer to; };
static const struct json_field moved_fields[] = {
    { "from", JT_OBJECT, offsetof(struct moved_view, from), .of = &returned_shape },
    { "to", JT_OBJECT, offsetof(struct moved_view, to), .of = &sale_answer_shape },
};
const struct json_shape moved_shape = { "moved", sizeof(struct moved_view), moved_fields,
                                        ARRAY_LEN(moved_fields) };

enum rc purchase_api_move(struct ctx *c, struct call *call)
{
    const struct move_doc *doc = call->body;
    struct purchase_moved *done = ARENA_NEW(c->arena, struct purchase_moved);
    struct moved_view *out = ARENA_NEW(c->arena, struct moved_view);
    struct purchase_return ref = { 0 };
    struct purchase_move in = { .reason = doc->reason };
    enum rc rc = purchase_id(c, call, &ref);

    in.member_id = ref.member_id;
    in.purchase_id = ref.purchase_id;
    if (rc == RC_OK) rc = sale_at_member(c, member_find(c, doc->member, &in.to_member_id));
    if (rc == RC_OK) rc = purchase_move(c, &in, done);
    if (rc != RC_OK) return rc;
    out->from = purchase_returned_view(c, &ref, &done->from, call->language);
    call->status = 201;
    call->answer = out;
    call->answer_id = done->from.id;     /* under the sale's own lies what its till is told */
    call->answer_member_id = in.member_id;
    return sale_answer_fresh(c, &done->to, call->language, &out->to);
}
