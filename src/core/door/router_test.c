#include "core/door/router.h"

#include "test/harness/test.h"

static char list_get, list_post, one, events, identify, deep;

static struct router *make(struct arena *a)
{
    struct router *r = router_open(a);
    const struct route_place places[] = {
        { GET, "/v1/members", &list_get }, { POST, "/v1/members", &list_post },
        { GET, "/v1/members/{member}", &one }, { GET, "/v1/members/{member}/events", &events },
        { POST, "/v1/members/identify", &identify },
        { PUT, "/v1/{a}/x/{b}/y/{c}/{d}", &deep }
    };
    char err[256];

    for (size_t i = 0; i < ARRAY_LEN(places); i++) IS_INT(router_add(r, &places[i], err), RC_OK);
    return r;
}

PURE(a_path_leads_to_its_route_and_its_parameters)
{
    struct arena *a = arena_open(1 << 20);
    struct router *r = make(a);
    struct route_match m;

    IS_TRUE(router_find(r, STR("/v1/members"), GET, &m) && m.target == &list_get);
    IS_TRUE(router_find(r, STR("/v1/members"), POST, &m) && m.target == &list_post);
    IS_TRUE(router_find(r, STR("/v1/members/phone:+8869"), GET, &m) && m.target == &one);
    IS_TRUE(str_is(m.params[0], "phone:+8869"));
    IS_TRUE(router_find(r, STR("/v1/p/x/q/y/r/s"), PUT, &m) && m.target == &deep);
    IS_TRUE(str_is(m.params[3], "s"));
    arena_close(a);
}

PURE(a_literal_wins_and_is_left_again_when_it_leads_nowhere)
{
    struct arena *a = arena_open(1 << 20);
    struct router *r = make(a);
    struct route_match m;

    IS_TRUE(router_find(r, STR("/v1/members/identify"), POST, &m) && m.target == &identify);
    IS_TRUE(router_find(r, STR("/v1/members/identify/events"), GET, &m) && m.target == &events);
    IS_TRUE(str_is(m.params[0], "identify"));
    arena_close(a);
}

PURE(a_known_path_with_another_method_lists_the_ones_it_has)
{
    struct arena *a = arena_open(1 << 20);
    struct router *r = make(a);
    struct route_match m;

    IS_TRUE(router_find(r, STR("/v1/members"), DELETE, &m));
    IS_TRUE(m.target == NULL);
    IS_STR(m.allow, "GET, POST");
    IS_TRUE(router_find(r, STR("/v1/members"), route_method_of("TRACE"), &m) && m.target == NULL);
    IS_INT(route_method_of("HEAD"), GET);
    arena_close(a);
}

PURE(what_is_no_path_of_ours_is_not_found)
{
    static const char *const none[] = {
        "", "/", "v1/members", "/v1", "/v1/members/", "/v1//members", "//", "/v1/members/x/",
        "/v1/members/x/y", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", "/v1/members//events"
    };
    struct arena *a = arena_open(1 << 20);
    struct router *r = make(a);
    struct route_match m;

    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        IS_FALSE(router_find(r, str_of(none[i]), GET, &m));
    arena_close(a);
}

PURE(a_route_that_is_there_twice_or_is_no_path_is_refused)
{
    static const char *const bad[] = {
        "", "/", "v1", "/v1/", "/v1//x", "/{a}/{b}/{c}/{d}/{e}", "/v1/members/{other}"
    };
    struct arena *a = arena_open(1 << 20);
    struct router *r = make(a);
    char err[256];

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        IS_INT(router_add(r, &(struct route_place){ GET, bad[i], &one }, err), RC_INVALID);
    arena_close(a);
}
