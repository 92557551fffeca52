-- Statements of the tests in src/db: their tables are made by the tests themselves.

-- :exec t_put(id i64, number i64?, words text?, bytes blob?)
INSERT INTO t (id, number, words, bytes) VALUES (:id, :number, :words, :bytes);

-- :one t_claim(id i64, words text) -> (id i64)
INSERT INTO t (id, words) VALUES (:id, :words) RETURNING id;

-- :one t_get(id i64) -> (number i64?, words text?, bytes blob?)
SELECT number, words, bytes FROM t WHERE id = :id;

-- :one t_strict(id i64) -> (number i64, words text)
SELECT number, words FROM t WHERE id = :id;

-- :one t_many() -> (id i64)
SELECT id FROM t ORDER BY id;

-- :one t_count() -> (count i64)
SELECT COUNT(*) AS count FROM t;

-- :each t_list(least i64,
--              most i64)
--   -> (id i64, number i64?, words text?)
SELECT id, number, words FROM t WHERE id >= :least AND id <= :most ORDER BY id;

-- :each t_first(max i64) -> (id i64)
SELECT id FROM t ORDER BY number LIMIT :max;

-- :rows t_fill(id i64, number i64?, words text)
INSERT INTO t (id, number, words) VALUES (:id, :number, :words)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number;

-- :exec t_clear()
DELETE FROM t;

-- :one t_engine(seed i64) -> (engine text, seed i64)
-- The engines may each have a body; comments -- and 'strings with :colons' do not matter.
-- :sqlite
SELECT 'sqlite :no' AS engine, /* :neither */ CAST(:seed AS INTEGER) AS seed;
-- :postgres
SELECT CAST('postgres :no' AS text) AS engine, CAST(:seed AS bigint) AS seed;

-- :each t_take(number i64, id i64) -> (id i64)
UPDATE t SET number = :number WHERE id = :id RETURNING id;

-- :one t_swapped(id i64) -> (number i64, id i64)
SELECT id, number FROM t WHERE id = :id;

-- :one t_untyped(id i64) -> (sum i64)
-- :sqlite
SELECT SUM(number), 1 FROM t WHERE id = :id;
-- :postgres
SELECT SUM(number) FROM t WHERE id = :id;

-- :each t_by_words(words text) -> (id i64)
SELECT o.id FROM t AS o WHERE o.words = :words;

-- :list t_all(least i64) -> (id i64, number i64, words text)
SELECT id, COALESCE(number, 0) AS number, COALESCE(words, '') AS words FROM t WHERE id >= :least;
