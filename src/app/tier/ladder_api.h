/* ladder_api.h -- the document of the ladder, as its kind and its doors have it. */
#pragma once
#include "app/tier/tier_int.h"
#include "json/value.h"

/* The ladder's document.  Its parts are taken as they are told: the kind's check judges them. */
struct tier_doc { struct json levels, removed, window_days, term_days, grace_days, renew, down; };
#define TIER_PART(type, at, part) { #part, JT_VALUE, offsetof(type, at part), .flags = JF_OMIT }
#define TIER_FIELDS(type, at)                                                                   \
    TIER_PART(type, at, levels), TIER_PART(type, at, removed), TIER_PART(type, at, window_days), \
    TIER_PART(type, at, term_days), TIER_PART(type, at, grace_days), TIER_PART(type, at, renew), \
    TIER_PART(type, at, down)
