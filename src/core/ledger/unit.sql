-- :one unit_add(id i64, code text, name text, decimals i64, available_after_days i64, valid_days i64, debt_policy text, reversal_policy text, revive_days i64, now i64, seal i64) -> (added i64)
INSERT INTO unit (id, version, code, name, decimals, available_after_days, valid_days, debt_policy,
                  reversal_policy, revive_days, updated_at, seal)
VALUES (:id, 1, :code, :name, :decimals, :available_after_days, :valid_days, :debt_policy,
        :reversal_policy, :revive_days, :now, :seal)
    ON CONFLICT (code) DO NOTHING
RETURNING id;

-- :one unit_put(id i64, if_version i64, code text, name text, available_after_days i64, valid_days i64, debt_policy text, reversal_policy text, revive_days i64, now i64, seal i64) -> (version i64)
UPDATE unit SET version = version + 1, code = :code, name = :name,
       available_after_days = :available_after_days, valid_days = :valid_days,
       debt_policy = :debt_policy, reversal_policy = :reversal_policy,
       revive_days = :revive_days, updated_at = :now, seal = :seal
 WHERE id = :id AND version = :if_version
RETURNING version;

-- :one unit_seal(id i64) -> (seal i64)
SELECT seal FROM unit WHERE id = :id;
