-- All rows of one member: what check_*.c compares.  Whatever hangs on an event is reached through
-- the timeline's index; the rows themselves lie under the event's id.

-- :each check_events(member_id i64) -> (id i64, name text, at i64, business_date i64, store_id i64, company_id i64, is_live i64, value_minor i64, config_version i64, cause_id i64, is_raised i64, booked_at i64, channel text?, payload text?, facts text?, seal i64)
SELECT id, name, at, business_date, store_id, company_id, is_live, value_minor, config_version,
       cause_id, is_raised, booked_at, channel, payload, facts, seal
  FROM event WHERE member_id = :member_id ORDER BY at, id LIMIT 100000000;

-- :each check_postings(member_id i64) -> (event_id i64, n i64, unit_id i64, from_account text, to_account text, amount i64, kind text, company_id i64, store_id i64, at i64, book_date i64)
SELECT p.event_id, p.n, p.unit_id, p.from_account, p.to_account, p.amount, p.kind, p.company_id,
       p.store_id, p.at, p.book_date
  FROM event e JOIN posting p ON p.event_id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id LIMIT 100000000;

-- :each check_awards(member_id i64) -> (event_id i64, n i64, rule_id i64, effect text, unit_id i64, subject text?, amount i64, basis_minor i64, lot_id i64, posted i64, owed i64, lapsed i64, forgiven i64, cause_id i64, at i64)
SELECT a.event_id, a.n, a.rule_id, a.effect, a.unit_id, a.subject, a.amount, a.basis_minor,
       a.lot_id, a.posted, a.owed, a.lapsed, a.forgiven, a.cause_id, a.at
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id LIMIT 100000000;

-- :each check_lots(member_id i64) -> (id i64, unit_id i64, event_id i64, company_id i64, granted i64, remaining i64, expired i64, is_pending i64, available_at i64, expires_at i64)
SELECT l.id, l.unit_id, l.event_id, l.company_id, l.granted, l.remaining, l.expired, l.is_pending,
       l.available_at, l.expires_at
  FROM lot l WHERE l.member_id = :member_id ORDER BY l.id LIMIT 100000000;

-- :each check_uses(member_id i64) -> (event_id i64, n i64, unit_id i64, lot_id i64, amount i64, returned i64)
SELECT u.event_id, u.n, u.unit_id, u.lot_id, u.amount, u.returned
  FROM event e JOIN lot_use u ON u.event_id = e.id AND u.member_id = e.member_id
 WHERE e.member_id = :member_id ORDER BY u.event_id, u.n LIMIT 100000000;

-- :each check_debts(member_id i64) -> (id i64, unit_id i64, event_id i64, owed i64, at i64)
SELECT id, unit_id, event_id, owed, at FROM debt WHERE member_id = :member_id
 ORDER BY id LIMIT 100000000;

-- What was put off, waiting or done: its awards came later than their cause.
-- :each check_tasks(member_id i64) -> (id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, state text, by_kind text, by_id i64, created_at i64, seal i64)
SELECT id, kind, member_id, event_id, rule_id, effect_n, revision, payload, state, by_kind, by_id,
       created_at, seal
  FROM task
 WHERE member_id = :member_id ORDER BY event_id, id LIMIT 100000000;

-- :each check_identities(member_id i64) -> (provider text, subject text, member_id i64, verified_at i64?, verified_how text?, created_at i64, seal i64)
SELECT provider, subject, member_id, verified_at, verified_how, created_at, seal FROM identity
 WHERE member_id = :member_id ORDER BY provider, subject LIMIT 10000;

-- Rows that no member's check reaches, by pages of keys; each page is one statement, so that it sees
-- one moment of a live database.

-- :one check_event_bound(after_id i64) -> (upto_id i64)
SELECT id FROM event WHERE id > :after_id ORDER BY id LIMIT 1 OFFSET 1999;

-- :each check_stray_events(after_id i64, upto_id i64) -> (what text, member_id i64, id i64)
SELECT 'an event leads to no member', e.member_id, e.id FROM event e
 WHERE e.id > :after_id AND e.id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = e.member_id AND m.member_id = e.member_id)
 UNION ALL
SELECT 'an event names no company', e.member_id, e.id FROM event e
 WHERE e.id > :after_id AND e.id <= :upto_id AND e.company_id <> 0 AND NOT EXISTS
       (SELECT 1 FROM config_object k
         WHERE k.kind = 'company' AND k.id = e.company_id AND k.version = 1)
 UNION ALL
SELECT 'a posting hangs on no event', p.member_id, p.event_id FROM posting p
 WHERE p.event_id > :after_id AND p.event_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = p.event_id AND e.member_id = p.member_id)
 UNION ALL
SELECT 'an award hangs on no event', a.member_id, a.event_id FROM award a
 WHERE a.event_id > :after_id AND a.event_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = a.event_id AND e.member_id = a.member_id)
 UNION ALL
SELECT 'a use of a lot hangs on no event', u.member_id, u.event_id FROM lot_use u
 WHERE u.event_id > :after_id AND u.event_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = u.event_id AND e.member_id = u.member_id)
 UNION ALL
SELECT 'a sale hangs on no event', p.member_id, p.id FROM purchase p
 WHERE p.id > :after_id AND p.id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = p.id AND e.member_id = p.member_id)
 UNION ALL
SELECT 'a line hangs on no event', l.member_id, l.purchase_id FROM purchase_line l
 WHERE l.purchase_id > :after_id AND l.purchase_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = l.purchase_id AND e.member_id = l.member_id)
 UNION ALL
SELECT 'a refund hangs on no event', r.member_id, r.id FROM refund r
 WHERE r.id > :after_id AND r.id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = r.id AND e.member_id = r.member_id)
 UNION ALL
SELECT 'a change of tier hangs on no event', t.member_id, t.id FROM tier_change t
 WHERE t.id > :after_id AND t.id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM event e WHERE e.id = t.id AND e.member_id = t.member_id)
 LIMIT 100;

-- :one check_member_bound(after_id i64) -> (upto_id i64)
SELECT id FROM member WHERE id > :after_id ORDER BY id LIMIT 1 OFFSET 1999;

-- :each check_stray_members(after_id i64, upto_id i64) -> (what text, member_id i64, id i64)
SELECT 'a lot', l.member_id, l.id FROM lot l
 WHERE l.member_id > :after_id AND l.member_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = l.member_id AND m.member_id = l.member_id)
 UNION ALL
SELECT 'a debt', d.member_id, d.id FROM debt d
 WHERE d.member_id > :after_id AND d.member_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = d.member_id AND m.member_id = d.member_id)
 UNION ALL
SELECT 'a balance', b.member_id, b.unit_id FROM balance b
 WHERE b.member_id > :after_id AND b.member_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = b.member_id AND m.member_id = b.member_id)
 UNION ALL
SELECT 'a tag', t.member_id, t.since_at FROM member_tag t
 WHERE t.member_id > :after_id AND t.member_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = t.member_id AND m.member_id = t.member_id)
 UNION ALL
SELECT 'a profile', p.member_id, p.updated_at FROM member_profile p
 WHERE p.member_id > :after_id AND p.member_id <= :upto_id AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = p.member_id AND m.member_id = p.member_id)
 UNION ALL
SELECT 'a task', t.member_id, t.id FROM task t
 WHERE t.member_id > :after_id AND t.member_id <= :upto_id AND t.member_id <> 0 AND NOT EXISTS
       (SELECT 1 FROM member m WHERE m.id = t.member_id AND m.member_id = t.member_id)
 LIMIT 100;

-- What people are known by lies apart from them: both lists, to be held against each other.
-- :each check_known(after_id i64, upto_id i64) -> (member_id i64)
SELECT DISTINCT member_id FROM identity
 WHERE member_id > :after_id AND member_id <= :upto_id ORDER BY member_id LIMIT 100000000;

-- :each check_members(after_id i64, upto_id i64) -> (id i64)
SELECT id FROM member WHERE id > :after_id AND id <= :upto_id ORDER BY id LIMIT 100000000;

-- :each check_receipts(store_id i64, business_date i64, till text, number text) -> (store_id i64, business_date i64, till text, number text, member_id i64, purchase_id i64)
SELECT store_id, business_date, till, number, member_id, purchase_id FROM receipt
 WHERE (store_id, business_date, till, number) > (:store_id, :business_date, :till, :number)
 ORDER BY store_id, business_date, till, number LIMIT 1000;

-- The sale that a receipt leads to; business_date 0: of any day (its number was made from a key).
-- :one check_receipt_met(member_id i64, purchase_id i64, till text, number text, store_id i64, business_date i64) -> (n i64)
SELECT COUNT(*) AS n
  FROM event e JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.id = :purchase_id AND e.store_id = :store_id
   AND p.till = :till AND p.receipt = :number
   AND ((SUBSTR(p.receipt, 1, 4) = 'key:' AND :business_date = 0)
        OR (SUBSTR(p.receipt, 1, 4) <> 'key:' AND e.business_date = :business_date));

-- Rows whose seal is all that can show an alteration.

-- One statement, so that a publication meanwhile is in both or in none.
-- :one check_published() -> (published_sum i64, published_seal i64, rows_sum i64)
SELECT c.published_sum, c.published_seal,
       CAST((SELECT COALESCE(SUM(o.seal % 4294967296), 0) FROM config_object o) AS BIGINT)
  FROM config c WHERE c.id = 1;

-- :each check_objects(after_kind text, after_id i64, after_version i64) -> (kind text, id i64, version i64, config_version i64, effective_at i64, code text?, name text?, doc text, numbers text?, is_archived i64, by_kind text, by_id i64, created_at i64, seal i64)
SELECT kind, id, version, config_version, effective_at, code, name, doc, numbers, is_archived, by_kind,
       by_id, created_at, seal
  FROM config_object WHERE (kind, id, version) > (:after_kind, :after_id, :after_version)
 ORDER BY kind, id, version LIMIT 100;

-- What the shop has to do is nobody's.
-- :each check_jobs(after_id i64) -> (id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, by_kind text, by_id i64, created_at i64, seal i64)
SELECT id, kind, member_id, event_id, rule_id, effect_n, revision, payload, by_kind, by_id,
       created_at, seal
  FROM task WHERE member_id = 0 AND id > :after_id ORDER BY id LIMIT 100;

-- :each check_keys(after_id i64) -> (id i64, name text, secret_digest text, permissions text, company_id i64, store_id i64, created_at i64, revoked_at i64?, seal i64)
SELECT id, name, secret_digest, permissions, company_id, store_id, created_at, revoked_at, seal
  FROM api_key WHERE id > :after_id ORDER BY id LIMIT 1000;

-- :each check_answers(after_id i64, after_member_id i64) -> (id i64, member_id i64, status i64, body text, location text?, version i64, store_id i64, at i64, seal i64)
SELECT id, member_id, status, body, location, version, store_id, at, seal FROM answer
 WHERE (id, member_id) > (:after_id, :after_member_id) ORDER BY id, member_id LIMIT 100;

-- :each check_claims(after text) -> (digest text, fingerprint text, member_id i64, answer_id i64, at i64, seal i64)
SELECT digest, fingerprint, member_id, answer_id, at, seal FROM idempotency
 WHERE digest > :after ORDER BY digest LIMIT 1000;
