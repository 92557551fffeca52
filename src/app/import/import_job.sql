-- :exec import_add(id i64, store_id i64, file_name text, map text, mode text, delimiter text, hour_min i64, provider text, by_kind text, by_id i64, now i64)
INSERT INTO import (id, store_id, file_name, map, mode, delimiter, hour_min, provider, state, is_dry,
                    job_id, part_n, part_at, row_n, rows_new, rows_repeated, rows_rejected,
                    bytes_done, bytes_n, by_kind, by_id, created_at, ended_at)
VALUES (:id, :store_id, :file_name, :map, :mode, :delimiter, :hour_min, :provider, 'open', 0,
        0, 1, 0, 0, 0, 0, 0, 0, 0, :by_kind, :by_id, :now, 0);

-- :one import_get(id i64) -> (store_id i64, file_name text, map text, mode text, delimiter text, hour_min i64, provider text, state text, is_dry i64, job_id i64, heading text?, part_n i64, part_at i64, row_n i64, rows_new i64, rows_repeated i64, rows_rejected i64, bytes_done i64, bytes_n i64, by_kind text, by_id i64, created_at i64, ended_at i64)
SELECT store_id, file_name, map, mode, delimiter, hour_min, provider, state, is_dry, job_id, heading,
       part_n, part_at, row_n, rows_new, rows_repeated, rows_rejected, bytes_done, bytes_n, by_kind,
       by_id, created_at, ended_at
  FROM import WHERE id = :id;

-- :list import_list(stores text) -> (id i64, store_id i64, file_name text, map text, mode text, delimiter text, hour_min i64, provider text, state text, is_dry i64, job_id i64, rows_new i64, rows_repeated i64, rows_rejected i64, bytes_done i64, bytes_n i64, by_kind text, by_id i64, created_at i64, ended_at i64)
SELECT id, store_id, file_name, map, mode, delimiter, hour_min, provider, state, is_dry, job_id,
       rows_new, rows_repeated, rows_rejected, bytes_done, bytes_n, by_kind, by_id, created_at,
       ended_at
  FROM import
 WHERE (:stores = '' OR :stores LIKE '%,' || CAST(store_id AS TEXT) || ',%');

-- Holds the row until the end, so that no part changes while it is started.
-- :one import_open(id i64) -> (opened i64)
UPDATE import SET state = 'open' WHERE id = :id AND state IN ('open', 'tried') RETURNING id;

-- :exec import_part_put(import_id i64, n i64, bytes_n i64, text text)
INSERT INTO import_part (import_id, n, bytes_n, text) VALUES (:import_id, :n, :bytes_n, :text)
    ON CONFLICT (import_id, n) DO UPDATE SET bytes_n = excluded.bytes_n, text = excluded.text;

-- :one import_parts(import_id i64) -> (parts_n i64, last_n i64, bytes_n i64)
SELECT COUNT(*), COALESCE(MAX(n), 0), CAST(COALESCE(SUM(bytes_n), 0) AS BIGINT)
  FROM import_part WHERE import_id = :import_id;

-- :one import_part_get(import_id i64, n i64) -> (text text)
SELECT text FROM import_part WHERE import_id = :import_id AND n = :n;

-- Who was second gets no row.  job_id is that of the start before, which was cancelled, or 0.
-- :one import_start(id i64, was_job_id i64, job_id i64, is_dry i64, heading text, part_at i64, bytes_n i64) -> (started i64)
UPDATE import SET state = 'running', job_id = :job_id, is_dry = :is_dry, heading = :heading,
       part_n = 0, part_at = :part_at, row_n = 0, rows_new = 0, rows_repeated = 0,
       rows_rejected = 0, bytes_done = :part_at, bytes_n = :bytes_n, ended_at = 0
 WHERE id = :id AND job_id = :was_job_id AND state <> 'done'
RETURNING id;

-- As far as the next piece of them goes; 0: there are none.
-- :one import_rows_piece(import_id i64, most i64) -> (to_n i64)
SELECT COALESCE(MAX(n), 0)
  FROM (SELECT n FROM import_row WHERE import_id = :import_id ORDER BY n LIMIT :most) AS piece;

-- :one import_rejects_piece(import_id i64, most i64) -> (to_n i64)
SELECT COALESCE(MAX(n), 0)
  FROM (SELECT n FROM import_reject WHERE import_id = :import_id ORDER BY n LIMIT :most) AS piece;

-- :one import_parts_piece(import_id i64, most i64) -> (to_n i64)
SELECT COALESCE(MAX(n), 0)
  FROM (SELECT n FROM import_part WHERE import_id = :import_id ORDER BY n LIMIT :most) AS piece;

-- :exec import_rows_forget(import_id i64, to_n i64)
DELETE FROM import_row WHERE import_id = :import_id AND n <= :to_n;

-- :exec import_rejects_forget(import_id i64, to_n i64)
DELETE FROM import_reject WHERE import_id = :import_id AND n <= :to_n;

-- :exec import_parts_forget(import_id i64, to_n i64)
DELETE FROM import_part WHERE import_id = :import_id AND n <= :to_n;

-- What an earlier start left is gone: the first page may be read.
-- :exec import_begin(id i64, job_id i64)
UPDATE import SET part_n = 1 WHERE id = :id AND job_id = :job_id AND part_n = 0;

-- :exec import_forget(id i64)
DELETE FROM import WHERE id = :id;

-- :one import_old(before i64) -> (id i64)
SELECT id FROM import WHERE created_at < :before ORDER BY id LIMIT 1;

-- In the transaction that books the row: counted once, whatever is killed.
-- :exec import_row_booked(import_id i64, n i64, equal text?, outcome text)
INSERT INTO import_row (import_id, n, equal, outcome) VALUES (:import_id, :n, :equal, :outcome)
    ON CONFLICT (import_id, n) DO NOTHING;

-- :rows import_row_add(import_id i64, n i64, equal text?, outcome text)
INSERT INTO import_row (import_id, n, equal, outcome) VALUES (:import_id, :n, :equal, :outcome)
    ON CONFLICT (import_id, n) DO NOTHING;

-- :each import_rows_after(import_id i64, after_n i64) -> (row_n i64, outcome text)
SELECT n, outcome FROM import_row WHERE import_id = :import_id AND n > :after_n ORDER BY n LIMIT 10000;

-- :one import_equal(import_id i64, equal text, n i64) -> (earlier_n i64)
SELECT COUNT(*) FROM import_row WHERE import_id = :import_id AND equal = :equal AND n <= :n;

-- :rows import_reject_add(import_id i64, n i64, raw text, code text, detail text?)
INSERT INTO import_reject (import_id, n, raw, code, detail)
VALUES (:import_id, :n, :raw, :code, :detail)
    ON CONFLICT (import_id, n) DO NOTHING;

-- :list import_rejects(import_id i64) -> (n i64, raw text, code text, detail text?)
SELECT n, raw, code, detail FROM import_reject WHERE import_id = :import_id;

-- The page is over: who was slower, or was cancelled meanwhile, gets no row.
-- :one import_turn(id i64, job_id i64, was_n i64, row_n i64, part_n i64, part_at i64, fresh i64, repeated i64, rejected i64, bytes_n i64, state text, ended_at i64) -> (turned i64)
UPDATE import SET row_n = :row_n, part_n = :part_n, part_at = :part_at,
       rows_new = rows_new + :fresh, rows_repeated = rows_repeated + :repeated,
       rows_rejected = rows_rejected + :rejected, bytes_done = bytes_done + :bytes_n,
       state = :state, ended_at = :ended_at
 WHERE id = :id AND job_id = :job_id AND row_n = :was_n AND state = 'running'
RETURNING id;
