-- What was given for a stretch of told events (is_made 0) or for what was raised meanwhile (1), with
-- the dates of the lots that came of it.
-- :each prove_awards(member_id i64, from_at i64, after_id i64, upto_at i64, upto_id i64, is_made i64) -> (event_id i64, n i64, rule_id i64, rule_version i64, effect_n i64, effect text, is_dependent i64, unit_id i64, subject text?, amount i64, at i64, lot_id i64, available_at i64, expires_at i64)
SELECT a.event_id, a.n, a.rule_id, a.rule_version, a.effect_n, a.effect, a.is_dependent,
       a.unit_id, a.subject, a.amount, a.at, a.lot_id, COALESCE(l.available_at, 0),
       COALESCE(l.expires_at, 0)
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
  LEFT JOIN lot l ON l.member_id = a.member_id AND l.id = a.lot_id
 WHERE e.member_id = :member_id AND e.at >= :from_at AND e.at <= :upto_at
   AND (e.at > :from_at OR e.id > :after_id) AND (e.at < :upto_at OR e.id <= :upto_id)
   AND CASE WHEN e.is_raised = 1 THEN 1 ELSE 0 END = :is_made
 ORDER BY e.at, e.id, a.n LIMIT 100000000;

-- How many rows of awards gave something back to a lot that was taken from.
-- :one prove_given_back(member_id i64, lot_id i64) -> (n i64)
SELECT COUNT(*) AS n
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id AND a.lot_id = :lot_id AND a.amount > 0
   AND a.effect = 'points.take';

-- How many spends gave something back to a lot.
-- :one prove_returned(member_id i64, lot_id i64) -> (n i64)
SELECT COUNT(*) AS n
  FROM event e JOIN lot_use u ON u.event_id = e.id AND u.member_id = e.member_id
 WHERE e.member_id = :member_id AND u.lot_id = :lot_id AND u.returned > 0;
