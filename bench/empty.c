/* empty -- libmicrohttpd and nothing behind it: every request is answered 200 with two bytes.  The
 * same flags, loops and limits as the server's. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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

int main(void)
{
    struct rlimit files = { 4608, 4608 };
    unsigned loops = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    struct sockaddr_in here = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    sigset_t stops;
    int which;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    setrlimit(RLIMIT_NOFILE, &files);
    response = MHD_create_response_from_buffer(2, body, MHD_RESPMEM_PERSISTENT);
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_SOCK_ADDR, 0, &here },
        { MHD_OPTION_CONNECTION_LIMIT, 4096, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, 30, NULL },
        { loops > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, loops, NULL },
        { MHD_OPTION_END, 0, NULL }
    };
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                         on_call, NULL, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (d == NULL) return 1;
    printf("empty listens on http://127.0.0.1:%d\n",
           (int)MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&stops, &which);
    MHD_stop_daemon(d);
    return 0;
}
