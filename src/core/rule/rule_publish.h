/* rule_publish.h -- a new rule, or the next version of one: checked, numbered, in force. */
#pragma once
#include "core/rule/rule.h"

struct rule_publish {
    int64_t id;                          /* 0: a new rule */
    int64_t if_version;                  /* the version it follows; 0 for a new one */
    const struct json *doc;
    int64_t effective_at;                /* JSON_ABSENT: now */
    const char *pointer;                 /* where the document lies in the request, for mistakes */
};
struct rule_published { int64_t id, version; const struct json_mistakes *mistakes; };
/* RC_INVALID "rule.invalid" leaves mistakes.  Refusals: rule.invalid, rule.unknown,
 * version.mismatch. */
enum rc rule_publish(struct ctx *c, const struct rule_publish *in, struct rule_published *out)
    MUST_CHECK;

struct rule_newest { int64_t id, version, effective_at; const char *name, *doc; };
struct rule_newest_list { const struct rule_newest *items; size_t n; };
enum rc rule_list(struct ctx *c, int64_t after_id, int64_t max, struct rule_newest_list *out)
    MUST_CHECK;
/* rule.unknown */
enum rc rule_newest(struct ctx *c, int64_t id, struct rule_newest *out)
    MUST_CHECK;
