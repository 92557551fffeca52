/* sealed.h -- which cells the seals cover, table by table: whoever writes a row and `regulars
 * check` read the same list.  It is given any struct that has the columns as its fields.
 *
 * What is not in a list is what the row's life changes (what stands of a sale, the state of a
 * task), which is compared with what changed it.  A column may be added to a list if it is 0 or
 * NULL in the rows that are there. */
#pragma once
#include "core/seal/seal.h"

#define CONFIG_SEAL(c, r)                                                                       \
    SEAL(c, "config", SEAL_TEXT(r, zone), SEAL_TEXT(r, currency),                               \
         SEAL_NUMBER(r, currency_decimals), SEAL_TEXT(r, phone_region),                         \
         SEAL_NUMBER(r, is_simulated))

/* No row of what is published can go, or be replaced by an earlier state of it. */
#define PUBLISHED_SEAL(c, sum)                                                                  \
    SEAL(c, "published", { .column = "sum", .number = (sum) })

/* Half of each seal: the sum of a million fits. */
#define SEAL_PART(seal) ((seal) % ((int64_t)1 << 32))

#define OBJECT_SEAL(c, r)                                                                       \
    SEAL(c, "config_object", SEAL_TEXT(r, kind), SEAL_NUMBER(r, id), SEAL_NUMBER(r, version),   \
         SEAL_NUMBER(r, config_version), SEAL_NUMBER(r, effective_at), SEAL_TEXT(r, code),      \
         SEAL_TEXT(r, name), SEAL_TEXT(r, doc), SEAL_TEXT(r, numbers),                          \
         SEAL_NUMBER(r, is_archived), SEAL_TEXT(r, by_kind), SEAL_NUMBER(r, by_id),             \
         SEAL_NUMBER(r, created_at))

#define KEY_SEAL(c, r, created_at_, revoked_at_)                                                \
    SEAL(c, "api_key", SEAL_NUMBER(r, id), SEAL_TEXT(r, name), SEAL_TEXT(r, secret_digest),     \
         SEAL_TEXT(r, permissions), SEAL_NUMBER(r, company_id), SEAL_NUMBER(r, store_id),       \
         { .column = "created_at", .number = (created_at_) },                                   \
         { .column = "revoked_at", .number = (revoked_at_) })

#define IDENTITY_SEAL(c, r, verified_at_, verified_how_, created_at_)                           \
    SEAL(c, "identity", SEAL_TEXT(r, provider), SEAL_TEXT(r, subject), SEAL_NUMBER(r, member_id), \
         { .column = "verified_at", .number = (verified_at_) },                                 \
         { .column = "verified_how", .text = (verified_how_) },                                 \
         { .column = "created_at", .number = (created_at_) })

/* What the fold says of a raised event may change while it stays the same event; what it says is
 * compared with the fold. */
#define EVENT_SEAL(c, r, member_id_)                                                            \
    SEAL(c, "event", SEAL_NUMBER(r, id), { .column = "member_id", .number = (member_id_) },     \
         SEAL_TEXT(r, name), SEAL_NUMBER(r, at), SEAL_NUMBER(r, business_date),                 \
         SEAL_NUMBER(r, store_id), SEAL_NUMBER(r, company_id), SEAL_NUMBER(r, config_version),  \
         SEAL_NUMBER(r, cause_id), SEAL_NUMBER(r, is_raised), SEAL_NUMBER(r, booked_at),        \
         SEAL_TEXT(r, channel),                                                                 \
         { .column = "payload", .text = (r)->is_raised == 1 ? NULL : (r)->payload },            \
         SEAL_TEXT(r, facts))

#define TASK_SEAL(c, r)                                                                         \
    SEAL(c, "task", SEAL_NUMBER(r, id), SEAL_TEXT(r, kind), SEAL_NUMBER(r, member_id),          \
         SEAL_NUMBER(r, event_id), SEAL_NUMBER(r, rule_id), SEAL_NUMBER(r, effect_n),           \
         SEAL_NUMBER(r, revision), SEAL_TEXT(r, payload), SEAL_TEXT(r, by_kind),                \
         SEAL_NUMBER(r, by_id), SEAL_NUMBER(r, created_at))

#define CLAIM_SEAL(c, r, member_id_, at_)                                                       \
    SEAL(c, "idempotency", SEAL_TEXT(r, digest), SEAL_TEXT(r, fingerprint),                     \
         { .column = "member_id", .number = (member_id_) }, SEAL_NUMBER(r, answer_id),          \
         { .column = "at", .number = (at_) })

#define ANSWER_SEAL(c, r, at_)                                                                  \
    SEAL(c, "answer", SEAL_NUMBER(r, id), SEAL_NUMBER(r, member_id), SEAL_NUMBER(r, status),    \
         SEAL_TEXT(r, body), SEAL_TEXT(r, location), SEAL_NUMBER(r, version),                   \
         SEAL_NUMBER(r, store_id), { .column = "at", .number = (at_) })
