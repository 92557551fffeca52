-- :exec tier_add(version i64, config_version i64, effective_at i64, doc text, now i64)
INSERT INTO tier (id, version, config_version, effective_at, doc, created_at)
VALUES (1, :version, :config_version, :effective_at, :doc, :now);

-- :one tier_newest() -> (version i64, doc text, effective_at i64)
SELECT version, doc, effective_at FROM tier WHERE id = 1 ORDER BY version DESC LIMIT 1;

-- :exec tier_change_add(id i64, member_id i64, at i64, from_level i64, to_level i64, until_at i64, reason text, cause_id i64)
INSERT INTO tier_change (id, member_id, at, from_level, to_level, until_at, reason, cause_id, is_live,
                         ended_by)
VALUES (:id, :member_id, :at, :from_level, :to_level, :until_at, :reason, :cause_id, 1, 0);

-- :exec tier_change_end(id i64, member_id i64, ended_by i64)
UPDATE tier_change SET is_live = 0, ended_by = :ended_by WHERE id = :id AND member_id = :member_id;

-- :each tier_changes(member_id i64) -> (id i64, at i64, from_level i64, to_level i64, until_at i64, reason text, cause_id i64)
SELECT t.id, t.at, t.from_level, t.to_level, t.until_at, t.reason, t.cause_id
  FROM event e JOIN tier_change t ON t.id = e.id AND t.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.is_live = 1 AND t.is_live = 1
 ORDER BY t.at DESC, t.id DESC LIMIT 200;
