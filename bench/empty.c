/* empty -- libmicrohttpd and nothing behind it: every request is answered 200 with two bytes.  The
 * same flags, loops and limits as the server's. */
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http/listen.h"

static struct MHD_Response *response;
static char body[] = "{}";

/* tidy: allow parameters -- the signature is libmicrohttpd's */
static enum MHD_Result on_call(void *arg, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *data_n, void **state)
{
    static int seen;

    (void)arg;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    if (*state == NULL) {
        *state = &seen;
        return MHD_YES;
    }
    if (*data_n > 0) {
        *data_n = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, 200, response);
}

/* As the server's own loops (src/http): waiting here, not in the library. */
static void *loop_main(void *arg)
{
    struct MHD_Daemon *d = arg;
    struct pollfd fds = { .events = POLLIN };

    fds.fd = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    for (;;) {
        MHD_UNSIGNED_LONG_LONG ms = 1000;
        if (MHD_get_timeout(d, &ms) != MHD_YES || ms > 1000) ms = 1000;
        if (poll(&fds, 1, (int)ms) >= 0) MHD_run(d);
    }
    return NULL;
}

static void loop_start(int fd)
{
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, 2048, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, 30, NULL },
        { MHD_OPTION_END, 0, NULL }
    };
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_call, NULL,
                         MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    pthread_t thread;

    if (d == NULL || pthread_create(&thread, NULL, loop_main, d) != 0) exit(1);
}

int main(void)
{
    struct rlimit files = { 4608, 4608 };
    long loops = sysconf(_SC_NPROCESSORS_ONLN);
    char err[256];
    sigset_t stops;
    int which, fd;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    setrlimit(RLIMIT_NOFILE, &files);
    response = MHD_create_response_from_buffer(2, body, MHD_RESPMEM_PERSISTENT);
    if (listen_open("127.0.0.1:0", &fd, err) != RC_OK) return 1;
    for (long i = 0; i < loops; i++) loop_start(dup(fd));
    printf("empty listens on http://127.0.0.1:%d\n", listen_port(fd));
    fflush(stdout);
    sigwait(&stops, &which);
    return 0;
}
