/* db_sqlite_fault_test.h -- a disk that fails when told to: a layer between SQLite and the file
 * system that lets the n-th write or sync fail.  A write that finds the disk full leaves half of
 * itself behind, as real ones may. */
#pragma once
#include <stdbool.h>

enum fault_kind { FAULT_NONE, FAULT_WRITE_FULL, FAULT_WRITE_IOERR, FAULT_SYNC_IOERR };

void fault_install(void);                 /* every file opened from now on goes through it */
void fault_remove(void);
/* From now on the n-th such call (1: the next) fails; is_lasting: and all after it. */
void fault_arm(enum fault_kind kind, int n, bool is_lasting);
/* Stop failing.  Returns how often it failed. */
int  fault_disarm(void);
