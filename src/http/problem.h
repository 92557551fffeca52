/* problem.h -- a refusal as a client sees it: RFC 9457 application/problem+json.
 *
 *     { "type": "urn:regulars:problem:voucher.used", "title": "The voucher has been used.",
 *       "status": 409, "code": "voucher.used", "request_id": "req_…",
 *       "errors": [ { "pointer": "/lines/0/sku", "detail": "is required" } ] }
 *
 * `code` is API and never changes; `title` is for a person, in the language asked for. */
#pragma once
#include <stddef.h>
#include "base/buf.h"
#include "base/text.h"
#include "http/http.h"

#define PROBLEM_TYPE "application/problem+json"

enum language { LANGUAGE_ZH_TW, LANGUAGE_EN, LANGUAGE_JA, LANGUAGES };
/* The best of an Accept-Language header; none, or one that asks for anything: zh-TW; only for
 * languages we do not have: en. */
enum language language_best(const char *accept);
const char   *language_tag(enum language l);            /* "zh-TW" */
enum language language_of(const char *tag);             /* unknown: zh-TW */

struct problem_error {
    const char *pointer;         /* into the body; or */
    const char *parameter;       /* of the query, the path, the headers */
    const char *detail;
};
struct problem {
    int status;
    const char *code;
    const char *detail;          /* NULL: none */
    const struct problem_error *errors;
    size_t errors_n;
    struct str current, told;    /* JSON, or empty: what is there, and what was to be there */
};

/* Answers a request with a problem; `more` adds headers (may be NULL). */
void problem_answer(struct http_request *r, const struct problem *p,
                    const struct http_answer *more);

/* ---- problem_text.c: what people read ---- */

struct refusals { const struct refusal *items; size_t n; };
extern const struct refusals problem_texts;
/* Once, before the first problem: those of a feature.  A code that nobody names gets the title of
 * its status. */
void        problem_texts_add(const struct refusals *more);
const char *problem_title(const char *code, int status, enum language l);
