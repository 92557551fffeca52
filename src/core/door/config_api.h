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

#define CONFIG_SHAPES(noun, doc_type, FIELDS, WHEN)                                             \
    CONFIG_SHOWN(noun, doc_type);                                                               \
    JSON_SHAPE(noun##_put_shape, struct noun##_shown,                                           \
        FIELDS(struct noun##_shown, doc.) WHEN(struct noun##_shown));                           \
    JSON_SHAPE(noun##_view_shape, struct noun##_shown,                                          \
        { "id", JT_TEXT, offsetof(struct noun##_shown, head.id) },                              \
        CONFIG_VERSION(struct noun##_shown), FIELDS(struct noun##_shown, doc.),                 \
        { "archived", JT_BOOL, offsetof(struct noun##_shown, head.is_archived) },               \
        CONFIG_EFFECTIVE(struct noun##_shown));                                                 \
    CONFIG_VERSIONS(noun, FIELDS)                                                               \
    CONFIG_PAGE(noun##_list_shape, noun##_view_shape)
#define CONFIG_VERSIONS(noun, FIELDS)                                                           \
    JSON_SHAPE(noun##_version_shape, struct noun##_shown,                                       \
        CONFIG_VERSION(struct noun##_shown), FIELDS(struct noun##_shown, doc.),                 \
        { "archived", JT_BOOL, offsetof(struct noun##_shown, head.is_archived) },               \
        CONFIG_EFFECTIVE(struct noun##_shown),                                                  \
        { "published_at", JT_MOMENT, offsetof(struct noun##_shown, head.published_at) },        \
        { "by", JT_TEXT, offsetof(struct noun##_shown, head.by) });                             \
    CONFIG_PAGE(noun##_versions_shape, noun##_version_shape)
#define CONFIG_PAGE(name, item)                                                                 \
    JSON_SHAPE(name, struct config_page,                                                        \
        { "data", JT_LIST, offsetof(struct config_page, items),                                 \
          .count_offset = offsetof(struct config_page, n), .of = &item },                       \
        { "next", JT_TEXT, offsetof(struct config_page, next) });
struct config_page { const void *items; size_t n; const char *next; };

struct config_uses;
extern const struct json_shape config_uses_shape, config_archive_shape;

#define CONFIG_ROUTES(kind, noun, path, one)                                                    \
    { GET, path, "config.read", READ, KEY_NONE,                                                 \
      &page_query_shape, NULL, &noun##_list_shape, config_api_list, &kind },                    \
    { POST, path, "config.write", WRITE, KEY_REQUIRED,                                          \
      NULL, &noun##_put_shape, &noun##_view_shape, config_api_create, &kind },                  \
    { GET, path "/{" one "}", "config.read", QUICK, KEY_NONE,                                   \
      NULL, NULL, &noun##_view_shape, config_api_get, &kind },                                  \
    { PUT, path "/{" one "}", "config.write", WRITE, KEY_NONE,                                  \
      NULL, &noun##_put_shape, &noun##_view_shape, config_api_put, &kind },                     \
    { POST, path "/{" one "}/archive", "config.write", WRITE, KEY_REQUIRED,                     \
      NULL, &config_archive_shape, &noun##_view_shape, config_api_archive, &kind },             \
    { GET, path "/{" one "}/versions", "config.read", READ, KEY_NONE,                           \
      &page_query_shape, NULL, &noun##_versions_shape, config_api_versions, &kind },            \
    { GET, path "/{" one "}/uses", "config.read", QUICK, KEY_NONE,                              \
      NULL, NULL, &config_uses_shape, config_api_uses, &kind }

/* Handlers; call->arg is the kind.  Refusals of a change, in this order: auth.bound, the kind's
 * `unknown`, version.missing, the kind's `past`, those of config_put() (version.mismatch says what
 * is there, and what was to be); of an archiving config.in_use before them. */
enum rc config_api_list(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_create(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_get(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_put(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_archive(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_versions(struct ctx *c, struct call *call) MUST_CHECK;
enum rc config_api_uses(struct ctx *c, struct call *call) MUST_CHECK;
/* Of a kind of which there is one: its id is not in the path, and before there is any its version
 * is 0. */
enum rc config_api_get_single(struct ctx *c, struct call *call) MUST_CHECK;
