/* purchase_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/purchase/purchase.h"

#define PURCHASE_KEY "key:"              /* a receipt made from an Idempotency-Key: no day */

enum { PURCHASE_FIELDS_N = 6 };
extern const struct field purchase_fields[PURCHASE_FIELDS_N];

enum rc purchase_load(struct ctx *c, int64_t member_id, struct event_list *events, int64_t from_at)
    MUST_CHECK;
/* For `regulars check`. */
enum rc purchase_prove(struct ctx *c, int64_t member_id, const char **why) MUST_CHECK;
/* JSON columns. */
const char *payments_text(struct ctx *c, const struct purchase_payment *p, size_t n);
enum rc payments_read(struct ctx *c, const char *text, struct purchase_detail *out) MUST_CHECK;
const char *discounts_text(struct ctx *c, const struct purchase_line *line);
enum rc discounts_read(struct ctx *c, const char *text, struct purchase_line *out) MUST_CHECK;
