-- :exec note_add(id i64, now i64, what text, member_id i64, subject_id i64, actor text,
--                actor_id i64, detail text?)
INSERT INTO note (id, at, what, member_id, subject_id, actor, actor_id, detail)
VALUES (:id, :now, :what, :member_id, :subject_id, :actor, :actor_id, :detail);

-- Broken data was met at this member.  Whom a person blocked stays blocked.
-- :exec note_freeze(member_id i64)
UPDATE member SET status = 'frozen' WHERE id = :member_id AND member_id = :member_id
   AND status = 'active';
