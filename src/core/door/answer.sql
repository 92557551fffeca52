-- :exec answer_add(id i64, member_id i64, status i64, body text, location text?, version i64, store_id i64, now i64, seal i64)
INSERT INTO answer (id, member_id, status, body, location, version, store_id, at, seal)
VALUES (:id, :member_id, :status, :body, :location, :version, :store_id, :now, :seal);

-- :one answer_get(id i64, member_id i64) -> (status i64, body text, location text?, version i64, store_id i64)
SELECT status, body, location, version, store_id FROM answer
 WHERE id = :id AND member_id = :member_id;

-- The claim comes first; whoever has the key already is told by idempotency_get.  On PostgreSQL
-- this waits for another request that holds the key and has not ended.
-- :one idempotency_claim(digest text, fingerprint text, answer_id i64, now i64, seal i64) -> (claimed i64)
INSERT INTO idempotency (digest, fingerprint, member_id, answer_id, at, seal)
VALUES (:digest, :fingerprint, 0, :answer_id, :now, :seal)
    ON CONFLICT (digest) DO NOTHING
RETURNING answer_id;

-- :one idempotency_get(digest text) -> (fingerprint text, member_id i64, answer_id i64)
SELECT fingerprint, member_id, answer_id FROM idempotency WHERE digest = :digest;

-- :exec idempotency_point(digest text, member_id i64, answer_id i64, seal i64)
UPDATE idempotency SET member_id = :member_id, answer_id = :answer_id, seal = :seal
 WHERE digest = :digest;

-- Old rows go in steps; ids are moments, so the oldest answers are the first ids.
-- :each idempotency_old(before i64) -> (digest text)
SELECT digest FROM idempotency WHERE at < :before ORDER BY at LIMIT 200;

-- :exec idempotency_drop(digest text)
DELETE FROM idempotency WHERE digest = :digest;

-- :each answer_old(before_id i64) -> (id i64, member_id i64)
SELECT id, member_id FROM answer WHERE id < :before_id ORDER BY id, member_id LIMIT 200;

-- :exec answer_drop(id i64, member_id i64)
DELETE FROM answer WHERE id = :id AND member_id = :member_id;
