-- :exec rule_add(id i64, version i64, config_version i64, effective_at i64, name text, doc text, now i64, seal i64)
INSERT INTO rule (id, version, config_version, effective_at, name, doc, created_at, seal)
VALUES (:id, :version, :config_version, :effective_at, :name, :doc, :now, :seal);

-- :one rule_newest(id i64) -> (version i64, effective_at i64, name text, doc text)
SELECT version, effective_at, name, doc FROM rule WHERE id = :id ORDER BY version DESC LIMIT 1;

-- :each rule_page(after_id i64, max i64) -> (id i64, version i64, effective_at i64, name text, doc text)
SELECT r.id, r.version, r.effective_at, r.name, r.doc FROM rule r
 WHERE r.id > :after_id
   AND r.version = (SELECT MAX(v.version) FROM rule v WHERE v.id = r.id)
 ORDER BY r.id LIMIT :max;

-- The newest version of each, the newest rule first.
-- :each rule_list(before_id i64, max i64) -> (id i64, version i64, effective_at i64, name text, doc text)
SELECT r.id, r.version, r.effective_at, r.name, r.doc FROM rule r
 WHERE r.id < :before_id
   AND r.version = (SELECT MAX(v.version) FROM rule v WHERE v.id = r.id)
 ORDER BY r.id DESC LIMIT :max;
