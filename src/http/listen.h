/* listen.h -- "ADDR:PORT" to a listening socket, with a reason when that fails. */
#pragma once
#include "base/rc.h"

enum rc listen_open(const char *address, int *fd, char err[static 256]) MUST_CHECK;
int     listen_port(int fd);
