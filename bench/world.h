/* world.h -- the shop that is measured: a million members who have each bought once.
 *
 * Seeds and requests are made apart and must agree, so whatever names a member follows from its
 * number: id, phone, card.  Members are numbered from 0 in order of joining. */
#pragma once
#include <stdint.h>

enum { WORLD_STORES = 4, WORLD_TILLS = 8, WORLD_TEXT_MAX = 32 };

int64_t world_member_id(int64_t i);
void    world_phone(int64_t i, char dst[static WORLD_TEXT_MAX]);
void    world_card(int64_t i, char dst[static WORLD_TEXT_MAX]);
/* What its one earlier sale came to. */
int64_t world_first_minor(int64_t i);
/* A number of the command line; exits when it is none. */
int64_t world_number(const char *text);
