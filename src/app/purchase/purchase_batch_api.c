/* purchase_batch_api.c -- many sales in one call: an off-line till that comes back, a night's file.
 *
 * Each item is a sale of its own, with its own transaction, key and answer; a bad one does not
 * hold the others up.  The reply is composed of theirs and is not kept: told again, each item
 * repeats. */
#include "app/purchase/purchase_api.h"
#include "base/limit.h"
#include "core/ctx.h"
#include "core/door/api.h"
#include "core/run/batch.h"
#include "http/problem.h"

enum { HOME_BYTES = 64 << 20, SPARE_BYTES = 1 << 20, ANSWERS_MAX_BYTES = 3 << 20 };

struct batch_doc { struct json purchases; };
static const struct json_field batch_fields[] = {
    { "purchases", JT_VALUE, offsetof(struct batch_doc, purchases), .flags = JF_REQUIRED },
};
const struct json_shape sale_batch_shape = { "batch", sizeof(struct batch_doc), batch_fields,
                                             ARRAY_LEN(batch_fields) };

/* ---- out ---- */

struct problem_view {
    const char *type, *title, *code, *detail;
    int64_t status;
    const struct json_mistake *errors; size_t errors_n;
};
struct result_view {
    int64_t status;
    bool is_replay;
    struct json answer;
    const struct problem_view *problem;
};
struct results_answer { struct result_view *items; size_t n; };
JSON_SHAPE(mistake_shape, struct json_mistake,
    { "pointer", JT_TEXT, offsetof(struct json_mistake, pointer) },
    { "detail", JT_TEXT, offsetof(struct json_mistake, reason), .flags = JF_OMIT });
JSON_SHAPE(problem_shape, struct problem_view,
    { "type", JT_TEXT, offsetof(struct problem_view, type) },
    { "title", JT_TEXT, offsetof(struct problem_view, title) },
    { "status", JT_I64, offsetof(struct problem_view, status) },
    { "code", JT_TEXT, offsetof(struct problem_view, code) },
    { "detail", JT_TEXT, offsetof(struct problem_view, detail), .flags = JF_OMIT },
    { "errors", JT_LIST, offsetof(struct problem_view, errors),
      .count_offset = offsetof(struct problem_view, errors_n), .flags = JF_OMIT,
      .of = &mistake_shape });
JSON_SHAPE(result_shape, struct result_view,
    { "status", JT_I64, offsetof(struct result_view, status) },
    { "replayed", JT_BOOL, offsetof(struct result_view, is_replay) },
    { "answer", JT_VALUE, offsetof(struct result_view, answer), .flags = JF_OMIT },
    { "problem", JT_OBJECT, offsetof(struct result_view, problem), .flags = JF_POINTER | JF_OMIT,
      .of = &problem_shape });
static const struct json_field results_fields[] = {
    { "results", JT_LIST, offsetof(struct results_answer, items),
      .count_offset = offsetof(struct results_answer, n), .of = &result_shape },
};
const struct json_shape sale_results_shape = { "results", sizeof(struct results_answer),
                                               results_fields, ARRAY_LEN(results_fields) };

/* ---- one item ---- */

struct item {
    struct sale_doc doc;
    const char *language;
    struct json_reader *reader;          /* with mistakes: it is not run */
    /* Of the last run, in the arena of its transaction: */
    struct str body;
    bool is_replay;
    int status;
    /* Copied out of it: */
    const char *kept;
    size_t kept_n;
    struct err err;
};

static enum rc tell(struct ctx *c, void *arg)
{
    struct item *it = arg;
    struct sale_telling in = { &it->doc, it->doc.key, it->language };
    struct sale_told told;
    enum rc rc;

    it->body = (struct str){ 0 };        /* of a run before, whose arena is gone */
    rc = sale_tell(c, &in, &told);
    if (rc != RC_OK) return rc;
    it->is_replay = told.is_repeat;
    it->status = told.is_repeat ? told.first.status : 201;
    it->body = told.is_repeat ? told.first.body
                              : answer_render(c, &sale_answer_shape, told.answer);
    if (told.is_repeat) return RC_OK;
    return answer_keep(c, told.id, told.member_id,
                       &(struct answer){ .status = 201, .body = it->body });
}

static const char *copy(struct arena *to, const char *text)
{
    return text ? arena_strdup(to, text) : NULL;
}

static void keep(void *arg, const struct err *err, struct arena *to)
{
    struct item *it = arg;

    it->err = (struct err){ .code = err->code, .pointer = copy(to, err->pointer),
                            .detail = copy(to, err->detail) };
    if (err->code || it->body.n == 0) return;
    it->kept = arena_strndup(to, it->body.p, it->body.n);
    it->kept_n = it->body.n;
}

/* ---- what became of it ---- */

static const struct { int status; const char *code; } usual[] = {
    [RC_OK] = { 200, "" },               [RC_INVALID] = { 400, "request.invalid" },
    [RC_DENIED] = { 403, "auth.forbidden" }, [RC_NOT_FOUND] = { 404, "request.not_found" },
    [RC_CONFLICT] = { 409, "request.conflict" }, [RC_LIMIT] = { 429, "request.limit" },
    [RC_BUSY] = { 503, "server.busy" },  [RC_INTERNAL] = { 500, "server.error" }
};

/* As the door would have refused the sale alone; of our own troubles nothing is told. */
static struct result_view refused(struct arena *a, const struct item *it, enum rc rc)
{
    struct problem_view *p = ARENA_NEW(a, struct problem_view);
    bool is_ours = rc == RC_BUSY || rc == RC_INTERNAL;
    struct json_mistake *one = ARENA_NEW(a, struct json_mistake);

    p->status = usual[rc].status;
    p->code = is_ours || !it->err.code ? usual[rc].code : it->err.code;
    p->type = arena_printf(a, "urn:regulars:problem:%s", p->code);
    p->title = problem_title(p->code, (int)p->status, language_of(it->language));
    if (it->reader) {
        p->errors = it->reader->mistakes.list;
        p->errors_n = it->reader->mistakes.n;
    } else if (!is_ours) {
        *one = (struct json_mistake){ it->err.pointer, it->err.detail };
        p->detail = it->err.detail;
        p->errors = one;
        p->errors_n = it->err.pointer ? 1 : 0;
    }
    return (struct result_view){ .status = p->status, .problem = p };
}

/* The answer was kept as it was sent; here it becomes a part of another. */
static struct result_view done(struct arena *a, const struct item *it)
{
    struct result_view out = { .status = it->status, .is_replay = it->is_replay };
    struct json_error error;

    if (json_parse(a, (struct str){ it->kept, it->kept_n }, &out.answer, &error) == RC_OK)
        return out;
    return refused(a, it, RC_INTERNAL);
}

/* ---- all of them ---- */

struct told_batch { struct arena *home; struct item *items; struct batch batch; size_t *of; };

static enum rc check(struct ctx *c, const struct json *list)
{
    bool is_list = list->kind == JSON_LIST;

    if (is_list && list->n >= 1 && list->n <= LIMIT_BATCH_ITEMS) return RC_OK;
    return fail_at(c, RC_INVALID, "request.invalid", "/purchases",
                   "must be a list of 1 to 1000 sales");
}

static void close_home(void *home)
{
    arena_close(home);
}

/* Reads every item before the first is run; what cannot be read is not run. */
static void read_all(struct told_batch *j, const struct json *list, const char *language)
{
    for (size_t i = 0; i < list->n; i++) {
        struct item *it = &j->items[i];
        struct json_reader *reader = ARENA_NEW(j->home, struct json_reader);
        reader->arena = j->home;
        it->language = language;
        if (json_read(reader, &sale_item_shape, &list->u.items[i], &it->doc) != RC_OK) {
            it->reader = reader;
            continue;
        }
        j->of[j->batch.n] = i;
        j->batch.items[j->batch.n++] = (struct batch_item){ .fn = tell, .arg = it, .keep = keep };
    }
}

static void compose(struct ctx *c, struct told_batch *j, struct results_answer *out)
{
    size_t spare = arena_used(c->arena) + SPARE_BYTES, room = 0;

    /* Rendering doubles its buffer: four times the text at worst. */
    if (spare < LIMIT_REQUEST_ARENA) room = (LIMIT_REQUEST_ARENA - spare) / 4;
    if (room > ANSWERS_MAX_BYTES) room = ANSWERS_MAX_BYTES;
    for (size_t i = 0; i < out->n; i++)
        if (j->items[i].reader) out->items[i] = refused(j->home, &j->items[i], RC_INVALID);
    for (size_t k = 0; k < j->batch.n; k++) {
        struct item *it = &j->items[j->of[k]];
        enum rc rc = j->batch.items[k].rc;
        /* It is done; told again, it says so. */
        if (rc == RC_OK && it->kept_n > room) rc = RC_BUSY;
        if (rc == RC_OK) room -= it->kept_n;
        out->items[j->of[k]] = rc == RC_OK ? done(j->home, it) : refused(j->home, it, rc);
    }
}

enum rc purchase_api_batch(struct ctx *c, struct call *call)
{
    const struct batch_doc *in = call->body;
    const struct json *list = &in->purchases;
    struct results_answer *out = ARENA_NEW(c->arena, struct results_answer);
    struct told_batch j = { 0 };
    enum rc rc = check(c, list);

    if (rc != RC_OK) return rc;
    j.home = arena_open(HOME_BYTES);
    arena_defer(c->arena, close_home, j.home);
    j.items = ARENA_ARRAY(j.home, struct item, list->n);
    j.of = ARENA_ARRAY(j.home, size_t, list->n);
    j.batch.items = ARENA_ARRAY(j.home, struct batch_item, list->n);
    j.batch.arena = j.home;
    read_all(&j, list, call->language);
    rc = batch_run(c, &j.batch);
    if (rc != RC_OK) return rc;
    out->items = ARENA_ARRAY(j.home, struct result_view, list->n);
    out->n = list->n;
    compose(c, &j, out);
    call->answer = out;
    return RC_OK;
}
