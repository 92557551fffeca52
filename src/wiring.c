/* wiring.c -- the product in one table: every feature, in order. */
#include "app/calendar/calendar.h"
#include "app/import/import.h"
#include "app/job/job.h"
#include "app/member/member.h"
#include "app/points/points.h"
#include "app/purchase/purchase.h"
#include "app/rule/rule.h"
#include "app/store/store.h"
#include "app/tier/tier.h"
#include "app/unit/unit.h"
#include "core/core_feature.h"

const struct feature *const features[] = {
    &feature_core,       /* the fields and verbs that need no feature */
    &feature_job,        /* long work: what runs, how far it is */
    &feature_member,     /* joining, being recognised, what happened */
    &feature_points,     /* points seen, spent, given back, adjusted */
    &feature_unit,       /* what a ledger counts */
    &feature_calendar,   /* holidays, working days, the brand's own */
    &feature_rule,       /* rules, and the fields they may ask */
    &feature_store,      /* companies, stores and channels */
    &feature_purchase,   /* a sale as the till told it, and what came back */
    &feature_import,     /* files of old sales, booked by a job */
    &feature_tier,       /* the ladder */
    NULL
};
