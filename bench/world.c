#include "bench/world.h"

#include <stdio.h>
#include <stdlib.h>

/* 2025-01-01 as an id's milliseconds (since 2020), shifted to its place; 4,096 ids in each. */
#define JOIN_MS INT64_C(157852800000)

int64_t world_member_id(int64_t i)
{
    return (JOIN_MS + i / 4096) << 22 | i % 4096;
}

void world_phone(int64_t i, char dst[static WORLD_TEXT_MAX])
{
    snprintf(dst, WORLD_TEXT_MAX, "+8869%08lld", (long long)i);
}

void world_card(int64_t i, char dst[static WORLD_TEXT_MAX])
{
    snprintf(dst, WORLD_TEXT_MAX, "C%010lld", (long long)i);
}

int64_t world_first_minor(int64_t i)
{
    return 200 + i * 37 % 1500;
}

int64_t world_number(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);

    if (*end == '\0' && end != text) return n;
    fprintf(stderr, "bench: %s is no number\n", text);
    exit(2);
}
