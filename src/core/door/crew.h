/* crew.h -- a few threads and a bounded queue, for requests that read. */
#pragma once
#include "base/rc.h"

struct crew_task {
    void (*run)(void *arg);                  /* once, on a thread of the crew */
    void *arg;
    struct crew_task *next;                  /* the crew's */
};
struct crew;
struct crew *crew_open(int threads, int queue_max);
/* RC_BUSY at once when the queue is full or the crew is closing. */
enum rc      crew_submit(struct crew *p, struct crew_task *t) MUST_CHECK;
int          crew_queued(struct crew *p);
void         crew_close(struct crew *p);     /* refuses new ones, finishes what waits */
