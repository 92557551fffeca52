/* places.h -- the documents of what the core itself must know: companies, stores, units.
 *
 * The fields of each are told once, for the shape of the document and for those of its doors. */
#pragma once
#include "base/limit.h"
#include "core/config/config_kind.h"

/* A number that is not told is 0. */
struct company_doc { const char *code, *name, *tax_id; };
struct store_doc {
    const char *code, *name;
    const char *company;                     /* cmp_… or its code; NULL: the first company */
    const char *kind, *brand, *region, *zone;    /* NULL: own; none; none; the program's */
    int64_t day_cut_min;
};
struct unit_doc {
    const char *code, *name;
    int64_t decimals;                        /* 0..2, fixed at birth */
    int64_t available_after_days, valid_days;
    const char *debt_policy;                 /* debt forgive refuse; NULL: debt */
    const char *reversal_policy;             /* lapse revive; NULL: lapse */
    int64_t revive_days;
};
extern const char *const store_kinds[], *const debt_policies[], *const reversal_policies[];

enum { DAY_MINUTES = 1440, UNIT_DAYS_MAX = 36500 };

/* type: the struct that holds the document; at: where in it ("doc.", or nothing). */
#define CONFIG_CODE(type, at)                                                                   \
    { "code", JT_TEXT, offsetof(type, at code), .flags = JF_REQUIRED, .min = 1,                 \
      .max = LIMIT_CODE }
#define CONFIG_NAME(type, at)                                                                   \
    { "name", JT_TEXT, offsetof(type, at name), .flags = JF_REQUIRED, .min = 1,                 \
      .max = LIMIT_TEXT }
#define CONFIG_OPTIONAL(type, at, field, max_)                                                  \
    { #field, JT_TEXT, offsetof(type, at field), .flags = JF_NULLABLE, .min = 1, .max = (max_) }
#define CONFIG_DAYS(type, at, field)                                                            \
    { #field, JT_I64, offsetof(type, at field), .min = 0, .max = UNIT_DAYS_MAX }

#define COMPANY_FIELDS(type, at)                                                                \
    CONFIG_CODE(type, at), CONFIG_NAME(type, at), CONFIG_OPTIONAL(type, at, tax_id, LIMIT_CODE)

#define STORE_FIELDS(type, at)                                                                  \
    CONFIG_CODE(type, at), CONFIG_NAME(type, at),                                               \
    CONFIG_OPTIONAL(type, at, company, LIMIT_CODE),                                             \
    { "kind", JT_TEXT, offsetof(type, at kind), .among = store_kinds },                         \
    CONFIG_OPTIONAL(type, at, brand, LIMIT_TEXT), CONFIG_OPTIONAL(type, at, region, LIMIT_TEXT), \
    CONFIG_OPTIONAL(type, at, zone, LIMIT_CODE),                                                \
    { "day_cut_min", JT_I64, offsetof(type, at day_cut_min), .min = 0, .max = DAY_MINUTES - 1 }

#define UNIT_FIELDS(type, at)                                                                   \
    CONFIG_CODE(type, at), CONFIG_NAME(type, at),                                               \
    { "decimals", JT_I64, offsetof(type, at decimals), .min = 0, .max = 2 },                    \
    CONFIG_DAYS(type, at, available_after_days), CONFIG_DAYS(type, at, valid_days),             \
    { "debt_policy", JT_TEXT, offsetof(type, at debt_policy), .among = debt_policies },         \
    { "reversal_policy", JT_TEXT, offsetof(type, at reversal_policy),                           \
      .among = reversal_policies },                                                             \
    CONFIG_DAYS(type, at, revive_days)
