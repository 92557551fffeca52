-- :exec tier_change_add(id i64, member_id i64, at i64, from_level i64, to_level i64, until_at i64, reason text, cause_id i64)
INSERT INTO tier_change (id, member_id, at, from_level, to_level, until_at, reason, cause_id, is_live,
                         ended_by)
VALUES (:id, :member_id, :at, :from_level, :to_level, :until_at, :reason, :cause_id, 1, 0);

-- :exec tier_change_revise(id i64, member_id i64, from_level i64, to_level i64, until_at i64, reason text)
UPDATE tier_change SET from_level = :from_level, to_level = :to_level, until_at = :until_at,
                       reason = :reason
 WHERE id = :id AND member_id = :member_id;

-- :exec tier_change_end(id i64, member_id i64, ended_by i64)
UPDATE tier_change SET is_live = 0, ended_by = :ended_by WHERE id = :id AND member_id = :member_id;

-- :each tier_changes(member_id i64) -> (id i64, at i64, from_level i64, to_level i64, until_at i64, reason text, cause_id i64, cause_store_id i64)
SELECT t.id, t.at, t.from_level, t.to_level, t.until_at, t.reason, t.cause_id,
       COALESCE(k.store_id, 0)
  FROM event e JOIN tier_change t ON t.id = e.id AND t.member_id = e.member_id
  LEFT JOIN event k ON k.id = t.cause_id AND k.member_id = t.member_id
 WHERE e.member_id = :member_id AND e.is_live = 1 AND t.is_live = 1
 ORDER BY t.at DESC, t.id DESC LIMIT 200;

-- What it was moved by an event (0: by time) at a moment.
-- :each tier_moved(member_id i64, at i64, cause_id i64) -> (name text, payload text, from_level i64, to_level i64, until_at i64, reason text)
SELECT e.name, e.payload, t.from_level, t.to_level, t.until_at, t.reason
  FROM event e JOIN tier_change t ON t.id = e.id AND t.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at = :at AND e.cause_id = :cause_id AND e.is_live = 1
   AND e.is_raised = 1 ORDER BY e.id LIMIT 100;

-- For `regulars check`: every change beside its event, what caused it and what ended it.
-- :each tier_prove(member_id i64) -> (id i64, name text, event_at i64, business_date i64, config_version i64, cause_id i64, is_live i64, is_raised i64, payload text?, change_id i64, at i64, from_level i64, to_level i64, until_at i64, reason text, change_cause_id i64, change_is_live i64, ended_by i64, cause_at i64, cause_date i64, ender_made i64)
SELECT e.id, e.name, e.at AS event_at, e.business_date, e.config_version, e.cause_id, e.is_live, e.is_raised,
       e.payload, COALESCE(t.id, 0), COALESCE(t.at, 0), COALESCE(t.from_level, 0),
       COALESCE(t.to_level, 0), COALESCE(t.until_at, 0), COALESCE(t.reason, ''),
       COALESCE(t.cause_id, 0), COALESCE(t.is_live, 0), COALESCE(t.ended_by, 0),
       COALESCE(k.at, 0), COALESCE(k.business_date, 0), COALESCE(x.is_raised, -1)
  FROM event e LEFT JOIN tier_change t ON t.id = e.id AND t.member_id = e.member_id
  LEFT JOIN event k ON k.id = e.cause_id AND k.member_id = e.member_id
  LEFT JOIN event x ON x.id = t.ended_by AND x.member_id = t.member_id
 WHERE e.member_id = :member_id AND (e.name LIKE 'tier.%' OR t.id IS NOT NULL)
 ORDER BY e.id LIMIT 100000000;
