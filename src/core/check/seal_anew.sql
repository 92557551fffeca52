-- Another secret: every seal is made again, row by row.

-- :exec anew_config(published_sum i64, published_seal i64, seal i64)
UPDATE config SET published_sum = :published_sum, published_seal = :published_seal, seal = :seal
 WHERE id = 1;

-- :exec anew_object(kind text, id i64, version i64, seal i64)
UPDATE config_object SET seal = :seal WHERE kind = :kind AND id = :id AND version = :version;

-- :exec anew_key(id i64, seal i64)
UPDATE api_key SET seal = :seal WHERE id = :id;

-- :exec anew_answer(id i64, member_id i64, seal i64)
UPDATE answer SET seal = :seal WHERE id = :id AND member_id = :member_id;

-- :exec anew_claim(digest text, seal i64)
UPDATE idempotency SET seal = :seal WHERE digest = :digest;

-- :exec anew_event(id i64, member_id i64, seal i64)
UPDATE event SET seal = :seal WHERE id = :id AND member_id = :member_id;

-- :exec anew_task(id i64, seal i64)
UPDATE task SET seal = :seal WHERE id = :id;

-- :exec anew_identity(provider text, subject text, seal i64)
UPDATE identity SET seal = :seal WHERE provider = :provider AND subject = :subject;

-- Other programs that run on this database, or were killed less than a lease ago.
-- :one anew_others(n i64, now i64) -> (others_n i64)
SELECT COUNT(*) AS others_n FROM node WHERE n <> :n AND lease_at > :now;
