/* job_kind_api.c -- the jobs that need no feature: old answers go, the books are proven. */
#include "app/job/job_int.h"
#include "core/check/check.h"
#include "core/ctx.h"
#include "core/door/answer.h"
#include "json/value.h"

enum { FORGET_EVERY_MS = 3600000, FIRST_FINDINGS = 20 };

/* ---- old answers ---------------------------------------------------------------------------- */

static enum rc forget(struct ctx *c, struct job *j)
{
    bool more;
    enum rc rc = answer_purge(c, &more);

    j->cursor = "on";
    j->is_done = !more;
    return rc;
}

const struct task_kind job_forget_task = {
    .name = "answers.forget", .go = forget, .every_ms = FORGET_EVERY_MS,
    .label = { "清除舊的回應", "forget old answers", "古い応答を削除" },
};

/* ---- the books, proven ---------------------------------------------------------------------- */

/* The result: {"findings": 2, "first": ["mem_…: a balance …", …]} */
struct proving { struct arena *arena; struct json list; struct json *items; int64_t findings; };

static void take_result(struct proving *p, const char *result)
{
    struct json_error error;
    const struct json *list, *n;
    struct json tree;

    p->items = ARENA_ARRAY(p->arena, struct json, FIRST_FINDINGS);
    p->list = (struct json){ .kind = JSON_LIST, .u.items = p->items };
    if (!result || json_parse(p->arena, str_of(result), &tree, &error) != RC_OK) return;
    list = json_get(&tree, "first");
    n = json_get(&tree, "findings");
    if (n && n->kind == JSON_INT) p->findings = n->u.i;
    for (size_t i = 0; list && list->kind == JSON_LIST && i < list->n && i < FIRST_FINDINGS; i++)
        p->items[p->list.n++] = list->u.items[i];
}

static void found(void *arg, int64_t member_id, const char *why)
{
    struct proving *p = arg;
    char id[ID_TEXT_MAX] = "the books";

    p->findings++;
    if (p->list.n == FIRST_FINDINGS) return;
    if (member_id) id_emit("mem", member_id, id);
    const char *text = arena_printf(p->arena, "%s: %.300s", id, why);
    p->items[p->list.n++] = (struct json){ .kind = JSON_TEXT, .n = str_of(text).n,
                                           .u.text = text };
}

static const char *result_of(const struct proving *p)
{
    struct json_pair pairs[] = {
        { "findings", { .kind = JSON_INT, .u.i = p->findings } }, { "first", p->list } };
    struct json tree = { .kind = JSON_OBJECT, .n = ARRAY_LEN(pairs), .u.pairs = pairs };
    struct buf text;

    buf_init(&text, p->arena, 64 << 10);
    json_emit(&tree, &text);
    return buf_cstr(&text);
}

/* Cursor: the member that was looked at last; "tables" when they are through. */
static enum rc prove_page(struct engine *engine, struct job *j)
{
    struct proving p = { .arena = j->arena };
    struct check_run run = { .engine = engine, .is_deep = true, .told = found, .arg = &p };
    struct check_result out = { 0 };
    int64_t after_id = 0;
    bool more = false;
    enum rc rc;

    take_result(&p, j->result);
    if (j->cursor && str_eq(j->cursor, "tables")) {
        rc = check_all_tables(&run, &out);
        j->is_done = true;
    } else {
        if (j->cursor && !str_to_i64(str_of(j->cursor), &after_id)) after_id = 0;
        rc = check_members_page(&run, &after_id, &out, &more);
        j->cursor = more ? arena_printf(j->arena, "%lld", (long long)after_id) : "tables";
        j->done_n += out.members;
    }
    j->result = result_of(&p);
    return rc;
}

const struct task_kind job_check_task = {
    .name = "check", .walk = prove_page, .may = "job.write",
    .label = { "核對帳目", "prove the books", "帳簿の検証" },
};
