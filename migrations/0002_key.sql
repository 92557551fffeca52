-- The door: who may come in, what was asked and answered before, what was refused.

-- kind: config
CREATE TABLE api_key (
    id            BIGINT NOT NULL,
    name          TEXT   NOT NULL,     -- what a person calls it
    secret_digest TEXT   NOT NULL,     -- SHA-256 of the secret part, hex; the secret is nowhere
    permissions   TEXT   NOT NULL,     -- names separated by spaces; or: all
    company_id    BIGINT NOT NULL,     -- what it is bound to; 0: all companies
    store_id      BIGINT NOT NULL,     -- 0: all stores
    created_at    BIGINT NOT NULL,
    revoked_at    BIGINT,              -- NULL: valid
    seal          BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- kind: config
CREATE TABLE api_key_version (         -- counts changes, so that servers notice them
    id      BIGINT NOT NULL,           -- always 1
    version BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- kind: lookup by digest
-- large
CREATE TABLE idempotency (             -- the claim of an Idempotency-Key; goes after 30 days
    digest      TEXT   NOT NULL,       -- of actor and key
    fingerprint TEXT   NOT NULL,       -- of the request, blinded with the key
    member_id   BIGINT NOT NULL,       -- with answer_id: where the answer is
    answer_id   BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    PRIMARY KEY (digest)
);
CREATE INDEX idempotency_at ON idempotency (at);

-- kind: member
-- large
CREATE TABLE answer (                  -- what was answered, byte for byte; goes after 30 days
    id        BIGINT NOT NULL,         -- of the event; without one, an id of its own
    member_id BIGINT NOT NULL,         -- 0: it concerned no member
    status    BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    location  TEXT,                    -- the headers that came with it
    version   BIGINT NOT NULL,         -- 0: no ETag
    store_id  BIGINT NOT NULL,         -- what who was told may see: of a store, its id; of a company, its id, negative; 0: everything
    at        BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    PRIMARY KEY (id, member_id)
);

-- kind: queue by id
-- large
CREATE TABLE note (                    -- what must survive a refusal, for a person to see
    id         BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    what       TEXT   NOT NULL,        -- purchase.receipt_differs …
    member_id  BIGINT NOT NULL,        -- 0: none
    subject_id BIGINT NOT NULL,        -- the row it is about; 0: none
    actor      TEXT   NOT NULL,        -- nobody system key staff member
    actor_id   BIGINT NOT NULL,
    detail     TEXT,                   -- no personal data in clear
    PRIMARY KEY (id)
);
