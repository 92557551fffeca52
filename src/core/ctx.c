/* ctx.c -- refusals and broken data, recorded with their place. */
#include "core/ctx.h"

#include "base/log.h"
#include "core/note.h"

enum rc ctx_fail(struct ctx *c, enum rc rc, const struct err *err)
{
    c->err = *err;
    return rc;
}

/* Whoever runs the request takes it back; the alarm brings a person.  An assert here would stop the
 * shop for one bad row. */
enum rc ctx_broken(struct ctx *c, const char *what, const char *file, int line)
{
    log_line(LOG_ALARM, "broken", "what=%s file=%s line=%d", what, file, line);
    c->err = (struct err){ .code = what, .file = file, .line = line };
    note(c, &(struct note){ .what = "broken", .member_id = c->member_id, .detail = what });
    return RC_INTERNAL;
}
