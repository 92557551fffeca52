-- :exec key_add(id i64, name text, secret_digest text, permissions text, company_id i64,
--               store_id i64, now i64, seal i64)
INSERT INTO api_key (id, name, secret_digest, permissions, company_id, store_id, created_at,
                     revoked_at, seal)
VALUES (:id, :name, :secret_digest, :permissions, :company_id, :store_id, :now, NULL, :seal);

-- :one key_revoke(id i64, now i64, seal i64) -> (revoked_at i64)
UPDATE api_key SET revoked_at = :now, seal = :seal WHERE id = :id AND revoked_at IS NULL
RETURNING revoked_at;

-- :one key_get(id i64)
--    -> (name text, secret_digest text, permissions text, company_id i64, store_id i64,
--        created_at i64, revoked_at i64?)
SELECT name, secret_digest, permissions, company_id, store_id, created_at, revoked_at
  FROM api_key WHERE id = :id;

-- :each key_all()
--    -> (id i64, name text, secret_digest text, permissions text, company_id i64, store_id i64,
--        created_at i64, revoked_at i64?)
SELECT id, name, secret_digest, permissions, company_id, store_id, created_at, revoked_at
  FROM api_key ORDER BY id LIMIT 100000;

-- :exec key_changed()
INSERT INTO api_key_version (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = api_key_version.version + 1;

-- :one key_version() -> (version i64)
SELECT COALESCE(MAX(version), 0) FROM api_key_version WHERE id = 1;
