-- What each unit of a member says in three places.
-- :each check_units(member_id i64) -> (unit_id i64, available i64, pending i64, owed i64, lots_available i64, lots_pending i64, debts i64, posted i64)
SELECT u.id, COALESCE(b.available, 0), COALESCE(b.pending, 0), COALESCE(b.owed, 0),
       COALESCE((SELECT CAST(SUM(l.remaining) AS BIGINT) FROM lot l WHERE l.member_id = :member_id
                  AND l.unit_id = u.id AND l.is_pending = 0), 0),
       COALESCE((SELECT CAST(SUM(l.remaining) AS BIGINT) FROM lot l WHERE l.member_id = :member_id
                  AND l.unit_id = u.id AND l.is_pending = 1), 0),
       COALESCE((SELECT CAST(SUM(d.owed) AS BIGINT) FROM debt d WHERE d.member_id = :member_id
                  AND d.unit_id = u.id), 0),
       COALESCE((SELECT CAST(SUM(CASE WHEN p.to_account = 'member' THEN p.amount ELSE -p.amount END)
                             AS BIGINT)
                   FROM event e JOIN posting p ON p.event_id = e.id AND p.member_id = e.member_id
                  WHERE e.member_id = :member_id AND p.unit_id = u.id), 0)
  FROM unit u LEFT JOIN balance b ON b.unit_id = u.id AND b.member_id = :member_id
 ORDER BY u.id LIMIT 1000;

-- Lots against what was ever given and taken of them; below zero is refused by the table itself.
-- :one check_lots(member_id i64) -> (wrong i64)
SELECT COUNT(*) FROM lot WHERE member_id = :member_id
   AND (remaining < 0 OR expired < 0 OR granted < 0);

-- Awards of units: what was posted for each is what its rows say.
-- :one check_awards(member_id i64) -> (wrong i64)
SELECT COUNT(*) FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id AND a.unit_id > 0
   AND a.amount <> a.posted - a.lapsed - a.forgiven;

-- :one check_award_postings(member_id i64) -> (awards i64, postings i64)
SELECT COALESCE((SELECT CAST(SUM(a.posted) AS BIGINT)
                   FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
                  WHERE e.member_id = :member_id AND a.unit_id > 0), 0),
       COALESCE((SELECT CAST(SUM(CASE WHEN p.to_account = 'member' THEN p.amount ELSE -p.amount END)
                             AS BIGINT)
                   FROM event e JOIN posting p ON p.event_id = e.id AND p.member_id = e.member_id
                  WHERE e.member_id = :member_id AND p.kind IN ('award', 'take_back')), 0);

-- Rows that hang on no event, or on another member's.
-- :one check_orphans(below i64) -> (postings i64, awards i64)
SELECT (SELECT COUNT(*) FROM posting p WHERE p.event_id < :below AND NOT EXISTS
         (SELECT 1 FROM event e WHERE e.id = p.event_id AND e.member_id = p.member_id)),
       (SELECT COUNT(*) FROM award a WHERE a.event_id < :below AND NOT EXISTS
         (SELECT 1 FROM event e WHERE e.id = a.event_id AND e.member_id = a.member_id));

-- Every posting moves between the member and one of the brand's accounts, so each unit adds up to
-- nothing; what is to be shown is that no posting is of another kind.
-- :one check_accounts(below i64) -> (wrong i64)
SELECT COUNT(*) FROM posting WHERE event_id < :below
   AND ((from_account = 'member') = (to_account = 'member') OR amount <= 0);
