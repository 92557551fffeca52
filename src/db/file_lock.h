/* file_lock.h -- one program for one database file, whatever name it is opened under.
 *
 * The lock is on the file itself (its inode), so a symbolic link, or a lock file that somebody
 * removed, leads past nothing.  Its descriptor stays open for as long as the process lives: closing
 * any descriptor of a file drops the locks that SQLite holds on it in this process. */
#pragma once
#include "base/rc.h"

struct file_lock;
/* Makes the file if there is none, for its owner alone.  Refusals, each with its reason: it cannot
 * be opened; it has a second name (a hard link: its log is found under one of them only); another
 * program, or another connection of this one, holds it. */
enum rc file_lock_take(const char *file, struct file_lock **out, char err[static 256]) MUST_CHECK;
void    file_lock_release(struct file_lock *l);          /* NULL: nothing */
