#include "db/db_sqlite_fault_test.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

struct fault_file { sqlite3_file base; sqlite3_file *real; };

static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { enum fault_kind kind; int left, hits; bool is_lasting; } plan;

void fault_arm(enum fault_kind kind, int n, bool is_lasting)
{
    pthread_mutex_lock(&lock);
    plan.kind = kind;
    plan.left = n;
    plan.hits = 0;
    plan.is_lasting = is_lasting;
    pthread_mutex_unlock(&lock);
}

int fault_disarm(void)
{
    pthread_mutex_lock(&lock);
    plan.kind = FAULT_NONE;
    int hits = plan.hits;
    pthread_mutex_unlock(&lock);
    return hits;
}

static bool fails(bool is_sync, enum fault_kind *kind)
{
    pthread_mutex_lock(&lock);
    *kind = plan.kind;
    bool counts = plan.kind != FAULT_NONE && is_sync == (plan.kind == FAULT_SYNC_IOERR);
    bool yes = counts && (plan.is_lasting ? --plan.left <= 0 : --plan.left == 0);
    plan.hits += yes;
    pthread_mutex_unlock(&lock);
    return yes;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

/* ---- the calls that may fail --------------------------------------------------------------- */

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    enum fault_kind kind;
    sqlite3_file *real = real_of(f);

    if (!fails(false, &kind)) return real->pMethods->xWrite(real, p, n, at);
    if (kind == FAULT_WRITE_IOERR) return SQLITE_IOERR_WRITE;
    if (n > 1) real->pMethods->xWrite(real, p, n / 2, at);
    return SQLITE_FULL;
}

static int f_sync(sqlite3_file *f, int flags)
{
    enum fault_kind kind;
    sqlite3_file *real = real_of(f);
    return fails(true, &kind) ? SQLITE_IOERR_FSYNC : real->pMethods->xSync(real, flags);
}

/* ---- the others ---------------------------------------------------------------------------- */

static int f_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int f_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int f_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int f_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int f_device(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* tidy: allow parameters -- the signature is SQLite's */
static int f_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}

static int f_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int f_shm_unmap(sqlite3_file *f, int is_delete)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), is_delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = f_close, .xRead = f_read, .xWrite = f_write, .xTruncate = f_truncate,
    .xSync = f_sync, .xFileSize = f_size, .xLock = f_lock, .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved, .xFileControl = f_control, .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device, .xShmMap = f_shm_map, .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier, .xShmUnmap = f_shm_unmap,
};

/* ---- the layer itself ---------------------------------------------------------------------- */

/* tidy: allow parameters -- the signature is SQLite's */
static int f_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct fault_file *mine = (struct fault_file *)f;

    (void)v;
    mine->real = (sqlite3_file *)(void *)(mine + 1);
    int result = real_vfs->xOpen(real_vfs, name, mine->real, flags, out_flags);
    mine->base.pMethods = mine->real->pMethods == NULL ? NULL : &methods;
    return result;
}

void fault_install(void)
{
    if (real_vfs != NULL) return;            /* a test that failed has left it */
    real_vfs = sqlite3_vfs_find("unix");
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.xOpen = f_open;
    vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
    vfs.pNext = NULL;
    sqlite3_vfs_register(&vfs, 1);
}

void fault_remove(void)
{
    sqlite3_vfs_register(real_vfs, 1);
    sqlite3_vfs_unregister(&vfs);
    real_vfs = NULL;
}
