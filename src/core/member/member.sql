-- :exec member_add(id i64, member_id i64, source text?, now i64, never i64)
INSERT INTO member (id, member_id, status, source, created_at, tier_level, tier_since_at,
                    tier_until_at, tier_in_grace, purchases_n, spend_minor, first_purchase_at,
                    last_purchase_at, last_purchase_date, fold_at, settled_at, due_at)
VALUES (:id, :member_id, 'active', :source, :now, 0, 0, :never, 0, 0, 0, :never, 0, 0, 0, 0, :never);

-- :one member_row(id i64) -> (status text, created_at i64, tier_level i64, tier_since_at i64, tier_until_at i64, tier_in_grace i64, purchases_n i64, spend_minor i64, first_purchase_at i64, last_purchase_at i64, last_purchase_date i64, fold_at i64, settled_at i64, due_at i64)
SELECT status, created_at, tier_level, tier_since_at, tier_until_at, tier_in_grace, purchases_n, spend_minor,
       first_purchase_at, last_purchase_at, last_purchase_date, fold_at, settled_at, due_at
  FROM member WHERE id = :id AND member_id = :id;

-- For a reader, everything that is shown of a member at once: a row for each balance, or one without.
-- :each member_view(id i64) -> (status text, created_at i64, tier_level i64, tier_since_at i64, tier_until_at i64, tier_in_grace i64, purchases_n i64, spend_minor i64, first_purchase_at i64, last_purchase_at i64, last_purchase_date i64, fold_at i64, settled_at i64, due_at i64, name text?, unit_id i64?, available i64?, pending i64?, owed i64?)
SELECT m.status, m.created_at, m.tier_level, m.tier_since_at, m.tier_until_at, m.tier_in_grace,
       m.purchases_n, m.spend_minor, m.first_purchase_at, m.last_purchase_at, m.last_purchase_date, m.fold_at,
       m.settled_at, m.due_at, p.name, b.unit_id, b.available, b.pending, b.owed
  FROM member m LEFT JOIN member_profile p ON p.member_id = m.member_id
  LEFT JOIN balance b ON b.member_id = m.member_id
 WHERE m.id = :id AND m.member_id = :id LIMIT 1000;

-- The lock comes first of all a member's statements.  SQLite has one writer: nothing to lock.
-- :one member_lock(id i64) -> (status text, created_at i64, tier_level i64, tier_since_at i64, tier_until_at i64, tier_in_grace i64, purchases_n i64, spend_minor i64, first_purchase_at i64, last_purchase_at i64, last_purchase_date i64, fold_at i64, settled_at i64, due_at i64)
-- :sqlite
SELECT status, created_at, tier_level, tier_since_at, tier_until_at, tier_in_grace, purchases_n, spend_minor,
       first_purchase_at, last_purchase_at, last_purchase_date, fold_at, settled_at, due_at
  FROM member WHERE id = :id AND member_id = :id;
-- :postgres
SELECT status, created_at, tier_level, tier_since_at, tier_until_at, tier_in_grace, purchases_n, spend_minor,
       first_purchase_at, last_purchase_at, last_purchase_date, fold_at, settled_at, due_at
  FROM member WHERE id = :id AND member_id = :id FOR UPDATE;

-- :exec member_save(id i64, tier_level i64, tier_since_at i64, tier_until_at i64, tier_in_grace i64, purchases_n i64, spend_minor i64, first_purchase_at i64, last_purchase_at i64, last_purchase_date i64, fold_at i64, settled_at i64)
UPDATE member SET tier_level = :tier_level, tier_since_at = :tier_since_at,
       tier_until_at = :tier_until_at, tier_in_grace = :tier_in_grace,
       purchases_n = :purchases_n, spend_minor = :spend_minor,
       first_purchase_at = :first_purchase_at, last_purchase_at = :last_purchase_at,
       last_purchase_date = :last_purchase_date,
       fold_at = :fold_at, settled_at = :settled_at
 WHERE id = :id AND member_id = :id;

-- Apart from the rest: an UPDATE that names due_at writes its index too, also when it stays as it is,
-- and most sales do not change it.
-- :exec member_due_put(id i64, due_at i64)
UPDATE member SET due_at = :due_at WHERE id = :id AND member_id = :id;

-- :one member_thaw(id i64) -> (thawed i64)
UPDATE member SET status = 'active' WHERE id = :id AND member_id = :id AND status = 'frozen'
RETURNING id;

-- :each member_due(now i64, after_at i64, after_id i64) -> (id i64, due_at i64)
SELECT id, due_at FROM member
 WHERE due_at <= :now AND (due_at > :after_at OR (due_at = :after_at AND id > :after_id))
 ORDER BY due_at, id LIMIT 200;

-- :each member_page(after_id i64) -> (id i64)
SELECT id FROM member WHERE id > :after_id ORDER BY id LIMIT 500;

-- :exec member_profile_add(member_id i64, name text?, birthday text?, now i64)
INSERT INTO member_profile (member_id, name, birthday, updated_at)
VALUES (:member_id, :name, :birthday, :now);

-- The claim comes first; whoever has it already is answered by identity_get.
-- :one identity_claim(provider text, subject text, member_id i64, now i64, seal i64) -> (claimed i64)
INSERT INTO identity (provider, subject, member_id, verified_at, verified_how, created_at,
                      seal)
VALUES (:provider, :subject, :member_id, NULL, NULL, :now, :seal)
    ON CONFLICT (provider, subject) DO NOTHING
RETURNING member_id;

-- :one identity_get(provider text, subject text) -> (member_id i64)
SELECT member_id FROM identity WHERE provider = :provider AND subject = :subject;

-- :each identity_list(member_id i64) -> (provider text, subject text, verified_at i64?)
SELECT provider, subject, verified_at FROM identity WHERE member_id = :member_id
 ORDER BY provider, subject LIMIT 100;

-- :each member_tags(member_id i64) -> (tag text)
SELECT tag FROM member_tag WHERE member_id = :member_id AND (awards_n > 0 OR is_manual = 1)
 ORDER BY tag LIMIT 500;
