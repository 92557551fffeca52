#include "core/note.h"

#include "sql/note_sql.h"

static const char *const actors[] = {
    [ACTOR_NOBODY] = "nobody", [ACTOR_SYSTEM] = "system", [ACTOR_KEY] = "key",
    [ACTOR_STAFF] = "staff", [ACTOR_MEMBER] = "member"
};

void note(struct ctx *c, const struct note *n)
{
    struct note *copy = ARENA_NEW(c->arena, struct note);

    *copy = *n;
    copy->what = arena_strdup(c->arena, n->what);
    copy->detail = arena_strdup(c->arena, n->detail);
    copy->next = c->notes;
    c->notes = copy;
}

enum rc note_write(struct ctx *c, const struct note *n)
{
    struct sql_note_add row = {
        .id = id_next(c->ids), .now = c->now, .what = n->what, .member_id = n->member_id,
        .subject_id = n->subject_id, .actor = actors[c->actor.kind], .actor_id = c->actor.id,
        .detail = n->detail
    };

    return sql_note_add(c, &row);
}

enum rc note_write_all(struct ctx *c)
{
    for (const struct note *n = c->notes; n != NULL; n = n->next) {
        enum rc rc = note_write(c, n);
        /* Data that cannot be: nothing of value moves at this member until a person has looked. */
        struct sql_note_freeze frozen = { .member_id = n->member_id };
        if (rc == RC_OK && str_eq(n->what, "broken") && n->member_id)
            rc = sql_note_freeze(c, &frozen);
        if (rc != RC_OK) return rc;
    }
    return RC_OK;
}
