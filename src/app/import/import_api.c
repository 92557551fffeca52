/* import_api.c -- a file of sales: made, sent in parts, tried, started, looked at. */
#include <string.h>

#include "app/import/cell.h"
#include "app/import/import_int.h"
#include "app/import/sale_sheet.h"
#include "base/limit.h"
#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/door/list_api.h"
#include "core/member/member.h"
#include "core/note.h"
#include "http/problem.h"
#include "sql/import_job_sql.h"
#include "sql/task_sql.h"

enum { MAP_BYTES = 1000 };

struct import_view {
    const char *id, *store, *file_name, *map, *mode, *delimiter, *time, *provider, *state, *by,
        *job, *job_state;
    bool is_dry;
    int64_t fresh, repeated, rejected, bytes_done, bytes_n, created_at, ended_at;
};
JSON_SHAPE(import_shape, struct import_view,
    { "id", JT_TEXT, offsetof(struct import_view, id) },
    { "store", JT_TEXT, offsetof(struct import_view, store) },
    { "file_name", JT_TEXT, offsetof(struct import_view, file_name) },
    { "map", JT_TEXT, offsetof(struct import_view, map) },
    { "mode", JT_TEXT, offsetof(struct import_view, mode) },
    { "delimiter", JT_TEXT, offsetof(struct import_view, delimiter) },
    { "time", JT_TEXT, offsetof(struct import_view, time) },
    { "provider", JT_TEXT, offsetof(struct import_view, provider) },
    { "state", JT_TEXT, offsetof(struct import_view, state) },
    { "dry_run", JT_BOOL, offsetof(struct import_view, is_dry) },
    { "rows_new", JT_I64, offsetof(struct import_view, fresh) },
    { "rows_repeated", JT_I64, offsetof(struct import_view, repeated) },
    { "rows_rejected", JT_I64, offsetof(struct import_view, rejected) },
    { "bytes_done", JT_I64, offsetof(struct import_view, bytes_done) },
    { "bytes", JT_I64, offsetof(struct import_view, bytes_n) },
    { "job", JT_TEXT, offsetof(struct import_view, job) },
    { "job_state", JT_TEXT, offsetof(struct import_view, job_state), .flags = JF_OMIT },
    { "by", JT_TEXT, offsetof(struct import_view, by) },
    { "created_at", JT_MOMENT, offsetof(struct import_view, created_at) },
    { "ended_at", JT_MOMENT, offsetof(struct import_view, ended_at) });

#define VIEW(c, r, id_)                                                                         \
    { .id = api_id((c), "imp", (id_)), .store = api_store((c), (r)->store_id),                  \
      .file_name = (r)->file_name, .map = (r)->map, .mode = (r)->mode,                          \
      .delimiter = (r)->delimiter,                                                              \
      .time = arena_printf((c)->arena, "%02d:%02d", (int)(r)->hour_min / 60,                    \
                           (int)(r)->hour_min % 60),                                            \
      .provider = (r)->provider, .state = (r)->state, .is_dry = (r)->is_dry != 0,               \
      .fresh = (r)->rows_new, .repeated = (r)->rows_repeated, .rejected = (r)->rows_rejected,   \
      .bytes_done = (r)->bytes_done, .bytes_n = (r)->bytes_n,                                   \
      .job = (r)->job_id ? api_id((c), "job", (r)->job_id) : NULL,                              \
      .by = str_eq((r)->by_kind, "key") ? api_id((c), "key", (r)->by_id) : (r)->by_kind,        \
      .created_at = (r)->created_at, .ended_at = (r)->ended_at ? (r)->ended_at : JSON_ABSENT }

static enum rc unknown(struct ctx *c)
{
    return fail_at(c, RC_NOT_FOUND, "import.unknown", NULL, "There is no such import.");
}

/* Of another store it is as unknown as one made up. */
static enum rc find(struct ctx *c, const struct call *call, struct sql_import_get *out)
{
    enum rc rc;

    *out = (struct sql_import_get){ 0 };
    if (!id_parse("imp", call->params[0], &out->id)) return unknown(c);
    rc = sql_import_get(c, out);
    if (rc == RC_NOT_FOUND) return unknown(c);
    return rc == RC_OK && !api_may_see(c, out->store_id) ? unknown(c) : rc;
}

static enum rc show(struct ctx *c, struct call *call, int64_t id)
{
    struct sql_import_get v = { .id = id };
    struct import_view *out = ARENA_NEW(c->arena, struct import_view);
    struct sql_task_get job = { 0 };
    enum rc rc = sql_import_get(c, &v);

    if (rc != RC_OK) return rc;
    *out = (struct import_view)VIEW(c, &v, id);
    job.id = v.job_id;
    if (v.job_id) rc = sql_task_get(c, &job);
    if (rc == RC_OK && v.job_id) out->job_state = job.state;
    if (rc == RC_OK && str_eq(job.state, "dropped") && str_eq(v.state, "running"))
        out->state = "cancelled";
    call->answer = out;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc get(struct ctx *c, struct call *call)
{
    struct sql_import_get v;
    enum rc rc = find(c, call, &v);

    return rc == RC_OK ? show(c, call, v.id) : rc;
}

/* ---- making one ----------------------------------------------------------------------------- */

struct import_doc { const char *store, *file_name, *map, *mode, *delimiter, *time, *provider; };
static const char *const modes[] = { "book", "facts", NULL };
static const char *const delimiters[] = { ",", ";", "|", "tab", "blank", NULL };
JSON_SHAPE(import_put_shape, struct import_doc,
    { "store", JT_TEXT, offsetof(struct import_doc, store), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_CODE },
    { "file_name", JT_TEXT, offsetof(struct import_doc, file_name), .flags = JF_REQUIRED,
      .min = 1, .max = LIMIT_TEXT },
    { "map", JT_TEXT, offsetof(struct import_doc, map), .flags = JF_REQUIRED, .min = 1,
      .max = MAP_BYTES },
    { "mode", JT_TEXT, offsetof(struct import_doc, mode), .among = modes },
    { "delimiter", JT_TEXT, offsetof(struct import_doc, delimiter), .among = delimiters },
    { "time", JT_TEXT, offsetof(struct import_doc, time), .min = 5, .max = 5 },
    { "provider", JT_TEXT, offsetof(struct import_doc, provider), .min = 1, .max = LIMIT_CODE });

static enum rc create(struct ctx *c, struct call *call)
{
    const struct import_doc *in = call->body;
    const struct store *store = conf_store_by_code(c->conf, in->store);
    struct sql_import_add v = {
        .id = id_next(c->ids), .file_name = in->file_name, .map = in->map,
        .mode = in->mode ? in->mode : "book", .delimiter = in->delimiter ? in->delimiter : ",",
        .provider = in->provider ? in->provider : "ext:import",
        .by_kind = c->actor.kind == ACTOR_KEY ? "key" : "system", .by_id = c->actor.id,
        .now = c->now };
    int minute;
    enum rc rc;

    if (!store)
        return fail_at(c, RC_NOT_FOUND, "store.unknown", "/store", "There is no such store.");
    if (!scope_has(c, store->id))
        return fail_at(c, RC_DENIED, "store.other", "/store", "This key belongs to another store.");
    if (!cell_minute(in->time ? in->time : "12:00", &minute))
        return fail_at(c, RC_INVALID, "import.time", "/time", "must be written as 12:00");
    if (!identity_provider_ok(v.provider))
        return fail_at(c, RC_INVALID, "import.provider", "/provider",
                       "must be phone, email, card, carrier or ext:NAME");
    v.store_id = store->id;
    v.hour_min = minute;
    rc = sql_import_add(c, &v);
    if (rc == RC_OK) rc = show(c, call, v.id);
    call->status = 201;
    call->location = arena_printf(c->arena, "/v1/imports/%s", api_id(c, "imp", v.id));
    return rc;
}

/* ---- its parts ------------------------------------------------------------------------------ */

struct part_doc { const char *text; };
JSON_SHAPE(part_shape, struct part_doc,
    { "text", JT_TEXT, offsetof(struct part_doc, text), .flags = JF_REQUIRED, .min = 1,
      .max = LIMIT_BODY_BYTES });

static enum rc state_refused(struct ctx *c)
{
    return fail_at(c, RC_CONFLICT, "import.state", NULL, "It was started already.");
}

static enum rc put_part(struct ctx *c, struct call *call)
{
    const struct part_doc *in = call->body;
    struct sql_import_part_put v = { .text = in->text, .bytes_n = (int64_t)strlen(in->text) };
    struct sql_import_open open = { 0 };
    struct sql_import_parts all = { 0 };
    struct sql_import_get is;
    enum rc rc = find(c, call, &is);

    if (rc != RC_OK) return rc;
    if (!str_to_i64(str_of(call->params[1]), &v.n) || v.n < 1 || v.n > IMPORT_PARTS)
        return fail_at(c, RC_INVALID, "import.part_number", NULL,
                       "Parts are numbered from 1 to 500.");
    v.import_id = open.id = all.import_id = is.id;
    rc = sql_import_open(c, &open);
    if (rc == RC_NOT_FOUND) return state_refused(c);
    if (rc == RC_OK) rc = sql_import_part_put(c, &v);
    if (rc == RC_OK) rc = sql_import_parts(c, &all);
    if (rc == RC_OK && all.bytes_n > IMPORT_BYTES)
        return fail_at(c, RC_INVALID, "import.too_large", "/text",
                       "All parts together have more than 256 MB.");
    return rc == RC_OK ? show(c, call, is.id) : rc;
}

/* ---- starting it ---------------------------------------------------------------------------- */

struct start_doc { bool is_dry; };
JSON_SHAPE(start_shape, struct start_doc,
    { "dry_run", JT_BOOL, offsetof(struct start_doc, is_dry) });

static enum rc read_first(struct ctx *c, const struct sql_import_get *is, struct sale_sheet *s)
{
    struct sql_import_part_get part = { .import_id = is->id, .n = 1 };
    const char *why;
    enum rc rc = sql_import_part_get(c, &part);

    if (rc != RC_OK) return rc;
    *s = (struct sale_sheet){ .arena = c->arena, .conf = c->conf, .provider = is->provider,
                              .hour_min = (int)is->hour_min, .now = c->now,
                              .sheet = { .delimiter = sheet_delimiter(is->delimiter) } };
    if (sale_sheet_open_text(s, str_of(part.text), is->map, &why)) return RC_OK;
    return fail_at(c, RC_INVALID, "import.sheet", NULL, why);
}

static enum rc check_parts(struct ctx *c, int64_t id, struct sql_import_parts *all)
{
    enum rc rc;

    *all = (struct sql_import_parts){ .import_id = id };
    rc = sql_import_parts(c, all);
    if (rc != RC_OK) return rc;
    if (all->parts_n == 0)
        return fail_at(c, RC_CONFLICT, "import.empty", NULL, "No part of it was sent.");
    if (all->parts_n == all->last_n) return RC_OK;
    return fail_at(c, RC_CONFLICT, "import.part_missing", NULL,
                   arena_printf(c->arena, "Of %lld parts %lld are there.",
                                (long long)all->last_n, (long long)all->parts_n));
}

/* Nothing that goes on; what was cancelled begins again. */
static enum rc check_state(struct ctx *c, const struct sql_import_get *is)
{
    struct sql_task_get job = { .id = is->job_id };
    enum rc rc;

    if (str_eq(is->state, "open") || str_eq(is->state, "tried")) return RC_OK;
    if (str_eq(is->state, "done")) return state_refused(c);
    rc = sql_task_get(c, &job);
    if (rc != RC_OK) return rc;
    return str_eq(job.state, "dropped") ? RC_OK : state_refused(c);
}

static enum rc start(struct ctx *c, struct call *call)
{
    const struct start_doc *in = call->body;
    struct sql_import_parts all;
    struct sql_import_get is;
    struct sale_sheet s;
    enum rc rc = find(c, call, &is);

    if (rc == RC_OK) rc = check_state(c, &is);
    if (rc == RC_OK) rc = check_parts(c, is.id, &all);
    if (rc == RC_OK) rc = read_first(c, &is, &s);
    if (rc != RC_OK) return rc;
    struct sql_import_start v = {
        .id = is.id, .was_job_id = is.job_id, .is_dry = in && in->is_dry,
        .heading = arena_strndup(c->arena, s.sheet.first.raw.p, s.sheet.first.raw.n),
        .part_at = (int64_t)s.sheet.at, .bytes_n = all.bytes_n };
    rc = job_add(c, &import_task, arena_printf(c->arena, "%lld", (long long)is.id), &v.job_id);
    if (rc == RC_OK) rc = sql_import_start(c, &v);
    if (rc == RC_NOT_FOUND) return state_refused(c);
    if (rc == RC_OK)
        rc = note_write(c, &(struct note){ .what = v.is_dry ? "import.tried" : "import.started",
                                           .subject_id = is.id });
    return rc == RC_OK ? show(c, call, is.id) : rc;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static enum rc ask_imports(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_import_list *v = ARENA_NEW(c->arena, struct sql_import_list);

    (void)call;
    v->stores = scope_stores(c);
    *arg = v;
    return RC_OK;
}

static enum rc show_import(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_import_list_row *r = row;

    (void)call;
    *(struct import_view *)item = (struct import_view)VIEW(c, r, r->id);
    return RC_OK;
}

static const char *const states[] = { "open", "running", "tried", "done", NULL };
static const struct list_sort sorts[] = { { "id", { "id" } } };
static const struct list_filter filters[] = {
    { "state", JT_TEXT, "state", DB_IS, .among = states },
    { "store", JT_TEXT, "store_id", DB_IS, .read = list_read_store } };
static const struct list_column columns[] = {
    { "id", { "編號", "Id", "番号" } },
    { "store", { "門市", "Store", "店舗" } },
    { "file_name", { "檔案", "File", "ファイル" } },
    { "state", { "狀態", "State", "状態" } },
    { "rows_new", { "新增", "New", "新規" } },
    { "rows_repeated", { "重複", "Repeated", "重複" } },
    { "rows_rejected", { "拒絕", "Refused", "拒否" } },
    { "created_at", { "建立時間", "Created", "作成日時" } } };
static const struct list import_list = {
    .name = "imports", .rows = &sql_def_import_list, .ask = ask_imports, .item = &import_shape,
    .show = show_import, LIST_SORTS(sorts), LIST_FILTERS(filters), LIST_COLUMNS(columns) };

/* Of a row of the file: never the answer to a request. */
static const struct refusal of_rows[] = {
    { "row.cells",
      { "這一列的欄位數或引號不對。", "The row's cells or quotes are not right.",
        "この行のセル数または引用符が正しくありません。" } },
    { "row.member",
      { "會員的號碼無法辨識。", "What names the member cannot be read.",
        "会員を示す値を読めません。" } },
    { "row.date",
      { "日期無法辨識，或在未來。", "The date cannot be read, or lies in the future.",
        "日付を読めないか、未来の日付です。" } },
    { "row.total",
      { "金額無法辨識。", "The total cannot be read as an amount.", "金額を読めません。" } },
    { "row.receipt",
      { "單據號碼太長。", "The receipt number is too long.", "レシート番号が長すぎます。" } },
};

static const char *reason_of(const char *code, const char *language)
{
    for (size_t i = 0; i < ARRAY_LEN(of_rows); i++)
        if (str_eq(of_rows[i].code, code)) return text_in(&of_rows[i].title, language);
    return problem_title(code, 422, language_of(language));
}

struct reject_view { int64_t n; const char *raw, *code, *reason, *detail; };
JSON_SHAPE(reject_shape, struct reject_view,
    { "row", JT_I64, offsetof(struct reject_view, n) },
    { "raw", JT_TEXT, offsetof(struct reject_view, raw) },
    { "code", JT_TEXT, offsetof(struct reject_view, code) },
    { "reason", JT_TEXT, offsetof(struct reject_view, reason) },
    { "detail", JT_TEXT, offsetof(struct reject_view, detail) });

static enum rc ask_rejects(struct ctx *c, const struct call *call, const void **arg)
{
    struct sql_import_rejects *v = ARENA_NEW(c->arena, struct sql_import_rejects);
    struct sql_import_get is;
    enum rc rc = find(c, call, &is);

    v->import_id = is.id;
    *arg = v;
    return rc;
}

static enum rc show_reject(struct ctx *c, const struct call *call, const void *row, void *item)
{
    const struct sql_import_rejects_row *r = row;

    (void)c;
    *(struct reject_view *)item = (struct reject_view){
        r->n, r->raw, r->code, reason_of(r->code, call->language), r->detail };
    return RC_OK;
}

static const struct list_sort reject_sorts[] = { { "row", { "n" } } };
static const struct list_column reject_columns[] = {
    { "row", { "列", "Row", "行" } },
    { "raw", { "內容", "As it stands", "内容" } },
    { "reason", { "原因", "Refused because", "理由" } },
    { "code", { "代碼", "Code", "コード" } },
    { "detail", { "說明", "Detail", "詳細" } } };
static const struct list reject_list = {
    .name = "import-rejects", .rows = &sql_def_import_rejects, .ask = ask_rejects,
    .item = &reject_shape, .show = show_reject, LIST_SORTS(reject_sorts),
    LIST_COLUMNS(reject_columns) };

static const struct route routes[] = {
    { GET, "/v1/imports", "import.read", READ, KEY_NONE, .list = &import_list },
    { POST, "/v1/imports", "import.write", WRITE, KEY_REQUIRED,
      NULL, &import_put_shape, &import_shape, create },
    { GET, "/v1/imports/{import}", "import.read", READ, KEY_NONE, NULL, NULL, &import_shape, get },
    { PUT, "/v1/imports/{import}/parts/{part}", "import.write", WRITE, KEY_NONE,
      NULL, &part_shape, &import_shape, put_part },
    { POST, "/v1/imports/{import}/start", "import.write", WRITE, KEY_REQUIRED,
      NULL, &start_shape, &import_shape, start },
    { GET, "/v1/imports/{import}/rejects", "import.read", READ, KEY_NONE, .list = &reject_list },
};
const struct route_list import_routes = LISTED(routes);
