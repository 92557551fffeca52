-- :exec tag_count(member_id i64, tag text, delta i64, now i64)
INSERT INTO member_tag (member_id, tag, awards_n, is_manual, since_at)
VALUES (:member_id, :tag, :delta, 0, :now)
    ON CONFLICT (member_id, tag) DO UPDATE SET awards_n = member_tag.awards_n + :delta;

-- :rows award_add(event_id i64, n i64, member_id i64, rule_id i64, rule_version i64, effect_n i64, effect text, is_dependent i64, unit_id i64, subject text?, amount i64, basis_minor i64, lot_id i64, posted i64, owed i64, lapsed i64, forgiven i64, cause_id i64, at i64)
INSERT INTO award (event_id, n, member_id, rule_id, rule_version, effect_n, effect, is_dependent,
                   unit_id, subject, amount, basis_minor, lot_id, posted, owed, lapsed, forgiven,
                   cause_id, at)
VALUES (:event_id, :n, :member_id, :rule_id, :rule_version, :effect_n, :effect, :is_dependent,
        :unit_id, :subject, :amount, :basis_minor, :lot_id, :posted, :owed, :lapsed, :forgiven,
        :cause_id, :at);

-- What may differ when the past moves, of a stretch of told events (is_made 0) or of what was raised
-- meanwhile (1): all of one event, of the others what is asked again; with is_all everything.  In
-- the order of the index, so that a thousand rows need no sorting.
-- :each award_timeline(member_id i64, from_at i64, after_id i64, upto_at i64, upto_id i64, is_made i64, event_id i64, is_all i64, max i64) -> (event_id i64, event_at i64, rule_id i64, rule_version i64, effect_n i64, effect text, is_dependent i64, unit_id i64, subject text?, amount i64, lot_id i64, lapsed i64)
SELECT a.event_id, e.at, a.rule_id, a.rule_version, a.effect_n, a.effect, a.is_dependent, a.unit_id,
       a.subject, a.amount, a.lot_id, a.lapsed
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at >= :from_at AND e.at <= :upto_at
   AND (e.at > :from_at OR e.id > :after_id) AND (e.at < :upto_at OR e.id <= :upto_id)
   AND CASE WHEN e.is_raised = 1 THEN 1 ELSE 0 END = :is_made
   AND (a.is_dependent = 1 OR a.event_id = :event_id OR :is_all = 1)
 ORDER BY e.at, e.id, a.n LIMIT :max;

-- :each award_of(event_id i64, member_id i64) -> (n i64, rule_id i64, rule_version i64, effect_n i64, effect text, unit_id i64, subject text?, amount i64, basis_minor i64, owed i64, lapsed i64, forgiven i64, cause_id i64, cause_store_id i64)
SELECT a.n, a.rule_id, a.rule_version, a.effect_n, a.effect, a.unit_id, a.subject, a.amount,
       a.basis_minor, a.owed, a.lapsed, a.forgiven, a.cause_id, COALESCE(k.store_id, 0)
  FROM award a LEFT JOIN event k ON k.id = a.cause_id AND k.member_id = a.member_id
 WHERE a.event_id = :event_id AND a.member_id = :member_id ORDER BY a.n LIMIT 100000;

-- For `regulars check`: what a member is tagged with, and the awards that did it.
-- :each tag_prove(member_id i64) -> (tag text, awards_n i64, is_manual i64, since_at i64)
SELECT tag, awards_n, is_manual, since_at FROM member_tag WHERE member_id = :member_id
 ORDER BY tag LIMIT 100000;

-- :each tag_prove_awards(member_id i64) -> (event_id i64, n i64, subject text?, amount i64, at i64)
SELECT a.event_id, a.n, a.subject, a.amount, a.at
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id AND a.effect = 'tag.add' LIMIT 100000000;
