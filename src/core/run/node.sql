-- The longest free, or a number never used; leases run on the world's clock.
-- :one node_free(now i64) -> (n i64)
SELECT n FROM node WHERE lease_at < :now ORDER BY lease_at, n LIMIT 1;

-- :one node_next() -> (n i64)
SELECT COALESCE(MAX(n), 0) + 1 AS n FROM node;

-- :one node_claim(n i64, now i64, until_at i64, secret text) -> (claimed i64)
INSERT INTO node (n, lease_at, secret) VALUES (:n, :until_at, :secret)
    ON CONFLICT (n) DO UPDATE SET lease_at = excluded.lease_at, secret = excluded.secret
 WHERE node.lease_at < :now
RETURNING n;

-- :one node_renew(n i64, until_at i64, secret text) -> (renewed i64)
UPDATE node SET lease_at = :until_at WHERE n = :n AND secret = :secret RETURNING n;
