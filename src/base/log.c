#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
#include "base/time.h"

#define LINE_BYTES 2048

static _Atomic int least_level = LOG_INFO;

void log_level_set(enum log_level least)
{
    least_level = (int)least;
}

/* Text from outside may sit in a value: it must not be able to begin a line of its own. */
static void keep_on_one_line(char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7F) s[i] = ' ';
    }
}

void log_line(enum log_level level, const char *what, const char *fmt, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "alarm" };
    char line[LINE_BYTES], at[25];
    va_list args;
    size_t n;

    if ((int)level < least_level) return;
    time_format(time_wall_ms(), at);
    n = (size_t)snprintf(line, sizeof line / 2, "%s %s %.64s ", at, names[level], what);

    va_start(args, fmt);
    int more = vsnprintf(line + n, sizeof line - n - 1, fmt, args);
    va_end(args);
    n += more < 0 ? 0 : (size_t)more;
    if (n > sizeof line - 2) n = sizeof line - 2;

    keep_on_one_line(line, n);
    line[n++] = '\n';
    /* One write a line, so that lines of several threads do not mix. */
    if (write(STDERR_FILENO, line, n) < 0) return;
}
