/* order.h -- int64_t in rising order, for qsort and bsearch. */
#pragma once
#include <stdint.h>

static inline int order_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}
