/* load PORT CONNECTIONS REQUESTS [n=N] [from=K] [seconds=S] [rate=R] [pid=P] [shm=FILE]
 *
 * Sends the requests of a file, from the K-th on, to 127.0.0.1, each on a connection that has
 * nothing else to do, and says in one line how it went.
 *
 * Closed loop by default: the next request follows the answer.  With a rate, open loop: a request
 * is due at its moment whatever the server does, and its latency counts from there.  With a pid,
 * the processor time and the bytes that process wrote to files between start and end are told.
 * With the index of SQLite's log (FILE-shm), the end is when all of the log has been copied and
 * synced.
 *
 * One thread, epoll, requests sent as they lie in the mapped file. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/world.h"

enum { CONNECTIONS_MAX = 1024, BUFFER = 32 << 10, EVENTS = 256, LATENCIES_MAX = 1 << 22,
       GIVE_UP_S = 120 };

struct connection { int fd; size_t have, want; int64_t due_ns; char *in; };

struct load {
    struct connection connections[CONNECTIONS_MAX];
    int idle[CONNECTIONS_MAX], idle_n;
    int n, epoll;
    const char **requests;                  /* each led by its length */
    size_t requests_n;
    int64_t first, max_n, sent, answered, refused, rate, began_ns, until_ns;
    uint32_t *latencies_us;
    bool is_hung_up;                        /* by the server; what was answered is told */
    char why[200];                          /* the first answer that is no success */
};

static void stop(const char *why)
{
    fprintf(stderr, "bench: load: %s%s%s\n", why, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- requests ---- */

static void open_requests(struct load *l, const char *file)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) stop(file);
    const char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (p == MAP_FAILED) stop("mmap");
    close(fd);
    l->requests = calloc((size_t)st.st_size / 32, sizeof *l->requests);
    if (l->requests == NULL) stop("memory");
    for (const char *at = p; at < p + st.st_size;) {
        uint32_t n;
        memcpy(&n, at, sizeof n);
        l->requests[l->requests_n++] = at;
        at += sizeof n + n;
    }
}

/* ---- connections ---- */

static void connect_all(struct load *l, int port)
{
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < l->n; i++) {
        struct connection *c = &l->connections[i];
        struct epoll_event e = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        c->in = malloc(BUFFER);
        if (c->fd < 0 || c->in == NULL) stop("socket");
        if (connect(c->fd, (struct sockaddr *)&there, sizeof there) != 0) stop("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) != 0) stop("epoll");
        l->idle[l->idle_n++] = i;
    }
}

static void send_next(struct load *l, int64_t due_ns)
{
    int i = l->idle[--l->idle_n];
    struct connection *c = &l->connections[i];
    const char *request = l->requests[(size_t)(l->first + l->sent++) % l->requests_n];
    uint32_t n;

    memcpy(&n, request, sizeof n);
    c->due_ns = due_ns;
    c->have = c->want = 0;
    if (send(c->fd, request + sizeof n, n, MSG_NOSIGNAL) != (ssize_t)n) l->is_hung_up = true;
}

/* ---- answers ---- */

static size_t whole_length(const char *head, size_t n)
{
    const char *end = memmem(head, n, "\r\n\r\n", 4);
    const char *length = end ? strcasestr(head, "\r\nContent-Length:") : NULL;

    if (end == NULL) return 0;
    size_t body = length && length < end ? (size_t)strtoll(length + 17, NULL, 10) : 0;
    return (size_t)(end - head) + 4 + body;
}

static void note_answer(struct load *l, struct connection *c)
{
    int64_t us = (now_ns(CLOCK_MONOTONIC) - c->due_ns) / 1000;

    if (l->answered < LATENCIES_MAX) l->latencies_us[l->answered] = (uint32_t)us;
    l->answered++;
    if (c->in[9] == '2') return;
    if (l->refused++ == 0) snprintf(l->why, sizeof l->why, "%.190s", c->in);
}

static void receive(struct load *l, int i)
{
    struct connection *c = &l->connections[i];
    ssize_t n = recv(c->fd, c->in + c->have, BUFFER - 1 - c->have, 0);

    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        l->is_hung_up = true;
        return;
    }
    c->have += (size_t)n;
    c->in[c->have] = '\0';
    if (c->want == 0) c->want = whole_length(c->in, c->have);
    if (c->want == 0 || c->have < c->want) return;
    note_answer(l, c);
    l->idle[l->idle_n++] = i;
}

/* ---- the loop ---- */

static int64_t due_of(const struct load *l, int64_t k)
{
    return l->began_ns + k * 1000000000 / l->rate;
}

static bool has_more(const struct load *l, int64_t now)
{
    return l->sent < l->max_n && now < l->until_ns;
}

static void send_due(struct load *l)
{
    int64_t now = now_ns(CLOCK_MONOTONIC);

    while (l->idle_n > 0 && has_more(l, now)) {
        if (l->rate == 0) {
            send_next(l, now);
            continue;
        }
        if (due_of(l, l->sent) > now) return;
        send_next(l, due_of(l, l->sent));
    }
}

/* To the microsecond would need a timer; a millisecond late is counted as the server's. */
static int wait_ms(const struct load *l)
{
    int64_t now = now_ns(CLOCK_MONOTONIC);

    if (l->rate == 0 || l->idle_n == 0 || !has_more(l, now)) return 1000;
    int64_t left = due_of(l, l->sent) - now;
    return left <= 0 ? 0 : (int)(left / 1000000);
}

static void drive(struct load *l)
{
    struct epoll_event events[EVENTS];

    for (;;) {
        int64_t now = now_ns(CLOCK_MONOTONIC);
        send_due(l);
        if (!has_more(l, now) && l->answered == l->sent) return;
        if (now > l->until_ns + INT64_C(1000000000) * GIVE_UP_S) stop("no answer");
        int n = epoll_wait(l->epoll, events, EVENTS, wait_ms(l));
        for (int i = 0; i < n; i++) receive(l, (int)events[i].data.u32);
        if (l->is_hung_up) return;
    }
}

/* ---- the log of SQLite ---- */

/* The index of the log begins with a header (mxFrame at 16) twice, then what was copied (at 96). */
static void wait_for_log(const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    uint32_t frames, copied;

    if (fd < 0) stop(file);
    for (int64_t until = now_ns(CLOCK_MONOTONIC) + INT64_C(60000000000);;) {
        if (pread(fd, &frames, 4, 16) != 4 || pread(fd, &copied, 4, 96) != 4) stop("index of log");
        if (copied >= frames) break;
        if (now_ns(CLOCK_MONOTONIC) > until) stop("the log is never copied");
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    }
    close(fd);
}

/* ---- the server's process ---- */

/* `wchar` is what went through write(): the log and its copies, to the byte; sockets do not count.
 * `write_bytes` would count whole folios of the system's cache, of which a page is a part. */
struct use { int64_t cpu_ns, written; };

static struct use use_of(pid_t pid)
{
    struct use u = { 0 };
    char path[64], text[1024] = "";
    clockid_t clock;

    if (pid == 0) return u;
    if (clock_getcpuclockid(pid, &clock) == 0) u.cpu_ns = now_ns(clock);
    snprintf(path, sizeof path, "/proc/%d/io", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) stop(path);
    close(fd);
    const char *at = strstr(text, "wchar: ");
    if (at != NULL) u.written = strtoll(at + 7, NULL, 10);
    return u;
}

/* ---- what is told ---- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double at_rank(const struct load *l, int64_t n, int per_mille)
{
    return n == 0 ? 0 : (double)l->latencies_us[(n - 1) * per_mille / 1000] / 1000;
}

static void tell(struct load *l, const struct use *used, double seconds)
{
    int64_t n = l->answered < LATENCIES_MAX ? l->answered : LATENCIES_MAX;
    double per = l->answered > 0 ? (double)l->answered : 1;

    qsort(l->latencies_us, (size_t)n, sizeof *l->latencies_us, compare);
    printf("n=%lld refused=%lld seconds=%.3f per_second=%.1f cpu_us=%.2f written_kb=%.2f "
           "loader_us=%.2f p50_ms=%.2f p99_ms=%.2f p999_ms=%.2f max_ms=%.2f\n",
           (long long)l->answered, (long long)l->refused, seconds, per / seconds,
           (double)used->cpu_ns / 1000 / per, (double)used->written / 1024 / per,
           (double)now_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000 / per, at_rank(l, n, 500),
           at_rank(l, n, 990), at_rank(l, n, 999), at_rank(l, n, 1000));
    if (l->refused > 0) fprintf(stderr, "bench: first refusal: %s\n", l->why);
    if (l->is_hung_up) fprintf(stderr, "bench: load: the server hung up\n");
}

struct options { int64_t n, from, seconds, rate, pid; const char *shm; };

static void read_options(char **argv, struct options *o)
{
    for (; *argv != NULL; argv++) {
        const char *value = strchr(*argv, '=');
        if (value == NULL) stop("options are name=value");
        if (strncmp(*argv, "shm=", 4) == 0)          o->shm = value + 1;
        else if (strncmp(*argv, "n=", 2) == 0)       o->n = world_number(value + 1);
        else if (strncmp(*argv, "from=", 5) == 0)    o->from = world_number(value + 1);
        else if (strncmp(*argv, "seconds=", 8) == 0) o->seconds = world_number(value + 1);
        else if (strncmp(*argv, "rate=", 5) == 0)    o->rate = world_number(value + 1);
        else if (strncmp(*argv, "pid=", 4) == 0)     o->pid = world_number(value + 1);
        else stop("unknown option");
    }
}

int main(int argc, char **argv)
{
    static struct load l;
    struct options o = { .seconds = 3600 };

    errno = 0;
    if (argc < 4) stop("usage: load PORT CONNECTIONS REQUESTS [name=value …]");
    read_options(argv + 4, &o);
    l.n = (int)world_number(argv[2]);
    if (l.n < 1 || l.n > CONNECTIONS_MAX) stop("connections");
    open_requests(&l, argv[3]);
    l.max_n = o.n > 0 ? o.n : INT64_MAX;
    l.rate = o.rate;
    l.first = o.from;
    l.latencies_us = calloc(LATENCIES_MAX, sizeof *l.latencies_us);
    if (l.latencies_us == NULL) stop("memory");
    connect_all(&l, (int)world_number(argv[1]));
    struct use before = use_of((pid_t)o.pid);
    l.began_ns = now_ns(CLOCK_MONOTONIC);
    l.until_ns = l.began_ns + o.seconds * 1000000000;
    drive(&l);
    if (o.shm != NULL && !l.is_hung_up) wait_for_log(o.shm);
    double seconds = (double)(now_ns(CLOCK_MONOTONIC) - l.began_ns) / 1e9;
    struct use after = l.is_hung_up ? before : use_of((pid_t)o.pid);
    after.cpu_ns -= before.cpu_ns;
    after.written -= before.written;
    tell(&l, &after, seconds);
    return l.refused > 0 || l.is_hung_up;
}
