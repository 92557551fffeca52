#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/str.h"

enum { BACKLOG = 1024, HOST_MAX = 64 };

struct address {
    union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; } u;
    socklen_t len;
};

/* "127.0.0.1:8080" or "[::1]:8080": numbers only, a server does not ask a resolver who it is. */
static bool parse(const char *text, struct address *out)
{
    const char *colon = strrchr(text, ':');
    char host[HOST_MAX] = "";
    int64_t port;

    *out = (struct address){ 0 };
    if (colon == NULL || !str_to_i64(str_of(colon + 1), &port) || port < 0 || port > 65535)
        return false;
    size_t n = (size_t)(colon - text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    if (n >= sizeof host) return false;
    memcpy(host, text, n);
    if (inet_pton(AF_INET, host, &out->u.v4.sin_addr) == 1) {
        out->u.v4.sin_family = AF_INET;
        out->u.v4.sin_port = htons((uint16_t)port);
        out->len = sizeof out->u.v4;
        return true;
    }
    if (inet_pton(AF_INET6, host, &out->u.v6.sin6_addr) != 1) return false;
    out->u.v6.sin6_family = AF_INET6;
    out->u.v6.sin6_port = htons((uint16_t)port);
    out->len = sizeof out->u.v6;
    return true;
}

enum rc listen_open(const char *address, int *fd, char err[static 256])
{
    struct address a;
    int on = 1;

    if (!parse(address, &a)) {
        snprintf(err, 256, "cannot listen on \"%.80s\": wanted like 127.0.0.1:8080", address);
        return RC_INVALID;
    }
    *fd = socket(a.u.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd >= 0 && setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(*fd, &a.u.any, a.len) == 0 && listen(*fd, BACKLOG) == 0)
        return RC_OK;
    snprintf(err, 256, "cannot listen on %.80s: %s", address, strerror(errno));
    if (*fd >= 0) close(*fd);
    return RC_INTERNAL;
}

int listen_port(int fd)
{
    struct address a = { .len = sizeof a.u };

    if (getsockname(fd, &a.u.any, &a.len) != 0) return 0;
    return ntohs(a.u.any.sa_family == AF_INET ? a.u.v4.sin_port : a.u.v6.sin6_port);
}
