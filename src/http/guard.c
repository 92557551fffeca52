#include "http/guard.h"

#include <string.h>
#include <strings.h>

#include "base/limit.h"

enum state {
    START, START_LF, METHOD, TARGET, VERSION, LINE_LF,
    FIELD, NAME, SPACE, VALUE, VALUE_LF, HEAD_LF,
    BODY, SIZE, EXTENSION, SIZE_LF, CHUNK, CHUNK_CR, CHUNK_LF,
    FAULT                                /* and the fault itself */
};

enum { FIELDS_MAX = 100, SIZE_DIGITS_MAX = 15, LENGTH_DIGITS_MAX = 18 };

/* RFC 9110, 5.6.2. */
static bool is_token(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
    return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_text(unsigned char c)
{
    return c == '\t' || (c >= ' ' && c != 0x7f);
}

static enum guard_fault fault(struct guard *g, enum guard_fault f)
{
    g->state = FAULT + (int)f;
    return f;
}

static void put(char *to, size_t max, size_t *n, char c)
{
    if (*n < max) to[*n] = c;
    ++*n;
}

static bool is_value(const struct guard *g, const char *text)
{
    return g->value_n == strlen(text) && g->value_n <= GUARD_VALUE_MAX
        && strncasecmp(g->value, text, g->value_n) == 0;
}

static bool is_name(const struct guard *g, const char *text)
{
    return g->name_n == strlen(text) && g->name_n <= GUARD_NAME_MAX
        && strncasecmp(g->name, text, g->name_n) == 0;
}

/* ---- the first line ---- */

static enum guard_fault end_line(struct guard *g)
{
    g->is_1_0 = g->value_n == 8 && memcmp(g->value, "HTTP/1.0", 8) == 0;
    if (!g->is_1_0 && (g->value_n != 8 || memcmp(g->value, "HTTP/1.1", 8) != 0))
        return fault(g, GUARD_MALFORMED);
    g->state = LINE_LF;
    return GUARD_FINE;
}

static enum guard_fault read_line(struct guard *g, unsigned char c)
{
    switch (g->state) {
    case START:                          /* an empty line before a request is no fault */
        if (c == '\r') g->state = START_LF;
        else if (!is_token(c)) return fault(g, GUARD_MALFORMED);
        else g->state = METHOD;
        return GUARD_FINE;
    case START_LF:
        g->state = START;
        return c == '\n' ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    case METHOD:
        if (c == ' ') g->state = TARGET;
        else if (!is_token(c)) return fault(g, GUARD_MALFORMED);
        return GUARD_FINE;
    case TARGET:
        if (c == ' ' && g->name_n > 0) {
            g->state = VERSION;
            g->value_n = 0;
            return GUARD_FINE;
        }
        g->name_n++;
        return c > ' ' && c != 0x7f ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    case VERSION:
        if (c == '\r') return end_line(g);
        put(g->value, GUARD_VALUE_MAX, &g->value_n, (char)c);
        return g->value_n <= 8 ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    default:                             /* LINE_LF */
        g->state = FIELD;
        return c == '\n' ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    }
}

/* ---- fields, of the head and of a trailer ---- */

static enum guard_fault take_length(struct guard *g)
{
    if (g->has_length) return fault(g, GUARD_AMBIGUOUS);
    if (g->value_n == 0 || g->value_n > LENGTH_DIGITS_MAX) return fault(g, GUARD_MALFORMED);
    g->has_length = true;
    g->left = 0;
    for (size_t i = 0; i < g->value_n; i++) {
        if (g->value[i] < '0' || g->value[i] > '9') return fault(g, GUARD_MALFORMED);
        g->left = g->left * 10 + (g->value[i] - '0');
    }
    return GUARD_FINE;
}

static enum guard_fault end_field(struct guard *g)
{
    bool is_length = is_name(g, "content-length"), is_coding = is_name(g, "transfer-encoding");

    g->state = VALUE_LF;
    while (g->value_n > 0 && g->value_n <= GUARD_VALUE_MAX
           && (g->value[g->value_n - 1] == ' ' || g->value[g->value_n - 1] == '\t'))
        g->value_n--;
    if (g->is_trailer) return is_length || is_coding ? fault(g, GUARD_MALFORMED) : GUARD_FINE;
    if (is_length) return take_length(g);
    if (is_coding) {
        if (g->is_chunked || !is_value(g, "chunked")) return fault(g, GUARD_MALFORMED);
        g->is_chunked = true;
    }
    if (is_name(g, "host")) {
        if (g->has_host) return fault(g, GUARD_AMBIGUOUS);
        g->has_host = true;
    }
    return GUARD_FINE;
}

static void next_request(struct guard *g)
{
    *g = (struct guard){ .state = START };
}

static enum guard_fault end_head(struct guard *g)
{
    if (g->is_trailer) {
        next_request(g);
        return GUARD_FINE;
    }
    if (g->has_length && g->is_chunked) return fault(g, GUARD_AMBIGUOUS);
    if (g->is_chunked && g->is_1_0) return fault(g, GUARD_MALFORMED);
    if (!g->is_1_0 && !g->has_host) return fault(g, GUARD_MALFORMED);
    if (g->is_chunked) {
        g->state = SIZE;
        g->left = 0;
        g->value_n = 0;
    } else if (g->left > 0) {
        g->state = BODY;
    } else {
        next_request(g);
    }
    return GUARD_FINE;
}

static enum guard_fault begin_field(struct guard *g, unsigned char c)
{
    if (c == '\r') {
        g->state = HEAD_LF;
        return GUARD_FINE;
    }
    if (!is_token(c)) return fault(g, GUARD_MALFORMED);      /* also a folded line */
    if (++g->fields_n > FIELDS_MAX) return fault(g, GUARD_TOO_LONG);
    g->name_n = g->value_n = 0;
    put(g->name, GUARD_NAME_MAX, &g->name_n, (char)c);
    g->state = NAME;
    return GUARD_FINE;
}

static enum guard_fault read_field(struct guard *g, unsigned char c)
{
    switch (g->state) {
    case FIELD:
        return begin_field(g, c);
    case NAME:
        if (c == ':') g->state = SPACE;
        else if (!is_token(c)) return fault(g, GUARD_MALFORMED);
        else put(g->name, GUARD_NAME_MAX, &g->name_n, (char)c);
        return GUARD_FINE;
    case SPACE:
        if (c == ' ' || c == '\t') return GUARD_FINE;
        g->state = VALUE;
        return read_field(g, c);
    case VALUE:
        if (c == '\r') return end_field(g);
        if (!is_text(c)) return fault(g, GUARD_MALFORMED);
        put(g->value, GUARD_VALUE_MAX, &g->value_n, (char)c);
        return GUARD_FINE;
    case VALUE_LF:
        g->state = FIELD;
        return c == '\n' ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    default:                             /* HEAD_LF */
        return c == '\n' ? end_head(g) : fault(g, GUARD_MALFORMED);
    }
}

/* ---- chunks ---- */

static int hex(unsigned char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
    return -1;
}

static enum guard_fault read_size(struct guard *g, unsigned char c)
{
    int digit = hex(c);

    if (digit >= 0) {
        if (++g->value_n > SIZE_DIGITS_MAX) return fault(g, GUARD_MALFORMED);
        g->left = g->left * 16 + digit;
        return GUARD_FINE;
    }
    if (g->value_n == 0) return fault(g, GUARD_MALFORMED);
    if (c == '\r') g->state = SIZE_LF;
    else if (c == ';') g->state = EXTENSION;
    else return fault(g, GUARD_MALFORMED);
    return GUARD_FINE;
}

static enum guard_fault end_size(struct guard *g, unsigned char c)
{
    if (c != '\n') return fault(g, GUARD_MALFORMED);
    g->state = g->left > 0 ? CHUNK : FIELD;
    g->is_trailer = g->left == 0;
    g->head_n = 0;                       /* each line of a chunk, and the trailer, is bounded */
    return GUARD_FINE;
}

static enum guard_fault read_chunk(struct guard *g, unsigned char c)
{
    switch (g->state) {
    case SIZE:
        return read_size(g, c);
    case EXTENSION:
        if (c == '\r') g->state = SIZE_LF;
        else if (!is_text(c)) return fault(g, GUARD_MALFORMED);
        return GUARD_FINE;
    case SIZE_LF:
        return end_size(g, c);
    case CHUNK_CR:
        g->state = CHUNK_LF;
        return c == '\r' ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    default:                             /* CHUNK_LF */
        g->state = SIZE;
        g->left = 0;
        g->value_n = 0;
        return c == '\n' ? GUARD_FINE : fault(g, GUARD_MALFORMED);
    }
}

/* ---- all of it ---- */

/* What is no line passes unread. */
static size_t skip(struct guard *g, size_t n)
{
    size_t take = (uint64_t)g->left < n ? (size_t)g->left : n;

    g->left -= (int64_t)take;
    if (g->left > 0) return take;
    if (g->state == BODY) next_request(g);
    else g->state = CHUNK_CR;
    return take;
}

static enum guard_fault read_one(struct guard *g, unsigned char c)
{
    if (++g->head_n > LIMIT_HEADER_BYTES) return fault(g, GUARD_TOO_LONG);
    if (g->state <= LINE_LF) return read_line(g, c);
    if (g->state <= HEAD_LF) return read_field(g, c);
    return read_chunk(g, c);
}

enum guard_fault guard_read(struct guard *g, const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && g->state < FAULT) {
        if (g->state == BODY || g->state == CHUNK) i += skip(g, n - i);
        else read_one(g, (unsigned char)p[i++]);
    }
    return g->state > FAULT ? (enum guard_fault)(g->state - FAULT) : GUARD_FINE;
}
