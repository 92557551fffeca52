-- :exec task_add(id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, now i64, seal i64)
INSERT INTO task (id, kind, member_id, event_id, rule_id, effect_n, revision, payload, state, due_at,
                  lease_at, attempts_n, seal)
VALUES (:id, :kind, :member_id, :event_id, :rule_id, :effect_n, :revision, :payload, 'waiting',
        :now, 0, 0, :seal)
    ON CONFLICT (event_id, rule_id, effect_n, member_id, kind, revision) DO NOTHING;

-- :each task_due(now i64) -> (id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, attempts_n i64)
SELECT id, kind, member_id, event_id, rule_id, effect_n, revision, payload, attempts_n FROM task
 WHERE state = 'waiting' AND due_at <= :now AND lease_at <= :now ORDER BY due_at, id LIMIT 100;

-- The lease is the claim: whoever gets the row runs it.
-- :one task_lease(id i64, now i64, until_at i64) -> (leased i64)
UPDATE task SET lease_at = :until_at, attempts_n = attempts_n + 1
 WHERE id = :id AND state = 'waiting' AND lease_at <= :now
RETURNING id;

-- A step of work begins by holding on: who lost the lease meanwhile gets no row.
-- :one task_hold(id i64, lease_at i64, until_at i64) -> (held i64)
UPDATE task SET lease_at = :until_at
 WHERE id = :id AND state = 'waiting' AND lease_at = :lease_at
RETURNING id;

-- :exec task_end(id i64)
UPDATE task SET state = 'done', error = NULL WHERE id = :id;

-- :exec task_fail(id i64, state text, due_at i64, attempts_n i64, error text?)
UPDATE task SET state = :state, due_at = :due_at, lease_at = 0, attempts_n = :attempts_n,
                error = :error
 WHERE id = :id AND state = 'waiting';

-- What failed is tried again by a program that may know better.
-- :exec task_retry(now i64)
UPDATE task SET state = 'waiting', due_at = :now, attempts_n = 0 WHERE state = 'failed';

-- Also what failed: whoever folds again does that too.
-- :each task_pending(member_id i64, kind text) -> (id i64, event_id i64, payload text?)
SELECT id, event_id, payload FROM task
 WHERE member_id = :member_id AND state IN ('waiting', 'failed') AND kind = :kind
 ORDER BY id LIMIT 10000;

-- :one task_waiting(member_id i64, kind text) -> (n i64)
SELECT COUNT(*) AS n FROM task
 WHERE member_id = :member_id AND state = 'waiting' AND kind = :kind;

-- :each task_failed(member_id i64) -> (id i64, kind text, error text?)
SELECT id, kind, error FROM task WHERE member_id = :member_id AND state = 'failed'
 ORDER BY id LIMIT 1;
