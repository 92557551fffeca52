/* unit.c -- making and changing units. */
#include "core/ledger/unit.h"

#include "core/sealed.h"
#include "sql/unit_sql.h"

static const char *or_default(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

enum rc unit_create(struct ctx *c, const struct unit_put *in, int64_t *id)
{
    struct sql_unit_add v = {
        .id = id_next(c->ids), .code = in->code, .name = in->name, .decimals = in->decimals,
        .available_after_days = in->available_after_days, .valid_days = in->valid_days,
        .debt_policy = or_default(in->debt_policy, "debt"),
        .reversal_policy = or_default(in->reversal_policy, "lapse"),
        .revive_days = in->revive_days, .now = c->now };
    int64_t publication;
    enum rc rc;

    v.seal = UNIT_SEAL(c, &v, 1, v.now);
    rc = sql_unit_add(c, &v);

    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "unit.code_taken");
    *id = v.id;
    if (rc == RC_OK) rc = conf_sealed(c, (struct conf_sealed){ .is = v.seal });
    return rc == RC_OK ? conf_publish(c, &publication) : rc;
}

/* As the row will be: what an update names, and the decimals, which are fixed at birth. */
struct unit_sealed {
    int64_t id;
    const char *code, *name, *debt_policy, *reversal_policy;
    int64_t decimals, available_after_days, valid_days, revive_days;
};

enum rc unit_update(struct ctx *c, const struct unit_change *in, int64_t *version)
{
    const struct unit *old = conf_unit(c->conf, in->id), *other;
    const struct unit_put *put = in->put;
    int64_t publication;

    if (!old) return fail(c, RC_NOT_FOUND, "unit.unknown");
    if (put->decimals != old->decimals) return fail(c, RC_CONFLICT, "unit.decimals_fixed");
    other = conf_unit_by_code(c->conf, put->code);
    if (other && other->id != in->id) return fail(c, RC_CONFLICT, "unit.code_taken");
    /* Rules name it, also those of years ago, which judge returns for ever. */
    if (!str_eq(put->code, old->code)) return fail(c, RC_CONFLICT, "unit.code_fixed");
    struct sql_unit_put v = {
        .id = in->id, .if_version = in->if_version, .code = put->code, .name = put->name,
        .available_after_days = put->available_after_days, .valid_days = put->valid_days,
        .debt_policy = or_default(put->debt_policy, "debt"),
        .reversal_policy = or_default(put->reversal_policy, "lapse"),
        .revive_days = put->revive_days, .now = c->now };
    struct unit_sealed s = { v.id, v.code, v.name, v.debt_policy, v.reversal_policy, old->decimals,
                             v.available_after_days, v.valid_days, v.revive_days };
    v.seal = UNIT_SEAL(c, &s, v.if_version + 1, v.now);
    struct sql_unit_seal was = { .id = in->id };
    enum rc rc = sql_unit_seal(c, &was);
    if (rc == RC_OK) rc = sql_unit_put(c, &v);
    if (rc == RC_NOT_FOUND) return fail(c, RC_CONFLICT, "version.mismatch");
    *version = v.version;
    if (rc == RC_OK) rc = conf_sealed(c, (struct conf_sealed){ was.seal, v.seal });
    return rc == RC_OK ? conf_publish(c, &publication) : rc;
}
