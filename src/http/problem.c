#include "http/problem.h"

#include <assert.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PROBLEM_BYTES = 16 << 10 };

/* ---- languages ---- */

static const char *const tags[LANGUAGES] = { "zh-TW", "en", "ja" };

const char *language_tag(enum language l)
{
    return tags[l];
}

enum language language_of(const char *tag)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (str_eq(tag, tags[i])) return (enum language)i;
    return LANGUAGE_ZH_TW;
}

/* One range, "en-GB" or "*": LANGUAGES if it is none of ours. */
static enum language range_language(struct str range)
{
    size_t n = 0;

    while (n < range.n && range.p[n] != '-') n++;
    if (n == 1 && range.p[0] == '*') return LANGUAGE_ZH_TW;
    if (n != 2) return LANGUAGES;
    if (strncasecmp(range.p, "zh", 2) == 0) return LANGUAGE_ZH_TW;
    if (strncasecmp(range.p, "en", 2) == 0) return LANGUAGE_EN;
    if (strncasecmp(range.p, "ja", 2) == 0) return LANGUAGE_JA;
    return LANGUAGES;
}

/* "0.8" to 800; anything that is no weight counts as 1. */
static int weight(struct str parameter)
{
    int64_t thousandths;

    parameter = str_trim(parameter);
    if (parameter.n < 2 || strncasecmp(parameter.p, "q=", 2) != 0) return 1000;
    if (!str_to_minor((struct str){ parameter.p + 2, parameter.n - 2 }, 3, &thousandths))
        return 1000;
    return thousandths < 0 || thousandths > 1000 ? 1000 : (int)thousandths;
}

/* Cuts the part before `mark` off the front of *rest. */
static struct str cut(struct str *rest, char mark)
{
    const char *at = rest->n > 0 ? memchr(rest->p, mark, rest->n) : NULL;
    struct str part = { rest->p, at == NULL ? rest->n : (size_t)(at - rest->p) };
    size_t used = at == NULL ? rest->n : part.n + 1;

    *rest = (struct str){ rest->p + used, rest->n - used };
    return part;
}

enum language language_best(const char *accept)
{
    struct str rest = str_of(accept);
    enum language best = str_trim(rest).n == 0 ? LANGUAGE_ZH_TW : LANGUAGE_EN;
    int best_weight = 0;

    while (rest.n > 0) {
        struct str item = cut(&rest, ',');
        enum language l = range_language(str_trim(cut(&item, ';')));
        int w = weight(item);
        if (l == LANGUAGES || w <= best_weight) continue;
        best = l;
        best_weight = w;
    }
    return best;
}

/* ---- titles ---- */

static const struct { int status; const char *title[LANGUAGES]; } by_status[] = {
    { 400, { "請求內容有誤。", "The request is not valid.", "リクエストの内容が正しくありません。" } },
    { 401, { "需要有效的憑證。", "Valid credentials are needed.", "有効な認証情報が必要です。" } },
    { 403, { "沒有權限。", "This is not allowed.", "権限がありません。" } },
    { 404, { "找不到。", "Not found.", "見つかりません。" } },
    { 405, { "這個網址不接受這種方法。", "This address does not take this method.",
               "このアドレスではこのメソッドは使えません。" } },
    { 409, { "目前的狀態不允許這個操作。", "The present state does not allow this.",
               "現在の状態ではこの操作はできません。" } },
    { 410, { "已不存在。", "It is gone.", "すでに存在しません。" } },
    { 412, { "資料已被他人修改。", "It has been changed in the meantime.",
               "その間に変更されています。" } },
    { 422, { "無法處理這個請求。", "The request cannot be processed.",
               "このリクエストは処理できません。" } },
    { 429, { "已達上限。", "A limit has been reached.", "上限に達しました。" } },
    { 500, { "系統發生錯誤。", "Something went wrong on our side.",
               "システムエラーが発生しました。" } },
    { 503, { "系統忙碌中，請稍後再試。", "Busy: please try again in a moment.",
               "混み合っています。しばらくしてからもう一度お試しください。" } },
};

enum { LISTS_MAX = 64 };
static struct { struct refusals lists[LISTS_MAX]; size_t n; } added;

void problem_texts_add(const struct refusals *more)
{
    for (size_t i = 0; i < added.n; i++)
        if (added.lists[i].items == more->items) return;
    assert(added.n < LISTS_MAX);
    added.lists[added.n++] = *more;
}

static const struct text *title_in(const struct refusals *list, const char *code)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i].code, code) == 0) return &list->items[i].title;
    return NULL;
}

static const struct text *title_of(const char *code)
{
    const struct text *t = title_in(&problem_texts, code);

    for (size_t i = 0; t == NULL && i < added.n; i++) t = title_in(&added.lists[i], code);
    return t;
}

const char *problem_title(const char *code, int status, enum language l)
{
    const struct text *t = title_of(code);
    size_t i = 0;

    if (t != NULL) return text_in(t, language_tag(l));
    while (by_status[i].status != status && i + 1 < ARRAY_LEN(by_status)) i++;
    return by_status[i].status == status || status >= 500 ? by_status[i].title[l]
                                                          : by_status[0].title[l];
}

/* ---- the document ---- */

static void add_text(struct buf *b, const char *name, const char *text)
{
    if (text == NULL) return;
    if (b->p[b->n - 1] != '{') buf_addc(b, ',');
    buf_addf(b, "\"%s\":\"", name);
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char ch = (unsigned char)*p;
        if (ch == '"' || ch == '\\') buf_addf(b, "\\%c", ch);
        else if (ch < 0x20) buf_addf(b, "\\u%04x", ch);
        else buf_addc(b, *p);
    }
    buf_addc(b, '"');
}

static void add_errors(struct buf *b, const struct problem *p)
{
    if (p->errors_n == 0) return;
    buf_adds(b, ",\"errors\":[");
    for (size_t i = 0; i < p->errors_n; i++) {
        buf_adds(b, i == 0 ? "{" : ",{");
        add_text(b, "pointer", p->errors[i].pointer);
        add_text(b, "parameter", p->errors[i].parameter);
        add_text(b, "detail", p->errors[i].detail);
        buf_addc(b, '}');
    }
    buf_addc(b, ']');
}

static void add_json(struct buf *b, const char *name, struct str json)
{
    if (json.n == 0) return;
    buf_addf(b, ",\"%s\":", name);
    buf_add(b, json.p, json.n);
}

/* Room for the twenty longest mistakes; what is cut off would be no JSON, so then without them. */
static void write_problem(struct http_request *r, const struct problem *p, struct buf *b)
{
    enum language l = language_best(r->headers[HTTP_ACCEPT_LANGUAGE]);

    buf_init(b, r->arena, PROBLEM_BYTES + p->current.n + p->told.n);
    buf_addf(b, "{\"type\":\"urn:regulars:problem:%s\"", p->code);
    add_text(b, "title", problem_title(p->code, p->status, l));
    buf_addf(b, ",\"status\":%d", p->status);
    add_text(b, "code", p->code);
    add_text(b, "detail", p->detail);
    add_text(b, "request_id", r->id);
    add_errors(b, p);
    add_json(b, "current", p->current);
    add_json(b, "told", p->told);
    buf_addc(b, '}');
}

void problem_answer(struct http_request *r, const struct problem *p, const struct http_answer *more)
{
    struct http_answer a = more == NULL ? (struct http_answer){ 0 } : *more;
    struct buf b;

    write_problem(r, p, &b);
    if (b.full) {
        struct problem less = { .status = p->status, .code = p->code };
        write_problem(r, &less, &b);
    }
    a.status = p->status;
    a.type = PROBLEM_TYPE;
    a.body = buf_str(&b);
    if (a.status == 503 && a.retry_after_s == 0) a.retry_after_s = 1;
    a.is_unauthorized = a.status == 401;
    http_answer(r, &a);
}
