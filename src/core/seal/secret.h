/* secret.h -- the secret of an installation: 256 random bits in a file beside the database, never
 * in it.  Seals are made with it (core/seal/seal.h).
 *
 * The file is regulars.secret in the folder of an SQLite database, or in the working directory for
 * PostgreSQL; REGULARS_SECRET_FILE names another.  All programs on one database have the same one.
 * It is made with the database, and belongs to it for ever: the row of `config` is sealed, and who
 * comes with another secret is turned away. */
#pragma once
#include "base/rc.h"

/* Reads the secret and gives it to the seals.  RC_NOT_FOUND: there is none.  err: why not. */
enum rc secret_open(const char *url, char err[static 256]) MUST_CHECK;
/* For a new database: makes it, unless there is one already. */
enum rc secret_make(const char *url, char err[static 256]) MUST_CHECK;
