/* purchase_int.h -- shared by the files of this folder only. */
#pragma once
#include "app/purchase/purchase.h"
#include "core/seal/seal.h"

#define PURCHASE_KEY "key:"              /* a receipt made from an Idempotency-Key: no day */

extern const struct field_list purchase_fields;

/* A store by its id or code.  Refusals, about /store: store.other (the key is another store's),
 * store.unknown. */
enum rc purchase_store(struct ctx *c, const char *ref, const struct store **out) MUST_CHECK;
enum rc purchase_load(struct ctx *c, int64_t member_id, struct event_list *events, size_t max)
    MUST_CHECK;
/* For `regulars check`. */
enum rc purchase_prove(struct ctx *c, int64_t member_id, const char **why) MUST_CHECK;
enum rc purchase_seal_anew(struct ctx *c, int64_t member_id) MUST_CHECK;
/* What a sale was told: its row and its lines, under one seal (core/seal/seal.h).  What came
 * back of them since is not in it: returns say that. */
#define PURCHASE_CELLS(r, member_id_)                                                           \
    SEAL_CELLS(SEAL_NUMBER(r, id), { .column = "member_id", .number = (member_id_) },           \
               SEAL_TEXT(r, till), SEAL_TEXT(r, receipt), SEAL_NUMBER(r, total_minor),          \
               SEAL_TEXT(r, identified_by), SEAL_TEXT(r, payments))
#define LINE_CELLS(r)                                                                           \
    SEAL_CELLS(SEAL_NUMBER(r, n), SEAL_TEXT(r, sku), SEAL_NUMBER(r, quantity),                  \
               SEAL_NUMBER(r, list_minor), SEAL_NUMBER(r, net_minor), SEAL_TEXT(r, discounts))
#define REFUND_SEAL(c, r, member_id_)                                                           \
    SEAL(c, "refund", SEAL_NUMBER(r, id), { .column = "member_id", .number = (member_id_) },    \
         SEAL_NUMBER(r, purchase_id), SEAL_NUMBER(r, amount_minor), SEAL_TEXT(r, reason),       \
         SEAL_TEXT(r, lines), SEAL_NUMBER(r, moved_to), SEAL_NUMBER(r, moved_member_id))

/* JSON columns. */
const char *payments_text(struct ctx *c, const struct purchase_payment *p, size_t n);
enum rc payments_read(struct ctx *c, const char *text, struct purchase_detail *out) MUST_CHECK;
const char *discounts_text(struct ctx *c, const struct purchase_line *line);
enum rc discounts_read(struct ctx *c, const char *text, struct purchase_line *out) MUST_CHECK;

extern const struct refusal_list purchase_refusals;      /* purchase_text.c */
