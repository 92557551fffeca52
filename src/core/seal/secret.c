/* secret.c -- see secret.h. */
#include "core/seal/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/str.h"
#include "core/seal/seal.h"

#define FILE_NAME "regulars.secret"
#define SQLITE_URL "sqlite:"
enum { SECRET_BYTES = 32, SECRET_HEX = 2 * SECRET_BYTES, PATH_BYTES = 4096 };

static void find_file(const char *url, char path[static PATH_BYTES])
{
    const char *given = getenv("REGULARS_SECRET_FILE");
    const char *file = url + strlen(SQLITE_URL), *slash;

    if (given && given[0]) {
        snprintf(path, PATH_BYTES, "%s", given);
        return;
    }
    slash = str_prefix(url, SQLITE_URL) ? strrchr(file, '/') : NULL;
    snprintf(path, PATH_BYTES, "%.*s" FILE_NAME, slash ? (int)(slash - file) + 1 : 0, file);
}

static enum rc fault(const char *path, const char *what, char err[static 256])
{
    snprintf(err, 256, "%.150s: %.80s", path, what);
    return RC_INTERNAL;
}

enum rc secret_open(const char *url, char err[static 256])
{
    char path[PATH_BYTES], text[SECRET_HEX + 2];
    unsigned char raw[SECRET_BYTES];
    size_t n = 0;
    FILE *f;

    find_file(url, path);
    f = fopen(path, "rbe");
    if (!f && errno == ENOENT) {
        snprintf(err, 256, "%.120s is missing: the secret of this database (docs/OPERATIONS.md)",
                 path);
        return RC_NOT_FOUND;
    }
    if (!f) return fault(path, strerror(errno), err);
    n = fread(text, 1, SECRET_HEX + 1, f);
    fclose(f);
    if (n < SECRET_HEX || (n > SECRET_HEX && text[SECRET_HEX] != '\n')
        || sodium_hex2bin(raw, sizeof raw, text, SECRET_HEX, NULL, NULL, NULL) != 0)
        return fault(path, "is no secret: 64 hexadecimal digits are", err);
    seal_key(raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
    sodium_memzero(text, sizeof text);
    return RC_OK;
}

static void keep_folder(const char *path)
{
    char folder[PATH_BYTES];
    char *slash;
    int fd;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
    fd = open(!slash ? "." : slash == folder ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!fsync(fd);
    close(fd);
}

/* Complete under another name first: whoever reads it sees all of it.  It is on the disk before
 * anything is sealed with it. */
enum rc secret_make(const char *url, char err[static 256])
{
    char path[PATH_BYTES], fresh[PATH_BYTES + 32], text[SECRET_HEX + 2];
    unsigned char raw[SECRET_BYTES];
    bool ok;
    int fd;

    find_file(url, path);
    snprintf(fresh, sizeof fresh, "%s.%d", path, (int)getpid());
    rand_bytes(raw, sizeof raw);
    sodium_bin2hex(text, sizeof text, raw, sizeof raw);
    text[SECRET_HEX] = '\n';
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fault(fresh, strerror(errno), err);
    ok = write(fd, text, SECRET_HEX + 1) == SECRET_HEX + 1 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && (link(fresh, path) == 0 || errno == EEXIST);
    if (!ok) fault(path, strerror(errno), err);
    unlink(fresh);
    keep_folder(path);
    sodium_memzero(raw, sizeof raw);
    sodium_memzero(text, sizeof text);
    return ok ? secret_open(url, err) : RC_INTERNAL;
}
