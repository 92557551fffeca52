/* Query, headers and body into the structs of the route's shapes. */
#include <string.h>
#include <strings.h>
#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/door_private.h"
#include "json/value.h"

enum { PARAMETERS_MAX = 64 };

static const struct json_shape no_parameters = { .name = "query" };

static enum rc refuse_parameter(struct visit *v, const char *name, const char *why)
{
    struct problem_error *e = ARENA_NEW(v->r->arena, struct problem_error);

    *e = (struct problem_error){ .parameter = name, .detail = why };
    v->errors = e;
    v->errors_n = 1;
    return fail(&v->c, RC_INVALID, "request.parameter");
}

/* ---- percent-decoding ---- */

static int hex_of(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    ch = (char)(ch | 0x20);
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* NULL: no valid encoding, or not text. */
static char *decode(struct arena *a, struct str s, bool is_form)
{
    char *dst = arena_alloc(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (ch == '+' && is_form) ch = ' ';
        if (ch == '%') {
            int hi = s.n - i > 2 ? hex_of(s.p[i + 1]) : -1;
            int lo = s.n - i > 2 ? hex_of(s.p[i + 2]) : -1;
            if (hi < 0 || lo < 0) return NULL;
            ch = (char)(hi * 16 + lo);
            i += 2;
        }
        dst[n++] = ch;
    }
    return str_utf8_ok((struct str){ dst, n }) ? dst : NULL;
}

/* ---- the path ---- */

static enum rc read_path(struct visit *v, const struct str *params)
{
    for (int i = 0; i < ROUTE_PARAMS && params[i].p != NULL; i++) {
        v->given.params[i] = decode(v->r->arena, params[i], false);
        if (v->given.params[i] == NULL) return fail(&v->c, RC_NOT_FOUND, "request.path");
    }
    return RC_OK;
}

/* ---- the query ---- */

struct query { struct json_pair pairs[PARAMETERS_MAX]; size_t n; };

static const struct json_field *field_of(const struct json_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n; i++)
        if (strcmp(shape->fields[i].name, name) == 0) return &shape->fields[i];
    return NULL;
}

/* A text becomes what its field is; one that cannot is left a text, for the shape to refuse. */
static struct json value_of(const struct json_field *f, const char *text)
{
    struct json v = { .kind = JSON_TEXT, .n = strlen(text), .u.text = text };
    int64_t number;

    if (f == NULL) return v;
    if (f->type == JT_I64 && str_to_i64(str_of(text), &number))
        return (struct json){ .kind = JSON_INT, .u.i = number };
    if (f->type != JT_BOOL) return v;
    if (strcmp(text, "true") == 0) return (struct json){ .kind = JSON_TRUE };
    if (strcmp(text, "false") == 0) return (struct json){ .kind = JSON_FALSE };
    return v;
}

static struct json_pair *pair_of(struct query *q, const char *name)
{
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->pairs[i].key, name) == 0) return &q->pairs[i];
    return NULL;
}

/* A list is a parameter given several times; anything else may be given once. */
static enum rc add_again(struct visit *v, struct json_pair *pair, const struct json *value)
{
    struct json *list = &pair->value;
    struct json *items;

    if (list->kind != JSON_LIST) return refuse_parameter(v, pair->key, "is given twice");
    items = ARENA_ARRAY(v->r->arena, struct json, list->n + 1);
    memcpy(items, list->u.items, list->n * sizeof *items);
    items[list->n] = *value;
    *list = (struct json){ .kind = JSON_LIST, .n = list->n + 1, .u.items = items };
    return RC_OK;
}

/* The '+' of an offset that was not encoded arrives as a space, and a time has none. */
static void mend_offset(const struct json_field *f, char *text)
{
    char *space = f != NULL && f->type == JT_MOMENT ? strchr(text, ' ') : NULL;

    if (space != NULL) *space = '+';
}

static enum rc add_parameter(struct visit *v, struct query *q, struct str part)
{
    const struct json_shape *shape = v->entry->route->query;
    const char *eq = memchr(part.p, '=', part.n);
    struct str name = { part.p, eq == NULL ? part.n : (size_t)(eq - part.p) };
    struct str text = eq == NULL ? STR("") : (struct str){ eq + 1, part.n - name.n - 1 };
    const char *key = decode(v->r->arena, name, true);
    char *decoded = decode(v->r->arena, text, true);

    if (key == NULL) return refuse_parameter(v, "?", "is not valid");
    if (decoded == NULL) return refuse_parameter(v, key, "is not valid");
    const struct json_field *f = shape == NULL ? NULL : field_of(shape, key);
    mend_offset(f, decoded);
    struct json value = value_of(f, decoded);
    struct json_pair *known = pair_of(q, key);
    if (known != NULL) return add_again(v, known, &value);
    if (q->n == PARAMETERS_MAX) return refuse_parameter(v, key, "is one too many");
    struct json_pair *pair = &q->pairs[q->n++];
    *pair = (struct json_pair){ .key = key, .value = value };
    if (f == NULL || f->type != JT_TEXTS) return RC_OK;
    struct json *item = ARENA_NEW(v->r->arena, struct json);
    *item = value;
    pair->value = (struct json){ .kind = JSON_LIST, .n = 1, .u.items = item };
    return RC_OK;
}

static enum rc split_query(struct visit *v, struct query *q)
{
    struct str rest = v->r->query;
    enum rc rc = RC_OK;

    while (rc == RC_OK && rest.n > 0) {
        const char *end = memchr(rest.p, '&', rest.n);
        struct str part = { rest.p, end == NULL ? rest.n : (size_t)(end - rest.p) };
        size_t used = end == NULL ? rest.n : part.n + 1;
        rest = (struct str){ rest.p + used, rest.n - used };
        if (part.n > 0) rc = add_parameter(v, q, part);
    }
    return rc;
}

/* ---- mistakes, as they are told ---- */

static enum rc refuse_mistakes(struct visit *v, const struct json_mistakes *m, bool is_query)
{
    struct problem_error *errors = ARENA_ARRAY(v->r->arena, struct problem_error, m->n);

    for (size_t i = 0; i < m->n; i++) {
        const char *pointer = m->list[i].pointer;
        errors[i].detail = m->list[i].reason;
        if (!is_query) errors[i].pointer = pointer;
        else errors[i].parameter = pointer[0] == '/' ? pointer + 1 : pointer;
    }
    v->errors = errors;
    v->errors_n = m->n;
    return fail(&v->c, RC_INVALID, is_query ? "request.parameter" : "request.invalid");
}

static enum rc read_query(struct visit *v)
{
    const struct json_shape *shape = v->entry->route->query;
    struct json_reader reader = { .arena = v->r->arena };
    struct query *q;
    void *dst;
    enum rc rc;

    if (shape == NULL && v->r->query.n == 0) return RC_OK;
    if (shape == NULL) shape = &no_parameters;
    q = ARENA_NEW(v->r->arena, struct query);
    rc = split_query(v, q);
    if (rc != RC_OK) return rc;
    struct json object = { .kind = JSON_OBJECT, .n = q->n, .u.pairs = q->pairs };
    dst = arena_alloc(v->r->arena, shape->size + 1);
    v->given.query = dst;
    rc = json_read(&reader, shape, &object, dst);
    return rc == RC_OK ? RC_OK : refuse_mistakes(v, &reader.mistakes, true);
}

/* ---- the body ---- */

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    const char *rest;

    if (type == NULL || strncasecmp(type, json, sizeof json - 1) != 0) return false;
    rest = type + sizeof json - 1;
    rest += strspn(rest, " \t");
    if (*rest == '\0') return true;
    if (*rest != ';') return false;
    rest++;
    rest += strspn(rest, " \t");
    return strcasecmp(rest, "charset=utf-8") == 0 || strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

static enum rc parse_body(struct visit *v, struct json *out)
{
    struct json_error error;
    struct str body = v->r->body;

    /* No body at all is the empty object: the shape says what is missing. */
    if (body.n == 0) {
        *out = (struct json){ .kind = JSON_OBJECT };
        return RC_OK;
    }
    if (!is_json(v->r->headers[HTTP_CONTENT_TYPE]))
        return fail(&v->c, RC_INVALID, "request.media_type");
    if (json_parse(v->r->arena, body, out, &error) == RC_OK) return RC_OK;
    return fail_at(&v->c, RC_INVALID, "request.json", NULL,
                   arena_printf(v->r->arena, "line %d, column %d: %s", error.line, error.column,
                                error.text));
}

static enum rc read_body(struct visit *v)
{
    static const struct json_shape nothing = { .name = "body" };
    const struct json_shape *shape = v->entry->route->body;
    struct json_reader reader = { .arena = v->r->arena };
    struct json parsed;
    void *dst;
    enum rc rc;

    if (v->entry->route->method == GET || v->entry->route->method == DELETE) return RC_OK;
    v->given.raw_body = v->r->body;
    if (shape == NULL && v->r->body.n == 0) return RC_OK;
    rc = parse_body(v, &parsed);
    if (rc != RC_OK) return rc;
    if (shape == NULL) shape = &nothing;
    dst = arena_alloc(v->r->arena, shape->size + 1);
    v->given.body = dst;
    rc = json_read(&reader, shape, &parsed, dst);
    return rc == RC_OK ? RC_OK : refuse_mistakes(v, &reader.mistakes, false);
}

/* ---- headers ---- */

static bool is_key(const char *key)
{
    size_t n = strlen(key);

    for (size_t i = 0; i < n; i++)
        if (key[i] < 0x20 || key[i] > 0x7e) return false;
    return n > 0 && n <= LIMIT_IDEMPOTENCY_KEY;
}

static enum rc read_key(struct visit *v)
{
    const char *key = v->r->headers[HTTP_IDEMPOTENCY_KEY];

    if (key == NULL && v->entry->route->key == KEY_REQUIRED)
        return fail(&v->c, RC_INVALID, "idempotency.key_missing");
    if (key != NULL && v->entry->route->key != KEY_NONE && !is_key(key))
        return fail(&v->c, RC_INVALID, "idempotency.key_invalid");
    v->given.key = key;
    return RC_OK;
}

/* "7" and W/"7" give 7; anything else is given as it is and will not match. */
static const char *version_of(struct arena *a, const char *header)
{
    struct str s = str_trim(str_of(header));

    if (s.n > 2 && s.p[0] == 'W' && s.p[1] == '/') s = (struct str){ s.p + 2, s.n - 2 };
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') s = (struct str){ s.p + 1, s.n - 2 };
    return arena_strndup(a, s.p, s.n);
}

static enum rc read_headers(struct visit *v)
{
    const char *match = v->r->headers[HTTP_IF_MATCH];

    if (match != NULL) v->given.if_match = version_of(v->r->arena, match);
    v->given.language = language_tag(language_best(v->r->headers[HTTP_ACCEPT_LANGUAGE]));
    return read_key(v);
}

enum rc door_input(struct visit *v, const struct str *params)
{
    enum rc rc = read_path(v, params);

    v->given.arg = v->entry->route->arg;
    v->given.shape = v->entry->route->answer;
    v->given.list = v->entry->route->list;
    if (rc == RC_OK) rc = read_headers(v);
    if (rc == RC_OK) rc = read_query(v);
    if (rc == RC_OK) rc = read_body(v);
    return rc;
}
