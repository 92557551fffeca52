/* guard.h -- what a request may look like on the wire (RFC 9112), judged byte by byte before the
 * library reads it.
 *
 * Where two readers could see two things (a space before a colon, a line that ends without CR, a
 * folded line, NUL, two lengths, a length beside chunks, an unknown transfer coding), a proxy in
 * front of us may see the other one: such a connection is answered 400 and closed, and nothing
 * after the fault is read.  What passes, any reader frames alike. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guard_fault {
    GUARD_FINE,
    GUARD_MALFORMED,                     /* 400 request.malformed */
    GUARD_AMBIGUOUS,                     /* 400 request.header: sent twice, or two that exclude */
    GUARD_TOO_LONG,                      /* 431 request.header_size */
};

enum { GUARD_NAME_MAX = 20, GUARD_VALUE_MAX = 24 };

/* One connection; all zero: nothing was read yet. */
struct guard {
    int state;
    int64_t left;                        /* of the body, or of the chunk */
    size_t head_n, fields_n;
    size_t name_n, value_n;              /* as sent; what is kept of them may be less */
    char name[GUARD_NAME_MAX], value[GUARD_VALUE_MAX];
    bool is_1_0, has_host, has_length, is_chunked, is_trailer;
};

/* The next bytes of the connection.  After a fault every call says it again. */
enum guard_fault guard_read(struct guard *g, const char *p, size_t n);
