-- The core: configuration, members, the timeline, the books, purchases and tiers.
-- Order of keys: tables that grow with events are keyed by the event's id, which is time, so that
-- rows are appended; only the member's own state is keyed by member first.
-- A seal is a keyed digest of what the row was told (core/seal.h): cells that are altered show.

-- kind: config
CREATE TABLE config (
    id                BIGINT NOT NULL,   -- always 1
    version           BIGINT NOT NULL,   -- number of the last publication
    zone              TEXT   NOT NULL,   -- IANA name; days of people and books
    currency          TEXT   NOT NULL,   -- ISO 4217
    currency_decimals BIGINT NOT NULL,
    phone_region      TEXT   NOT NULL,   -- ISO 3166, for numbers written without +
    is_simulated      BIGINT NOT NULL,   -- 1: made with --now, may run on a simulated clock
    published_sum     BIGINT NOT NULL,   -- of the seals of all that is published: none is missing
    published_seal    BIGINT NOT NULL,   -- of that sum
    seal              BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- kind: config
CREATE TABLE config_object (               -- a version of what the shop decides: never changed, only followed
    kind           TEXT   NOT NULL,        -- company store unit rule tier calendar …
    id             BIGINT NOT NULL,        -- 1 for what there is one of: the ladder
    version        BIGINT NOT NULL,        -- from 1 on, without a gap
    config_version BIGINT NOT NULL,        -- the publication that brought it
    effective_at   BIGINT NOT NULL,        -- it judges what happened from then on
    code           TEXT,                   -- of the newest versions of a kind, each has another; NULL: none
    name           TEXT,
    doc            TEXT   NOT NULL,        -- JSON, of the kind's shape, without what is absent
    numbers        TEXT,                   -- JSON: what the program adds: the numbers of a ladder's levels
    is_archived    BIGINT NOT NULL,        -- 1: nobody wants it any more
    by_kind        TEXT   NOT NULL,        -- who: system key staff
    by_id          BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    PRIMARY KEY (kind, id, version)
);
CREATE UNIQUE INDEX config_object_published ON config_object (kind, config_version, id, version);
CREATE INDEX config_object_code ON config_object (kind, code);

-- kind: member
-- large
CREATE TABLE member (
    id                BIGINT NOT NULL,
    member_id         BIGINT NOT NULL,     -- = id, so that every table is sharded alike
    status            TEXT   NOT NULL,     -- active blocked frozen
    source            TEXT,
    created_at        BIGINT NOT NULL,
    tier_level        BIGINT NOT NULL,     -- its number (config_object.numbers), not its place; 0: none
    tier_since_at     BIGINT NOT NULL,
    tier_until_at     BIGINT NOT NULL,     -- first moment after the term; TIME_NEVER: no term
    tier_in_grace     BIGINT NOT NULL,     -- 1: the term ended short of its threshold, grace runs
    purchases_n       BIGINT NOT NULL,     -- live sales
    spend_minor       BIGINT NOT NULL,     -- what stands of them
    first_purchase_at BIGINT NOT NULL,     -- TIME_NEVER: none
    last_purchase_at  BIGINT NOT NULL,     -- 0: none
    last_purchase_date BIGINT NOT NULL,    -- its business date
    fold_at           BIGINT NOT NULL,     -- an event before this moment changes the past
    settled_at        BIGINT NOT NULL,     -- everything due at or before this is done
    due_at            BIGINT NOT NULL,     -- next moment at which something is due
    PRIMARY KEY (id, member_id)
);
CREATE INDEX member_due ON member (due_at);

-- kind: member
-- large
CREATE TABLE member_profile (              -- the person; goes with an erase
    member_id  BIGINT NOT NULL,
    name       TEXT,
    birthday   TEXT,                       -- YYYY-MM-DD or --MM-DD
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (member_id)
);

-- kind: lookup by subject
-- large
CREATE TABLE identity (
    provider     TEXT   NOT NULL,          -- phone, email, card, carrier, ext:<system>
    subject      TEXT   NOT NULL,          -- canonical: E.164 for phones
    member_id    BIGINT NOT NULL,
    verified_at  BIGINT,                   -- NULL: never proven
    verified_how TEXT,
    created_at   BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);
CREATE INDEX identity_member ON identity (member_id);

-- kind: member
-- large
CREATE TABLE member_tag (
    member_id BIGINT NOT NULL,
    tag       TEXT   NOT NULL,
    awards_n  BIGINT NOT NULL,             -- how many standing awards gave it
    is_manual BIGINT NOT NULL,
    since_at  BIGINT NOT NULL,
    PRIMARY KEY (member_id, tag)
);

-- kind: member
-- large
CREATE TABLE event (
    id             BIGINT NOT NULL,
    member_id      BIGINT NOT NULL,
    name           TEXT   NOT NULL,        -- purchase, purchase.returned, tier.up …
    at             BIGINT NOT NULL,        -- its place in the fold
    business_date  BIGINT NOT NULL,        -- day number
    store_id       BIGINT NOT NULL,        -- 0: none
    company_id     BIGINT NOT NULL,
    is_live        BIGINT NOT NULL,        -- 0: returned whole, voided, or no longer follows
    value_minor    BIGINT NOT NULL,        -- what stands of a sale; 0 for others
    config_version BIGINT NOT NULL,        -- publication under which it was first processed
    cause_id       BIGINT NOT NULL,        -- raised events: what raised them; 0: told or settled
    is_raised      BIGINT NOT NULL,        -- 0: told or done; 1: made by the fold; 2: a notice; 3: silent
    booked_at      BIGINT NOT NULL,        -- when it arrived
    channel        TEXT,
    payload        TEXT,                   -- JSON, unless it has a table of its own
    facts          TEXT,                   -- JSON: what rules read that is neither told nor derived
    seal           BIGINT NOT NULL,
    PRIMARY KEY (id, member_id)
);
CREATE INDEX event_member ON event (member_id, at, id);

-- kind: member
-- large
CREATE TABLE posting (
    event_id     BIGINT NOT NULL,          -- its cause
    n            BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    unit_id      BIGINT NOT NULL,
    from_account TEXT   NOT NULL,          -- member issued redeemed expired adjusted opening in_transit
    to_account   TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    kind         TEXT   NOT NULL,          -- award take_back give_back spend reversal expiry adjustment
    company_id   BIGINT NOT NULL,
    store_id     BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    book_date    BIGINT NOT NULL,          -- day number in the program's zone
    PRIMARY KEY (event_id, n, member_id)
);

-- kind: member
-- large
CREATE TABLE lot (
    member_id    BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    unit_id      BIGINT NOT NULL,
    event_id     BIGINT NOT NULL,          -- what it was given for
    company_id   BIGINT NOT NULL,          -- its issuer
    granted      BIGINT NOT NULL,          -- after debts were paid
    remaining    BIGINT NOT NULL CHECK (remaining >= 0),
    expired      BIGINT NOT NULL CHECK (expired >= 0),
    is_pending   BIGINT NOT NULL,          -- 1: not yet released
    available_at BIGINT NOT NULL,          -- 0: at once
    expires_at   BIGINT NOT NULL,          -- first moment at which it is gone; TIME_NEVER
    PRIMARY KEY (member_id, id)
);

-- kind: member
-- large
CREATE TABLE lot_use (                     -- what a spend took from a lot
    event_id  BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    unit_id   BIGINT NOT NULL,
    lot_id    BIGINT NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount > 0),
    returned  BIGINT NOT NULL CHECK (returned >= 0),
    PRIMARY KEY (event_id, n, member_id)
);

-- kind: member
-- large
CREATE TABLE debt (
    member_id BIGINT NOT NULL,
    id        BIGINT NOT NULL,
    unit_id   BIGINT NOT NULL,
    event_id  BIGINT NOT NULL,             -- what made it
    owed      BIGINT NOT NULL CHECK (owed >= 0),
    at        BIGINT NOT NULL,
    PRIMARY KEY (member_id, id)
);

-- kind: member
-- large
CREATE TABLE balance (                     -- available + pending = lots - debts = postings
    member_id BIGINT NOT NULL,
    unit_id   BIGINT NOT NULL,
    available BIGINT NOT NULL,             -- released lots less debts; may be negative
    pending   BIGINT NOT NULL,
    owed      BIGINT NOT NULL,             -- sum of debts: nothing to look up when 0
    PRIMARY KEY (member_id, unit_id)
);

-- kind: member
-- large
CREATE TABLE award (                       -- what a rule gave for an event; differences, summed
    event_id     BIGINT NOT NULL,          -- the event judged
    n            BIGINT NOT NULL,
    member_id    BIGINT NOT NULL,
    rule_id      BIGINT NOT NULL,
    rule_version BIGINT NOT NULL,
    effect_n     BIGINT NOT NULL,          -- which effect of the rule
    effect       TEXT   NOT NULL,
    is_dependent BIGINT NOT NULL,          -- 1: its rule looks back or its event was raised: asked again
    unit_id      BIGINT NOT NULL,          -- 0: not a unit
    subject      TEXT,                     -- the tag
    amount       BIGINT NOT NULL,          -- this difference
    basis_minor  BIGINT NOT NULL,          -- the amount it was computed on
    lot_id       BIGINT NOT NULL,          -- 0: none
    posted       BIGINT NOT NULL,          -- signed, what went to or from the member
    owed         BIGINT NOT NULL,          -- taken as debt
    lapsed       BIGINT NOT NULL,          -- had expired, not asked for again
    forgiven     BIGINT NOT NULL,
    cause_id     BIGINT NOT NULL,          -- the event that booked it
    at           BIGINT NOT NULL,
    PRIMARY KEY (event_id, n, member_id)
);

-- kind: member
-- large
CREATE TABLE purchase (
    id            BIGINT NOT NULL,         -- = event.id
    member_id     BIGINT NOT NULL,
    till          TEXT   NOT NULL,
    receipt       TEXT   NOT NULL,
    total_minor   BIGINT NOT NULL,         -- as told
    status        TEXT   NOT NULL,         -- live returned_in_part returned voided
    identified_by TEXT,
    payments      TEXT,                    -- JSON
    seal          BIGINT NOT NULL,
    PRIMARY KEY (id, member_id)
);

-- kind: member
-- large
CREATE TABLE purchase_line (
    purchase_id    BIGINT NOT NULL,
    n              BIGINT NOT NULL,
    member_id      BIGINT NOT NULL,
    sku            TEXT   NOT NULL,
    quantity       BIGINT NOT NULL,
    list_minor     BIGINT NOT NULL,        -- before discounts
    net_minor      BIGINT NOT NULL,
    returned       BIGINT NOT NULL,        -- quantity that came back
    returned_minor BIGINT NOT NULL,
    discounts      TEXT,                   -- JSON
    PRIMARY KEY (purchase_id, n, member_id)
);

-- kind: member
-- large
CREATE TABLE refund (
    id           BIGINT NOT NULL,          -- = the event purchase.returned or purchase.voided
    member_id    BIGINT NOT NULL,
    purchase_id  BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    reason       TEXT,
    lines        TEXT,                     -- JSON
    moved_to     BIGINT NOT NULL,          -- the sale that stands for it at another member; 0: none
    moved_member_id BIGINT NOT NULL,       -- that member
    seal         BIGINT NOT NULL,
    PRIMARY KEY (id, member_id)
);

-- kind: lookup by number
-- large
CREATE TABLE receipt (                     -- the natural key of a sale, for ever
    store_id      BIGINT NOT NULL,
    business_date BIGINT NOT NULL,
    till          TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    member_id     BIGINT NOT NULL,
    purchase_id   BIGINT NOT NULL,
    total_minor   BIGINT NOT NULL,         -- with member and told_at: what must be the same again
    told_at       BIGINT NOT NULL,         -- the till's time; 0: it gave none
    PRIMARY KEY (store_id, business_date, till, number)
);

-- kind: member
-- large
CREATE TABLE tier_change (
    id         BIGINT NOT NULL,            -- = the raised event tier.up, tier.kept, tier.down
    member_id  BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    from_level BIGINT NOT NULL,            -- numbers, as config_object.numbers has them; 0: none
    to_level   BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    reason     TEXT   NOT NULL,            -- reached kept renewed ended
    cause_id   BIGINT NOT NULL,            -- the sale; 0: the end of a term
    is_live    BIGINT NOT NULL,            -- 0: a later telling of the past took it away
    ended_by   BIGINT NOT NULL,            -- the event that did; 0: none
    PRIMARY KEY (id, member_id)
);

-- kind: queue by member_id
CREATE TABLE task (                        -- work for one member, or for the shop, in transactions of its own
    id         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    member_id  BIGINT NOT NULL,            -- 0: a job of the shop
    event_id   BIGINT NOT NULL,
    rule_id    BIGINT NOT NULL,
    effect_n   BIGINT NOT NULL,
    revision   BIGINT NOT NULL,            -- of a job: its id; 0: the one that runs by the clock
    payload    TEXT,
    state      TEXT   NOT NULL,            -- waiting paused done dropped failed
    due_at     BIGINT NOT NULL,
    lease_at   BIGINT NOT NULL,            -- taken until; 0: free
    attempts_n BIGINT NOT NULL,
    error      TEXT,                       -- code of the last failure; NULL: none since
    cursor     TEXT,                       -- where its last step ended; NULL: at the beginning
    done_n     BIGINT NOT NULL,            -- how much is done
    all_n      BIGINT NOT NULL,            -- of how much; 0: nobody knows
    result     TEXT,                       -- JSON: what it has to say
    by_kind    TEXT   NOT NULL,            -- who asked for it: system key staff
    by_id      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,            -- when it ended last; 0: never
    seal       BIGINT NOT NULL,
    PRIMARY KEY (id, member_id)
);
CREATE UNIQUE INDEX task_once ON task (event_id, rule_id, effect_n, member_id, kind, revision);
CREATE INDEX task_due ON task (state, due_at);
CREATE INDEX task_member ON task (member_id, state);

-- kind: queue by n
CREATE TABLE node (                        -- a running program: its number makes its ids unique
    n        BIGINT NOT NULL,              -- 0..1023
    lease_at BIGINT NOT NULL,              -- taken until
    secret   TEXT   NOT NULL,
    PRIMARY KEY (n)
);

-- kind: queue by id
CREATE TABLE import (                      -- a file of sales, sent in parts and booked by a job
    id            BIGINT NOT NULL,
    store_id      BIGINT NOT NULL,         -- whose sales they are
    file_name     TEXT   NOT NULL,
    map           TEXT   NOT NULL,         -- member=COLUMN,date=COLUMN,total=COLUMN
    mode          TEXT   NOT NULL,         -- book facts
    delimiter     TEXT   NOT NULL,
    hour_min      BIGINT NOT NULL,         -- minutes after midnight of a date without a time
    provider      TEXT   NOT NULL,         -- by what members are known in it
    state         TEXT   NOT NULL,         -- open running tried done
    is_dry        BIGINT NOT NULL,         -- the last start only tried
    job_id        BIGINT NOT NULL,         -- of the last start; 0: none yet
    heading       TEXT,                    -- its first row, once it was started
    part_n        BIGINT NOT NULL,         -- where the job is: in this part (0: not begun),
    part_at       BIGINT NOT NULL,         -- this far (bytes),
    row_n         BIGINT NOT NULL,         -- after this row
    rows_new      BIGINT NOT NULL,
    rows_repeated BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    bytes_done    BIGINT NOT NULL,
    bytes_n       BIGINT NOT NULL,         -- of all its parts, once it was started
    by_kind       TEXT   NOT NULL,         -- who made it: system key staff
    by_id         BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    ended_at      BIGINT NOT NULL,         -- when it was done or tried; 0: never
    PRIMARY KEY (id)
);

-- kind: queue by import_id
CREATE TABLE import_part (                 -- goes when the import is done
    import_id BIGINT NOT NULL,
    n         BIGINT NOT NULL,             -- from 1
    bytes_n   BIGINT NOT NULL,
    text      TEXT   NOT NULL,
    PRIMARY KEY (import_id, n)
);

-- kind: queue by import_id
-- large
CREATE TABLE import_row (                  -- what became of a row, written with it; goes when the import is done
    import_id BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    equal     TEXT,                        -- of a row without a receipt: what it says, digested
    outcome   TEXT   NOT NULL,             -- new repeated refused
    PRIMARY KEY (import_id, n)
);
CREATE INDEX import_row_equal ON import_row (import_id, equal);

-- kind: queue by import_id
-- large
CREATE TABLE import_reject (               -- a row that was refused, to be mended
    import_id BIGINT NOT NULL,
    n         BIGINT NOT NULL,             -- of the row
    raw       TEXT   NOT NULL,             -- as it stands in the file
    code      TEXT   NOT NULL,             -- of the refusal
    detail    TEXT,                        -- what is wrong with a cell
    PRIMARY KEY (import_id, n)
);
