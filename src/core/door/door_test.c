/* The door with a server around it: routes of a feature that exists only here, asked over
 * sockets. */
#include "core/ctx.h"
#include "core/door/door.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/limit.h"
#include "core/serve/database.h"
#include "core/note.h"
#include "core/run/run.h"
#include "db/db_kit_test.h"
#include "sql/note_sql.h"

enum { REPLY_BYTES = 8192, CROWD = 100 };

/* ---- the feature ---- */

struct probe { const char *text; int64_t wait_ms; };
JSON_SHAPE(probe_shape, struct probe,
    { .name = "text", .type = JT_TEXT, .offset = offsetof(struct probe, text),
      .flags = JF_REQUIRED },
    { .name = "wait_ms", .type = JT_I64, .offset = offsetof(struct probe, wait_ms),
      .flags = JF_OMIT, .min = 0, .max = 5000 });
struct probe_query {
    const char *text;
    int64_t n, at;
    bool is_all;
    const char *const *tags;
    size_t tags_n;
};
JSON_SHAPE(query_shape, struct probe_query,
    { .name = "text", .type = JT_TEXT, .offset = offsetof(struct probe_query, text),
      .flags = JF_OMIT },
    { .name = "n", .type = JT_I64, .offset = offsetof(struct probe_query, n), .flags = JF_OMIT },
    { .name = "at", .type = JT_MOMENT, .offset = offsetof(struct probe_query, at),
      .flags = JF_OMIT },
    { .name = "all", .type = JT_BOOL, .offset = offsetof(struct probe_query, is_all) },
    { .name = "tag", .type = JT_TEXTS, .offset = offsetof(struct probe_query, tags),
      .count_offset = offsetof(struct probe_query, tags_n), .flags = JF_OMIT, .count_max = 5 });

static atomic_int runs;

static void sleep_ms(int64_t ms)
{
    if (ms <= 0) return;
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static enum rc look(struct ctx *c, struct call *call)
{
    struct probe_query *answer = ARENA_NEW(c->arena, struct probe_query);

    *answer = *(const struct probe_query *)call->query;
    if (call->params[0] != NULL) answer->text = call->params[0];
    call->answer = answer;
    return RC_OK;
}

/* While a test holds it, a reader stays where it is: a crowd must arrive before one leaves. */
static atomic_bool is_held;

static enum rc wait_a_while(struct ctx *c, struct call *call)
{
    static const struct probe waited = { .text = "waited" };

    (void)c;
    sleep_ms(300);
    for (int i = 0; i < 500 && is_held; i++) sleep_ms(20);
    call->answer = &waited;
    return RC_OK;
}

static enum rc add_row(struct ctx *c, const char *what)
{
    struct sql_note_add row = { .id = id_next(c->ids), .now = c->now, .what = what,
                                .actor = "key" };
    return sql_note_add(c, &row);
}

/* What it writes and answers depends on its text; dice and ids show whether a second run is one. */
static enum rc make(struct ctx *c, struct call *call)
{
    const struct probe *in = call->body;
    struct probe *out = ARENA_NEW(c->arena, struct probe);
    int run = atomic_fetch_add(&runs, 1);
    enum rc rc = add_row(c, "made");

    if (rc != RC_OK) return rc;
    sleep_ms(in->wait_ms);
    if (str_eq(in->text, "refuse")) {
        note(c, &(struct note){ .what = "probe.refused" });
        return fail(c, RC_CONFLICT, "probe.refused");
    }
    if (str_eq(in->text, "busy twice") && run < 2) return RC_BUSY;
    if (str_eq(in->text, "always busy")) return RC_BUSY;
    if (str_eq(in->text, "broken")) return broken(c, "probe.balance");
    if (str_eq(in->text, "forgotten")) return RC_NOT_FOUND;
    if (str_eq(in->text, "stale")) return fail(c, RC_CONFLICT, "version.mismatch");
    out->text = call->if_match != NULL ? call->if_match : in->text;
    call->answer = out;
    call->status = 201;
    call->version = 4;
    call->location = "/v1/probes/1";
    return RC_OK;
}

static enum rc remove_it(struct ctx *c, struct call *call)
{
    (void)call;
    return add_row(c, "removed");
}

static const struct route routes[] = {
    { GET, "/v1/probes/{probe}", "probe.read", QUICK, KEY_NONE, &query_shape, NULL, &query_shape,
      look },
    { GET, "/v1/probes/{probe}/long", "probe.read", READ, KEY_NONE, &query_shape, NULL,
      &query_shape, look },
    { GET, "/v1/secret", "probe.secret", QUICK, KEY_NONE, &query_shape, NULL, &query_shape, look },
    { GET, "/v1/wait", PUBLIC, SLOW, KEY_NONE, NULL, NULL, &probe_shape, wait_a_while },
    { POST, "/v1/probes", "probe.write", COUNTER, KEY_REQUIRED, NULL, &probe_shape, &probe_shape,
      make },
    { PUT, "/v1/probes/{probe}", "probe.write", WRITE, KEY_NONE, NULL, &probe_shape, &probe_shape,
      make },
    { DELETE, "/v1/probes/{probe}", "probe.write", WRITE, KEY_NONE, NULL, NULL, NULL, remove_it }
};
static const struct permission permissions[] = {
    { .name = "probe.read" }, { .name = "probe.write" }, { .name = "probe.secret" },
};
static const struct feature probe = {
    .name = "probe", .routes = LIST(route_list, routes),
    .permissions = LIST(permission_list, permissions),
};
static const struct feature *const probes[] = { &probe, NULL };

/* ---- the server ---- */

struct shop {
    struct engine *engine;
    struct door *door;
    struct http *http;
    char key[KEY_TEXT_MAX];
};

static enum rc make_key(struct ctx *c, void *arg)
{
    struct shop *s = arg;
    return key_create(c, &(struct key_create){ .name = "test", .may = "probe.read,probe.write" },
                      s->key);
}

static void shop_open(struct shop *s, struct kit *k)
{
    struct engine_config engine = { .url = k->url, .is_new_ok = true };
    struct door_config door = { .features = probes, .url = k->url, .ids = run_ids() };
    struct http_config http = { .listen = "127.0.0.1:0", .serve = door_serve,
                                .loop_open = door_loop_open, .loop_close = door_loop_close };
    struct run run = { .fn = make_key, .arg = s, .queue = QUEUE_OTHER };
    char err[256] = "";

    db_close(k->c.db);                       /* the engine wants the database for itself */
    k->c.db = NULL;
    *s = (struct shop){ 0 };
    atomic_store(&runs, 0);
    if (database_open(&engine, &s->engine, err) != RC_OK) FAIL_TEST("%s", err);
    run.engine = door.engine = s->engine;
    if (door_open(&door, &s->door, err) != RC_OK) FAIL_TEST("%s", err);
    IS_INT(run_write(&run, NULL), RC_OK);
    IS_INT(door_refresh(s->door), RC_OK);
    http.arg = s->door;
    if (http_open(&http, &s->http, err) != RC_OK) FAIL_TEST("%s", err);
}

static void shop_close(struct shop *s)
{
    http_refuse(s->http);
    IS_TRUE(http_wait_idle(s->http, 10000));
    door_drain(s->door);
    http_close(s->http);
    door_close(s->door);
    engine_close(s->engine);
}

static int64_t rows(struct shop *s, const char *what)
{
    char sql[128];
    struct db *db;
    int64_t n = -1;

    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM note WHERE what = '%s'", what);
    IS_INT(engine_reader(s->engine, &db), RC_OK);
    IS_INT(db_script_i64(db, sql, &n), RC_OK);
    engine_reader_return(s->engine, db);
    return n;
}

/* ---- the client ---- */

struct ask { const char *method, *path, *headers, *body; };

static int send_ask(struct shop *s, const struct ask *a)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)http_port(s->http)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char text[2048];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t body = a->body == NULL ? 0 : strlen(a->body);
    int n = snprintf(text, sizeof text,
                     "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n%s\r\n%s",
                     a->method, a->path, s->key, body, a->headers == NULL ? "" : a->headers,
                     a->body == NULL ? "" : a->body);

    IS_TRUE(fd >= 0 && n > 0 && (size_t)n < sizeof text);
    IS_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    IS_INT(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
    return fd;
}

static void read_reply(int fd, char reply[static REPLY_BYTES])
{
    size_t n = 0;
    ssize_t got = 1;

    while (got > 0 && n + 1 < REPLY_BYTES) {
        got = recv(fd, reply + n, REPLY_BYTES - 1 - n, 0);
        if (got > 0) n += (size_t)got;
    }
    reply[n] = '\0';
    close(fd);
}

static int status_of(const char *reply)
{
    int64_t status = 0;

    if (strlen(reply) > 12) str_to_i64((struct str){ reply + 9, 3 }, &status);
    return (int)status;
}

/* The reply has this status and holds this text. */
static void says(struct shop *s, const struct ask *a, int status, const char *text)
{
    char reply[REPLY_BYTES];

    read_reply(send_ask(s, a), reply);
    if (status_of(reply) != status || strstr(reply, text) == NULL)
        FAIL_TEST("%s %s: wanted %d and %s, got %s", a->method, a->path, status, text, reply);
}

static struct ask post(const char *headers, const char *body)
{
    return (struct ask){ "POST", "/v1/probes", headers, body };
}

/* ---- reads ---- */

BOTH(query_and_path_become_what_their_fields_are)
{
    static const struct { const char *path; int status; const char *text; } t[] = {
        { "/v1/probes/a?n=3&all=true", 200, "{\"text\":\"a\",\"n\":3,\"all\":true}" },
        { "/v1/probes/a%2Fb%20+c", 200, "{\"text\":\"a/b +c\",\"all\":false}" },
        { "/v1/probes/x?tag=a&tag=b%26c", 200, "\"tag\":[\"a\",\"b&c\"]" },
        { "/v1/probes/x?at=2026-03-01T08:00:00+08:00", 200, "\"at\":\"2026-03-01T00:00:00.000Z\"" },
        { "/v1/probes/x?at=2026-03-01T08:00:00%2B08:00", 200, "2026-03-01T00:00:00.000Z" },
        { "/v1/probes/x?n=3&n=4", 400, "{\"parameter\":\"n\",\"detail\":\"is given twice\"}" },
        { "/v1/probes/x?n=three", 400, "\"parameter\":\"n\"" },
        { "/v1/probes/x?all=yes", 400, "\"parameter\":\"all\"" },
        { "/v1/probes/x?tag=1&tag=2&tag=3&tag=4&tag=5&tag=6", 400, "\"parameter\":\"tag\"" },
        { "/v1/probes/x?m=1", 400, "\"parameter\":\"m\"" },
        { "/v1/probes/x?n=%4", 400, "is not valid" },
        { "/v1/probes/%00", 404, "request.path" },
        { "/v1/probes/%ff", 404, "request.path" },
        { "/v1/probes/x/long?n=1", 200, "{\"text\":\"x\",\"n\":1,\"all\":false}" }
    };
    struct shop s;

    shop_open(&s, k);
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        says(&s, &(struct ask){ "GET", t[i].path, NULL, NULL }, t[i].status, t[i].text);
    shop_close(&s);
}

BOTH(a_full_queue_answers_503_at_once_and_the_others_are_served)
{
    int fds[CROWD], served = 0, refused = 0;
    char reply[REPLY_BYTES];
    struct shop s;

    shop_open(&s, k);
    is_held = true;
    for (int i = 0; i < CROWD; i++)
        fds[i] = send_ask(&s, &(struct ask){ "GET", "/v1/wait", NULL, NULL });
    sleep_ms(500);
    is_held = false;
    for (int i = 0; i < CROWD; i++) {
        read_reply(fds[i], reply);
        if (status_of(reply) == 200) served++;
        else if (status_of(reply) == 503 && strstr(reply, "Retry-After: 1") != NULL) refused++;
    }
    IS_INT(served + refused, CROWD);
    IS_TRUE(served >= 64 && refused > 0);
    says(&s, &(struct ask){ "GET", "/v1/wait", NULL, NULL }, 200, "waited");
    shop_close(&s);
}

/* ---- writes ---- */

BOTH(a_write_answers_with_status_location_and_version)
{
    struct ask put = { "PUT", "/v1/probes/1", "If-Match: \"17\"\r\n", "{\"text\":\"a\"}" };
    struct ask gone = { "DELETE", "/v1/probes/1", NULL, NULL };
    struct ask one = post("Idempotency-Key: a\r\n", "{\"text\":\"a\"}");
    struct shop s;

    shop_open(&s, k);
    says(&s, &one, 201, "ETag: \"4\"");
    says(&s, &one, 201, "Location: /v1/probes/1");
    says(&s, &one, 201, "Idempotency-Replayed: true");
    IS_INT(rows(&s, "made"), 1);
    says(&s, &put, 201, "{\"text\":\"17\"");
    says(&s, &gone, 204, "");
    IS_INT(rows(&s, "removed"), 1);
    shop_close(&s);
}

BOTH(a_refusal_takes_everything_back_but_its_notes)
{
    struct ask one = post("Idempotency-Key: a\r\n", "{\"text\":\"refuse\"}");
    struct ask stale = post("Idempotency-Key: b\r\n", "{\"text\":\"stale\"}");
    struct ask plain = post("Idempotency-Key: c\r\n", "{\"text\":\"forgotten\"}");
    struct shop s;

    shop_open(&s, k);
    says(&s, &one, 409, "probe.refused");
    says(&s, &one, 409, "probe.refused");
    says(&s, &stale, 412, "version.mismatch");
    says(&s, &plain, 404, "request.not_found");
    IS_INT(rows(&s, "made"), 0);
    IS_INT(rows(&s, "probe.refused"), 2);
    shop_close(&s);
}

BOTH(a_key_that_is_turned_away_is_noted_and_a_crowd_of_them_in_bounds)
{
    static const struct ask one = { "GET", "/v1/probes/a", NULL, NULL };
    int64_t began_ms, seconds;
    char reply[REPLY_BYTES];
    int fds[CROWD];
    struct shop s;

    shop_open(&s, k);
    says(&s, &(struct ask){ "GET", "/v1/secret", NULL, NULL }, 403, "\"auth.forbidden\"");
    IS_INT(rows(&s, "auth.forbidden"), 1);
    s.key[strlen(s.key) - 1] ^= 1;
    began_ms = time_mono_ms();
    for (int i = 0; i < CROWD; i++) fds[i] = send_ask(&s, &one);
    for (int i = 0; i < CROWD; i++) {
        read_reply(fds[i], reply);
        IS_INT(status_of(reply), 401);
    }
    seconds = (time_mono_ms() - began_ms) / 1000;
    IS_TRUE(rows(&s, "auth.unknown") > 0);
    IS_TRUE(rows(&s, "auth.unknown") <= (seconds + 2) * LIMIT_DENIALS_NOTED);
    s.key[strlen(s.key) - 1] ^= 1;
    says(&s, &one, 200, "\"a\"");
    shop_close(&s);
}

BOTH(a_busy_run_is_started_afresh_and_told_to_come_back_when_it_stays_busy)
{
    struct ask twice = post("Idempotency-Key: a\r\n", "{\"text\":\"busy twice\"}");
    struct ask always = post("Idempotency-Key: b\r\n", "{\"text\":\"always busy\"}");
    struct shop s;

    shop_open(&s, k);
    says(&s, &twice, 201, "busy twice");
    IS_INT(atomic_load(&runs), 3);
    IS_INT(rows(&s, "made"), 1);
    says(&s, &always, 503, "Retry-After");
    IS_INT(rows(&s, "made"), 1);
    shop_close(&s);
}

BOTH(what_is_broken_inside_is_not_told_outside)
{
    struct ask one = post("Idempotency-Key: a\r\n", "{\"text\":\"broken\"}");
    char reply[REPLY_BYTES];
    struct shop s;

    shop_open(&s, k);
    read_reply(send_ask(&s, &one), reply);
    IS_INT(status_of(reply), 500);
    IS_TRUE(strstr(reply, "server.error") != NULL);
    IS_TRUE(strstr(reply, "probe.balance") == NULL);
    IS_INT(rows(&s, "made"), 0);
    shop_close(&s);
}

BOTH(sixteen_tellings_at_once_under_one_key_do_it_once)
{
    struct ask one = post("Idempotency-Key: a\r\n", "{\"text\":\"a\",\"wait_ms\":20}");
    char reply[REPLY_BYTES];
    int fds[16], first = 0;
    struct shop s;

    shop_open(&s, k);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) fds[i] = send_ask(&s, &one);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        read_reply(fds[i], reply);
        IS_INT(status_of(reply), 201);
        if (strstr(reply, "Idempotency-Replayed") == NULL) first++;
    }
    IS_INT(first, 1);
    IS_INT(rows(&s, "made"), 1);
    shop_close(&s);
}

/* ---- stopping ---- */

BOTH(stopping_finishes_what_runs_and_refuses_what_comes)
{
    struct ask slow = post("Idempotency-Key: a\r\n", "{\"text\":\"a\",\"wait_ms\":400}");
    struct ask late = post("Idempotency-Key: b\r\n", "{\"text\":\"b\"}");
    char reply[REPLY_BYTES];
    struct shop s;

    shop_open(&s, k);
    int running = send_ask(&s, &slow);
    int reading = send_ask(&s, &(struct ask){ "GET", "/v1/wait", NULL, NULL });
    sleep_ms(100);
    http_refuse(s.http);
    says(&s, &late, 503, "server.stopping");
    IS_FALSE(http_wait_idle(s.http, 50));
    IS_TRUE(http_wait_idle(s.http, 5000));
    read_reply(running, reply);
    IS_INT(status_of(reply), 201);
    read_reply(reading, reply);
    IS_INT(status_of(reply), 200);
    IS_INT(rows(&s, "made"), 1);
    shop_close(&s);
}

/* ---- opening ---- */

PURE(a_route_that_would_do_things_twice_does_not_start_the_server)
{
    static const struct { enum route_method method; enum route_mode mode; enum route_key key; }
    bad[] = { { POST, WRITE, KEY_NONE }, { GET, WRITE, KEY_NONE }, { POST, READ, KEY_REQUIRED } };
    struct kit k;
    struct engine *engine;
    char err[256] = "";

    kit_make(&k, DB_SQLITE);
    IS_INT(database_open(&(struct engine_config){ .url = k.url, .is_new_ok = true }, &engine, err),
           RC_OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct route r = { .method = bad[i].method, .path = "/x", .may = PUBLIC, .run = look,
                           .mode = bad[i].mode, .key = bad[i].key };
        struct route_list one = { &r, 1 };
        struct feature f = { .routes = &one };
        const struct feature *const list[] = { &f, NULL };
        struct door *door;
        IS_INT(door_open(&(struct door_config){ .features = list, .engine = engine, .url = k.url,
                                                .ids = run_ids() }, &door, err), RC_INVALID);
    }
    engine_close(engine);
    kit_remove(&k);
}
