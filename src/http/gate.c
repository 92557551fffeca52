#include "http/gate.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/rand.h"
#include "http/problem.h"

enum { FDS_MAX = 65536, ANSWER_BYTES = 1024, LEFT_BYTES = 64 << 10 };

static const struct problem malformed = { .status = 400, .code = "request.malformed" };
static const struct problem ambiguous = { .status = 400, .code = "request.header" };
static const struct problem too_long  = { .status = 431, .code = "request.header_size" };

static _Thread_local struct gated **watched;

void gate_open(struct arena *a)
{
    watched = ARENA_ARRAY(a, struct gated *, FDS_MAX);
}

bool gate_watch(int fd, struct gated *g)
{
    if (watched == NULL || fd < 0 || fd >= FDS_MAX) return false;
    watched[fd] = g;
    return true;
}

/* Closed with bytes unread, a socket takes back what was said last. */
static void read_what_is_left(int fd)
{
    char bytes[4096];
    size_t n = 0;
    ssize_t got;

    while (n < LEFT_BYTES
           && (got = recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, NULL, NULL)) > 0)
        n += (size_t)got;
}

static const char *reason_of(int status)
{
    switch (status) {
    case 408: return "Request Timeout";
    case 431: return "Request Header Fields Too Large";
    default:  return "Bad Request";
    }
}

void gate_turn_away(int fd, struct gated *g, const struct problem *p)
{
    char body[ANSWER_BYTES], head[ANSWER_BYTES];
    uint32_t id;

    if (g->is_closed) return;
    g->is_closed = true;
    rand_bytes(&id, sizeof id);
    int body_n = snprintf(body, sizeof body,
        "{\"type\":\"urn:regulars:problem:%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\","
        "\"request_id\":\"req_%08x\"}", p->code, problem_title(p->code, p->status, LANGUAGE_ZH_TW),
        p->status, p->code, id);
    int head_n = snprintf(head, sizeof head,
        "HTTP/1.1 %d %s\r\nContent-Type: " PROBLEM_TYPE "\r\nContent-Length: %d\r\n"
        "X-Request-Id: req_%08x\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n", p->status, reason_of(p->status), body_n, id);
    if (!g->is_answering) {
        send(fd, head, (size_t)head_n, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE);
        send(fd, body, (size_t)body_n, MSG_NOSIGNAL | MSG_DONTWAIT);
        read_what_is_left(fd);
    }
    shutdown(fd, SHUT_RDWR);
}

/* The library's, and everybody else's: the linker takes the program's before the system's. */
__attribute__((visibility("default"))) ssize_t recv(int fd, void *buf, size_t n, int flags)
{
    struct gated *g = watched != NULL && fd >= 0 && fd < FDS_MAX ? watched[fd] : NULL;
    ssize_t got = g == NULL || !g->is_closed ? recvfrom(fd, buf, n, flags, NULL, NULL) : 0;

    if (g == NULL || g->is_closed || got <= 0) return got;
    switch (guard_read(&g->guard, buf, (size_t)got)) {
    case GUARD_FINE:
        return got;
    case GUARD_MALFORMED:
        gate_turn_away(fd, g, &malformed);
        break;
    case GUARD_AMBIGUOUS:
        gate_turn_away(fd, g, &ambiguous);
        break;
    case GUARD_TOO_LONG:
        gate_turn_away(fd, g, &too_long);
        break;
    }
    errno = ECONNRESET;
    return -1;
}
