/* record URL TAPE -- the server, with an eye on its writer: every statement of every purchase goes
 * to the tape.  Says where it listens, as `regulars serve` does, and ends on SIGTERM. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/tape.h"
#include "core/ctx.h"
#include "core/serve/database.h"
#include "core/door/door.h"
#include "core/run/run.h"

enum { INDEX_MAX = TAPE_STATEMENTS_MAX, CHUNKS = 3 };
/* Whatever a purchase runs, this comes first: its claim. */
static const char first_of_unit[] = "receipt_claim";

struct recorder { FILE *out; uint16_t index_of[4096][CHUNKS]; uint16_t n; bool is_on; };

static void put(struct recorder *r, const void *p, size_t n)
{
    if (fwrite(p, 1, n, r->out) == n) return;
    fprintf(stderr, "bench: the tape cannot be written\n");
    exit(1);
}

static void put_byte(struct recorder *r, int byte)
{
    put(r, &(char){ (char)byte }, 1);
}

static void put_u16(struct recorder *r, size_t v)
{
    put(r, &(uint16_t){ (uint16_t)v }, 2);
}

static void put_text(struct recorder *r, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);

    put(r, &len, sizeof len);
    put(r, text, len + 1);
}

static int chunk_of(size_t rows)
{
    return rows == 16 ? 2 : rows == 4 ? 1 : 0;
}

static uint16_t index_of(struct recorder *r, const struct sql_def *d, size_t rows)
{
    int chunk = chunk_of(rows);
    uint16_t *slot = &r->index_of[d->id][chunk];

    if (*slot > 0) return (uint16_t)(*slot - 1);
    *slot = ++r->n;
    put_byte(r, 'D');
    put_u16(r, (size_t)r->n - 1);
    put_byte(r, d->kind == SQL_ONE || d->kind == SQL_EACH ? TAPE_ASKS : TAPE_TELLS);
    put_u16(r, (size_t)d->in_n * rows);
    put_text(r, d->sqlite[chunk]);
    put_text(r, d->postgres[chunk]);
    return (uint16_t)(r->n - 1);
}

static void put_value(struct recorder *r, const struct sql_field *f, const char *row)
{
    const char *text = NULL;
    int64_t v = SQL_NULL;

    if (f->type == SQL_I64) memcpy(&v, row + f->offset, sizeof v);
    else memcpy(&text, row + f->offset, sizeof text);
    if (f->type == SQL_I64 && v != SQL_NULL) {
        put_byte(r, TAPE_I64);
        put(r, &v, sizeof v);
    } else if (text != NULL) {
        put_byte(r, TAPE_TEXT);
        put_text(r, text);
    } else {
        put_byte(r, TAPE_NULL);
    }
}

static enum rc eye(void *arg, const struct sql_def *d, const void *row, size_t rows)
{
    struct recorder *r = arg;

    if (strcmp(d->name, first_of_unit) == 0) {
        r->is_on = true;
        put_byte(r, 'U');
    }
    if (!r->is_on) return RC_OK;
    uint16_t index = index_of(r, d, rows);
    put_byte(r, 'X');
    put_u16(r, index);
    for (size_t k = 0; k < rows; k++)
        for (int i = 0; i < d->in_n; i++)
            put_value(r, &d->in[i], (const char *)row + k * d->row_size);
    return RC_OK;
}

static void stop_with(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(1);
}

static void serve(struct engine *engine, const char *url)
{
    struct door_config door = { .features = features, .engine = engine, .url = url,
                                .ids = run_ids() };
    struct http_config http = { .listen = "127.0.0.1:0", .serve = door_serve,
                                .loop_open = door_loop_open, .loop_close = door_loop_close };
    struct door *d;
    struct http *h;
    sigset_t stops;
    char err[256] = "";
    int which;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    if (door_open(&door, &d, err) != RC_OK) stop_with(err);
    http.arg = d;
    if (http_open(&http, &h, err) != RC_OK) stop_with(err);
    printf("record listens on http://127.0.0.1:%d\n", http_port(h));
    fflush(stdout);
    sigwait(&stops, &which);
    http_refuse(h);
    http_wait_idle(h, 5000);
    door_drain(d);
    engine_drain(engine);
    http_close(h);
    door_close(d);
}

int main(int argc, char **argv)
{
    static struct recorder r;
    struct engine *engine;
    sigset_t stops;
    char err[256] = "";

    if (argc != 3) stop_with("usage: record URL TAPE");
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, NULL);
    r.out = fopen(argv[2], "wb");
    if (r.out == NULL) stop_with("the tape cannot be made");
    if (database_open(&(struct engine_config){ .url = argv[1] }, &engine, err) != RC_OK)
        stop_with(err);
    engine_watch(engine, eye, &r);
    serve(engine, argv[1]);
    engine_close(engine);
    if (fclose(r.out) != 0) stop_with("the tape cannot be written");
    return 0;
}
