/* gate.h -- between the sockets of a loop and the library: what arrives is judged before the
 * library sees it (guard.h), and what is turned away here is told so in our words.
 *
 * libmicrohttpd reads with recv(), and this program has one: of a watched socket it passes on only
 * what the guard lets through, of any other it is the system's (docs/decisions/0012). */
#pragma once
#include "base/arena.h"
#include "http/guard.h"

struct gated {
    struct guard guard;
    bool is_answering;                   /* an answer is on its way: nothing may be said into it */
    bool is_closed;                      /* turned away: nothing is read any more */
};

/* For the calling thread, which reads its own sockets only. */
void gate_open(struct arena *a);
/* False: the number is too large; the connection is to be closed.  NULL: watched no more. */
bool gate_watch(int fd, struct gated *g);
/* Answers with a problem, past the library, and shuts the socket. */
struct problem;                          /* http/problem.h */
void gate_turn_away(int fd, struct gated *g, const struct problem *p);
