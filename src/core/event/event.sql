-- :exec event_add(id i64, member_id i64, name text, at i64, business_date i64, store_id i64, company_id i64, is_live i64, value_minor i64, config_version i64, cause_id i64, is_raised i64, booked_at i64, channel text?, payload text?, facts text?, seal i64)
INSERT INTO event (id, member_id, name, at, business_date, store_id, company_id, is_live,
                   value_minor, config_version, cause_id, is_raised, booked_at, channel, payload,
                   facts, seal)
VALUES (:id, :member_id, :name, :at, :business_date, :store_id, :company_id, :is_live,
        :value_minor, :config_version, :cause_id, :is_raised, :booked_at, :channel, :payload,
        :facts, :seal);

-- :exec event_stands(id i64, member_id i64, is_live i64, value_minor i64)
UPDATE event SET is_live = :is_live, value_minor = :value_minor
 WHERE id = :id AND member_id = :member_id;

-- :exec event_says(id i64, member_id i64, payload text?)
UPDATE event SET payload = :payload WHERE id = :id AND member_id = :member_id;

-- :one event_get(id i64, member_id i64) -> (name text, at i64, business_date i64, store_id i64, company_id i64, is_live i64, value_minor i64, config_version i64, cause_id i64, is_raised i64, booked_at i64, channel text?, payload text?, facts text?)
SELECT name, at, business_date, store_id, company_id, is_live, value_minor, config_version,
       cause_id, is_raised, booked_at, channel, payload, facts
  FROM event WHERE id = :id AND member_id = :member_id;

-- What was told, a page at a time: after (from_at, after_id).
-- :each event_told(member_id i64, from_at i64, after_id i64, max i64) -> (id i64, name text, at i64, business_date i64, store_id i64, company_id i64, is_live i64, value_minor i64, config_version i64, cause_id i64, is_raised i64, booked_at i64, channel text?, payload text?, facts text?)
SELECT id, name, at, business_date, store_id, company_id, is_live, value_minor, config_version,
       cause_id, is_raised, booked_at, channel, payload, facts
  FROM event
 WHERE member_id = :member_id AND at >= :from_at AND (at > :from_at OR id > :after_id)
   AND is_raised IN (0, 3)
 ORDER BY at, id LIMIT :max;

-- The same before a moment, of what is live, and only what the fold needs that judges nothing.
-- :each event_told_before(member_id i64, from_at i64, after_id i64, before_at i64, max i64) -> (id i64, name text, at i64, business_date i64, value_minor i64, config_version i64, is_raised i64)
SELECT id, name, at, business_date, value_minor, config_version, is_raised
  FROM event
 WHERE member_id = :member_id AND at >= :from_at AND (at > :from_at OR id > :after_id)
   AND at < :before_at AND is_raised IN (0, 3) AND is_live = 1
 ORDER BY at, id LIMIT :max;

-- What the fold made of events of these moments, standing or not.
-- :each event_raised(member_id i64, from_at i64, upto_at i64) -> (id i64, name text, at i64, business_date i64, store_id i64, company_id i64, is_live i64, config_version i64, cause_id i64, payload text?, facts text?)
SELECT id, name, at, business_date, store_id, company_id, is_live, config_version, cause_id,
       payload, facts
  FROM event
 WHERE member_id = :member_id AND at >= :from_at AND at <= :upto_at AND is_raised = 1
 ORDER BY at, id LIMIT 100000000;

-- What was told of this very moment under a later id.
-- :one event_behind(member_id i64, at i64, id i64) -> (n i64)
SELECT COUNT(*) AS n FROM event
 WHERE member_id = :member_id AND at = :at AND id > :id AND is_raised IN (0, 3);

-- Live sales, a page at a time: what windows are summed over.
-- :each event_sales(member_id i64, from_at i64, after_id i64, max i64) -> (id i64, at i64, business_date i64, value_minor i64)
SELECT id, at, business_date, value_minor FROM event
 WHERE member_id = :member_id AND at >= :from_at AND (at > :from_at OR id > :after_id)
   AND name = 'purchase' AND is_live = 1
 ORDER BY at, id LIMIT :max;

-- :each event_page(member_id i64, before_at i64, before_id i64, max i64) -> (id i64, name text, at i64, business_date i64, store_id i64, is_live i64, value_minor i64, is_raised i64, cause_id i64, channel text?, payload text?)
SELECT id, name, at, business_date, store_id, is_live, value_minor, is_raised, cause_id, channel,
       payload
  FROM event
 WHERE member_id = :member_id
   AND (at < :before_at OR (at = :before_at AND id < :before_id))
 ORDER BY at DESC, id DESC LIMIT :max;

-- For lists.  Who is bound to some stores (scope_stores) sees what happened there, and what happened
-- nowhere in particular.
-- :list event_list(member_id i64, stores text) -> (id i64, member_id i64, name text, at i64, business_date i64, store_id i64, is_live i64, value_minor i64, is_raised i64, cause_id i64, cause_store_id i64, booked_at i64, channel text?, payload text?)
SELECT e.id, e.member_id, e.name, e.at, e.business_date, e.store_id, e.is_live, e.value_minor,
       e.is_raised, e.cause_id, COALESCE(k.store_id, 0) AS cause_store_id, e.booked_at, e.channel,
       e.payload
  FROM event e LEFT JOIN event k ON k.id = e.cause_id AND k.member_id = e.member_id
 WHERE e.member_id = :member_id
   AND (:stores = '' OR e.store_id = 0
        OR :stores LIKE '%,' || CAST(e.store_id AS TEXT) || ',%');
