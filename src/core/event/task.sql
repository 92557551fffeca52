-- :exec task_add(id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, by_kind text, by_id i64, now i64, created_at i64, seal i64)
INSERT INTO task (id, kind, member_id, event_id, rule_id, effect_n, revision, payload, state, due_at,
                  lease_at, attempts_n, done_n, all_n, by_kind, by_id, created_at, ended_at, seal)
VALUES (:id, :kind, :member_id, :event_id, :rule_id, :effect_n, :revision, :payload, 'waiting',
        :now, 0, 0, 0, 0, :by_kind, :by_id, :created_at, 0, :seal)
    ON CONFLICT (event_id, rule_id, effect_n, member_id, kind, revision) DO NOTHING;

-- :each task_due(now i64, is_members_only i64) -> (id i64, kind text, member_id i64, event_id i64, rule_id i64, effect_n i64, revision i64, payload text?, attempts_n i64, cursor text?, done_n i64, all_n i64, result text?)
SELECT id, kind, member_id, event_id, rule_id, effect_n, revision, payload, attempts_n, cursor, done_n,
       all_n, result FROM task
 WHERE state = 'waiting' AND due_at <= :now AND lease_at <= :now
   AND (:is_members_only = 0 OR member_id <> 0)
 ORDER BY due_at, id LIMIT 100;

-- The lease is the claim: whoever gets the row runs it.  Of one member never two at once.
-- :one task_lease(id i64, now i64, until_at i64) -> (leased i64)
UPDATE task SET lease_at = :until_at, attempts_n = attempts_n + 1
 WHERE id = :id AND state = 'waiting' AND lease_at <= :now
   AND (member_id = 0 OR NOT EXISTS
        (SELECT 1 FROM task x WHERE x.member_id = task.member_id AND x.state = 'waiting'
            AND x.id <> task.id AND (x.lease_at > :now OR (x.due_at <= :now AND x.id < task.id))))
RETURNING id;

-- A step of work begins by holding on: who lost the lease meanwhile, or was paused, gets no row.
-- :one task_hold(id i64, lease_at i64, until_at i64) -> (held i64)
UPDATE task SET lease_at = :until_at
 WHERE id = :id AND state = 'waiting' AND lease_at = :lease_at
RETURNING id;

-- Where a step of a job ended: whoever goes on begins there.
-- :exec task_advance(id i64, cursor text?, done_n i64, all_n i64, result text?)
UPDATE task SET cursor = :cursor, done_n = :done_n, all_n = :all_n, result = :result, attempts_n = 0,
                error = NULL
 WHERE id = :id;

-- :exec task_end(id i64, now i64)
UPDATE task SET state = 'done', error = NULL, lease_at = 0, ended_at = :now WHERE id = :id;

-- What runs by the clock begins anew at its next time.
-- :exec task_again(id i64, due_at i64, now i64)
UPDATE task SET due_at = :due_at, lease_at = 0, attempts_n = 0, error = NULL, cursor = NULL,
                ended_at = :now
 WHERE id = :id AND state = 'waiting';

-- :exec task_fail(id i64, state text, due_at i64, attempts_n i64, error text?)
UPDATE task SET state = :state, due_at = :due_at, lease_at = 0, attempts_n = :attempts_n,
                error = :error
 WHERE id = :id AND state = 'waiting';

-- What failed is tried again by a program that may know better.
-- :exec task_retry(now i64)
UPDATE task SET state = 'waiting', due_at = :now, attempts_n = 0 WHERE state = 'failed';

-- Nobody else runs on this file: what is leased was left by a program that was killed.
-- :exec task_free()
UPDATE task SET lease_at = 0 WHERE state = 'waiting' AND lease_at <> 0;

-- By hand: from one of two states to another.
-- :one task_turn(id i64, member_id i64, from_state text, or_state text, state text, now i64) -> (turned i64)
UPDATE task SET state = :state, due_at = :now, lease_at = 0, attempts_n = 0
 WHERE id = :id AND member_id = :member_id AND state IN (:from_state, :or_state)
RETURNING id;

-- :one task_get(id i64, member_id i64) -> (kind text, payload text?, revision i64, state text, due_at i64, lease_at i64, attempts_n i64, error text?, cursor text?, done_n i64, all_n i64, result text?, by_kind text, by_id i64, created_at i64, ended_at i64)
SELECT kind, payload, revision, state, due_at, lease_at, attempts_n, error, cursor, done_n, all_n,
       result, by_kind, by_id, created_at, ended_at
  FROM task WHERE id = :id AND member_id = :member_id;

-- The shop's jobs.
-- :list task_jobs() -> (id i64, member_id i64, kind text, state text, due_at i64, lease_at i64, attempts_n i64, error text?, done_n i64, all_n i64, result text?, by_kind text, by_id i64, created_at i64, ended_at i64)
SELECT id, member_id, kind, state, due_at, lease_at, attempts_n, error, done_n, all_n, result,
       by_kind, by_id, created_at, ended_at
  FROM task WHERE member_id = 0;

-- What is left of members' work: what waits, and what failed.
-- :list task_open() -> (id i64, member_id i64, kind text, state text, due_at i64, lease_at i64, attempts_n i64, error text?, done_n i64, all_n i64, result text?, by_kind text, by_id i64, created_at i64, ended_at i64)
SELECT id, member_id, kind, state, due_at, lease_at, attempts_n, error, done_n, all_n, result,
       by_kind, by_id, created_at, ended_at
  FROM task WHERE state IN ('waiting', 'failed') AND member_id <> 0;

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
