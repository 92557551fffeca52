/* field_api.c -- the vocabulary of rules, for whoever builds them. */
#include "app/rule/rule_int.h"
#include "core/rule/field.h"

struct labels_view { const char *zh_tw, *en; };
struct field_view { const char *name, *type, *from, *on; struct labels_view labels; };
struct fields_answer { const struct field_view *items; size_t n; };

JSON_SHAPE(labels_shape, struct labels_view,
    { "zh-TW", JT_TEXT, offsetof(struct labels_view, zh_tw) },
    { "en", JT_TEXT, offsetof(struct labels_view, en) });
JSON_SHAPE(field_shape, struct field_view,
    { "name", JT_TEXT, offsetof(struct field_view, name) },
    { "type", JT_TEXT, offsetof(struct field_view, type) },
    { "from", JT_TEXT, offsetof(struct field_view, from) },
    { "on", JT_TEXT, offsetof(struct field_view, on) },
    { "labels", JT_OBJECT, offsetof(struct field_view, labels), .of = &labels_shape });
static const struct json_field fields_fields[] = {
    { "data", JT_LIST, offsetof(struct fields_answer, items),
      .count_offset = offsetof(struct fields_answer, n), .of = &field_shape },
};
const struct json_shape fields_shape = { "fields", sizeof(struct fields_answer), fields_fields,
                                         ARRAY_LEN(fields_fields) };

static const char *const types[] = { [FIELD_INT] = "int", [FIELD_TEXT] = "text",
                                     [FIELD_DATE] = "date", [FIELD_BOOL] = "boolean",
                                     [FIELD_TEXTS] = "texts" };
static const char *const origins[] = { [FIELD_TOLD] = "told", [FIELD_DERIVED] = "derived",
                                       [FIELD_FACT] = "fact" };

enum rc field_api_list(struct ctx *c, struct call *call)
{
    struct fields_answer *out = ARENA_NEW(c->arena, struct fields_answer);
    size_t n = field_count();
    struct field_view *items = ARENA_ARRAY(c->arena, struct field_view, n + 1);

    for (size_t i = 0; i < n; i++) {
        const struct field *f = field_at(i);
        items[i] = (struct field_view){ f->name, types[f->type], origins[f->from], f->on,
                                        { f->label, f->label_en } };
    }
    *out = (struct fields_answer){ items, n };
    call->answer = out;
    return RC_OK;
}
