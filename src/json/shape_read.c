/* JSON to struct: every value is checked against its descriptor, and every mistake is kept. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include "base/limit.h"
#include "base/time.h"
#include "json/pointer.h"
#include "json/shape.h"

/* One value and what it has to be. */
struct reading {
    struct json_reader *r;
    const struct json_field *f;
    const struct json *v;
    const struct json_place *at;
};

static void read_object(struct json_reader *r, const struct json_shape *shape,
                        const struct reading *in, char *dst);

/* ---- mistakes ---- */

void json_mistake(struct json_reader *r, const char *pointer, const char *reason)
{
    struct json_mistake *m;

    if (r->mistakes.n >= JSON_ERRORS_MAX) return;
    m = &r->mistakes.list[r->mistakes.n++];
    m->pointer = arena_strdup(r->arena, pointer);
    m->reason = arena_strdup(r->arena, reason);
}

static void wrong_at(struct json_reader *r, const struct json_place *at, const char *reason)
{
    if (r->mistakes.n < JSON_ERRORS_MAX) json_mistake(r, json_pointer(r->arena, at), reason);
}

static void wrong(const struct reading *in, const char *reason)
{
    wrong_at(in->r, in->at, reason);
}

/* The mistake of a bound: "must be at most 200 bytes". */
static void wrong_bound(const struct reading *in, const char *side, int64_t bound,
                        const char *unit)
{
    wrong(in, arena_printf(in->r->arena, "must be at %s %" PRId64 "%s", side, bound, unit));
}

static void wrong_choice(const struct reading *in)
{
    struct buf b;

    buf_init(&b, in->r->arena, LIMIT_REASON);
    buf_adds(&b, "must be one of: ");
    for (size_t i = 0; in->f->among[i] != NULL; i++) {
        if (i > 0) buf_adds(&b, ", ");
        buf_adds(&b, in->f->among[i]);
    }
    wrong(in, buf_cstr(&b));
}

/* ---- values ---- */

static void put_pointer(char *dst, const void *p)
{
    memcpy(dst, &p, sizeof p);
}

static void put_count(char *dst, size_t n)
{
    memcpy(dst, &n, sizeof n);
}

static bool is_among(const char *text, const char *const *among)
{
    for (; *among != NULL; among++)
        if (strcmp(text, *among) == 0) return true;
    return false;
}

/* The text, or NULL after a mistake. */
static const char *checked_text(const struct reading *in)
{
    const struct json_field *f = in->f;
    int64_t max = f->max > 0 ? f->max : LIMIT_TEXT, n = (int64_t)in->v->n;

    if (in->v->kind != JSON_TEXT) {
        wrong(in, "must be a text");
        return NULL;
    }
    if (f->among != NULL) {
        if (is_among(in->v->u.text, f->among)) return in->v->u.text;
        wrong_choice(in);
        return NULL;
    }
    if (n >= f->min && n <= max) return in->v->u.text;
    if (n == 0)          wrong(in, "must not be empty");
    else if (n > max)    wrong_bound(in, "most", max, max == 1 ? " byte" : " bytes");
    else                 wrong_bound(in, "least", f->min, " bytes");
    return NULL;
}

static void read_i64(const struct reading *in, char *dst)
{
    const struct json_field *f = in->f;
    bool is_bounded = f->min != 0 || f->max != 0;
    int64_t min = is_bounded ? f->min : JSON_ABSENT + 1;
    int64_t max = f->max == 0 && f->min >= 0 ? INT64_MAX : f->max;

    if (in->v->kind != JSON_INT)  wrong(in, "must be a whole number");
    else if (in->v->u.i < min)    wrong_bound(in, "least", min, "");
    else if (in->v->u.i > max)    wrong_bound(in, "most", max, "");
    else                          memcpy(dst, &in->v->u.i, sizeof in->v->u.i);
}

static void read_bool(const struct reading *in, char *dst)
{
    bool value = in->v->kind == JSON_TRUE;

    if (in->v->kind != JSON_TRUE && in->v->kind != JSON_FALSE) wrong(in, "must be true or false");
    else memcpy(dst, &value, sizeof value);
}

static void read_moment(const struct reading *in, char *dst)
{
    int64_t at;

    if (in->v->kind == JSON_TEXT && time_parse((struct str){ in->v->u.text, in->v->n }, &at))
        memcpy(dst, &at, sizeof at);
    else
        wrong(in, "must be a moment with its offset, such as 2026-11-24T09:00:00+08:00");
}

static void read_date(const struct reading *in, char *dst)
{
    int32_t date;

    if (in->v->kind == JSON_TEXT && date_parse((struct str){ in->v->u.text, in->v->n }, &date))
        memcpy(dst, &date, sizeof date);
    else
        wrong(in, "must be a date, such as 2026-11-24");
}

/* ---- lists and objects ---- */

/* True if v is a list within its bounds. */
static bool checked_list(const struct reading *in)
{
    size_t max = in->f->count_max == 0 ? LIMIT_LIST_MAX : in->f->count_max;
    int64_t min = in->f->type == JT_LIST ? in->f->min : 0, n = (int64_t)in->v->n;

    if (in->v->kind != JSON_LIST) {
        wrong(in, "must be a list");
        return false;
    }
    if (in->v->n > max) {
        wrong(in, arena_printf(in->r->arena, "must have at most %zu items", max));
        return false;
    }
    if (n < min) {
        wrong(in, arena_printf(in->r->arena, "must have at least %" PRId64 " item%s", min,
                               min == 1 ? "" : "s"));
        return false;
    }
    return true;
}

static void read_list(const struct reading *in, char *base)
{
    const struct json_shape *of = in->f->of;
    size_t n = in->v->n;
    char *items;

    if (!checked_list(in) || n == 0) return;
    items = arena_alloc(in->r->arena, of->size * n);
    for (size_t i = 0; i < n; i++) {
        struct json_place at = { .up = in->at, .index = i };
        struct reading item = { in->r, in->f, &in->v->u.items[i], &at };
        read_object(in->r, of, &item, items + i * of->size);
    }
    put_pointer(base + in->f->offset, items);
    put_count(base + in->f->count_offset, n);
}

static void read_texts(const struct reading *in, char *base)
{
    size_t n = in->v->n;
    const char **items;

    if (!checked_list(in) || n == 0) return;
    items = ARENA_ARRAY(in->r->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        struct json_place at = { .up = in->at, .index = i };
        struct reading item = { in->r, in->f, &in->v->u.items[i], &at };
        items[i] = checked_text(&item);
    }
    put_pointer(base + in->f->offset, items);
    put_count(base + in->f->count_offset, n);
}

static void read_nested(const struct reading *in, char *dst)
{
    char *object = dst;

    if ((in->f->flags & JF_POINTER) != 0) {
        object = arena_alloc(in->r->arena, in->f->of->size);
        put_pointer(dst, object);
    }
    read_object(in->r, in->f->of, in, object);
}

static void read_field(const struct reading *in, char *base)
{
    char *dst = base + in->f->offset;
    const char *text;

    if (in->v->kind == JSON_NULL && in->f->type != JT_VALUE) {
        if ((in->f->flags & JF_NULLABLE) == 0) wrong(in, "must not be null");
        return;
    }
    switch (in->f->type) {
    case JT_TEXT:
        text = checked_text(in);
        put_pointer(dst, text);
        break;
    case JT_I64:    read_i64(in, dst); break;
    case JT_BOOL:   read_bool(in, dst); break;
    case JT_MOMENT: read_moment(in, dst); break;
    case JT_DATE:   read_date(in, dst); break;
    case JT_OBJECT: read_nested(in, dst); break;
    case JT_LIST:   read_list(in, base); break;
    case JT_TEXTS:  read_texts(in, base); break;
    case JT_VALUE:  memcpy(dst, in->v, sizeof *in->v); break;
    }
}

/* ---- absence ---- */

static void set_absent(const struct json_shape *shape, char *dst)
{
    const int64_t absent = JSON_ABSENT;
    const int32_t absent_date = JSON_ABSENT_DATE;
    const void *nothing = NULL;

    memset(dst, 0, shape->size);
    for (size_t i = 0; i < shape->n; i++) {
        const struct json_field *f = &shape->fields[i];
        char *place = dst + f->offset;
        switch (f->type) {
        case JT_I64:
        case JT_MOMENT: memcpy(place, &absent, sizeof absent); break;
        case JT_DATE:   memcpy(place, &absent_date, sizeof absent_date); break;
        case JT_TEXT:
        case JT_LIST:
        case JT_TEXTS:  put_pointer(place, nothing); break;
        case JT_OBJECT:
            if ((f->flags & JF_POINTER) != 0) put_pointer(place, nothing);
            else                              set_absent(f->of, place);
            break;
        case JT_BOOL:
        case JT_VALUE:  break;        /* false and JSON_NULL are zero bytes */
        }
    }
}

static void report_missing(const struct reading *in, const struct json_shape *shape,
                           uint64_t seen)
{
    for (size_t i = 0; i < shape->n; i++) {
        struct json_place at = { .up = in->at, .key = shape->fields[i].name };
        if ((seen >> i & 1) != 0 || (shape->fields[i].flags & JF_REQUIRED) == 0) continue;
        wrong_at(in->r, &at, "is required");
    }
}

/* Bodies mostly come in the order of the shape: the search starts where the last one ended. */
static size_t find_field(const struct json_shape *shape, const char *name, size_t from)
{
    for (size_t k = 0; k < shape->n; k++) {
        size_t i = (from + k) % shape->n;
        if (strcmp(shape->fields[i].name, name) == 0) return i;
    }
    return shape->n;
}

static void read_object(struct json_reader *r, const struct json_shape *shape,
                        const struct reading *in, char *dst)
{
    uint64_t seen = 0;
    size_t next = 0;

    assert(shape->n <= 64);
    set_absent(shape, dst);
    if (in->v->kind != JSON_OBJECT) {
        wrong(in, "must be an object");
        return;
    }
    for (size_t i = 0; i < in->v->n; i++) {
        const struct json_pair *pair = &in->v->u.pairs[i];
        struct json_place at = { .up = in->at, .key = pair->key };
        size_t found = find_field(shape, pair->key, next);
        if (found == shape->n) {
            wrong_at(r, &at, "is not a field of this request");
            continue;
        }
        struct reading field = { r, &shape->fields[found], &pair->value, &at };
        read_field(&field, dst);
        seen |= UINT64_C(1) << found;
        next = found + 1;
    }
    report_missing(in, shape, seen);
}

enum rc json_read(struct json_reader *r, const struct json_shape *shape, const struct json *src,
                  void *dst)
{
    const struct json_place root = { .up = NULL };
    const struct reading in = { r, NULL, src, &root };

    assert(r->arena != NULL);
    read_object(r, shape, &in, dst);
    return r->mistakes.n > 0 ? RC_INVALID : RC_OK;
}
