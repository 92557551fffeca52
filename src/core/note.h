/* note.h -- what must survive a refusal: a receipt told twice with other content, a denied call, a
 * wrong guess.  Collected while the request runs, written after its rollback, before the answer.
 * And what a person did that no event tells: written with it. */
#pragma once
#include <stdint.h>
#include "base/rc.h"

struct ctx;

struct note {
    struct note *next;
    const char *what;          /* "purchase.receipt_differs" */
    int64_t member_id, subject_id;
    const char *detail;        /* JSON or text; no personal data in clear */
};
void    note(struct ctx *c, const struct note *n);      /* copied */
enum rc note_write(struct ctx *c, const struct note *n) MUST_CHECK;   /* in this transaction */
enum rc note_write_all(struct ctx *c) MUST_CHECK;       /* rows of table `note` */
