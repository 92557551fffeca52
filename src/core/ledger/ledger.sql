-- :each balance_all(member_id i64) -> (unit_id i64, available i64, pending i64, owed i64)
SELECT unit_id, available, pending, owed FROM balance WHERE member_id = :member_id LIMIT 1000;

-- :rows balance_put(member_id i64, unit_id i64, available i64, pending i64, owed i64)
INSERT INTO balance (member_id, unit_id, available, pending, owed)
VALUES (:member_id, :unit_id, :available, :pending, :owed)
    ON CONFLICT (member_id, unit_id) DO UPDATE
   SET available = excluded.available, pending = excluded.pending, owed = excluded.owed;

-- :each lot_open(member_id i64, max i64) -> (id i64, unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT id, unit_id, event_id, company_id, granted, remaining, expired, is_pending, available_at,
       expires_at
  FROM lot WHERE member_id = :member_id AND remaining > 0
 ORDER BY expires_at, id LIMIT :max;

-- Those of one unit that can pay, in the order in which they do.  What time released since the row
-- was written (released_at) is no longer pending.
-- :each lot_page(member_id i64, unit_id i64, is_pending i64, released_at i64, now i64, after_at i64, after_id i64, max i64) -> (id i64, unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT id, unit_id, event_id, company_id, granted, remaining, expired, is_pending, available_at,
       expires_at
  FROM lot
 WHERE member_id = :member_id AND unit_id = :unit_id AND remaining > 0 AND expires_at > :now
   AND CASE WHEN is_pending = 1 AND (available_at > :released_at OR available_at > expires_at)
            THEN 1 ELSE 0 END = :is_pending
   AND (expires_at > :after_at OR (expires_at = :after_at AND id > :after_id))
 ORDER BY expires_at, id LIMIT :max;

-- The lots that a spend took from.
-- :each lot_of_spend(event_id i64, member_id i64) -> (id i64, unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT l.id, l.unit_id, l.event_id, l.company_id, l.granted, l.remaining, l.expired, l.is_pending,
       l.available_at, l.expires_at
  FROM lot_use u JOIN lot l ON l.id = u.lot_id AND l.member_id = u.member_id
 WHERE u.event_id = :event_id AND u.member_id = :member_id ORDER BY l.id LIMIT 100000;

-- The next moment after `after_at` at which a lot is released or ends.
-- :one lot_due(member_id i64, after_at i64, never_at i64) -> (at i64)
SELECT COALESCE(MIN(CASE WHEN is_pending = 1 AND available_at > :after_at
                              AND available_at < expires_at
                         THEN available_at ELSE expires_at END), :never_at) AS at
  FROM lot WHERE member_id = :member_id AND remaining > 0 AND expires_at > :after_at;

-- What is released up to a moment, of each unit.
-- :each lot_waiting(member_id i64, after_at i64, upto_at i64) -> (unit_id i64, amount i64)
SELECT unit_id, CAST(SUM(remaining) AS BIGINT) AS amount
  FROM lot
 WHERE member_id = :member_id AND remaining > 0 AND is_pending = 1 AND available_at > :after_at
   AND available_at <= :upto_at AND available_at <= expires_at
 GROUP BY unit_id ORDER BY unit_id LIMIT 1000;

-- What ends up to a moment, of each unit, released or still pending then.
-- :each lot_ending(member_id i64, after_at i64, upto_at i64, released_at i64) -> (unit_id i64, available i64, pending i64)
SELECT unit_id,
       CAST(SUM(CASE WHEN is_pending = 1
                          AND (available_at > :released_at OR available_at > expires_at)
                     THEN 0 ELSE remaining END) AS BIGINT) AS available,
       CAST(SUM(CASE WHEN is_pending = 1
                          AND (available_at > :released_at OR available_at > expires_at)
                     THEN remaining ELSE 0 END) AS BIGINT) AS pending
  FROM lot
 WHERE member_id = :member_id AND remaining > 0 AND expires_at > :after_at
   AND expires_at <= :upto_at
 GROUP BY unit_id ORDER BY unit_id LIMIT 1000;

-- :exec lot_release(member_id i64, released_at i64)
UPDATE lot SET is_pending = 0
 WHERE member_id = :member_id AND remaining > 0 AND is_pending = 1
   AND available_at <= :released_at AND available_at <= expires_at;

-- :exec lot_end(member_id i64, unit_id i64, ended_at i64)
UPDATE lot SET expired = expired + remaining, remaining = 0
 WHERE member_id = :member_id AND unit_id = :unit_id AND remaining > 0
   AND expires_at <= :ended_at;

-- What ends next, of each unit; earliest first.
-- :each lot_next(member_id i64, now i64, never_at i64) -> (unit_id i64, expires_at i64, amount i64)
SELECT unit_id, expires_at, CAST(SUM(remaining) AS BIGINT) AS amount
  FROM lot
 WHERE member_id = :member_id AND remaining > 0 AND expires_at > :now AND expires_at < :never_at
 GROUP BY unit_id, expires_at ORDER BY expires_at, unit_id LIMIT 1000;

-- Who is bound to some stores (scope_stores) sees what was given there, or nowhere in particular.
-- :list lot_list(member_id i64, stores text) -> (id i64, member_id i64, unit_id i64, event_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT l.id, l.member_id, l.unit_id, l.event_id, l.granted, l.remaining, l.expired, l.is_pending,
       l.available_at, l.expires_at
  FROM lot l JOIN event e ON e.id = l.event_id AND e.member_id = l.member_id
 WHERE l.member_id = :member_id
   AND (:stores = '' OR e.store_id = 0
        OR :stores LIKE '%,' || CAST(e.store_id AS TEXT) || ',%');

-- :one lot_get(member_id i64, id i64) -> (unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT unit_id, event_id, company_id, granted, remaining, expired, is_pending, available_at,
       expires_at
  FROM lot WHERE member_id = :member_id AND id = :id;

-- :rows lot_add(member_id i64, id i64, unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
INSERT INTO lot (member_id, id, unit_id, event_id, company_id, granted, remaining, expired,
                 is_pending, available_at, expires_at)
VALUES (:member_id, :id, :unit_id, :event_id, :company_id, :granted, :remaining, :expired,
        :is_pending, :available_at, :expires_at);

-- :exec lot_save(member_id i64, id i64, remaining i64, expired i64, is_pending i64, expires_at i64)
UPDATE lot SET remaining = :remaining, expired = :expired, is_pending = :is_pending,
       expires_at = :expires_at
 WHERE member_id = :member_id AND id = :id;

-- :each debt_open(member_id i64, after_id i64, max i64) -> (id i64, unit_id i64, event_id i64, owed i64, at i64)
SELECT id, unit_id, event_id, owed, at FROM debt
 WHERE member_id = :member_id AND owed > 0 AND id > :after_id
 ORDER BY id LIMIT :max;

-- :rows debt_add(member_id i64, id i64, unit_id i64, event_id i64, owed i64, at i64)
INSERT INTO debt (member_id, id, unit_id, event_id, owed, at)
VALUES (:member_id, :id, :unit_id, :event_id, :owed, :at);

-- :exec debt_save(member_id i64, id i64, owed i64)
UPDATE debt SET owed = :owed WHERE member_id = :member_id AND id = :id;

-- :rows posting_add(event_id i64, n i64, member_id i64, unit_id i64, from_account text, to_account text, amount i64, kind text, company_id i64, store_id i64, at i64, book_date i64)
INSERT INTO posting (event_id, n, member_id, unit_id, from_account, to_account, amount, kind,
                     company_id, store_id, at, book_date)
VALUES (:event_id, :n, :member_id, :unit_id, :from_account, :to_account, :amount, :kind,
        :company_id, :store_id, :at, :book_date);

-- Where the postings of an event go on that has some already.
-- :one posting_next(event_id i64, member_id i64) -> (n i64)
SELECT COALESCE(MAX(n) + 1, 0) AS n FROM posting
 WHERE event_id = :event_id AND member_id = :member_id;

-- :rows lot_use_add(event_id i64, n i64, member_id i64, unit_id i64, lot_id i64, amount i64, returned i64)
INSERT INTO lot_use (event_id, n, member_id, unit_id, lot_id, amount, returned)
VALUES (:event_id, :n, :member_id, :unit_id, :lot_id, :amount, :returned);

-- :each lot_use_of(event_id i64, member_id i64) -> (n i64, unit_id i64, lot_id i64, amount i64, returned i64)
SELECT n, unit_id, lot_id, amount, returned FROM lot_use
 WHERE event_id = :event_id AND member_id = :member_id ORDER BY n DESC LIMIT 100000;

-- :exec lot_use_save(event_id i64, n i64, member_id i64, returned i64)
UPDATE lot_use SET returned = :returned
 WHERE event_id = :event_id AND n = :n AND member_id = :member_id;

-- A member's postings hang on its events; the timeline's index is the only way in.
-- :list posting_list(member_id i64, stores text) -> (event_at i64, event_id i64, member_id i64, n i64, unit_id i64, from_account text, to_account text, amount i64, kind text, store_id i64, book_date i64)
SELECT e.at AS event_at, p.event_id, p.member_id, p.n, p.unit_id, p.from_account, p.to_account,
       p.amount, p.kind, p.store_id, p.book_date
  FROM event e JOIN posting p ON p.event_id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id
   AND (:stores = '' OR e.store_id = 0
        OR :stores LIKE '%,' || CAST(e.store_id AS TEXT) || ',%');
