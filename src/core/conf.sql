-- :one config_get() -> (version i64, zone text, currency text, currency_decimals i64, phone_region text, is_simulated i64, seal i64)
SELECT version, zone, currency, currency_decimals, phone_region, is_simulated, seal
  FROM config WHERE id = 1;

-- The number of the newest publication.  A statement of its own: the snapshot of one that waited for
-- a lock is older than the lock.
-- :one config_newest() -> (version i64)
SELECT version FROM config WHERE id = 1;

-- :exec config_add(zone text, currency text, currency_decimals i64, phone_region text, is_simulated i64, published_seal i64, seal i64)
INSERT INTO config (id, version, zone, currency, currency_decimals, phone_region, is_simulated,
                    published_sum, published_seal, seal)
VALUES (1, 0, :zone, :currency, :currency_decimals, :phone_region, :is_simulated, 0,
        :published_seal, :seal);

-- What is published became more by this, or another.
-- :one config_count(delta i64) -> (published_sum i64)
UPDATE config SET published_sum = published_sum + :delta WHERE id = 1 RETURNING published_sum;

-- :exec config_counted(published_seal i64)
UPDATE config SET published_seal = :published_seal WHERE id = 1;

-- :one config_publish() -> (version i64)
UPDATE config SET version = version + 1 WHERE id = 1 RETURNING version;

-- :each unit_all() -> (id i64, version i64, code text, name text, decimals i64, available_after_days i64, valid_days i64, debt_policy text, reversal_policy text, revive_days i64)
SELECT id, version, code, name, decimals, available_after_days, valid_days, debt_policy,
       reversal_policy, revive_days
  FROM unit ORDER BY id LIMIT 1000;

-- :each store_all() -> (id i64, version i64, company_id i64, code text, name text, kind text, brand text?, region text?, zone text?, day_cut_min i64)
SELECT id, version, company_id, code, name, kind, brand, region, zone, day_cut_min
  FROM store ORDER BY id LIMIT 100000;

-- :each rule_all() -> (id i64, version i64, config_version i64, effective_at i64, name text, doc text)
SELECT id, version, config_version, effective_at, name, doc FROM rule ORDER BY id, version LIMIT 1000000;

-- :each tier_all() -> (id i64, version i64, config_version i64, effective_at i64, doc text, level_ids text)
SELECT id, version, config_version, effective_at, doc, level_ids FROM tier ORDER BY id, version LIMIT 100000;
