#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/str.h"
#include "test/harness/test.h"

/* What log_line writes, caught in a pipe. */
static void catch(char *dst, size_t cap, void (*say)(void))
{
    int ends[2], real = dup(STDERR_FILENO);

    IS_INT(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    say();
    dup2(real, STDERR_FILENO);
    close(real);
    close(ends[1]);
    ssize_t n = read(ends[0], dst, cap - 1);
    close(ends[0]);
    dst[n < 0 ? 0 : n] = '\0';
}

static void say_one(void)
{
    log_line(LOG_DEBUG, "not.this", "n=%d", 1);
    log_line(LOG_WARN, "db.open", "file=%s n=%d", "a\nALARM", 7);
}

PURE(log_line_is_one_line_whatever_is_in_it)
{
    char s[512];

    catch(s, sizeof s, say_one);
    IS_STR(s + 24, " warn db.open file=a ALARM n=7\n");
    IS_INT(s[23], 'Z');
}

static void say_much(void)
{
    char text[5000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_line(LOG_INFO, "long", "text=%s", text);
}

PURE(log_line_cuts_what_is_too_long)
{
    char s[5000];

    catch(s, sizeof s, say_much);
    IS_TRUE(strlen(s) < 2100);
    IS_INT(s[strlen(s) - 1], '\n');
}
