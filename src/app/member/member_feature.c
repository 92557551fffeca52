/* member_feature.c -- the doors of members, each in a line. */
#include "app/member/member.h"
#include "app/member/member_api.h"
#include "core/door/api.h"

static const struct permission permissions[] = {
    { "member.read", { "查詢會員", "look up members", "会員の照会" } },
    { "member.write", { "新增會員與身分", "add members and identities", "会員と識別子の追加" } },
    { "member.thaw", { "解除會員凍結", "thaw members", "会員の凍結解除" } },
};

static const struct route routes[] = {
    { POST, "/v1/members", "member.write", COUNTER, KEY_REQUIRED,
      NULL, &member_join_shape, &member_shape, member_api_join },
    /* A read; a POST because what people are known by must not lie in addresses and their logs. */
    { POST, "/v1/members/identify", "member.read", QUICK, KEY_NONE,
      NULL, &member_identify_shape, &member_shape, member_api_identify },
    { GET, "/v1/members/{member}", "member.read", QUICK, KEY_NONE,
      NULL, NULL, &member_shape, member_api_get },
    { POST, "/v1/members/{member}/identities", "member.write", WRITE, KEY_REQUIRED,
      NULL, &identity_add_shape, &identity_shape, member_api_identity },
    { POST, "/v1/members/{member}/thaw", "member.thaw", SLOW, KEY_NONE,
      NULL, &thaw_shape, &thawed_shape, member_api_thaw },
    { GET, "/v1/members/{member}/events", "member.read", READ, KEY_NONE, .list = &member_events },
};

const struct feature feature_member = {
    .name = "member", .routes = LIST(route_list, routes),
    .permissions = LIST(permission_list, permissions),
    .refusals = &member_refusals,
};
