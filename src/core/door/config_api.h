/* config_api.h -- the doors of whatever a shop decides: one set of handlers for every kind.
 *
 *     GET  /v1/units                      the newest version of each, the newest object first
 *     POST /v1/units                      a new one
 *     GET  /v1/units/{unit}               by id or code, with its version as ETag
 *     PUT  /v1/units/{unit}               the next version, with If-Match
 *     POST /v1/units/{unit}/archive       nobody wants it any more; what is pointed to stays
 *     GET  /v1/units/{unit}/versions      every version, with who and when
 *     GET  /v1/units/{unit}/uses          what points to it
 *
 * A feature says its fields once (UNIT_FIELDS), makes the shapes (CONFIG_SHAPES) and names the
 * routes (CONFIG_ROUTES). */
#pragma once
#include "core/config/config_kind.h"
#include "core/door/api.h"
#include "core/door/list_api.h"

/* An object as its doors show it: the head, and the kind's document behind it. */
struct config_head {
    const char *id;
    int64_t version, effective_at;
    bool is_archived;
    const char *by;                      /* key_…; system.  Only of versions, as what follows */
    int64_t published_at;
};
#define CONFIG_SHOWN(noun, doc_type)                                                            \
    struct noun##_shown { struct config_head head; _Alignas(16) doc_type doc; }

/* Told with a document: from when it holds (CONFIG_DATED), or nothing (CONFIG_UNDATED). */
#define CONFIG_DATED(type)                                                                      \
    , { "effective_at", JT_MOMENT, offsetof(type, head.effective_at) }
#define CONFIG_UNDATED(type)
#define CONFIG_EFFECTIVE(type)                                                                  \
    { "effective_at", JT_MOMENT, offsetof(type, head.effective_at), .flags = JF_OMIT }
#define CONFIG_VERSION(type) { "version", JT_I64, offsetof(type, head.version) }

/* The kind of a noun is noun_kind, declared before. */
#define CONFIG_SHAPES(noun, doc_type, FIELDS, WHEN)                                             \
    CONFIG_SHOWN(noun, doc_type);                                                               \
    JSON_SHAPE(noun##_put_shape, struct noun##_shown,                                           \
        FIELDS(struct noun##_shown, doc.) WHEN(struct noun##_shown));                           \
    JSON_SHAPE(noun##_view_shape, struct noun##_shown,                                          \
        { "id", JT_TEXT, offsetof(struct noun##_shown, head.id) },                              \
        CONFIG_VERSION(struct noun##_shown), FIELDS(struct noun##_shown, doc.),                 \
        { "archived", JT_BOOL, offsetof(struct noun##_shown, head.is_archived) },               \
        CONFIG_EFFECTIVE(struct noun##_shown));                                                 \
    CONFIG_VERSIONS(noun, FIELDS, noun##_kind)                                                  \
    static const struct list noun##_objects = {                                                    \
        .name = #noun, .rows = &sql_def_config_object_list, .ask = config_list_ask,             \
        .item = &noun##_view_shape, .show = config_list_show, LIST_SORTS(config_list_sorts),    \
        LIST_FILTERS(config_list_filters), .searched = config_list_searched,                    \
        .of = &noun##_kind };
#define CONFIG_VERSIONS(noun, FIELDS, kind)                                                        \
    JSON_SHAPE(noun##_version_shape, struct noun##_shown,                                       \
        CONFIG_VERSION(struct noun##_shown), FIELDS(struct noun##_shown, doc.),                 \
        { "archived", JT_BOOL, offsetof(struct noun##_shown, head.is_archived) },               \
        CONFIG_EFFECTIVE(struct noun##_shown),                                                  \
        { "published_at", JT_MOMENT, offsetof(struct noun##_shown, head.published_at) },        \
        { "by", JT_TEXT, offsetof(struct noun##_shown, head.by) });                             \
    static const struct list noun##_versions = {                                                \
        .name = #noun "-versions", .rows = &sql_def_config_object_versions,                     \
        .ask = config_versions_ask, .item = &noun##_version_shape, .show = config_list_show,    \
        LIST_SORTS(config_versions_sorts), .of = &kind };
enum { CONFIG_LIST_SORTS = 4 };
extern const struct sql_def sql_def_config_object_list, sql_def_config_object_versions;
extern const struct list_sort config_list_sorts[CONFIG_LIST_SORTS], config_versions_sorts[1];
extern const struct list_filter config_list_filters[1];
extern const char *const config_list_searched[];
enum rc config_list_ask(struct ctx *c, const struct call *call, const void **arg) MUST_CHECK;
enum rc config_versions_ask(struct ctx *c, const struct call *call, const void **arg) MUST_CHECK;
enum rc config_list_show(struct ctx *c, const struct call *call, const void *from, void *item)
    MUST_CHECK;

struct config_uses;
extern const struct json_shape config_uses_shape, config_archive_shape;

#define CONFIG_ROUTES(kind, noun, path, one)                                                    \
    { GET, path, "config.read", READ, KEY_NONE, .list = &noun##_objects },                         \
    { POST, path, "config.write", WRITE, KEY_REQUIRED,                                          \
      NULL, &noun##_put_shape, &noun##_view_shape, config_api_create, &kind },                  \
    { GET, path "/{" one "}", "config.read", QUICK, KEY_NONE,                                   \
      NULL, NULL, &noun##_view_shape, config_api_get, &kind },                                  \
    { PUT, path "/{" one "}", "config.write", WRITE, KEY_NONE,                                  \
      NULL, &noun##_put_shape, &noun##_view_shape, config_api_put, &kind },                     \
    { POST, path "/{" one "}/archive", "config.write", WRITE, KEY_REQUIRED,                     \
      NULL, &config_archive_shape, &noun##_view_shape, config_api_archive, &kind },             \
    { GET, path "/{" one "}/versions", "config.read", READ, KEY_NONE,                           \
      .list = &noun##_versions },                                                               \
    { GET, path "/{" one "}/uses", "config.read", QUICK, KEY_NONE,                              \
      NULL, NULL, &config_uses_shape, config_api_uses, &kind }

/* Handlers; call->arg is the kind.  Refusals of a change, in this order: auth.bound, the kind's
 * `unknown`, version.missing, the kind's `past`, those of config_put() (version.mismatch says what
 * is there, and what was to be); of an archiving config.in_use before them. */
enum rc config_api_create(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_put(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_archive(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_uses(struct ctx *c, struct call *call) MUST_CHECK;
/* Of a kind of which there is one: its id is not in the path, and before there is any its version
 * is 0. */
enum rc config_api_get_single(struct ctx *c, struct call *call) MUST_CHECK;
