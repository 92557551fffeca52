#include "json/pointer.h"
#include "base/buf.h"
#include "base/limit.h"

static void add_key(struct buf *b, const char *key)
{
    for (; *key != '\0'; key++) {
        if (*key == '~')      buf_adds(b, "~0");
        else if (*key == '/') buf_adds(b, "~1");
        else                  buf_addc(b, *key);
    }
}

static void add_place(struct buf *b, const struct json_place *at)
{
    if (at->up == NULL) return;
    add_place(b, at->up);
    buf_addc(b, '/');
    if (at->key != NULL) add_key(b, at->key);
    else                 buf_add_i64(b, (int64_t)at->index);
}

const char *json_pointer(struct arena *a, const struct json_place *at)
{
    struct buf b;

    buf_init(&b, a, LIMIT_REASON);
    add_place(&b, at);
    return buf_cstr(&b);
}
