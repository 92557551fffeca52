/* field_api.c -- the vocabulary of rules, for whoever builds them. */
#include "app/rule/rule_int.h"
#include "core/config/config_kind.h"
#include "core/ctx.h"
#include "core/rule/field.h"

struct field_view {
    const char *name, *type, *from, *on, *measure, *choices_of;
    struct text labels, help;
    const char *const *choices; size_t choices_n;
};
struct fields_answer { const struct field_view *items; size_t n; };

JSON_SHAPE(text_shape, struct text,
    { "zh-TW", JT_TEXT, offsetof(struct text, zh) },
    { "en", JT_TEXT, offsetof(struct text, en) },
    { "ja", JT_TEXT, offsetof(struct text, ja) });
JSON_SHAPE(field_shape, struct field_view,
    { "name", JT_TEXT, offsetof(struct field_view, name) },
    { "type", JT_TEXT, offsetof(struct field_view, type) },
    { "from", JT_TEXT, offsetof(struct field_view, from) },
    { "on", JT_TEXT, offsetof(struct field_view, on) },
    { "measure", JT_TEXT, offsetof(struct field_view, measure) },
    { "labels", JT_OBJECT, offsetof(struct field_view, labels), .of = &text_shape },
    { "help", JT_OBJECT, offsetof(struct field_view, help), .of = &text_shape },
    { "choices", JT_TEXTS, offsetof(struct field_view, choices),
      .count_offset = offsetof(struct field_view, choices_n), .flags = JF_OMIT },
    { "choices_of", JT_TEXT, offsetof(struct field_view, choices_of), .flags = JF_OMIT });
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

static const char *const measures[] = { [MEASURE_NONE] = NULL, [MEASURE_COUNT] = "count",
                                        [MEASURE_MONEY] = "money", [MEASURE_POINTS] = "points",
                                        [MEASURE_DAYS] = "days" };

enum rc field_api_list(struct ctx *c, struct call *call)
{
    struct fields_answer *out = ARENA_NEW(c->arena, struct fields_answer);
    size_t n = field_count();
    struct field_view *items = ARENA_ARRAY(c->arena, struct field_view, n + 1);

    for (size_t i = 0; i < n; i++) {
        const struct field *f = field_at(i);
        items[i] = (struct field_view){
            .name = f->name, .type = types[f->type], .from = origins[f->from], .on = f->on,
            .measure = measures[f->measure], .labels = f->label, .help = f->help,
            .choices = f->choices, .choices_of = f->choices_of ? f->choices_of->path : NULL };
        while (f->choices && f->choices[items[i].choices_n]) items[i].choices_n++;
    }
    *out = (struct fields_answer){ items, n };
    call->answer = out;
    return RC_OK;
}
