/* The transport on libmicrohttpd: the only file that sees it.
 *
 * A request begins when its first line is there (on_line), gets its headers and body (on_call, as
 * often as the library likes), is served once, and ends when its answer is sent or its connection
 * is gone (on_end).  All of that happens on the thread of its loop; only http_answer of a deferred
 * request comes from elsewhere, and it does no more than store the answer and wake the loop. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "base/limit.h"
#include "base/rand.h"
#include "base/time.h"
#include "http/gate.h"
#include "http/http.h"
#include "http/listen.h"
#include "http/problem.h"

enum {
    LOOPS_MAX        = 8,
    ARENAS_MAX       = 256,           /* that a loop keeps for the next requests */
    LOOP_BYTES       = LIMIT_CONNECTIONS * 2048,
    WAIT_MS          = 1000,          /* a loop looks at its clock at least this often */
    MEMORY_STEP      = 4096,          /* the library reads a body in pieces of this size */
    BODY_FIRST_BYTES = 16 << 10,
    PIECE_BYTES      = 32 << 10,      /* of a file, sent at a time */
    DISCARD_BYTES    = 8 << 20,       /* of a refused body: read, so that the answer is heard */
    SWEEP_MS         = 1000,
    SLOW_AFTER_MS    = 5000,          /* a body may begin slowly */
    SPARE_PEERS      = 16,            /* room for who comes next */
    ADDRESSES        = 1024           /* counts of bodies by address, which may share one */
};

struct loop {
    struct http *h;
    struct MHD_Daemon *daemon;        /* of its own: a share of the connections */
    pthread_t thread;
    bool is_running;
    int wake_fd;                      /* an eventfd: something was answered elsewhere, or the end */
    atomic_bool is_woken;             /* it was written to and not read yet */
    struct arena *arena;              /* of its request objects */
    struct request *free;
    int arenas_n;                     /* held by those in the list */
    struct peer *peers, *gone;        /* connections; objects for the next ones */
    int peers_n, peers_max;
    int64_t swept_ms;
    void *data;
};

/* A connection.  The library bounds its silence, not how long headers or a body may trickle in. */
struct peer {
    struct gated gated;
    int fd;
    struct peer *next, **at;          /* in the list of its loop */
    int64_t waiting_ms;               /* since when for headers; 0: they are there */
    int64_t body_ms, body_n;          /* since when a body comes, 0: none does; how much came */
};

struct request {
    struct http_request r;            /* first: the two are cast into each other */
    struct loop *loop;
    struct MHD_Connection *connection;
    struct request *next;
    size_t body_cap, discarded;
    const struct problem *refusal;    /* decided while it arrives, answered when it is whole */
    atomic_llong *share;              /* of its address; NULL: not counted */
    bool is_unwanted;                 /* its body is read and not kept */
    bool is_begun, is_served, is_counted, is_deferred, is_answered, is_last;
    struct http_answer answer;
    struct str piece;                 /* what is left of it to send */
    enum http_end end;                /* what comes after it */
};

struct http {
    struct arena *arena;
    struct http_config cfg;
    int port;
    char nonce[9];
    struct loop loops[LOOPS_MAX];
    int loops_n;
    atomic_bool is_refusing, is_closing;
    atomic_int active;                /* served and not yet sent */
    atomic_int waking;                /* answers being handed to their loops at this moment */
    atomic_llong bodies_bytes, requests;
    atomic_llong shares[ADDRESSES];
    atomic_llong refused_size, refused_budget, refused_form, refused_stopping;
    atomic_ullong ids;
};

static const struct problem too_large = { .status = 413, .code = "request.too_large" };
static const struct problem too_many  = { .status = 503, .code = "server.busy" };
static const struct problem too_slow  = { .status = 408, .code = "request.slow" };
static const struct problem stopping  = { .status = 503, .code = "server.stopping" };
static const struct problem ambiguous = {
    .status = 400, .code = "request.header",
    .detail = "A header that may be sent once was sent twice, or two that exclude each other."
};

/* ---- loops and request objects ---- */

static struct request *request_take(struct loop *loop)
{
    struct request *q = loop->free;
    struct arena *arena = NULL;

    if (q != NULL) {
        loop->free = q->next;
        arena = q->r.arena;
    } else {
        q = ARENA_NEW(loop->arena, struct request);
    }
    if (arena != NULL) loop->arenas_n--;
    else arena = arena_open(LIMIT_REQUEST_ARENA + LIMIT_REQUEST_RESERVE);
    arena_reserve(arena, LIMIT_REQUEST_RESERVE);
    *q = (struct request){ .loop = loop, .r = { .arena = arena, .loop = loop->data } };
    return q;
}

static void request_give(struct request *q)
{
    struct loop *loop = q->loop;

    if (loop->arenas_n < ARENAS_MAX) {
        arena_reset(q->r.arena);
        loop->arenas_n++;
    } else {
        arena_close(q->r.arena);
        q->r.arena = NULL;
    }
    q->next = loop->free;
    loop->free = q;
}

/* Of the answers of a whole batch only the first rings. */
static void loop_wake(struct loop *loop)
{
    if (!atomic_exchange(&loop->is_woken, true)) eventfd_write(loop->wake_fd, 1);
}

/* ---- connections ---- */

static struct peer *peer_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* Who has been silent longest makes room: nobody opens connections to keep others out. */
static void make_room(struct loop *loop)
{
    struct peer *idlest = NULL;

    for (struct peer *p = loop->peers; p != NULL; p = p->next)
        if (p->waiting_ms > 0 && (idlest == NULL || p->waiting_ms <= idlest->waiting_ms))
            idlest = p;
    if (idlest == NULL) return;
    shutdown(idlest->fd, SHUT_RDWR);
    idlest->waiting_ms = INT64_MAX;   /* on its way out */
}

static struct peer *peer_add(struct loop *loop, struct MHD_Connection *connection)
{
    struct peer *p = loop->gone;

    if (loop->peers_n >= loop->peers_max - SPARE_PEERS) make_room(loop);
    if (p != NULL) loop->gone = p->next;
    else p = ARENA_NEW(loop->arena, struct peer);
    *p = (struct peer){
        .fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
        .next = loop->peers, .at = &loop->peers, .waiting_ms = time_mono_ms() };
    if (p->next != NULL) p->next->at = &p->next;
    loop->peers = p;
    loop->peers_n++;
    if (!gate_watch(p->fd, &p->gated)) shutdown(p->fd, SHUT_RDWR);
    return p;
}

static void peer_remove(struct loop *loop, struct peer *p)
{
    gate_watch(p->fd, NULL);
    loop->peers_n--;
    *p->at = p->next;
    if (p->next != NULL) p->next->at = p->at;
    p->next = loop->gone;
    loop->gone = p;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) *context = peer_add(arg, connection);
    else peer_remove(arg, *context);
}

/* No slower than LIMIT_BODY_RATE on the whole, nor longer than a silent connection may last. */
static bool is_slow(const struct peer *p, int64_t now_ms)
{
    int64_t ms = p->body_ms == 0 ? 0 : now_ms - p->body_ms;

    return ms > SLOW_AFTER_MS
        && (p->body_n < ms * LIMIT_BODY_RATE / 1000 || ms > LIMIT_IDLE_S * 1000);
}

/* Their sockets are shut: the library sees the end and closes them. */
static void sweep(struct loop *loop)
{
    int64_t now_ms = time_mono_ms();
    int most_ms = loop->h->cfg.headers_ms > 0 ? loop->h->cfg.headers_ms : LIMIT_HEADERS_MS;

    if (now_ms - loop->swept_ms < (most_ms / 10 < SWEEP_MS ? most_ms / 10 : SWEEP_MS)) return;
    loop->swept_ms = now_ms;
    for (struct peer *p = loop->peers; p != NULL; p = p->next) {
        if (is_slow(p, now_ms)) gate_turn_away(p->fd, &p->gated, &too_slow);
        if (p->waiting_ms > 0 && now_ms - p->waiting_ms >= most_ms) shutdown(p->fd, SHUT_RDWR);
    }
}

/* ---- a request arrives ---- */

static void *on_line(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct loop *loop = arg;
    struct http *h = loop->h;
    struct request *q = request_take(loop);
    size_t n = strlen(uri);
    char *copy = arena_strndup(q->r.arena, uri, n);
    char *mark = memchr(copy, '?', n);

    q->connection = connection;
    q->r.path = (struct str){ copy, mark == NULL ? n : (size_t)(mark - copy) };
    if (mark != NULL) q->r.query = (struct str){ mark + 1, n - q->r.path.n - 1 };
    snprintf(q->r.id, sizeof q->r.id, "req_%s%llx", h->nonce,
             atomic_fetch_add_explicit(&h->ids, 1, memory_order_relaxed));
    return q;
}

/* The path and the query are decoded by whoever knows their parts; the library's own go at it
 * would turn %2F into a separator. */
static size_t keep_encoded(void *arg, struct MHD_Connection *connection, char *s)
{
    (void)arg;
    (void)connection;
    return strlen(s);
}

static const struct { const char *name; size_t n; } header_names[HTTP_HEADERS] = {
    [HTTP_AUTHORIZATION]     = { "authorization", 13 },
    [HTTP_CONTENT_TYPE]      = { "content-type", 12 },
    [HTTP_IDEMPOTENCY_KEY]   = { "idempotency-key", 15 },
    [HTTP_IF_MATCH]          = { "if-match", 8 },
    [HTTP_ACCEPT_LANGUAGE]   = { "accept-language", 15 },
    [HTTP_CONTENT_LENGTH]    = { "content-length", 14 },
    [HTTP_TRANSFER_ENCODING] = { "transfer-encoding", 17 },
    [HTTP_HOST]              = { "host", 4 },
};

/* tidy: allow parameters -- the signature is libmicrohttpd's */
static enum MHD_Result on_header(void *arg, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                 const char *value, size_t value_n)
{
    struct request *q = arg;

    (void)kind;
    (void)value_n;
    for (int i = 0; i < HTTP_HEADERS; i++) {
        if (key_n != header_names[i].n || strncasecmp(key, header_names[i].name, key_n) != 0)
            continue;
        if (q->r.headers[i] == NULL) q->r.headers[i] = value == NULL ? "" : value;
        else if (i != HTTP_ACCEPT_LANGUAGE) q->refusal = &ambiguous;
        break;
    }
    return MHD_YES;
}

/* Where it comes from, as bytes; 0: nobody knows. */
static size_t address_of(struct MHD_Connection *connection, unsigned char out[static 16])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (info == NULL || info->client_addr == NULL) return 0;
    if (info->client_addr->sa_family == AF_INET) {
        memcpy(&v4, info->client_addr, sizeof v4);
        memcpy(out, &v4.sin_addr, 4);
        return 4;
    }
    if (info->client_addr->sa_family != AF_INET6) return 0;
    memcpy(&v6, info->client_addr, sizeof v6);
    memcpy(out, &v6.sin6_addr, 16);
    return 16;
}

/* What bodies of its address hold.  127.0.0.1 and ::1, where a proxy may stand for everybody, are
 * not counted; of IPv6 a network is one. */
static atomic_llong *share_of(struct request *q)
{
    static const unsigned char v4[4] = { 127, 0, 0, 1 }, v6[16] = { [15] = 1 };
    unsigned char address[16];
    size_t n = address_of(q->connection, address);
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    if ((n == 4 && memcmp(address, v4, 4) == 0) || (n == 16 && memcmp(address, v6, 16) == 0))
        return NULL;
    for (size_t i = 0; i < (n == 16 ? 8 : n); i++) h = (h ^ address[i]) * UINT64_C(0x100000001b3);
    return &q->loop->h->shares[(h >> 32) % ADDRESSES];
}

static enum MHD_Result send_answer(struct request *q);

static enum MHD_Result begin(struct request *q, const char *method)
{
    struct http *h = q->loop->h;
    struct peer *peer = peer_of(q->connection);
    int64_t announced = 0;

    q->is_begun = true;
    peer->waiting_ms = 0;
    q->r.method = method;
    MHD_get_connection_values_n(q->connection, MHD_HEADER_KIND, on_header, q);
    if (q->refusal != NULL) q->is_last = true;
    if (q->r.headers[HTTP_CONTENT_LENGTH] == NULL && q->r.headers[HTTP_TRANSFER_ENCODING] == NULL)
        return MHD_YES;
    peer->body_ms = time_mono_ms();
    peer->body_n = 0;
    q->share = share_of(q);
    q->is_unwanted = h->cfg.admit != NULL && !h->cfg.admit(h->cfg.arg, &q->r);
    if (q->r.headers[HTTP_CONTENT_LENGTH] == NULL) return MHD_YES;
    if (!str_to_i64(str_of(q->r.headers[HTTP_CONTENT_LENGTH]), &announced)) announced = INT64_MAX;
    if (announced <= LIMIT_BODY_BYTES) return MHD_YES;
    q->refusal = &too_large;
    if (announced <= DISCARD_BYTES) return MHD_YES;
    q->is_last = true;
    problem_answer(&q->r, q->refusal, NULL);
    return send_answer(q);
}

/* ---- its body ---- */

static size_t cap_for(const struct request *q, size_t need)
{
    int64_t announced = 0;
    size_t cap = q->body_cap == 0 ? BODY_FIRST_BYTES : q->body_cap * 2;

    if (cap < need) cap = need;
    if (cap > LIMIT_BODY_BYTES) cap = LIMIT_BODY_BYTES;
    if (q->r.headers[HTTP_CONTENT_LENGTH] == NULL) return cap;
    if (!str_to_i64(str_of(q->r.headers[HTTP_CONTENT_LENGTH]), &announced)) return cap;
    return (size_t)announced >= need && (size_t)announced < cap ? (size_t)announced : cap;
}

/* Room for `need` bytes of body, paid from the budget that all bodies share. */
static bool body_reserve(struct request *q, size_t need)
{
    struct http *h = q->loop->h;
    size_t cap;

    if (need <= q->body_cap) return true;
    cap = cap_for(q, need);
    long long more = (long long)(cap - q->body_cap);
    if (q->share && atomic_fetch_add(q->share, more) + more > LIMIT_BODIES_BYTES / 4) {
        atomic_fetch_sub(q->share, more);
        return false;
    }
    if (atomic_fetch_add(&h->bodies_bytes, more) + more > LIMIT_BODIES_BYTES) {
        atomic_fetch_sub(&h->bodies_bytes, more);
        if (q->share) atomic_fetch_sub(q->share, more);
        return false;
    }
    char *p = arena_alloc(q->r.arena, cap + 1);
    if (q->r.body.n > 0) memcpy(p, q->r.body.p, q->r.body.n);
    q->r.body.p = p;
    q->body_cap = cap;
    return true;
}

static void body_add(struct request *q, const char *data, size_t n)
{
    if (q->r.body.n + n > LIMIT_BODY_BYTES) {
        q->refusal = &too_large;
        return;
    }
    if (!body_reserve(q, q->r.body.n + n)) {
        q->refusal = &too_many;
        return;
    }
    /* The arena gave this place to us; the struct calls it const for everybody else. */
    memcpy((char *)(uintptr_t)q->r.body.p + q->r.body.n, data, n);
    q->r.body.n += n;
}

static enum MHD_Result take_body(struct request *q, const char *data, size_t *n)
{
    bool is_kept = q->refusal == NULL && !q->is_unwanted;

    peer_of(q->connection)->body_n += (int64_t)*n;
    if (is_kept) body_add(q, data, *n);
    if (!is_kept || q->refusal != NULL) q->discarded += *n;
    if (q->discarded > DISCARD_BYTES) return MHD_NO;
    *n = 0;
    return MHD_YES;
}

/* ---- it is served ---- */

static void count_refusal(struct http *h, const struct problem *p)
{
    atomic_fetch_add(p == &too_large ? &h->refused_size :
                     p == &too_many ? &h->refused_budget :
                     p == &stopping ? &h->refused_stopping : &h->refused_form, 1);
}

static enum MHD_Result serve(struct request *q)
{
    struct http *h = q->loop->h;

    q->is_served = true;
    peer_of(q->connection)->body_ms = 0;
    peer_of(q->connection)->gated.is_answering = true;
    q->r.arrived_ms = time_mono_ms();
    atomic_fetch_add_explicit(&h->requests, 1, memory_order_relaxed);
    atomic_fetch_add(&h->active, 1);
    q->is_counted = true;
    if (q->refusal == NULL && atomic_load(&h->is_refusing)) {
        q->refusal = &stopping;
        q->is_last = true;
    }
    if (q->refusal != NULL) {
        count_refusal(h, q->refusal);
        problem_answer(&q->r, q->refusal, NULL);
    } else {
        h->cfg.serve(h->cfg.arg, &q->r);
    }
    /* Of a deferred request nothing may be asked here: it may be answered already. */
    if (q->is_deferred) return MHD_YES;
    assert(q->is_answered);
    return send_answer(q);
}

/* tidy: allow parameters -- the signature is libmicrohttpd's */
static enum MHD_Result on_call(void *arg, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *data_n, void **state)
{
    struct request *q = *state;

    (void)arg;
    (void)connection;
    (void)url;
    (void)version;
    if (!q->is_begun) return begin(q, method);
    if (*data_n > 0) return take_body(q, data, data_n);
    if (!q->is_served) return serve(q);
    return send_answer(q);
}

static void on_end(void *arg, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode how)
{
    struct http *h = ((struct loop *)arg)->h;
    struct request *q = *state;

    struct peer *peer = peer_of(connection);

    (void)how;
    peer->waiting_ms = time_mono_ms();
    peer->body_ms = 0;
    peer->gated.is_answering = false;
    if (q == NULL) return;
    *state = NULL;
    if (q->body_cap > 0) atomic_fetch_sub(&h->bodies_bytes, (long long)q->body_cap);
    if (q->body_cap > 0 && q->share) atomic_fetch_sub(q->share, (long long)q->body_cap);
    bool is_counted = q->is_counted;
    request_give(q);
    if (is_counted) atomic_fetch_sub(&h->active, 1);
}

/* ---- it is answered ---- */

void http_defer(struct http_request *r)
{
    struct request *q = (struct request *)r;

    q->is_deferred = true;
    MHD_suspend_connection(q->connection);
}

static void resume(struct request *q)
{
    struct loop *loop = q->loop;
    struct http *h = loop->h;

    atomic_fetch_add(&h->waking, 1);
    MHD_resume_connection(q->connection);   /* from here on the request may be gone */
    loop_wake(loop);
    atomic_fetch_sub(&h->waking, 1);
}

void http_answer(struct http_request *r, const struct http_answer *a)
{
    struct request *q = (struct request *)r;

    assert(!q->is_answered);
    q->answer = *a;
    q->is_answered = true;
    if (q->is_deferred) resume(q);
}

void http_piece(struct http_request *r, struct str piece, enum http_end end)
{
    struct request *q = (struct request *)r;

    q->piece = piece;
    q->end = end;
    resume(q);
}

/* The library wants bytes.  While the next piece is made it is put off, so a client that reads
 * slowly holds no thread and no more than one piece. */
static ssize_t read_piece(void *arg, uint64_t at, char *dst, size_t max)
{
    struct request *q = arg;
    size_t n = q->piece.n < max ? q->piece.n : max;

    (void)at;
    if (n > 0) {
        memcpy(dst, q->piece.p, n);
        q->piece = (struct str){ q->piece.p + n, q->piece.n - n };
        return (ssize_t)n;
    }
    if (q->end == HTTP_LAST) return MHD_CONTENT_READER_END_OF_STREAM;
    if (q->end == HTTP_BROKEN || atomic_load(&q->loop->h->is_refusing))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    MHD_suspend_connection(q->connection);
    q->answer.more(q->answer.more_arg);
    return 0;
}

static void add_headers(const struct request *q, struct MHD_Response *response)
{
    const struct http_answer *a = &q->answer;
    char number[24], file[160];

    if (a->body.n > 0)
        MHD_add_response_header(response, "Content-Type",
                                a->type == NULL ? "application/json" : a->type);
    MHD_add_response_header(response, "X-Request-Id", q->r.id);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (a->location != NULL) MHD_add_response_header(response, "Location", a->location);
    if (a->allow != NULL) MHD_add_response_header(response, "Allow", a->allow);
    if (a->is_replay) MHD_add_response_header(response, "Idempotency-Replayed", "true");
    if (a->is_unauthorized) MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    if (a->version > 0) {
        snprintf(number, sizeof number, "\"%lld\"", (long long)a->version);
        MHD_add_response_header(response, "ETag", number);
    }
    if (a->retry_after_s > 0) {
        snprintf(number, sizeof number, "%d", a->retry_after_s);
        MHD_add_response_header(response, "Retry-After", number);
    }
    if (a->file != NULL) {
        snprintf(file, sizeof file, "attachment; filename=\"%s\"", a->file);
        MHD_add_response_header(response, "Content-Disposition", file);
    }
    if (q->is_last) MHD_add_response_header(response, "Connection", "close");
}

static struct MHD_Response *make_response(struct request *q)
{
    const struct http_answer *a = &q->answer;

    q->piece = a->body;
    q->end = HTTP_MORE;
    if (a->more != NULL)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, read_piece, q,
                                                 NULL);
    /* The library only reads it, and the arena outlives the sending: no copy. */
    return MHD_create_response_from_buffer(a->body.n, (char *)(uintptr_t)a->body.p,
                                           MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_answer(struct request *q)
{
    const struct http_answer *a = &q->answer;
    struct MHD_Response *response = make_response(q);
    enum MHD_Result ok;

    if (response == NULL) return MHD_NO;
    add_headers(q, response);
    ok = MHD_queue_response(q->connection, (unsigned)a->status, response);
    MHD_destroy_response(response);
    return ok;
}

/* ---- the server ---- */

static int loops_wanted(const struct http_config *cfg)
{
    long n = cfg->loops > 0 ? cfg->loops : sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > LOOPS_MAX ? LOOPS_MAX : (int)n;
}

static void loop_wait(struct loop *loop, struct pollfd fds[static 2])
{
    MHD_UNSIGNED_LONG_LONG ms = WAIT_MS;
    eventfd_t n;

    if (MHD_get_timeout(loop->daemon, &ms) != MHD_YES || ms > WAIT_MS) ms = WAIT_MS;
    fds[1].revents = 0;
    if (poll(fds, 2, (int)ms) <= 0 || fds[1].revents == 0) return;
    /* Before the library looks: what is answered while it does rings again. */
    eventfd_read(loop->wake_fd, &n);
    atomic_store(&loop->is_woken, false);
}

/* The library may run its own threads, and then it waits once more, for as long as a connection may
 * be silent, whenever exactly 128 of its connections had something to say at once: those 128 are
 * forgotten meanwhile.  Waiting here, and never inside it, avoids that. */
static void *loop_main(void *arg)
{
    struct loop *loop = arg;
    struct http *h = loop->h;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[] = { { .fd = info->epoll_fd, .events = POLLIN },
                            { .fd = loop->wake_fd, .events = POLLIN } };

    gate_open(loop->arena);
    if (h->cfg.loop_open != NULL) loop->data = h->cfg.loop_open(h->cfg.arg);
    while (!atomic_load(&h->is_closing)) {
        loop_wait(loop, fds);
        MHD_run(loop->daemon);
        sweep(loop);
    }
    return NULL;
}

static bool loop_start(struct loop *loop, int fd)
{
    const struct http_config *cfg = &loop->h->cfg;
    int all = cfg->connections > 0 ? cfg->connections : LIMIT_CONNECTIONS;
    int connections = loop->peers_max = all / loop->h->loops_n;
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, connections, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, LIMIT_IDLE_S, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_HEADER_BYTES + 2 * MEMORY_STEP, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_INCREMENT, MEMORY_STEP, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_encoded, NULL },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_line, loop },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, loop },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, loop },
        { MHD_OPTION_END, 0, NULL }
    };

    loop->arena = arena_open(LOOP_BYTES);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* Not MHD_USE_TURBO: its hopeful reads and writes were measured to cost 2 us a request. */
    loop->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                                    on_call, NULL, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (loop->daemon == NULL) close(fd);
    if (loop->daemon == NULL || loop->wake_fd < 0) return false;
    loop->is_running = pthread_create(&loop->thread, NULL, loop_main, loop) == 0;
    return loop->is_running;
}

static void loop_close(struct loop *loop)
{
    struct http *h = loop->h;

    if (loop->wake_fd >= 0) loop_wake(loop);
    if (loop->is_running) pthread_join(loop->thread, NULL);
    if (loop->daemon != NULL) MHD_stop_daemon(loop->daemon);
    if (h->cfg.loop_close != NULL && loop->data != NULL)
        h->cfg.loop_close(h->cfg.arg, loop->data);
    for (struct request *q = loop->free; q != NULL; q = q->next) arena_close(q->r.arena);
    if (loop->wake_fd >= 0) close(loop->wake_fd);
    arena_close(loop->arena);
}

/* Every loop accepts from the same socket, each through a descriptor that its daemon closes. */
static bool loops_start(struct http *h, int listening)
{
    h->loops_n = loops_wanted(&h->cfg);
    for (int i = 0; i < h->loops_n; i++) {
        int fd = fcntl(listening, F_DUPFD_CLOEXEC, 0);
        h->loops[i].h = h;
        h->loops[i].wake_fd = -1;
        if (fd < 0 || !loop_start(&h->loops[i], fd)) return false;
    }
    return true;
}

enum rc http_open(const struct http_config *cfg, struct http **out, char err[static 256])
{
    uint32_t nonce;
    struct http *h;
    int fd;
    enum rc rc = listen_open(cfg->listen, &fd, err);

    if (rc != RC_OK) return rc;
    struct arena *arena = arena_open(sizeof *h + 4096);
    h = ARENA_NEW(arena, struct http);
    h->arena = arena;
    h->cfg = *cfg;
    h->port = listen_port(fd);
    rand_bytes(&nonce, sizeof nonce);
    snprintf(h->nonce, sizeof h->nonce, "%08x", nonce);
    *out = h;                               /* first: a request may come before start returns */
    bool is_started = loops_start(h, fd);
    if (!is_started) snprintf(err, 256, "the HTTP library does not start: %s", strerror(errno));
    close(fd);
    if (is_started) return RC_OK;
    http_close(h);
    return RC_INTERNAL;
}

int http_port(const struct http *h)
{
    return h->port;
}

void http_stats(const struct http *h, struct http_stats *out)
{
    *out = (struct http_stats){
        .requests = atomic_load(&h->requests), .refused_size = atomic_load(&h->refused_size),
        .refused_budget = atomic_load(&h->refused_budget),
        .refused_form = atomic_load(&h->refused_form),
        .refused_stopping = atomic_load(&h->refused_stopping),
        .bodies_bytes = atomic_load(&h->bodies_bytes)
    };
}

void http_refuse(struct http *h)
{
    atomic_store(&h->is_refusing, true);
}

bool http_wait_idle(struct http *h, int wait_ms)
{
    int64_t until = time_mono_ms() + wait_ms;

    while (atomic_load(&h->active) > 0 || atomic_load(&h->waking) > 0) {
        if (time_mono_ms() >= until) return false;
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    }
    return true;
}

void http_close(struct http *h)
{
    if (h == NULL) return;
    atomic_store(&h->is_closing, true);
    for (int i = 0; i < h->loops_n && h->loops[i].h != NULL; i++) loop_close(&h->loops[i]);
    arena_close(h->arena);
}
