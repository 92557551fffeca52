-- :one totals_sales() -> (purchases i64, members i64, revenue_minor i64)
SELECT (SELECT COUNT(*) FROM event WHERE name = 'purchase' AND is_live = 1),
       (SELECT COUNT(*) FROM member),
       COALESCE((SELECT CAST(SUM(value_minor) AS BIGINT) FROM event
                  WHERE name = 'purchase' AND is_live = 1), 0);

-- :one totals_postings() -> (issued i64, expired i64)
SELECT COALESCE(CAST(SUM(CASE WHEN from_account = 'issued' THEN amount
                              WHEN to_account = 'issued' THEN -amount ELSE 0 END) AS BIGINT), 0),
       COALESCE(CAST(SUM(CASE WHEN to_account = 'expired' THEN amount ELSE 0 END) AS BIGINT), 0)
  FROM posting;

-- :one totals_lots() -> (outstanding i64)
SELECT COALESCE(CAST(SUM(remaining) AS BIGINT), 0)
       - COALESCE((SELECT CAST(SUM(owed) AS BIGINT) FROM debt), 0) FROM lot;

-- A member stands where the last of their changes left them.
-- :each totals_tiers() -> (tier_level i64, members i64)
SELECT t.to_level, COUNT(*) FROM tier_change t
 WHERE t.is_live = 1 AND NOT EXISTS
       (SELECT 1 FROM tier_change later WHERE later.member_id = t.member_id AND later.is_live = 1
           AND (later.at > t.at OR (later.at = t.at AND later.id > t.id)))
 GROUP BY t.to_level ORDER BY t.to_level LIMIT 1000;

-- :one totals_moves() -> (upgrades i64, downgrades i64)
SELECT COALESCE(CAST(SUM(CASE WHEN name = 'tier.up' THEN 1 ELSE 0 END) AS BIGINT), 0),
       COALESCE(CAST(SUM(CASE WHEN name = 'tier.down' THEN 1 ELSE 0 END) AS BIGINT), 0)
  FROM event WHERE is_live = 1 AND is_raised = 1;
