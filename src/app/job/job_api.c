/* job_api.c -- jobs seen, started, paused and tried again. */
#include "app/job/job_int.h"
#include "base/limit.h"
#include "core/door/api.h"
#include "core/door/list_api.h"
#include "sql/task_sql.h"

/* ---- a job as it is shown ------------------------------------------------------------------- */

struct job_view {
    const char *id, *kind, *member, *state, *error, *by;
    struct text labels;
    int64_t done_n, all_n, created_at, due_at, ended_at, attempts_n;
    struct json result;
};
JSON_SHAPE(text_shape, struct text,
    { "zh-TW", JT_TEXT, offsetof(struct text, zh) },
    { "en", JT_TEXT, offsetof(struct text, en) },
    { "ja", JT_TEXT, offsetof(struct text, ja) });
JSON_SHAPE(job_shape, struct job_view,
    { "id", JT_TEXT, offsetof(struct job_view, id) },
    { "kind", JT_TEXT, offsetof(struct job_view, kind) },
    { "labels", JT_OBJECT, offsetof(struct job_view, labels), .of = &text_shape },
    { "member", JT_TEXT, offsetof(struct job_view, member) },
    { "state", JT_TEXT, offsetof(struct job_view, state) },
    { "done", JT_I64, offsetof(struct job_view, done_n) },
    { "all", JT_I64, offsetof(struct job_view, all_n) },
    { "created_at", JT_MOMENT, offsetof(struct job_view, created_at) },
    { "due_at", JT_MOMENT, offsetof(struct job_view, due_at) },
    { "ended_at", JT_MOMENT, offsetof(struct job_view, ended_at) },
    { "attempts", JT_I64, offsetof(struct job_view, attempts_n) },
    { "error", JT_TEXT, offsetof(struct job_view, error) },
    { "by", JT_TEXT, offsetof(struct job_view, by) },
    { "result", JT_VALUE, offsetof(struct job_view, result), .flags = JF_OMIT });
/* Rows of the lists have the same columns. */
typedef struct sql_task_jobs_row row;

static const char *id_of(struct ctx *c, const row *r)
{
    return r->member_id ? api_id_owned(c, "job", (int64_t[]){ r->member_id, r->id })
                        : api_id(c, "job", r->id);
}

/* Leased is being done, which a person calls running. */
static const char *state_of(const struct ctx *c, const row *r)
{
    return str_eq(r->state, "waiting") && r->lease_at > c->now ? "running" : r->state;
}

static struct job_view view(struct ctx *c, const row *r)
{
    const struct task_kind *kind = task_kind_find(r->kind);
    struct json_error error;
    struct job_view out = {
        .id = id_of(c, r), .kind = r->kind,
        .labels = kind ? kind->label : (struct text){ r->kind, r->kind, r->kind },
        .member = r->member_id ? api_id(c, "mem", r->member_id) : NULL, .state = state_of(c, r),
        .done_n = r->done_n, .all_n = r->all_n ? r->all_n : JSON_ABSENT,
        .created_at = r->created_at, .due_at = r->due_at,
        .ended_at = r->ended_at ? r->ended_at : JSON_ABSENT, .attempts_n = r->attempts_n,
        .error = r->error, .by = str_eq(r->by_kind, "key") ? api_id(c, "key", r->by_id)
                                                          : r->by_kind };

    if (r->result && json_parse(c->arena, str_of(r->result), &out.result, &error) != RC_OK)
        out.result = (struct json){ .kind = JSON_NULL };
    return out;
}

/* ---- lists ---------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct sql_task_open_row) == sizeof(row), "both lists have these rows");

static enum rc show_row(struct ctx *c, const struct call *call, const void *from, void *item)
{
    (void)call;
    *(struct job_view *)item = view(c, from);
    return RC_OK;
}

static const char *const ofs[] = { "shop", "members", NULL };
static const char *const states[] = { "waiting", "paused", "done", "dropped", "failed", NULL };
static const struct list_sort sorts[] = { { "id", { "id" } }, { "due_at", { "due_at", "id" } } };
static const struct list_filter filters[] = {
    { "of", JT_TEXT, .among = ofs },
    { "state", JT_TEXT, "state", DB_IS, .among = states },
    { "kind", JT_TEXT, "kind", DB_IS },
    { "created_from", JT_MOMENT, "created_at", DB_FROM },
    { "created_before", JT_MOMENT, "created_at", DB_BEFORE } };
static const struct list_column columns[] = {
    { "id", { "編號", "Id", "番号" } },
    { "kind", { "種類", "Kind", "種類" } },
    { "member", { "會員", "Member", "会員" } },
    { "state", { "狀態", "State", "状態" } },
    { "done", { "已完成", "Done", "完了" } },
    { "all", { "全部", "All", "全部" } },
    { "created_at", { "建立時間", "Created", "作成日時" } },
    { "due_at", { "到期時間", "Due", "予定日時" } },
    { "ended_at", { "結束時間", "Ended", "終了日時" } },
    { "attempts", { "嘗試次數", "Attempts", "試行回数" } },
    { "error", { "錯誤", "Error", "エラー" } } };
static const struct list shop_jobs = {
    .name = "jobs", .rows = &sql_def_task_jobs, .item = &job_shape, .show = show_row,
    LIST_SORTS(sorts), LIST_FILTERS(filters), LIST_COLUMNS(columns) };
static const struct list member_jobs = {
    .name = "member-jobs", .rows = &sql_def_task_open, .item = &job_shape, .show = show_row,
    LIST_SORTS(sorts), LIST_FILTERS(filters), LIST_COLUMNS(columns) };

static enum rc list(struct ctx *c, struct call *call)
{
    bool is_members = str_eq(list_asked(call, "of"), "members");
    enum rc rc = api_unbound(c);

    return rc == RC_OK ? list_answer(c, call, is_members ? &member_jobs : &shop_jobs) : rc;
}

/* ---- one ------------------------------------------------------------------------------------ */

static enum rc find(struct ctx *c, const struct call *call, row *out)
{
    int64_t both[2] = { 0 };
    bool is_job = id_parse("job", call->params[0], &both[1]);

    *out = (row){ 0 };
    if (!is_job && !id_parse_owned("job", call->params[0], &both[0], &both[1]))
        return fail_at(c, RC_NOT_FOUND, "task.unknown", NULL, "There is no such job.");
    out->member_id = both[0];
    out->id = both[1];
    return RC_OK;
}

static enum rc show(struct ctx *c, struct call *call, row *r)
{
    struct sql_task_get v = { .id = r->id, .member_id = r->member_id };
    struct job_view *out = ARENA_NEW(c->arena, struct job_view);
    enum rc rc = sql_task_get(c, &v);

    if (rc == RC_NOT_FOUND)
        return fail_at(c, rc, "task.unknown", NULL, "There is no such job.");
    if (rc != RC_OK) return rc;
    *r = (row){ .id = r->id, .member_id = r->member_id, .kind = v.kind, .state = v.state,
                .due_at = v.due_at, .lease_at = v.lease_at, .attempts_n = v.attempts_n,
                .error = v.error, .done_n = v.done_n, .all_n = v.all_n, .result = v.result,
                .by_kind = v.by_kind, .by_id = v.by_id, .created_at = v.created_at,
                .ended_at = v.ended_at };
    *out = view(c, r);
    call->answer = out;
    return RC_OK;
}

static enum rc get(struct ctx *c, struct call *call)
{
    row r;
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = find(c, call, &r);
    return rc == RC_OK ? show(c, call, &r) : rc;
}

struct job_doc { const char *kind; };
JSON_SHAPE(job_put_shape, struct job_doc,
    { "kind", JT_TEXT, offsetof(struct job_doc, kind), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE });

static enum rc create(struct ctx *c, struct call *call)
{
    const struct job_doc *in = call->body;
    const struct task_kind *kind = task_kind_find(in->kind);
    row r = { 0 };
    enum rc rc = api_unbound(c);

    if (rc != RC_OK) return rc;
    if (!kind || !kind->may)
        return fail_at(c, RC_INVALID, "job.kind_unknown", "/kind",
                       "No job of this kind is asked for.");
    rc = job_add(c, kind, NULL, &r.id);
    if (rc == RC_OK) rc = show(c, call, &r);
    if (rc != RC_OK) return rc;
    call->status = 201;
    call->location = arena_printf(c->arena, "/v1/jobs/%s", id_of(c, &r));
    return RC_OK;
}

/* call->arg: the word, by its name. */
static enum rc turn(struct ctx *c, struct call *call)
{
    static const char *const words[] = { [TASK_PAUSE] = "pause", [TASK_RESUME] = "resume",
                                         [TASK_CANCEL] = "cancel", [TASK_RETRY] = "retry" };
    struct task_turning t = { 0 };
    row r;
    enum rc rc = api_unbound(c);

    if (rc == RC_OK) rc = find(c, call, &r);
    if (rc != RC_OK) return rc;
    while (!str_eq(words[t.turn], call->arg)) t.turn++;
    t.id = r.id;
    t.member_id = r.member_id;
    rc = task_turn(c, &t);
    return rc == RC_OK ? show(c, call, &r) : rc;
}

#define TURN(word)                                                                              \
    { POST, "/v1/jobs/{job}/" word, "job.write", WRITE, KEY_REQUIRED,                           \
      NULL, NULL, &job_shape, turn, word }
static const struct route routes[] = {
    { GET, "/v1/jobs", "job.read", READ, KEY_NONE, .run = list, .list = &shop_jobs },
    { POST, "/v1/jobs", "job.write", WRITE, KEY_REQUIRED,
      NULL, &job_put_shape, &job_shape, create },
    { GET, "/v1/jobs/{job}", "job.read", QUICK, KEY_NONE, NULL, NULL, &job_shape, get },
    TURN("pause"), TURN("resume"), TURN("cancel"), TURN("retry"),
};
const struct route_list job_routes = LISTED(routes);
