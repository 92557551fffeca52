/* limit.h -- every bound on what comes in and what may wait, on one page. */
#pragma once

enum {
    LIMIT_BODY_BYTES        = 1 << 20,   /* one request body */
    LIMIT_BODIES_BYTES      = 64 << 20,  /* all bodies being held at once */
    LIMIT_HEADER_BYTES      = 16 << 10,
    LIMIT_JSON_DEPTH        = 32,
    LIMIT_REQUEST_MS        = 10000,     /* a request past this is dropped before it runs */
    LIMIT_IDLE_S            = 30,        /* a silent connection */
    LIMIT_HEADERS_MS        = 60000,     /* from the last answer until the next headers are there */
    LIMIT_CONNECTIONS       = 4096,
    LIMIT_REQUEST_ARENA     = 16 << 20,
    LIMIT_KEY_WAIT_MS       = 5000,      /* two requests with one key: the second waits */
    LIMIT_DENIALS_NOTED     = 10,        /* each second; the rest is only counted */

    LIMIT_QUEUE_COUNTER     = 4096,      /* requests waiting for the writer */
    LIMIT_QUEUE_OTHER       = 1024,
    LIMIT_QUEUE_BULK        = 256,
    LIMIT_BATCH_REQUESTS    = 256,       /* one transaction of the writer */
    LIMIT_BATCH_MS          = 15,
    LIMIT_BULK_STEP_MS      = 3,

    LIMIT_LINES             = 200,       /* lines of one sale */
    LIMIT_PAYMENTS          = 20,
    LIMIT_DISCOUNTS         = 20,        /* discounts of one line */
    LIMIT_BATCH_ITEMS       = 1000,      /* purchases/batch */
    LIMIT_LIST_MAX          = 200,       /* ?limit= */
    LIMIT_LIST_DEFAULT      = 50,
    LIMIT_TEXT              = 200,       /* names and the like, bytes */
    LIMIT_REASON            = 1000,
    LIMIT_CODE              = 64,        /* receipts, tills, skus, external ids */
    LIMIT_IDEMPOTENCY_KEY   = 255,

    LIMIT_RAISED_DEPTH      = 4,         /* events raised by events */
    LIMIT_RAISED_EVENTS     = 64,
    LIMIT_FOLD_EVENTS       = 1000,      /* beyond, a reconsideration becomes a task */
    LIMIT_FOLD_DAYS         = 400,
    LIMIT_RULE_BYTES        = 64 << 10,
    LIMIT_RULES             = 10000
};

#define LIMIT_MONEY_MINOR INT64_C(1000000000000000)   /* 10^15: any single amount */
