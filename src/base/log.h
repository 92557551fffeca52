/* log.h -- one line for each thing an operator should know, on standard error, as key=value.
 * Never a secret, never personal data: ids only. */
#pragma once
#include "base/rc.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ALARM };
void log_level_set(enum log_level least);
/* log_line(LOG_INFO, "db.open", "file=%s version=%d", …) -> 2026-…Z info db.open file=… */
void log_line(enum log_level level, const char *what, const char *fmt, ...) PRINTF(3, 4);
