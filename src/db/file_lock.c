#include "db/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 64 };                 /* a program has one; tests come and go */

struct file_lock {
    dev_t dev;
    ino_t ino;
    int fd;
    bool is_used, is_taken;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file_lock all[FILES_MAX];

/* Files that are gone; nobody can open them any more. */
static void forget_removed(void)
{
    struct stat is;

    for (size_t i = 0; i < FILES_MAX; i++) {
        if (!all[i].is_used || all[i].is_taken) continue;
        if (fstat(all[i].fd, &is) != 0 || is.st_nlink > 0) continue;
        close(all[i].fd);
        all[i].is_used = false;
    }
}

static struct file_lock *known(const struct stat *is)
{
    for (size_t i = 0; i < FILES_MAX; i++)
        if (all[i].is_used && all[i].dev == is->st_dev && all[i].ino == is->st_ino)
            return &all[i];
    return NULL;
}

/* Opened once, and then found by its inode: see file_lock.h. */
static struct file_lock *find_or_open(const char *file)
{
    struct file_lock *l = all;
    struct stat is;

    if (stat(file, &is) == 0 && known(&is) != NULL) return known(&is);
    while (l < all + FILES_MAX && l->is_used) l++;
    errno = EMFILE;
    if (l == all + FILES_MAX) return NULL;
    l->fd = open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (l->fd < 0 || fstat(l->fd, &is) != 0) return NULL;
    *l = (struct file_lock){ .dev = is.st_dev, .ino = is.st_ino, .fd = l->fd, .is_used = true };
    return l;
}

static enum rc take(const char *file, struct file_lock **out, char err[static 256])
{
    struct file_lock *l = find_or_open(file);
    struct stat is;

    if (l == NULL || fstat(l->fd, &is) != 0) {
        snprintf(err, 256, "%.200s: %s", file, strerror(errno));
        return RC_BUSY;
    }
    if (is.st_nlink > 1) {
        snprintf(err, 256, "%.140s: this file has another name too (a hard link): keep one", file);
        return RC_BUSY;
    }
    if (l->is_taken || flock(l->fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(err, 256, "%.160s: another regulars is using this database", file);
        return RC_BUSY;
    }
    l->is_taken = true;
    *out = l;
    return RC_OK;
}

enum rc file_lock_take(const char *file, struct file_lock **out, char err[static 256])
{
    enum rc rc;

    pthread_mutex_lock(&lock);
    forget_removed();
    rc = take(file, out, err);
    pthread_mutex_unlock(&lock);
    return rc;
}

void file_lock_release(struct file_lock *l)
{
    if (l == NULL) return;
    pthread_mutex_lock(&lock);
    flock(l->fd, LOCK_UN);
    l->is_taken = false;
    pthread_mutex_unlock(&lock);
}
