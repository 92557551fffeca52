/* rc.h -- the one result type, threaded through everything.
 *
 * RC_OK is 0.  A refusal (RC_INVALID … RC_LIMIT) is the caller's or the member's situation and has
 * a code such as "voucher.used" beside it (core/ctx.h).  RC_BUSY is worth another go with the same
 * input; RC_INTERNAL is not. */
#pragma once

enum rc {
    RC_OK,
    RC_INVALID,   /* the request itself is wrong: 400 / 422 */
    RC_DENIED,    /* not allowed: 401 / 403 */
    RC_NOT_FOUND, /* 404; from a :one statement: no row */
    RC_CONFLICT,  /* allowed, but the state says no: 409 / 412 */
    RC_LIMIT,     /* too many, too much: 429 */
    RC_BUSY,      /* lock, overload, lost race: again later, 503 */
    RC_INTERNAL   /* the world is broken: disk, network, a bug in a statement: 500 */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
