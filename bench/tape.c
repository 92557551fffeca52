#include "bench/tape.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { UNITS_MAX = 1 << 20 };

static uint16_t take_u16(const char **at)
{
    uint16_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return v;
}

static const char *take_text(const char **at, uint32_t *len)
{
    memcpy(len, *at, sizeof *len);
    const char *text = *at + sizeof *len;
    *at = text + *len + 1;
    return text;
}

static void take_statement(struct tape *t, const char **at)
{
    uint16_t index = take_u16(at);
    uint32_t len;
    struct tape_statement *s = &t->statements[index];

    s->kind = (enum tape_kind)*(*at)++;
    s->values_n = take_u16(at);
    s->sqlite = take_text(at, &len);
    s->postgres = take_text(at, &len);
    t->statements_n = index + 1;
}

static void take_value(const char **at, struct tape_value *v)
{
    v->type = (enum tape_type)*(*at)++;
    if (v->type == TAPE_TEXT) v->text = take_text(at, &v->len);
    if (v->type != TAPE_I64) return;
    memcpy(&v->i64, *at, sizeof v->i64);
    *at += sizeof v->i64;
}

static int values_of(const struct tape *t, int statement)
{
    return t->statements[statement].values_n;
}

static const struct tape *opened;

bool tape_next(const char **at, const char *end, struct tape_run *out)
{
    while (*at < end && **at != 'X') {
        uint32_t len;
        char entry = *(*at)++;
        if (entry != 'D') continue;
        *at += 5;
        take_text(at, &len);
        take_text(at, &len);
    }
    if (*at >= end) return false;
    (*at)++;
    out->statement = take_u16(at);
    out->n = values_of(opened, out->statement);
    for (int i = 0; i < out->n; i++) take_value(at, &out->values[i]);
    return true;
}

static void scan(struct tape *t)
{
    const char *at = t->p;

    while (at < t->end) {
        char entry = *at++;
        if (entry == 'D') take_statement(t, &at);
        if (entry == 'U' && t->units_n < UNITS_MAX) t->units[t->units_n++] = at;
        if (entry != 'X') continue;
        int n = values_of(t, take_u16(&at));
        struct tape_value v;
        for (int i = 0; i < n; i++) take_value(&at, &v);
    }
    t->units[t->units_n] = t->end;
}

void tape_open(struct tape *t, const char *file)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
        fprintf(stderr, "bench: %s cannot be read\n", file);
        exit(1);
    }
    t->p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    t->units = calloc(UNITS_MAX + 1, sizeof *t->units);
    if (t->p == MAP_FAILED || t->units == NULL) exit(1);
    t->end = t->p + st.st_size;
    opened = t;
    close(fd);
    scan(t);
}
