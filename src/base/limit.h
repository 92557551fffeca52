/* limit.h -- every bound on what comes in and what may wait, on one page. */
#pragma once

enum {
    LIMIT_BODY_BYTES        = 1 << 20,   /* one request body */
    LIMIT_BODIES_BYTES      = 64 << 20,  /* all bodies being held at once */
    LIMIT_HEADER_BYTES      = 16 << 10,
    LIMIT_JSON_DEPTH        = 32,
    LIMIT_REQUEST_MS        = 10000,     /* a request past this is dropped before it runs */
    LIMIT_IDLE_S            = 30,        /* a silent connection; a body on its way */
    LIMIT_BODY_RATE         = 1000,      /* bytes a second of a body, on the whole */
    LIMIT_HEADERS_MS        = 60000,     /* from the last answer until the next headers are there */
    LIMIT_CONNECTIONS       = 4096,
    LIMIT_REQUEST_ARENA     = 16 << 20,  /* memory of one request; past it the request fails */
    LIMIT_REQUEST_RESERVE   = 16 << 20,  /* beside it, for the step in which it was passed */
    LIMIT_KEY_WAIT_MS       = 5000,      /* two requests with one key: the second waits */
    LIMIT_DENIALS_NOTED     = 10,        /* each second; the rest is only counted */

    LIMIT_QUEUE_COUNTER     = 4096,      /* requests waiting for the writer */
    LIMIT_QUEUE_OTHER       = 1024,
    LIMIT_QUEUE_BULK        = 256,
    LIMIT_BATCH_REQUESTS    = 256,       /* one transaction of the writer */
    LIMIT_BATCH_MS          = 15,
    LIMIT_BULK_STEP_MS      = 3,

    LIMIT_DATE_DAYS         = 2,         /* a business date, from the one of its moment */
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
    LIMIT_RAISED_WIDER      = 16,        /* times that, in a task */
    LIMIT_HISTORY_BYTES     = 16 << 20,  /* windows of one member: a few bytes a business day */
    /* A reconsideration within a request; what weighs more becomes a task. */
    LIMIT_FOLD_BYTES        = 6 << 20,
    LIMIT_FOLD_EVENTS       = 5000,      /* read, from the first on */
    LIMIT_FOLD_RULES        = 50000,     /* asked, over all events */
    LIMIT_FOLD_DIFFERENCES  = 1000,      /* booked */
    LIMIT_LOTS              = 10000,     /* of a member's, held by one request; or debts */
    LIMIT_LOTS_PAGE         = 256,       /* read at a time */
    LIMIT_DIFFERENCES_TOLD  = 200,       /* listed in an answer; of the rest it says how many */
    LIMIT_RULE_BYTES        = 64 << 10,
    LIMIT_RULES             = 10000
};

#define LIMIT_MONEY_MINOR INT64_C(1000000000000000)   /* 10^15: any single amount */
/* 10^18: all that one member ever bought; nine times that is the largest number there is. */
#define LIMIT_SPEND_MINOR INT64_C(1000000000000000000)
