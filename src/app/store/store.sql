-- :one company_add(id i64, code text, name text, tax_id text?, now i64, seal i64) -> (added i64)
INSERT INTO company (id, version, code, name, tax_id, updated_at, seal)
VALUES (:id, 1, :code, :name, :tax_id, :now, :seal)
    ON CONFLICT (code) DO NOTHING
RETURNING id;

-- :each company_all() -> (id i64, version i64, code text, name text, tax_id text?)
SELECT id, version, code, name, tax_id FROM company ORDER BY id LIMIT 10000;

-- :one store_add(id i64, company_id i64, code text, name text, kind text, brand text?, region text?, zone text?, day_cut_min i64, now i64, seal i64) -> (added i64)
INSERT INTO store (id, version, company_id, code, name, kind, brand, region, zone, day_cut_min,
                   updated_at, seal)
VALUES (:id, 1, :company_id, :code, :name, :kind, :brand, :region, :zone, :day_cut_min, :now,
        :seal)
    ON CONFLICT (code) DO NOTHING
RETURNING id;

-- :one store_put(id i64, if_version i64, company_id i64, code text, name text, kind text, brand text?, region text?, zone text?, day_cut_min i64, now i64, seal i64) -> (version i64)
UPDATE store SET version = version + 1, company_id = :company_id, code = :code, name = :name,
       kind = :kind, brand = :brand, region = :region, zone = :zone, day_cut_min = :day_cut_min,
       updated_at = :now, seal = :seal
 WHERE id = :id AND version = :if_version
RETURNING version;

-- :one company_get(id i64) -> (version i64, code text, name text, tax_id text?, seal i64)
SELECT version, code, name, tax_id, seal FROM company WHERE id = :id;

-- :each company_list(before_id i64, max i64) -> (id i64, version i64, code text, name text, tax_id text?)
SELECT id, version, code, name, tax_id FROM company WHERE id < :before_id
 ORDER BY id DESC LIMIT :max;

-- :one company_by_code(code text) -> (id i64)
SELECT id FROM company WHERE code = :code;

-- :one company_put(id i64, if_version i64, code text, name text, tax_id text?, now i64, seal i64) -> (version i64)
UPDATE company SET version = version + 1, code = :code, name = :name, tax_id = :tax_id,
       updated_at = :now, seal = :seal
 WHERE id = :id AND version = :if_version
RETURNING version;

-- :one store_company(id i64) -> (company_id i64)
SELECT company_id FROM store WHERE id = :id;

-- :one store_seal(id i64) -> (seal i64)
SELECT seal FROM store WHERE id = :id;
