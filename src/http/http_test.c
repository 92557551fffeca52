/* The transport alone: a server whose answers are one word, and sockets that ask. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "http/http.h"
#include "test/harness/test.h"

enum { CROWD = 128, HOLD_MS = 400, PATIENCE_S = 10 };

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static bool is_path(const struct http_request *r, const char *path)
{
    return r->path.n == strlen(path) && memcmp(r->path.p, path, r->path.n) == 0;
}

static void *answer_later(void *arg)
{
    sleep_ms(2);
    http_answer(arg, &(struct http_answer){ .status = 200, .body = STR("later") });
    return NULL;
}

/* /later is answered by another thread; /hold keeps the loop's thread busy, as nothing of ours
 * may: whatever else arrives meanwhile is there all at once when it goes on. */
static void serve(void *arg, struct http_request *r)
{
    pthread_t thread;

    (void)arg;
    if (is_path(r, "/later")) {
        http_defer(r);
        IS_INT(pthread_create(&thread, NULL, answer_later, r), 0);
        pthread_detach(thread);
        return;
    }
    if (is_path(r, "/hold")) sleep_ms(HOLD_MS);
    http_answer(r, &(struct http_answer){ .status = 200, .body = STR("yes") });
}

static int connection(int port)
{
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    IS_TRUE(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ .tv_sec = PATIENCE_S },
               sizeof(struct timeval));
    IS_INT(connect(fd, (struct sockaddr *)&there, sizeof there), 0);
    return fd;
}

static void ask(int fd, const char *request)
{
    IS_INT(send(fd, request, strlen(request), MSG_NOSIGNAL), (int64_t)strlen(request));
}

static bool is_answered(int fd)
{
    char reply[1024];
    ssize_t n = recv(fd, reply, sizeof reply, 0);

    return n > 12 && memcmp(reply, "HTTP/1.1 200", 12) == 0;
}

/* The library asks its system for 128 events at a time. */
PURE(as_many_connections_as_fit_one_look_are_all_heard)
{
    static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct http_config cfg = { .listen = "127.0.0.1:0", .loops = 1, .serve = serve };
    int fds[CROWD], holding, heard = 0;
    struct http *h;
    char err[256];

    IS_INT(http_open(&cfg, &h, err), RC_OK);
    holding = connection(http_port(h));
    for (int i = 0; i < CROWD; i++) {
        fds[i] = connection(http_port(h));
        ask(fds[i], plain);
        IS_TRUE(is_answered(fds[i]));
    }
    ask(holding, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep_ms(HOLD_MS / 2);
    for (int i = 0; i < CROWD; i++) ask(fds[i], plain);
    for (int i = 0; i < CROWD; i++) heard += is_answered(fds[i]);
    IS_INT(heard, CROWD);
    IS_TRUE(is_answered(holding));
    for (int i = 0; i < CROWD; i++) close(fds[i]);
    close(holding);
    http_close(h);
}

/* Nothing else happens on its loop meanwhile: the answer itself must wake it. */
PURE(an_answer_from_elsewhere_is_sent_at_once)
{
    struct http_config cfg = { .listen = "127.0.0.1:0", .loops = 1, .serve = serve };
    int64_t began_ms;
    struct http *h;
    char err[256];
    int fd;

    IS_INT(http_open(&cfg, &h, err), RC_OK);
    fd = connection(http_port(h));
    began_ms = time_mono_ms();
    for (int i = 0; i < 20; i++) {
        ask(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
        IS_TRUE(is_answered(fd));
    }
    IS_TRUE(time_mono_ms() - began_ms < 4000);      /* a loop that looks now and then: 20 s */
    close(fd);
    IS_TRUE(http_wait_idle(h, 5000));
    http_close(h);
}

PURE(who_sends_headers_byte_by_byte_is_hung_up_on_and_who_is_slow_between_requests_is_not)
{
    struct http_config cfg = { .listen = "127.0.0.1:0", .loops = 1, .serve = serve,
                               .headers_ms = 1000 };
    char err[256], reply[64];
    struct http *h;
    int slow, other, sent = 0;

    IS_INT(http_open(&cfg, &h, err), RC_OK);
    slow = connection(http_port(h));
    other = connection(http_port(h));
    ask(slow, "GET / HTTP/1.1\r\nX: ");
    for (; sent < 100 && send(slow, "x", 1, MSG_NOSIGNAL) == 1; sent++) {
        sleep_ms(50);
        if (sent % 10 != 0) continue;
        ask(other, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        IS_TRUE(is_answered(other));
    }
    IS_TRUE(sent >= 15 && sent < 60);                   /* of 50 ms each */
    IS_TRUE(recv(slow, reply, sizeof reply, 0) <= 0);
    ask(other, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    IS_TRUE(is_answered(other));
    close(slow);
    close(other);
    http_close(h);
}

/* Whoever opens connections and is silent keeps nobody out. */
PURE(the_longest_silent_connection_makes_room)
{
    struct http_config cfg = { .listen = "127.0.0.1:0", .loops = 1, .serve = serve,
                               .connections = 40 };
    struct http *h;
    char err[256];
    int fds[100];

    IS_INT(http_open(&cfg, &h, err), RC_OK);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        fds[i] = connection(http_port(h));
        ask(fds[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        IS_TRUE(is_answered(fds[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) close(fds[i]);
    http_close(h);
}
