/* The wire, as RFC 9112 has it: what passes, and what does not, however it is cut into pieces. */
#include "http/guard.h"

#include <stdio.h>
#include <string.h>

#include "base/limit.h"
#include "test/harness/test.h"

#define HOST "Host: x\r\n"
#define GET_ "GET / HTTP/1.1\r\n"
#define POST_ "POST / HTTP/1.1\r\n" HOST

struct wire { const char *bytes; size_t n; enum guard_fault fault; };
#define WIRE(text, fault_) { text, sizeof(text) - 1, fault_ }

static const struct wire wires[] = {
    WIRE(GET_ HOST "\r\n", GUARD_FINE),
    WIRE("GET / HTTP/1.0\r\n\r\n", GUARD_FINE),
    WIRE("\r\n\r\n" GET_ HOST "\r\n", GUARD_FINE),
    WIRE(GET_ HOST "\r\n" GET_ HOST "A:b\r\nC: \t d e \t\r\nEmpty:\r\n\r\n", GUARD_FINE),
    WIRE(GET_ HOST "Name: \xe6\x9e\x97\r\n\r\n", GUARD_FINE),
    WIRE("GET /\xe6\x9e\x97?a=%20 HTTP/1.1\r\n" HOST "\r\n", GUARD_FINE),
    WIRE(POST_ "Content-Length: 3\r\n\r\n\0\n\r" GET_ HOST "\r\n", GUARD_FINE),
    WIRE(POST_ "Content-Length: 0\r\n\r\n" GET_ HOST "\r\n", GUARD_FINE),
    WIRE(POST_ "transfer-encoding: Chunked\r\n\r\n2\r\n\n\n\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n"
         "Trailer: x\r\n\r\n" GET_ HOST "\r\n", GUARD_FINE),

    WIRE("GET\t/ HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET  / HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("G(T / HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE(" GET / HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / HTTP/1.1 \r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / HTTP/1.2\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / HTTP/2.0\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / http/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET /\r\n\r\n", GUARD_MALFORMED),
    WIRE("GET /\0 HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / HTTP/1.1\n" HOST "\r\n", GUARD_MALFORMED),
    WIRE("GET / HTTP/1.1\r" HOST "\r\n", GUARD_MALFORMED),
    WIRE("\nGET / HTTP/1.1\r\n" HOST "\r\n", GUARD_MALFORMED),

    WIRE(GET_ "\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST HOST "\r\n", GUARD_AMBIGUOUS),
    WIRE(GET_ "Host: x\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ "Host : x\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A: b\r\n c\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST " A: b\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A: b\0c\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A: b\rc\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A: b\x7f\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST ": b\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A\xc3\xa9: b\r\n\r\n", GUARD_MALFORMED),
    WIRE(GET_ HOST "A: b\r\n\n", GUARD_MALFORMED),

    WIRE(POST_ "Content-Length : 5\r\n\r\nhello", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: +5\r\n\r\nhello", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: 0x5\r\n\r\nhello", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: 5,5\r\n\r\nhello", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: 5 5\r\n\r\nhello", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length:\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: -1\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: 10000000000000000000000000\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", GUARD_AMBIGUOUS),
    WIRE(POST_ "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", GUARD_AMBIGUOUS),
    WIRE(POST_ "Transfer-Encoding: gzip\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Transfer-Encoding: gzip, chunked\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Transfer-Encoding: xchunked\r\n\r\n", GUARD_MALFORMED),
    WIRE(POST_ "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         GUARD_MALFORMED),
    WIRE("POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", GUARD_MALFORMED),

#define CHUNKED POST_ "Transfer-Encoding: chunked\r\n\r\n"
    WIRE(CHUNKED "\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "0x2\r\nab\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "2 \r\nab\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "-2\r\nab\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "2\nab\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "2\r\nabc\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "2\r\nab\n0\r\n\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "1000000000000000\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "2;a\nb\r\nab\r\n", GUARD_MALFORMED),
    WIRE(CHUNKED "0\r\nContent-Length: 5\r\n\r\n", GUARD_MALFORMED),
};

static enum guard_fault in_pieces(const struct wire *w, size_t piece)
{
    struct guard g = { 0 };
    enum guard_fault fault = GUARD_FINE;

    for (size_t at = 0; at < w->n; at += piece)
        fault = guard_read(&g, w->bytes + at, w->n - at < piece ? w->n - at : piece);
    return fault;
}

PURE(the_wire_is_read_alike_in_whatever_pieces_it_comes)
{
    static const size_t pieces[] = { 1, 2, 3, 7, 100000 };

    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        for (size_t k = 0; k < ARRAY_LEN(pieces); k++)
            if (in_pieces(&wires[i], pieces[k]) != wires[i].fault)
                FAIL_TEST("%zu (%s) in pieces of %zu: %d, not %d", i, wires[i].bytes, pieces[k],
                          (int)in_pieces(&wires[i], pieces[k]), (int)wires[i].fault);
}

/* Whatever comes: never more than the bounds, and a fault is one for ever. */
PURE(a_head_is_bounded_in_bytes_and_in_fields)
{
    struct guard g = { 0 };
    static const char field[] = "a:b\r\n";

    IS_INT(guard_read(&g, GET_, sizeof GET_ - 1), GUARD_FINE);
    for (int i = 0; i < 100; i++) IS_INT(guard_read(&g, field, sizeof field - 1), GUARD_FINE);
    IS_INT(guard_read(&g, field, sizeof field - 1), GUARD_TOO_LONG);
    IS_INT(guard_read(&g, "\r\n", 2), GUARD_TOO_LONG);

    g = (struct guard){ 0 };
    IS_INT(guard_read(&g, "GET /", 5), GUARD_FINE);
    for (int i = 5; i < LIMIT_HEADER_BYTES; i++) IS_INT(guard_read(&g, "x", 1), GUARD_FINE);
    IS_INT(guard_read(&g, "x", 1), GUARD_TOO_LONG);
}
