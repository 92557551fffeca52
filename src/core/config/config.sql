-- What was published of a kind after a place, in its order.
-- :each config_since(kind text, config_version i64, id i64, version i64, max i64) -> (id i64, version i64, config_version i64, effective_at i64, code text?, name text?, doc text, numbers text?, is_archived i64, seal i64)
SELECT id, version, config_version, effective_at, code, name, doc, numbers, is_archived, seal
  FROM config_object
 WHERE kind = :kind AND (config_version, id, version) > (:config_version, :id, :version)
 ORDER BY config_version, id, version LIMIT :max;

-- :exec config_object_add(kind text, id i64, version i64, config_version i64, effective_at i64, code text?, name text?, doc text, numbers text?, is_archived i64, by_kind text, by_id i64, created_at i64, seal i64)
INSERT INTO config_object (kind, id, version, config_version, effective_at, code, name, doc, numbers,
                           is_archived, by_kind, by_id, created_at, seal)
VALUES (:kind, :id, :version, :config_version, :effective_at, :code, :name, :doc, :numbers,
        :is_archived, :by_kind, :by_id, :created_at, :seal);

-- :one config_object_newest(kind text, id i64) -> (version i64, config_version i64, effective_at i64, code text?, name text?, doc text, numbers text?, is_archived i64, by_kind text, by_id i64, created_at i64)
SELECT version, config_version, effective_at, code, name, doc, numbers, is_archived, by_kind, by_id,
       created_at
  FROM config_object WHERE kind = :kind AND id = :id ORDER BY version DESC LIMIT 1;

-- Whose newest version has this code.
-- :one config_object_of_code(kind text, code text) -> (id i64, is_archived i64)
SELECT o.id, o.is_archived FROM config_object o
 WHERE o.kind = :kind AND o.code = :code
   AND o.version = (SELECT MAX(v.version) FROM config_object v WHERE v.kind = o.kind AND v.id = o.id)
 LIMIT 1;

-- :one config_object_first(kind text) -> (id i64)
SELECT id FROM config_object WHERE kind = :kind AND version = 1 ORDER BY id LIMIT 1;

-- The newest version of each, the newest object first.
-- :list config_object_list(kind text) -> (id i64, version i64, effective_at i64, code text, name text, doc text, is_archived i64, by_kind text, by_id i64, created_at i64)
SELECT o.id, o.version, o.effective_at, COALESCE(o.code, '') AS code, COALESCE(o.name, '') AS name,
       o.doc, o.is_archived, o.by_kind, o.by_id, o.created_at
  FROM config_object o
 WHERE o.kind = :kind
   AND o.version = (SELECT MAX(v.version) FROM config_object v WHERE v.kind = o.kind AND v.id = o.id);

-- Every version of one.
-- :list config_object_versions(kind text, id i64) -> (id i64, version i64, effective_at i64, code text, name text, doc text, is_archived i64, by_kind text, by_id i64, created_at i64)
SELECT id, version, effective_at, COALESCE(code, '') AS code, COALESCE(name, '') AS name, doc,
       is_archived, by_kind, by_id, created_at
  FROM config_object WHERE kind = :kind AND id = :id;
