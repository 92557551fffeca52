-- :one config_get() -> (version i64, zone text, currency text, currency_decimals i64, phone_region text, is_simulated i64, published_sum i64, seal i64)
SELECT version, zone, currency, currency_decimals, phone_region, is_simulated, published_sum, seal
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

-- Locks what is published until the end of the transaction, and says which it is.
-- :one config_lock() -> (version i64)
UPDATE config SET version = version WHERE id = 1 RETURNING version;

-- :one config_publish(delta i64) -> (published_sum i64)
UPDATE config SET version = version + 1, published_sum = published_sum + :delta WHERE id = 1
RETURNING published_sum;

-- :exec config_published(published_seal i64)
UPDATE config SET published_seal = :published_seal WHERE id = 1;
